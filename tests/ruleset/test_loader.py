from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from gatelens.model.finding import Action
from gatelens.model.location import Part
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.loader import digest_of, load

from tests.support.rules import rule, words, write

EXCLUSION = {
    "rule": "a-rule",
    "path": "/**",
    "location": "body",
    "reason": "r",
    "owner": "o",
    "expires": "2030-01-01",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path_factory.mktemp("cache")))


def faults(directory: Path) -> list[str]:
    """Every fault, with the directory taken off."""
    with pytest.raises(RulesetError) as caught:
        load(directory)
    return [str(fault).replace(f"{directory}/", "") for fault in caught.value.faults]


def test_a_rule_is_ready_for_use(tmp_path: Path) -> None:
    data = words("a-rule", "x", action="log", parts=["query"], routes=[{"path": "/a"}], tags=["CWE-1"])
    (found,) = load(write(tmp_path, data)).rules
    assert (found.id, found.inspector, found.action) == ("a-rule", "pattern", Action.LOG)
    assert found.parts == frozenset({Part.QUERY})
    assert (found.routes[0].path, found.tags, found.source) == ("/a", ("CWE-1",), str(tmp_path / "a-rule.yaml"))


def test_rules_at_any_depth_and_with_either_suffix_are_read_and_other_files_are_not(tmp_path: Path) -> None:
    write(tmp_path, words("a", "x"))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "b.yml").write_text(json.dumps(words("b", "x")))
    (tmp_path / "README.md").write_text("# words")
    (tmp_path / "a.yaml.bak").write_text("broken: [")
    assert sorted(found.id for found in load(tmp_path).rules) == ["a", "b"]


def test_what_is_not_enabled_or_disabled_by_the_policy_is_left_out(tmp_path: Path) -> None:
    rules = [words("a", "x"), words("b", "x", enabled=False), words("c", "x")]
    assert [found.id for found in load(write(tmp_path, *rules, disabled=["c"])).rules] == ["a"]


def test_the_option_for_the_mode_wins_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, mode="detect")
    assert load(tmp_path).policy.routes[-1].mode == "detect"
    assert load(tmp_path, "block").policy.routes[-1].mode == "block"


class TestExtends:
    def test_builtin_rules_are_taken_where_the_policy_extends_them(self, tmp_path: Path) -> None:
        own = words("own-rule", "x")
        names = {found.id for found in load(write(tmp_path, own, extends="builtin")).rules}
        assert {"own-rule", "parser-ambiguity", "payment-card"} <= names
        assert {found.id for found in load(write(tmp_path, own)).rules} == {"own-rule"}

    def test_an_own_rule_takes_the_place_of_the_builtin_one_of_its_id(self, tmp_path: Path) -> None:
        own = rule("parser-ambiguity", "payload_limits", "log", params={"checks": ["json-syntax"]})
        found = [
            found for found in load(write(tmp_path, own, extends="builtin")).rules if found.id == "parser-ambiguity"
        ]
        assert [(one.action, one.source) for one in found] == [(Action.LOG, str(tmp_path / "parser-ambiguity.yaml"))]

    def test_builtin_rules_can_be_excluded_and_disabled_by_name(self, tmp_path: Path) -> None:
        exclusion = {**EXCLUSION, "rule": "parser-ambiguity"}
        ruleset = load(write(tmp_path, extends="builtin", disabled=["email"], exclusions=[exclusion]))
        assert "email" not in {found.id for found in ruleset.rules}


class TestFaults:
    def test_every_fault_of_every_file_is_told(self, tmp_path: Path) -> None:
        write(tmp_path, words("a", "("), words("b", "x", severity="grave"), mode="blok")
        (tmp_path / "c.yaml").write_text("a: [")
        found = faults(tmp_path)
        assert [line.split(":")[0] for line in found] == ["policy.yaml", "a.yaml", "b.yaml", "c.yaml"]
        assert "Hyperscan's linear-time syntax" in found[1]

    @pytest.mark.parametrize(
        ("policy", "found"),
        [
            ({"disabled": ["absent"]}, "disabled[0]: no rule 'absent'; the id of a rule"),
            (
                {"exclusions": [{**EXCLUSION, "rule": "absent"}]},
                "exclusions[0].rule: no rule 'absent'; the id of a rule",
            ),
            (
                {"exclusions": [{**EXCLUSION, "expires": "2030-02-30"}]},
                "exclusions[0].expires: no day '2030-02-30'; a day of the calendar",
            ),
        ],
    )
    def test_a_policy_that_would_do_nothing_or_fail_later_is_a_fault(
        self, tmp_path: Path, policy: dict[str, Any], found: str
    ) -> None:
        (fault,) = faults(write(tmp_path, words("a-rule", "x"), **policy))
        assert fault.endswith(found)
        assert fault.startswith("policy.yaml:1:")

    def test_two_rules_of_one_id_are_a_fault(self, tmp_path: Path) -> None:
        write(tmp_path, words("a", "x"))
        (tmp_path / "b.yaml").write_text(json.dumps(words("a", "y")))
        (fault,) = faults(tmp_path)
        assert fault.startswith("b.yaml:1:8: id: a is in ")
        assert fault.endswith("a.yaml too; one rule an id")

    @pytest.mark.parametrize("identifier", [["a"], {"a": 1}, None, 7])
    @pytest.mark.parametrize("policy", [{}, {"extends": "builtin"}])
    def test_an_id_that_is_no_text_is_a_fault_and_no_crash(
        self, tmp_path: Path, identifier: object, policy: dict[str, str]
    ) -> None:
        write(tmp_path, **policy)
        (tmp_path / "a.yaml").write_text(json.dumps({**words("x", "x"), "id": identifier}))
        assert any(fault.startswith("a.yaml:1:") and " id: " in fault for fault in faults(tmp_path))

    def test_a_directory_without_a_policy_is_a_fault(self, tmp_path: Path) -> None:
        assert faults(tmp_path) == ["policy.yaml:1:1: missing; a policy in every rules directory"]

    def test_a_directory_that_is_not_there_is_a_fault(self, tmp_path: Path) -> None:
        with pytest.raises(RulesetError, match="no such directory"):
            load(tmp_path / "absent")

    def test_params_that_the_inspector_does_not_take_are_a_fault(self, tmp_path: Path) -> None:
        found = faults(write(tmp_path, rule("a", "payment_card", params={"mask": "**"})))
        assert all(fault.startswith("a.yaml:1:") and ' params.mask: "**"; ' in fault for fault in found)


class TestCache:
    def test_what_was_read_once_is_read_the_same_again(self, tmp_path: Path) -> None:
        write(tmp_path, words("a", "x", tags=["one"]), routes=[{"path": "/a", "mode": "detect"}])
        first, second = load(tmp_path), load(tmp_path)
        assert (first.rules, first.policy, first.digest) == (second.rules, second.policy, second.digest)

    def test_any_change_of_any_file_is_another_digest(self, tmp_path: Path) -> None:
        write(tmp_path, words("a", "x"))
        seen = {digest_of(tmp_path)}
        for change in ("a.yaml", "keys.json", "deep/note.txt"):
            path = tmp_path / change
            path.parent.mkdir(exist_ok=True)
            path.write_text(path.read_text() + " " if path.exists() else "")
            seen.add(digest_of(tmp_path))
        (tmp_path / "keys.json").rename(tmp_path / "keyz.json")
        seen.add(digest_of(tmp_path))
        assert len(seen) == 5

    def test_a_copy_of_a_directory_is_loaded_from_its_own_files(self, tmp_path: Path) -> None:
        original = write(tmp_path / "original", words("a", "x"))
        load(original)
        copy = tmp_path / "copy"
        shutil.copytree(original, copy)
        (found,) = load(copy).rules
        assert found.source == str(copy / "a.yaml")

    def test_a_broken_entry_is_made_anew(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cache = tmp_path / "cache"
        monkeypatch.setenv("GATELENS_CACHE", str(cache))
        rules = write(tmp_path / "rules", words("a", "x"))
        load(rules)
        (kept,) = cache.glob("*.ruleset")
        kept.write_bytes(b"broken")
        assert [found.id for found in load(rules).rules] == ["a"]
        assert kept.read_bytes() != b"broken"


def test_a_redaction_of_requests_is_refused_at_its_line(tmp_path: Path) -> None:
    (message,) = faults(write(tmp_path, words("cards", "abc", action="redact")))
    assert message.endswith("action: redact in a rule for requests; phase: response, or another action")


def test_a_redaction_of_responses_is_taken(tmp_path: Path) -> None:
    load(write(tmp_path, words("cards", "abc", action="redact", phase="response")))


def test_hidden_files_and_folders_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, words("seen", "abc"))
    write(tmp_path / "..2026_11_20", words("seen", "abc"))
    (tmp_path / ".seen.yaml.swp").write_text("not: [yaml")
    assert [rule.id for rule in load(tmp_path).rules] == ["seen"]


def test_a_rule_for_a_phase_that_its_inspector_does_not_look_at_is_refused(tmp_path: Path) -> None:
    (message,) = faults(write(tmp_path, rule("tokens", "jwt", phase="response")))
    assert message.endswith('phase: "response"; one of request')
