"""Why a token is refused, in a code and in words that may be shown to its bearer.

Source: RFC 6750 section 3.1 (error codes of the challenge), RFC 8725bis (what there is to check).
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The kind of fault."""

    MISSING = "token-missing"
    SCHEME = "unexpected-scheme"
    SEVERAL = "several-credentials"
    TOO_LONG = "token-too-long"
    MALFORMED = "malformed-token"
    DUPLICATE_MEMBER = "duplicate-member"
    UNSIGNED = "unsigned"
    EMBEDDED_KEY = "embedded-key"
    CRITICAL_HEADER = "critical-header"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_ALGORITHM = "wrong-algorithm"
    UNKNOWN_KEY = "unknown-key"
    BAD_SIGNATURE = "bad-signature"
    MISSING_CLAIM = "missing-claim"
    BAD_CLAIM = "bad-claim"
    EXPIRED = "token-expired"
    NOT_YET_VALID = "token-not-yet-valid"
    WRONG_AUDIENCE = "wrong-audience"


_NO_ERROR_CODE = frozenset({Reason.MISSING, Reason.SCHEME})
"""RFC 6750 section 3.1: a request without authentication information it can use is told no error code."""


class Refusal(Exception):
    """A token is refused. `text` is in our own words and holds nothing of the token."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text

    @property
    def explanation(self) -> str:
        """Code and words, for a finding."""
        return f"{self.reason}: {self.text}"

    @property
    def challenge(self) -> str:
        """The parameters of the WWW-Authenticate header that answers the request."""
        if self.reason in _NO_ERROR_CODE:
            return ""
        error = "invalid_request" if self.reason is Reason.SEVERAL else "invalid_token"
        return f'error="{error}", error_description="{self.text}"'
