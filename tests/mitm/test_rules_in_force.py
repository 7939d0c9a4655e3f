"""The ruleset in force is exchanged whole, or not at all; the watching goes on whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from gatelens.mitm import rules_in_force
from gatelens.mitm.rules_in_force import Change, RulesInForce, _fingerprint
from gatelens.ruleset.faults import RulesetError

from tests.support.rules import RuleData, words, write


def proven(name: str, word: str) -> RuleData:
    """A rule whose own tests hold."""
    return words(name, word, tests={"match": [word], "ignore": ["another"]})


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write(tmp_path / "rules", proven("first", "xyzzy"))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_in_force, "INTERVAL", 0.02)


@contextlib.asynccontextmanager
async def watched(rules: RulesInForce) -> AsyncIterator[AsyncIterator[Change]]:
    changes = rules.changes()
    try:
        yield changes
    finally:
        assert hasattr(changes, "aclose")
        await changes.aclose()


async def change_after(rules: RulesInForce, edit: Callable[[], object]) -> Change:
    """What comes of an edit of the files."""
    edit()
    async with watched(rules) as changes, asyncio.timeout(20):
        return await anext(changes)
    raise AssertionError("unreachable")


def ids(rules: RulesInForce) -> list[str]:
    return sorted(rule.id for rule in rules.engine.ruleset.rules)


async def test_a_good_change_is_taken_whole_as_the_next_generation(directory: Path) -> None:
    rules = RulesInForce(directory, None, None)
    before = rules.engine
    change = await change_after(rules, lambda: write(directory, proven("second", "plugh")))
    assert change == Change(True, 2, "2 rules")
    assert (ids(rules), rules.engine.generation, before.generation) == (["first", "second"], 2, 1)


async def test_mode_and_selection_outlast_a_change(directory: Path) -> None:
    rules = RulesInForce(directory, "detect", {"email"})
    await change_after(rules, lambda: write(directory, proven("second", "plugh")))
    assert [route.mode for route in rules.engine.policy.routes] == ["detect"]
    assert all(not plan.inspectors for plan in rules.engine._plans.values())


async def test_a_fault_keeps_the_set_in_force_and_names_the_place(directory: Path) -> None:
    rules = RulesInForce(directory, None, None)
    before = rules.engine
    change = await change_after(
        rules, lambda: (directory / "second.yaml").write_text("id: second\ninspector: nothing\n")
    )
    assert (change.taken, change.generation, rules.engine is before) == (False, 1, True)
    assert f"{directory}/second.yaml:" in change.text


async def test_of_many_faults_the_first_few_are_told(directory: Path) -> None:
    def spoil() -> None:
        for number in range(20):
            (directory / f"bad-{number}.yaml").write_text("id: [\n")

    change = await change_after(RulesInForce(directory, None, None), spoil)
    assert len(change.text.splitlines()) == 5


async def test_a_deleted_directory_keeps_the_set_in_force_and_one_that_comes_back_is_taken(directory: Path) -> None:
    rules = RulesInForce(directory, None, None)
    gone = await change_after(rules, lambda: shutil.rmtree(directory))
    assert (gone.taken, ids(rules)) == (False, ["first"])
    back = await change_after(rules, lambda: write(directory, proven("second", "plugh")))
    assert (back.taken, ids(rules)) == (True, ["second"])


@contextlib.contextmanager
def no_more_files() -> Iterator[None]:
    """What many open connections do to a process: it can open no file and start no other process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))  # 0 to 2 are open already
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_check_that_cannot_run_keeps_the_set_and_the_next_change_is_seen(directory: Path) -> None:
    rules = RulesInForce(directory, None, None)
    async with watched(rules) as changes, asyncio.timeout(20):
        write(directory, proven("second", "plugh"))
        with no_more_files():
            kept = await rules._reload()
        assert (kept.taken, kept.generation, ids(rules)) == (False, 1, ["first"])
        assert "second" not in kept.text
        assert (await anext(changes)).taken
    assert ids(rules) == ["first", "second"]


async def test_a_check_without_end_is_ended(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_in_force, "CHECK_TIMEOUT", 0.01)
    rules = RulesInForce(directory, None, None)
    change = await change_after(rules, lambda: write(directory, proven("second", "plugh")))
    assert change == Change(False, 1, "checking took over 0 s")


async def test_what_is_not_changed_is_not_loaded_again(directory: Path) -> None:
    rules = RulesInForce(directory, None, None)
    async with watched(rules) as changes:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(changes), 0.2)
    assert rules.engine.generation == 1


def test_without_a_last_good_set_a_fault_is_raised(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="no such directory"):
        RulesInForce(tmp_path / "missing", None, None)


# -- fingerprints


@pytest.mark.parametrize(
    "edit",
    [
        lambda directory: (directory / "new.yaml").touch(),
        lambda directory: (directory / "first.yaml").unlink(),
        lambda directory: (directory / "first.yaml").rename(directory / "other.yaml"),
        lambda directory: (directory / "first.yaml").write_text("longer or shorter than before"),
        lambda directory: os.utime(directory / "first.yaml", (1, 1)),
        lambda directory: (directory / "keys").mkdir() or (directory / "keys" / "jwks.json").touch(),
        lambda directory: (directory / "dangling").symlink_to("nowhere"),
        shutil.rmtree,
    ],
)
def test_an_edit_of_any_file_changes_the_fingerprint(directory: Path, edit: Callable[[Path], object]) -> None:
    before = _fingerprint(directory)
    assert _fingerprint(directory) == before
    edit(directory)
    assert _fingerprint(directory) != before


def test_a_link_to_nowhere_hides_no_change_of_another_file(directory: Path) -> None:
    """Editors leave such links as locks. In which order a directory tells its files is not known."""
    names = [f"rule-{number}.yaml" for number in range(20)]
    for name in names:
        (directory / name).write_text("1")
    (directory / ".#first.yaml").symlink_to("nowhere")
    for name in names:
        before = _fingerprint(directory)
        (directory / name).write_text("22")
        assert _fingerprint(directory) != before, name


def test_a_link_to_a_file_is_followed(directory: Path, tmp_path: Path) -> None:
    """Rules mounted into a container are links, and it is their targets that change."""
    (tmp_path / "target").write_text("1")
    (directory / "linked.yaml").symlink_to(tmp_path / "target")
    before = _fingerprint(directory)
    (tmp_path / "target").write_text("22")
    assert _fingerprint(directory) != before
