"""The shop's bearer tokens: made as they should be, checked worse than they should be.

Source: RFC 7519, RFC 8725. DELIBERATELY VULNERABLE: see `caller`.
"""

from __future__ import annotations

import jwt

from gatelens.sample.signing_key import ALGORITHM, KEY_ID, private_key

ISSUER = "https://shop.example"
AUDIENCE = "shop-api"
LIFETIME = 3600
"""Seconds for which a token is meant to be good."""


def issue(user: int, scope: str, now: int) -> str:
    """A signed token for the user with this id. `now` is in Unix seconds."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user),
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode(claims, private_key(), algorithm=ALGORITHM, headers={"kid": KEY_ID})


def caller(authorization: str) -> int | None:
    """The user id in an Authorization header's value, or None where there is no token of ours in it.

    The signature is checked and nothing else: an expired token, one not yet valid and one made for another service
    all pass (CWE-613, RFC 8725 section 3.9). What the gateway adds is to be seen.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        claims = jwt.decode(
            token.strip(),
            private_key().public_key(),
            algorithms=[ALGORITHM],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, ValueError):
        return None
