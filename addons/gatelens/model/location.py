"""Where in a message a value stands."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

Span = tuple[int, int]


class Part(StrEnum):
    """The part of a message a value was found in."""

    BODY = "body"
    FORM = "form"
    QUERY = "query"
    PATH = "path"
    HEADER = "header"
    COOKIE = "cookie"
    GRAPHQL = "graphql"
    MESSAGE = "message"


class Location(Struct, frozen=True, gc=False):
    """A place in a message that finds its value again.

    `pointer` is an RFC 6901 JSON Pointer for body (in a sequence of JSON texts, and in CSV, its first step is the
    record's number from 0; in an event stream the event's, then `data` or another field), an XPath for a body of XML;
    name and index (`q[0]`) for query, form, header and cookie, and behind it the pointer within a part that has a
    structure of its own (`meta[0]/user/name`); the segment's number for path; line:column for graphql; empty for the
    message as a whole.
    `key` says that the name at the pointer is meant, not its value. `span` is [start, end) in bytes of the
    body after its content-encoding is taken off; None where there is no such place.
    """

    part: Part
    pointer: str = ""
    key: bool = False
    span: Span | None = None

    def __str__(self) -> str:
        text = f"{self.part}:{self.pointer}" if self.pointer else self.part.value
        return f"{text} (key)" if self.key else text


WHOLE_MESSAGE = Location(Part.MESSAGE)


def pointer(*tokens: str | int) -> str:
    """RFC 6901 section 3: `~` becomes `~0` and `/` becomes `~1`."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
