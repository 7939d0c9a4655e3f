"""What is done faster than in mitmproxy comes out the same."""

from __future__ import annotations

from typing import Any

import pytest
from gatelens.mitm import lean
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.test import tutils

ORIGINAL = {name: getattr(http.Headers, name) for name in ("get_all", "get", "__contains__")}

NAMES = st.sampled_from(
    [b"Content-Type", b"content-type", b"X-\xff", b"x-\xff", b"\xc3\x84", b"\xc3\xa4", b"", b"Set-Cookie"]
)
FIELDS = st.lists(st.tuples(NAMES | st.binary(max_size=6), st.binary(max_size=6)), max_size=6)
ASKED = NAMES | NAMES.map(lambda name: name.decode("utf-8", "surrogateescape")) | st.binary(max_size=6)


def originally(headers: http.Headers, method: str, *arguments: Any) -> Any:
    return ORIGINAL[method](headers, *arguments)


@given(FIELDS, ASKED | st.text(max_size=6))
def test_headers_are_looked_up_as_in_mitmproxy(fields: list[tuple[bytes, bytes]], name: str | bytes) -> None:
    headers = http.Headers(fields)
    default = object()
    found = (lean._get_all(headers, name), lean._get(headers, name, default), lean._contains(headers, name))
    assert found == (
        originally(headers, "get_all", name),
        originally(headers, "get", name, default),
        originally(headers, "__contains__", name),
    )
    assert lean._get(headers, name) == originally(headers, "get", name)


@given(FIELDS, ASKED, st.binary(max_size=6))
def test_headers_are_changed_as_before_once_it_is_installed(
    fields: list[tuple[bytes, bytes]], name: str | bytes, value: bytes
) -> None:
    """What mitmproxy builds on the look-ups, before and after."""

    def changes() -> tuple[object, ...]:
        headers = http.Headers(fields)
        seen: list[object] = [headers.pop(name, None), headers.setdefault(name, "1")]
        headers.add(name, value)
        seen += [headers[name], len(headers), headers.fields, list(headers.items())]
        del headers[name]
        return *seen, headers.fields

    before = changes()
    with pytest.MonkeyPatch.context() as patching:
        for method in ORIGINAL:
            patching.setattr(http.Headers, method, getattr(lean, f"_{method.strip('_')}"))
        assert changes() == before


def test_a_header_that_is_asked_for_by_no_name_is_not_there() -> None:
    assert not lean._contains(http.Headers([(b"a", b"b")]), 7)


def test_a_message_of_mitmproxys_own_is_the_same_without_the_checks() -> None:
    before = tutils.treq().get_state()
    lean.install()
    assert tutils.treq().get_state() == before
    assert http.Headers([(b"A", b"1"), (b"a", b"2")]).get("a") == "1, 2"
