"""Read the address of a host as the laxest of resolvers does, and tell which network it is of.

Source: inet_aton(3) of POSIX and WHATWG URL section 3.5 (one to four numbers, octal and hexadecimal), RFC 1918,
3927, 4193, 4291 and 6890 (special addresses), 6052 (NAT64), 3056 (6to4), 5214 (ISATAP), 6598; CWE-918.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

from msgspec import Struct

type Address = IPv4Address | IPv6Address

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{0,32}|[0-9]{1,32}")
_PLAIN = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
_ALL = 2**32

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::ffff:0:0:0/96"))
_ISATAP = 0x5EFE

PRIVATE = "a private network"

_LOOPBACK = IPv4Network("127.0.0.0/8")

_NETWORKS: tuple[tuple[IPv4Network | IPv6Network, str], ...] = (
    (IPv4Network("127.0.0.0/8"), "the server itself"),
    (IPv4Network("0.0.0.0/8"), "the server itself"),
    (IPv6Network("::1/128"), "the server itself"),
    (IPv6Network("::/128"), "the server itself"),
    (IPv4Network("169.254.0.0/16"), "its own link"),
    (IPv6Network("fe80::/10"), "its own link"),
    (IPv4Network("10.0.0.0/8"), PRIVATE),
    (IPv4Network("172.16.0.0/12"), PRIVATE),
    (IPv4Network("192.168.0.0/16"), PRIVATE),
    (IPv4Network("100.64.0.0/10"), PRIVATE),
    (IPv4Network("192.0.0.0/24"), PRIVATE),
    (IPv4Network("198.18.0.0/15"), PRIVATE),
    (IPv6Network("fc00::/7"), PRIVATE),
    (IPv6Network("fec0::/10"), PRIVATE),
)


class Read(Struct, frozen=True):
    """An address, and whether it is written as nobody writes one."""

    address: Address
    odd: bool


def read(host: str) -> Read | None:
    """The address that `host` is, if it is one; an address of version 6 without its brackets."""
    return _six(host) if ":" in host else _four(host)


def network(address: Address) -> str:
    """The network that `address` is of, as words; empty for a public one."""
    for known, words in _NETWORKS:
        if address in known:
            return words
    return ""


def is_usual(address: Address) -> bool:
    """Whether developers name `address`: of the server's own they use one."""
    return address not in _LOOPBACK or address in (IPv4Address("127.0.0.1"), IPv4Address("127.0.1.1"))


def _four(host: str) -> Read | None:
    parts = host.split(".")
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        return None
    *first, last = map(_number, parts)
    value = last % (256 ** (4 - len(first)))
    for place, number in enumerate(first):
        value += (number % 256) << (24 - 8 * place)
    plain = _PLAIN.fullmatch(host) is not None and max(*first, last) < 256
    return Read(IPv4Address(value % _ALL), not plain)


def _number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    if part[0] == "0" and not set(part) & {"8", "9"}:
        return int(part, 8)
    return int(part)


def _six(host: str) -> Read | None:
    try:
        address = IPv6Address(host.partition("%")[0])
    except AddressValueError:
        return None
    inner = _within(address)
    return Read(inner, True) if inner is not None else Read(address, False)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The address of version 4 that one of version 6 stands for."""
    value = int(address)
    low = IPv4Address(value % _ALL)
    if address.ipv4_mapped or any(address in known for known in _NAT64) or (value >> 32) & 0xFFFF == _ISATAP:
        return low
    if 1 < value < _ALL:
        return low
    return address.sixtofour
