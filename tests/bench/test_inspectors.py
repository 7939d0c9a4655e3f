"""What each inspector costs: measured on its own rules' examples."""

from __future__ import annotations

import pytest
from gatelens.bench import inspectors
from gatelens.bench.decoders import built_in
from gatelens.ruleset.loader import load

FACTOR = 5
"""Times of what an inspector may take: other tests run beside this one."""


def test_messages_are_filled_with_examples_to_the_length_of_one_value() -> None:
    rule = next(rule for rule in load(built_in()).rules if rule.id == "sql-injection")
    for name, message in inspectors.filled(rule):
        assert name.startswith("sql-injection ")
        assert len(message.body) > inspectors.LARGE // 2


def test_no_inspector_takes_too_long_for_a_message_full_of_its_own_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        inspectors.main(["--check", "--factor", str(FACTOR), "--examples", "1", "--only", "jndi"])
    out = capsys.readouterr().out
    assert not ended.value.code, out
    assert "jndi_lookup" in out


def test_a_check_of_nothing_allowed_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        inspectors.main(["--check", "--factor", "0", "--only", "pattern"])
    assert ended.value.code
    assert "over what it may take: pattern" in capsys.readouterr().out
