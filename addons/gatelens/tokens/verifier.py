"""Verify tokens of known issuers, and remember those found good for as long as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from gatelens.bounded_cache import BoundedCache
from gatelens.tokens import claims, compact
from gatelens.tokens.key_set import KeySet
from gatelens.tokens.refusal import Reason, Refusal

_REMEMBERED = 8192


class TrustedIssuer(Struct, frozen=True):
    """Whose tokens are taken: for whom they must be meant, how signed, and with which keys."""

    audience: frozenset[str]
    algorithms: frozenset[str]
    keys: KeySet


class _Verified(Struct, frozen=True, gc=False):
    starts: float
    ends: float


class Verifier:
    """The issuers of one rule. Its memory lives and dies with its keys."""

    def __init__(self, issuers: Mapping[str, TrustedIssuer], leeway: int) -> None:
        """`issuers` by the value of `iss`; `leeway` in seconds."""
        self._issuers = issuers
        self._leeway = leeway
        self._verified = BoundedCache[bytes, _Verified](_REMEMBERED)

    def verify(self, token: bytes, now: float) -> None:
        """Return if `token` is good at `now` (Unix seconds). Raises Refusal."""
        digest = hashlib.sha256(token).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known.starts <= now < known.ends:
                return
            self._verified.drop(digest)
        starts, ends = self._verify(token, now)
        self._verified.put(digest, _Verified(starts, ends))

    def _verify(self, token: bytes, now: float) -> tuple[float, float]:
        parts = compact.read(token)
        named = parts.claims.get("iss")
        # The issuer is only claimed as yet: it selects the keys, and their signature proves it.
        issuer = self._issuers.get(named) if isinstance(named, str) else None
        if issuer is None:
            raise Refusal(Reason.WRONG_ISSUER, "the issuer is not one that is trusted")
        algorithm = parts.header["alg"]
        if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
            raise Refusal(Reason.WRONG_ALGORITHM, "the algorithm is not one that the issuer uses")
        key_id = parts.header.get("kid")
        key = issuer.keys.find(algorithm, key_id if isinstance(key_id, str) else None)
        if key is None:
            raise Refusal(Reason.UNKNOWN_KEY, "the issuer has no such key for this algorithm")
        if not key.verifies(parts.signed, parts.signature):
            raise Refusal(Reason.BAD_SIGNATURE, "the signature is not the issuer's")
        return claims.check(parts.claims, issuer.audience, self._leeway, now)
