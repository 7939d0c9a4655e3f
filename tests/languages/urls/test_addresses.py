from __future__ import annotations

from ipaddress import ip_address

import pytest
from gatelens.languages.urls.addresses import network, read
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0X7F.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "017700000001",
        "383.256.256.257",
        "6425673729",
        "00000177.0.0.0x1",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::ffff:0:7f00:1",
        "::5efe:127.0.0.1",
        "fe80::5efe:7f00:1%25eth0",
    ],
)
def test_an_address_is_read_however_it_is_written(host: str) -> None:
    found = read(host)
    assert found is not None
    assert found.address == ip_address("127.0.0.1")
    assert found.odd


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "203.0.113.7", "::1", "fd00:ec2::254", "2001:db8::1"])
def test_an_address_as_everybody_writes_it_is_not_odd(host: str) -> None:
    found = read(host)
    assert found is not None
    assert found.address == ip_address(host)
    assert not found.odd


@pytest.mark.parametrize(
    "host", ["", "a", "1.2.3.4.5", "1..2", "127.0.0.1.example", "12ab", "1:2", "::g", "0x7g", "-1"]
)
def test_a_name_is_no_address(host: str) -> None:
    assert read(host) is None


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.9.9.9", "the server itself"),
        ("0.0.0.0", "the server itself"),
        ("::1", "the server itself"),
        ("169.254.1.1", "its own link"),
        ("fe80::1", "its own link"),
        ("172.31.0.1", "a private network"),
        ("fd12::1", "a private network"),
        ("172.32.0.1", ""),
        ("192.169.0.1", ""),
        ("2001:4860::8888", ""),
    ],
)
def test_the_network_of_an_address_is_told(host: str, words: str) -> None:
    assert network(ip_address(host)) == words


@given(st.text(alphabet="0123456789abcdefx.:%", max_size=60))
def test_reading_never_raises(host: str) -> None:
    read(host)
