from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.code_injection import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULES_DIRECTORY = Path(__file__).parents[2] / "rules/injection"
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def load(language: str) -> Rule:
    file: dict[str, Any] = YAML(typ="safe").load(RULES_DIRECTORY / f"code-injection-{language}.yaml")
    made = rule_from(msgspec.convert(file, RuleFile), "test.yaml")
    assert made is not None
    return made


RULES = {language: load(language) for language in ("php", "java", "node", "python", "ruby")}
INSPECTOR = Inspector(list(RULES.values()))


def hit(language: str, value: str, part: Part = Part.BODY, name: str = "q") -> Hit:
    return Hit(RULES[language], Target(NamedSegment(part, [name], [value]), 0, value))


def inspect(*hits: Hit) -> list[Match]:
    decoded = Decoded()
    decoded.content = "\n".join(each.target.text for each in hits).encode("utf-8", "replace")
    return list(INSPECTOR.inspect(View(REQUEST, decoded, list(RULES.values()), hits)))


def why(language: str, value: str) -> str:
    return "".join(match.explanation for match in inspect(hit(language, value)))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect(hit("python", "zz'+os.system('date')+'")) == [
        Match(
            rule="code-injection-python",
            location=Location(Part.BODY, "q[0]"),
            evidence="os.system('date')+'",
            explanation="closes a single-quoted string, runs a command",
        )
    ]


@pytest.mark.parametrize(
    ("language", "value", "near_miss"),
    [
        ("php", "system('date')", "system($command)"),
        ("php", "('sys'.'tem')('date')", "('sys'.'tem')"),
        ("php", "<?php echo 7;", "<?xml version='1.0'?>"),
        ("php", "$_GET[0]($_GET[1])", "$t('greeting')"),
        ("php", "auto_prepend_file=/zz", "auto_prepend=/zz"),
        ("python", "__import__('os').system('date')", "__import__(name)"),
        ("python", "os.system('date')", "use os.system('date') to"),
        ("node", "require('child_process').execSync('date')", "const a = require('child_process')"),
        ("node", "while(true);", "while (true) {"),
        ("node", "process['env']", "process.env.NODE_ENV"),
        ("node", "(function(){ return 7 })()", "function a() { return 7 }"),
        ("java", "Runtime.getRuntime().exec('date')", "Runtime.getRuntime().exec(command)"),
        ("java", "java.lang.ProcessBuilder", "java.lang.NullPointerException"),
        ("java", "class.module.classLoader.a=7", "class.name=7"),
        ("ruby", "IO.popen('date')", "IO.popen(command)"),
    ],
)
def test_code_is_told_by_what_it_calls_and_brings(language: str, value: str, near_miss: str) -> None:
    assert why(language, value)
    assert not why(language, near_miss)


def test_a_program_of_many_lines_is_a_text() -> None:
    assert not why("python", "import os\na = 7\nb = 8\nc = 9\nos.system('date')\n")


def test_a_class_of_data_is_told_only_outside_of_bodies() -> None:
    assert inspect(hit("java", "java.lang.String", Part.QUERY))
    assert not inspect(hit("java", "java.lang.String", Part.BODY))


@pytest.mark.parametrize(
    ("language", "value", "near_miss"),
    [
        ("php", "strrev(zz)", "zzrev(zz)"),
        ("php", "zz($zz)", "zz(zz)"),
        ("php", "exec\t(zz)", "exec (zz)"),
        ("php", ";{$_GET['zz']}", ";{$zz['zz']}"),
        ("php", "echo 'zz'.'zz';", "echo 'zz';"),
        ("php", "print(`zz`)", "print('zz')"),
        ("php", "zz($zz)", "zz($zz=zz)"),
        ("php", "phpinfo($zz);", "phpinfo() shows it"),
        ("php", "include '../../zz.php';", "include 'zz.php';"),
        ("php", '$zz = "$_GET[zz]";', '$zz = "$a"; $b = 7;'),
        ("node", "eval(zz)", "eval(zz) is bad"),
        ("python", "time.sleep(7)", "time.slip(7)"),
        ("python", "open('/zz/zz').read()", "open(zz).read()"),
        ("java", "Thread.sleep(7000)", "Thread.sleeps(7000)"),
        ("php", "$zz->run(zz)", "zz->run(zz)"),
        ("php", "zz';?>", "<?zz 'zz';?>"),
        ("php", "expose_php=1", "expose_zz=1"),
        ("node", "console.info('zz')", "Math.max(7)"),
        ("node", "process.env.HOME", "process.zz"),
        ("node", "new Function(zz)", "new Zz(zz)"),
        ("node", "zz=7;while(!0);", "zz=7;while(zz);"),
    ],
)
def test_a_field_tells_more_than_a_document(language: str, value: str, near_miss: str) -> None:
    assert inspect(hit(language, value, Part.QUERY))
    assert not inspect(hit(language, near_miss, Part.QUERY))
    if "expose" not in value and "while" not in value:
        assert not inspect(hit(language, value, Part.BODY))


def test_a_field_that_tells_of_classes_may_name_one() -> None:
    assert inspect(hit("java", "java.io.FileReader", Part.BODY, "kind"))
    assert not inspect(hit("java", "java.io.FileReader", Part.BODY, "logger"))


def test_each_language_reads_a_text_for_itself() -> None:
    value = "eval('7*9')"
    found = inspect(hit("python", value), hit("node", value), hit("ruby", value))
    assert [match.rule for match in found] == ["code-injection-python", "code-injection-node"]


def test_the_call_is_drawn() -> None:
    shown = INSPECTOR.explain(hit("python", "zz'+os.system('date')+'"))
    assert shown is not None
    string, call = shown.attack.children
    assert string.piece == "zz'"
    assert (call.piece, [step.label for step in call.children]) == ("os", ["member", "called with"])
    assert INSPECTOR.explain(hit("python", "zz")) is None


@given(st.text(alphabet="ab'\"`\\/*#(){}[].$@|?:;=+~1 \n<>%", max_size=300))
def test_no_text_raises(text: str) -> None:
    for language in RULES:
        inspect(hit(language, text))
        INSPECTOR.explain(hit(language, text))
