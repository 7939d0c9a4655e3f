"""What an inspector found, first as a bare match and then as a finding in the light of its rule."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Self

from msgspec import Struct

from gatelens.model.location import Location, Span


class Action(IntEnum):
    """What to do with a message, in rising order: a decision is the highest of its findings."""

    ALLOW = 0
    LOG = 1
    REDACT = 2
    THROTTLE = 3
    BLOCK = 4

    @property
    def word(self) -> str:
        """The action as it is written in rule files and events."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Self:
        """The action with this word. Raises KeyError for another word."""
        return cls[word.upper()]


class Severity(StrEnum):
    """How bad a finding is. Its default score is the Core Rule Set's: 5, 4, 3, 2 and 0."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 4 for critical."""
        return list(Severity).index(self)


class Category(StrEnum):
    """What kind of fault it is, which says the HTTP status that answers it (policy: `statuses`)."""

    MALFORMED = "malformed"
    AUTHENTICATION = "authentication"
    AUTHORIZATION = "authorization"
    TOO_LARGE = "too-large"
    URI_TOO_LONG = "uri-too-long"
    HEADERS_TOO_LARGE = "headers-too-large"
    UNSUPPORTED = "unsupported"
    INVALID = "invalid"
    RATE = "rate"
    ATTACK = "attack"
    RESPONSE = "response"
    ERROR = "error"


class Edit(Struct, frozen=True, gc=False):
    """A replacement of the bytes `span` of the decoded body."""

    span: Span
    replacement: bytes


class Match(Struct, frozen=True, kw_only=True, gc=False):
    """What an inspector reports: rule id, place, and evidence as it stands in the message, not yet masked.

    `explanation` says in words why this is a match, in the inspector's own words only, never the message's.
    `transformations` are the decoding steps from the bytes sent to the text matched. `challenge` is the
    parameters of a WWW-Authenticate header (RFC 6750 section 3), for category authentication.
    """

    rule: str
    location: Location
    evidence: str = ""
    explanation: str = ""
    transformations: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    challenge: str = ""


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A match in the light of its rule, fit to be printed: the evidence is masked."""

    rule: str
    severity: Severity
    action: Action
    category: Category
    location: Location
    evidence: str = ""
    explanation: str = ""
    transformations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded: str = ""
    edits: tuple[Edit, ...] = ()
    challenge: str = ""
