from __future__ import annotations

import pytest
from gatelens.engine import Engine
from gatelens.model.message import Message
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "serialized-body")


JAVA = b"\xac\xed\x00\x05sr\x00\x03Cat" + bytes(8)
PICKLE = (
    b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00"
    b"\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02ls\x94\x85\x94R\x94."
)
GRAPH = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00"


def binary(body: bytes, kind: str = "application/octet-stream") -> Message:
    return request(body, content_type=kind)


@pytest.mark.parametrize(("body", "words"), [(JAVA, "Java"), (PICKLE, "pickle"), (GRAPH, "object graph")])
def test_a_body_that_is_objects_is_blocked(engine: Engine, body: bytes, words: str) -> None:
    decision = engine.inspect(binary(body))
    assert outcome(decision) == ("block", [("serialized-body", "body")])
    assert words in decision.findings[0].explanation


def test_a_part_that_is_objects_is_blocked(engine: Engine) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n' + PICKLE + b"\r\n--b--\r\n"
    assert outcome(engine.inspect(binary(part, "multipart/form-data; boundary=b")))[0] == "block"


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n" + bytes(40), b"\x80\x04" + bytes(40), bytes(range(256)), b""])
def test_other_bytes_pass(engine: Engine, body: bytes) -> None:
    assert outcome(engine.inspect(binary(body))) == ("allow", [])


@given(st.binary(max_size=300))
def test_no_body_raises(engine: Engine, raw: bytes) -> None:
    for head in (b"", JAVA, PICKLE[:20], GRAPH, b"\x04\x08o:"):
        assert all(rule != "inspection-failed" for rule, _ in outcome(engine.inspect(binary(head + raw)))[1])
