"""Check the claims of a token whose signature is good.

Source: RFC 7519 section 4.1, RFC 8725bis (audience required, subject valid).
"""

from __future__ import annotations

from collections.abc import Collection

from gatelens.tokens.compact import Members
from gatelens.tokens.refusal import Reason, Refusal

_LAST_DATE = 253_402_300_799
"""31 December 9999 in seconds: a time in milliseconds is later than that."""

_FIRST_ISSUED = 1_000_000_000
"""9 September 2001: no JWT is older, so an earlier `iat` is no time of issue. (`nbf` is 0 in some issuers' tokens.)"""


def check(claims: Members, audience: Collection[str], leeway: int, now: float) -> tuple[float, float]:
    """Check `claims` at `now` (Unix seconds, give or take `leeway`) for one of `audience`. Raises Refusal.

    Returns from when until when the token is valid, leeway included.
    """
    expires = _date(claims, "exp")
    if expires is None:
        raise Refusal(Reason.MISSING_CLAIM, "there is no exp")
    issued = _date(claims, "iat")
    if issued is not None and (issued < _FIRST_ISSUED or issued > expires):
        raise Refusal(Reason.BAD_CLAIM, "iat is no plausible time of issue")
    starts = max(_date(claims, "nbf") or 0, issued or 0) - leeway
    # Section 4.1.4: not accepted on or after the time.
    if now >= expires + leeway:
        raise Refusal(Reason.EXPIRED, "exp is past")
    if now < starts:
        raise Refusal(Reason.NOT_YET_VALID, "nbf or iat is in the future")
    _check_names(claims)
    _check_audience(claims, audience)
    return starts, expires + leeway


def _date(claims: Members, name: str) -> float | None:
    """A NumericDate (section 2): a JSON number. Strings, booleans, infinities and other units are refused."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_DATE:
        raise Refusal(Reason.BAD_CLAIM, f"{name} is no plausible time in seconds")
    return value


def _check_names(claims: Members) -> None:
    """Sections 4.1.2 and 4.1.7: who and which token, where given, are strings fit to be compared."""
    for name in ("sub", "jti"):
        value = claims.get(name, "-")
        if not isinstance(value, str) or not value or not value.isprintable():
            raise Refusal(Reason.BAD_CLAIM, f"{name} is not a printable string")


def _check_audience(claims: Members, audience: Collection[str]) -> None:
    """Section 4.1.3: a string or a list of strings, of which one is ours."""
    if "aud" not in claims:
        raise Refusal(Reason.MISSING_CLAIM, "there is no aud")
    value = claims["aud"]
    named = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in named):
        raise Refusal(Reason.BAD_CLAIM, "aud is neither a string nor a list of strings")
    if not any(one in audience for one in named):
        raise Refusal(Reason.WRONG_AUDIENCE, "the token is for another audience")
