"""Tell the hosts that a server must not be sent to: itself, its network, its cloud's metadata, and names for these.

Source: RFC 6761 (localhost), RFC 6890 (special addresses), the manuals of the clouds; CWE-918, CWE-350 (rebinding).
Limits: no name is resolved; a public name with a private address is not known unless it is of a listed service.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec import Struct

from gatelens.languages.urls.addresses import Address, is_usual, network, read

_EMBEDDED = re.compile(r"(?<!\d)(\d{1,3})[.\-](\d{1,3})[.\-](\d{1,3})[.\-](\d{1,3})(?!\d)")
_HEX = re.compile(r"(?:^|[.\-])([0-9a-f]{8})\Z")
_SEPARATORS = str.maketrans("\u3002\uff0e\uff61", "...")


class Grade(IntEnum):
    """How much it says that a value names the host: an inner host may be meant, the others are not."""

    OUTER = 0
    INNER = 1
    EVIDENT = 2


class Host(Struct, frozen=True):
    """What a host is, in words that go on "leads to …"."""

    grade: Grade
    words: str


OUTER = Host(Grade.OUTER, "")


class Known(Struct, frozen=True):
    """Hosts by what they are. `metadata`, `names` and `captures` give words for names (metadata: addresses too);
    `wildcards` are domains below which a name holds its address, `loopback_domains` those that lead to the server
    itself. `allowed` hosts and `allowed_networks` are nobody's concern."""

    metadata: Mapping[str, str]
    metadata_addresses: Mapping[Address, str]
    names: Mapping[str, str]
    wildcards: frozenset[str]
    loopback_domains: frozenset[str]
    captures: frozenset[str]
    allowed: frozenset[str]
    allowed_networks: tuple[IPv4Network | IPv6Network, ...]


def known(
    metadata: Mapping[str, Sequence[str]],
    names: Mapping[str, Sequence[str]],
    wildcards: Sequence[str],
    loopback_domains: Sequence[str],
    captures: Sequence[str],
    allowed: Sequence[str],
    allowed_networks: Sequence[str],
) -> Known:
    """The hosts of a rule's lists."""
    addresses: dict[Address, str] = {}
    named: dict[str, str] = {}
    for words, hosts in metadata.items():
        for host in hosts:
            try:
                addresses[ip_address(host)] = words
            except ValueError:
                named[host.lower()] = words
    return Known(
        named,
        addresses,
        {host.lower(): words for words, hosts in names.items() for host in hosts},
        frozenset(wildcards),
        frozenset(loopback_domains),
        frozenset(captures),
        frozenset(host.lower() for host in allowed),
        tuple(ip_network(text, strict=False) for text in allowed_networks),
    )


def judged(host: str, lists: Known) -> Host:
    """What `host` is, as `parsing` gives it."""
    spelled = host.isascii()
    plain = host if spelled else unicodedata.normalize("NFKC", host.translate(_SEPARATORS)).lower()
    if not plain or is_below(plain, lists.allowed):
        return OUTER
    address = read(plain)
    if address is not None:
        return _address(address.address, lists, odd=address.odd or not spelled)
    if words := lists.metadata.get(plain):
        return Host(Grade.EVIDENT, words)
    if words := lists.names.get(plain):
        return Host(Grade.INNER if spelled else Grade.EVIDENT, words)
    if plain.endswith(".localhost"):
        return Host(Grade.INNER, "the server itself")
    if is_below(plain, lists.wildcards):
        return _wildcard(plain, lists)
    if is_below(plain, lists.loopback_domains):
        return Host(Grade.EVIDENT, "the server itself through a public name")
    if is_below(plain, lists.captures):
        return Host(Grade.EVIDENT, "a service that records who calls it")
    return OUTER


def _address(address: Address, lists: Known, *, odd: bool) -> Host:
    if any(address in allowed for allowed in lists.allowed_networks):
        return OUTER
    written = ", its address written as nobody does" if odd else ""
    if words := lists.metadata_addresses.get(address):
        return Host(Grade.EVIDENT, words + written)
    if words := network(address):
        return Host(
            Grade.EVIDENT if odd or words == "its own link" or not is_usual(address) else Grade.INNER, words + written
        )
    return Host(Grade.EVIDENT, f"a host{written}") if odd else OUTER


def _wildcard(host: str, lists: Known) -> Host:
    """The host whose address stands in a name such as `10-0-0-1.example`."""
    found = _EMBEDDED.search(host)
    text = ".".join(found.groups()) if found else ""
    if not found and (packed := _HEX.search(host.rsplit(".", 2)[0])):
        text = "0x" + packed[1]
    address = read(text) if text else None
    if address is None:
        return OUTER
    inner = _address(address.address, lists, odd=False)
    return Host(Grade.EVIDENT, f"{inner.words} through a public name") if inner.grade else OUTER


def is_below(host: str, domains: frozenset[str]) -> bool:
    """Whether `host` is one of `domains` or below one."""
    while host:
        if host in domains:
            return True
        host = host.partition(".")[2]
    return False
