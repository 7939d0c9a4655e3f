"""The shop's signing key: made from a public sentence, so that no private key lies in the repository.

Source: RFC 8032 (Ed25519), RFC 8037 section 2 (its JWK). rules/shop.jwks.json is `jwks()`; a test says so.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_ID = "shop-1"
ALGORITHM = "EdDSA"

_SENTENCE = b"This is the public sample key of the Gatelens shop; everybody has it, so it protects nothing."


@cache
def private_key() -> Ed25519PrivateKey:
    """The key with which the shop signs its tokens."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_SENTENCE).digest())


def jwks() -> dict[str, list[dict[str, str]]]:
    """The JSON Web Key Set (RFC 7517 section 5) with the public half of the key."""
    public = private_key().public_key().public_bytes_raw()
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
                "kid": KEY_ID,
                "alg": ALGORITHM,
                "use": "sig",
            }
        ]
    }
