"""Read the head of a part: what its header fields say of it, as the first of them does, and in all other ways.

The same few heads come again with every form that is sent, so that short ones are kept as read.
Source: RFC 7578 section 4 (form-data), RFC 6266 and RFC 8187 (`filename*`); CWE-436.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from gatelens.decoders.multipart_headers import Parameter, fields, parameters

_CONTROLS = "\x00\r\n"
_PLAIN = (["name"], ["name", "filename"])
_KEPT, _KEPT_LENGTH = 1024, 256
TWO_FILE_NAMES = "filename and filename*"


class PartHead(Struct, frozen=True):
    """What a head says.

    `headers` are (name in lower case, value). `content_type` is in lower case without parameters, `charset` its
    parameter. `readings` are (field, text): what other parsers take for name and file name, and the disposition as sent
    where it is odd. `odd` is what is odd, in words.
    """

    name: str
    filename: str | None
    content_type: str
    charset: str
    transfer_encoding: str
    headers: tuple[tuple[str, str], ...]
    readings: tuple[tuple[str, str], ...]
    odd: tuple[str, ...]


def read(block: bytes, *, form: bool) -> PartHead:
    """Read a header block, up to its last line's end. `form`: it stands in multipart/form-data."""
    return _read(block, form) if len(block) <= _KEPT_LENGTH else _read.__wrapped__(block, form)


@lru_cache(maxsize=_KEPT)
def _read(block: bytes, form: bool) -> PartHead:
    headers, odd = fields(block) if block else ([], [])
    first: dict[str, str] = {}
    for field, value in headers:
        if field in first and field:
            odd.append(f"two {field} headers" if field.startswith("content-") else "a header given twice")
        first.setdefault(field, value)
    dispositions = [value for field, value in headers if field == "content-disposition"]
    name, filename, readings = _disposition(dispositions, odd, form=form)
    content_type, given, odd_type = parameters(first.get("content-type", ""))
    odd += odd_type
    return PartHead(
        name=name,
        filename=filename,
        content_type=content_type,
        charset=next((parameter.value.lower() for parameter in given if parameter.name == "charset"), ""),
        transfer_encoding=first.get("content-transfer-encoding", "").lower(),
        headers=tuple(headers),
        readings=readings,
        odd=tuple(odd),
    )


def _disposition(
    sent: Sequence[str], odd: list[str], *, form: bool
) -> tuple[str, str | None, tuple[tuple[str, str], ...]]:
    """Name and file name, as the first of the headers gives them, and all other readings. Adds to `odd`."""
    names: list[str] = []
    filenames: list[str] = []
    readings: dict[tuple[str, str], None] = {}
    for value in sent:
        kind, given, found = parameters(value)
        if form and kind != "form-data":
            found.append("a disposition that is not form-data")
        found += _odd_names(given)
        for parameter in given:
            field = parameter.name.partition("*")[0]
            if field in ("name", "filename"):
                (names if field == "name" else filenames).append(parameter.value)
                readings.update(dict.fromkeys((field, text) for text in (parameter.value, *parameter.others)))
        if found:
            odd += found
            readings["content-disposition", value] = None
    if form and not names:
        odd.append("a part without a name")
    if any(control in text for _, text in readings for control in _CONTROLS):
        odd.append("a control character in a name")
    name = names[0] if names else ""
    filename = filenames[0] if filenames else None
    readings.pop(("name", name), None)
    readings.pop(("filename", filename or ""), None)
    return name, filename, tuple(readings)


def _odd_names(given: Sequence[Parameter]) -> list[str]:
    fields = [parameter.name for parameter in given]
    if fields in _PLAIN:
        return []
    odd = [f"two {field} parameters" for field in ("name", "filename", "filename*") if fields.count(field) > 1]
    if "filename" in fields and "filename*" in fields:
        odd.append(TWO_FILE_NAMES)
    if any(field.startswith(("name*", "filename*")) and field != "filename*" for field in fields):
        odd.append("a name in sections")
    return odd
