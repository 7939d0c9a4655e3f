"""Find header fields that two servers would read differently, or that change what the rest of the request means.

Source: RFC 9110 sections 5.1, 5.3, 5.5, 7.2 and 7.6.1, RFC 9112 sections 3.2, 5.2 and 6.1, RFC 9113 section 8.2.2,
RFC 3875 section 4.1.18 (CGI turns `-` and `_` into the same); CWE-436, CWE-444, CWE-644.
Limits: a request without Host is not told. Content-Type and Content-Encoding are read elsewhere. Of more fields than
any policy should let in, the rest is not looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gatelens.decoders.target_ambiguity import TOKEN
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import Location, Part
from gatelens.model.message import Headers, Message

Field = tuple[bytes, bytes]
Fault = tuple[AnomalyKind, str]

_MOST_FIELDS = 1000
_MOST_NAMES = 3

_PLAIN_NAME = re.compile(rb"[A-Za-z0-9\-]+")
_IN_VALUES = bytes({9, *range(0x20, 0x7F), *range(0x80, 0x100)})
"""RFC 9110 section 5.5."""

_FOLD = re.compile(rb"\r?\n[ \t]")
_HOST = re.compile(rb"(?:[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_FORWARDED_HOST = re.compile(rb"(?:^|[;,\s])host\s*=", re.IGNORECASE)

_SINGLE = frozenset(
    {
        *(b"host", b"content-length", b"transfer-encoding", b"authorization", b"proxy-authorization", b"content-range"),
        *(b"range", b"if-range", b"if-modified-since", b"if-unmodified-since", b"max-forwards", b"origin", b"referer"),
        *(b"user-agent", b"date", b"x-http-method-override", b"x-http-method", b"x-method-override"),
    }
)
"""Fields that may come once."""

_IMITATED = frozenset(
    {
        *(b"content-length", b"transfer-encoding", b"content-type", b"content-encoding", b"host", b"connection"),
        *(b"authorization", b"proxy-authorization", b"cookie", b"x-forwarded-for", b"x-forwarded-host", b"forwarded"),
        *(b"x-forwarded-proto", b"x-forwarded-port", b"x-real-ip", b"x-client-ip", b"true-client-ip"),
        *(b"cf-connecting-ip", b"x-original-url", b"x-rewrite-url", b"x-original-host", b"x-host"),
        *(b"x-http-method-override", b"x-http-method", b"x-method-override", b"x-api-key", b"remote-user"),
        *(b"x-forwarded-user", b"x-remote-user", b"x-csrf-token", b"if-match", b"if-none-match"),
    }
)
"""Fields that decide something, and that a name with `_` for `-` may take the place of."""

_METHOD_OVERRIDES = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})

_OTHER_HOSTS = frozenset(
    {
        *(b"x-forwarded-host", b"x-original-host", b"x-host", b"x-forwarded-server", b"x-http-host-override"),
        *(b"x-original-uri", b"x-forwarded-uri"),  # as proxies send them beside the request that they pass on
    }
)
_OTHER_URLS = frozenset({b"x-original-url", b"x-rewrite-url"})

_CONNECTION_OPTIONS = frozenset(
    {b"", b"close", b"keep-alive", b"te", b"trailer", b"trailers", b"upgrade", b"http2-settings", b"proxy-connection"}
)
_HTTP1_ONLY = frozenset({b"transfer-encoding", b"keep-alive", b"proxy-connection", b"upgrade"})
"""Connection is too; but a browser's archive lists its `keep-alive` all the same, and what else it names is told."""


def headers(message: Message, fields: Iterable[Field]) -> list[Anomaly]:
    """What is ambiguous in the header of a request.

    `fields` are those to be looked at one by one. The others must have been, alone, without an anomaly; how they stand
    together is looked at in any case.
    """
    names = [name.lower() for name, _ in message.headers]
    distinct = set(names)
    found: list[Anomaly] = []
    faults = [(field, fault) for field in islice(fields, _MOST_FIELDS) for fault in _faults(field)]
    if faults:
        found += _placed(message.headers, names, faults)
    if len(distinct) != len(names):
        found += _repeated(message.headers, names)
    if not _METHOD_OVERRIDES.isdisjoint(distinct):
        found += _overridden(message, names)
    if b"transfer-encoding" in distinct:
        found += _framing(message, distinct)
    if message.authority:
        found += _authority(message, names)
    if message.http_version[:6] in ("HTTP/2", "HTTP/3"):
        found += _not_of_http1(message, distinct)
    return found


def _faults(field: Field) -> Sequence[Fault]:
    """What is wrong with `field`, whatever else there is."""
    name, value = field
    odd = not _PLAIN_NAME.fullmatch(name) or value.translate(None, _IN_VALUES)
    faults = [(AnomalyKind.HEADER_SYNTAX, words) for words in _syntax(name, value)] if odd else []
    check = _CHECKS.get(name.lower())
    if check is not None and check[2](value):
        faults.append(check[:2])
    return faults


def _placed(fields: Headers, names: Sequence[bytes], faults: Iterable[tuple[Field, Fault]]) -> Iterator[Anomaly]:
    """The faults as anomalies: of each fault the first few fields' names, since a client may send very many."""
    told: dict[Fault, set[bytes]] = {}
    for field, fault in faults:
        name = field[0].lower()
        same = told.setdefault(fault, set())
        if name in same or len(same) == _MOST_NAMES:
            continue
        same.add(name)
        text = name.decode("latin-1")
        if TOKEN.fullmatch(text):
            index = names[: fields.index(field)].count(name) if field in fields else 0
            place = Location(Part.HEADER, f"{text}[{index}]")
        else:
            place = Location(Part.HEADER)  # what is no token is no text to print
        yield Anomaly(*fault, "", place)


def _syntax(name: bytes, value: bytes) -> Iterator[str]:
    if not TOKEN.fullmatch(name.decode("latin-1")):
        yield "a name that is no token"
    elif b"_" in name and name.lower().replace(b"_", b"-") in _IMITATED:
        yield "a name that is a known one but for _ in place of -"
    if _FOLD.search(value):
        yield "a folded line"
    rest = _FOLD.sub(b"", value)
    if b"\x00" in rest:
        yield "a NUL"
    if b"\r" in rest or b"\n" in rest:
        yield "a bare CR or LF"
    if rest.translate(None, _IN_VALUES + b"\x00\r\n"):
        yield "a control character"


def _is_no_host(value: bytes) -> bool:
    return not _HOST.fullmatch(value)


def _is_no_length(value: bytes) -> bool:
    return not value.isdigit()


def _names_fields(value: bytes) -> bool:
    options = value.lower()
    return options not in _CONNECTION_OPTIONS and not _CONNECTION_OPTIONS.issuperset(
        map(bytes.strip, options.split(b","))
    )


def _is_there(_value: bytes) -> bool:
    return True


def _names_host(value: bytes) -> bool:
    return _FORWARDED_HOST.search(value) is not None


_CHECKS = {
    b"host": (AnomalyKind.HOST, "no host and port", _is_no_host),
    b"content-length": (AnomalyKind.HEADER_SYNTAX, "a length that is no number", _is_no_length),
    b"connection": (AnomalyKind.HOP_BY_HOP, "a field beside those of the connection is named", _names_fields),
    b"forwarded": (AnomalyKind.HOST_OVERRIDE, "a field that overrides the host", _names_host),
    **dict.fromkeys(_OTHER_HOSTS, (AnomalyKind.HOST_OVERRIDE, "a field that overrides the host", _is_there)),
    **dict.fromkeys(_OTHER_URLS, (AnomalyKind.URL_OVERRIDE, "a field that overrides the URL", _is_there)),
}
"""What is looked at in one field alone: kind, words, and when."""


def _repeated(fields: Headers, names: Sequence[bytes]) -> Iterator[Anomaly]:
    for name in _SINGLE.intersection(names):
        if names.count(name) > 1:
            kind = AnomalyKind.HEADER_SYNTAX
            if name == b"host":
                kind = AnomalyKind.HOST
            elif name == b"transfer-encoding":
                kind = AnomalyKind.TRANSFER_ENCODING
            yield Anomaly(kind, "a field given twice", "once", Location(Part.HEADER, f"{name.decode()}[1]"))


def _overridden(message: Message, names: Sequence[bytes]) -> Iterator[Anomaly]:
    for name, (_, value) in zip(names, message.headers, strict=True):
        if name in _METHOD_OVERRIDES and value.strip().upper() != message.method.upper().encode("utf-8", "replace"):
            place = Location(Part.HEADER, f"{name.decode()}[0]")
            yield Anomaly(AnomalyKind.METHOD_OVERRIDE, "a field that overrides the method", "", place)
            return


def _framing(message: Message, names: set[bytes]) -> Iterator[Anomaly]:
    """RFC 9112 section 6.1: a length beside a transfer coding ought to be handled as an error; HTTP/1.0 knows none."""
    place = Location(Part.HEADER, "transfer-encoding[0]")
    if b"content-length" in names:
        yield Anomaly(AnomalyKind.TRANSFER_ENCODING, "beside a content-length", "one of them", place)
    if message.http_version == "HTTP/1.0":
        yield Anomaly(AnomalyKind.TRANSFER_ENCODING, "in HTTP/1.0", "", place)


def _authority(message: Message, names: Sequence[bytes]) -> Iterator[Anomaly]:
    """RFC 9112 section 3.2.2 and RFC 9113 section 8.3.1: Host must say what the target or :authority says."""
    authority = message.authority.encode("utf-8", "replace")
    if _is_no_host(authority):
        yield Anomaly(AnomalyKind.HOST, "no host and port in the target's authority")
    for name, (_, value) in zip(names, message.headers, strict=True):
        if name == b"host" and value.lower() != authority.lower():
            yield Anomaly(AnomalyKind.HOST, "not the target's authority", "", Location(Part.HEADER, "host[0]"))
            return


def _not_of_http1(message: Message, names: set[bytes]) -> Iterator[Anomaly]:
    """What HTTP/2 forbids, and an HTTP/1 upstream would take at its word."""
    for name in sorted(_HTTP1_ONLY & names):
        kind = AnomalyKind.TRANSFER_ENCODING if name == b"transfer-encoding" else AnomalyKind.HOP_BY_HOP
        yield Anomaly(kind, "a field of HTTP/1 in a later version", "", Location(Part.HEADER, f"{name.decode()}[0]"))
    if b"te" in names and any(value.lower() != b"trailers" for value in message.all_headers(b"te")):
        yield Anomaly(AnomalyKind.HOP_BY_HOP, "more than trailers", "trailers", Location(Part.HEADER, "te[0]"))
