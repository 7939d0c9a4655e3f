"""Read a JWT in its compact form, strictly: what two parsers could read differently is refused.

Source: RFC 7515 sections 3.1, 4 and 5.2, RFC 7519 section 7.2, RFC 8725bis (format check before any decoding),
RFC 7797 section 7 (no b64 in a JWT), CWE-436 (two parsers, two readings).
"""

from __future__ import annotations

import binascii
import json
import re

from msgspec import Struct

from gatelens.tokens.refusal import Reason, Refusal

type Members = dict[str, object]

_FORMAT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")

_EMBEDDED = ("jku", "x5u", "jwk", "x5c")
"""RFC 7515 sections 4.1.2, 4.1.3, 4.1.5 and 4.1.6: a key, or where to fetch one, chosen by whoever made the token."""

_REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})


class CompactToken(Struct, frozen=True, gc=False):
    """The parts of a JWT. `signed` is what `signature` is over."""

    header: Members
    claims: Members
    signed: bytes
    signature: bytes


def read(token: bytes) -> CompactToken:
    """Read `token`, whose length was checked before. Raises Refusal."""
    if not _FORMAT.fullmatch(token):
        raise Refusal(Reason.MALFORMED, "not three parts of base64url with dots between")
    signed, _, signature = token.rpartition(b".")
    head, _, payload = signed.partition(b".")
    header = _object(_decoded(head, "header"), "header")
    check_header(header)
    if not signature:
        raise Refusal(Reason.UNSIGNED, "the signature is empty")
    claims = _object(_decoded(payload, "payload"), "payload")
    _check_letter_cases(claims, _REGISTERED)
    return CompactToken(header, claims, signed, _decoded(signature, "signature"))


def check_header(header: Members) -> None:
    """Refuse a header that no token has a good reason for. Raises Refusal."""
    _check_letter_cases(header, None)
    if is_unsigned(header.get("alg")):
        raise Refusal(Reason.UNSIGNED, "the algorithm is none, or not named")
    for name in _EMBEDDED:
        if name in header:
            raise Refusal(Reason.EMBEDDED_KEY, f"the header brings its own key: {name}")
    if "crit" in header or "b64" in header:
        raise Refusal(Reason.CRITICAL_HEADER, "the header asks for an extension: crit or b64")
    if not isinstance(header.get("kid", ""), str):
        raise Refusal(Reason.MALFORMED, "the key id is not a string")


def is_unsigned(algorithm: object) -> bool:
    """Whether a header's `alg` says that there is no signature, in any letter case, or does not name one."""
    return not isinstance(algorithm, str) or algorithm.strip().lower() in ("none", "")


def header_of(token: bytes) -> Members | None:
    """The header of what looks like a JWS, read as an indulgent parser would; None for an opaque token.

    A header is a JSON object with an `alg`. Raises Refusal for one that two parsers could read differently.
    """
    head = token.partition(b".")[0].rstrip(b"=").translate(_TO_BASE64)
    try:
        raw = binascii.a2b_base64(head + b"=" * (-len(head) % 4))
    except binascii.Error:
        return None
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    try:
        header = _object(raw, "header")
    except Refusal:
        if b'"alg"' in raw:
            raise
        return None
    return header if any(name.lower() == "alg" for name in header) else None


def _decoded(part: bytes, name: str) -> bytes:
    """Decode base64url without padding. Only the one canonical spelling is taken (RFC 4648 section 3.5)."""
    standard = part.translate(_TO_BASE64)
    try:
        raw = binascii.a2b_base64(standard + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise Refusal(Reason.MALFORMED, f"the {name} is not base64url") from None
    if binascii.b2a_base64(raw, newline=False).rstrip(b"=") != standard:
        raise Refusal(Reason.MALFORMED, f"the {name} is not canonical base64url")
    return raw


class _DuplicateMember(ValueError):
    pass


def _unique(pairs: list[tuple[str, object]]) -> Members:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateMember
    return members


def _no_constant(name: str) -> object:
    # RFC 8259 has no NaN and no Infinity.
    raise ValueError(name)


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _object(raw: bytes, name: str) -> Members:
    """Parse a strict JSON object: UTF-8 without a byte order mark, no member twice at any depth."""
    try:
        value = _STRICT.decode(raw.decode())
    except _DuplicateMember:
        raise Refusal(Reason.DUPLICATE_MEMBER, f"the {name} has a member twice") from None
    except (ValueError, RecursionError):
        raise Refusal(Reason.MALFORMED, f"the {name} is not JSON") from None
    if not isinstance(value, dict):
        raise Refusal(Reason.MALFORMED, f"the {name} is not a JSON object")
    return value


def _check_letter_cases(members: Members, names: frozenset[str] | None) -> None:
    """Some parsers do not tell letter cases apart: `names` (all if None) must differ in more than that."""
    lowered = [name.lower() for name in members]
    if names is not None:
        lowered = [name for name in lowered if name in names]
    if len(set(lowered)) != len(lowered):
        raise Refusal(Reason.DUPLICATE_MEMBER, "two names differ only in letter case")
