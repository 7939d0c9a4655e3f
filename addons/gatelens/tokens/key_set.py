"""The keys of an issuer, from a JWKS file: checked once, each pinned to one algorithm.

Source: RFC 7517 (JWK), RFC 7518 sections 3 and 6, RFC 8037, RFC 9864 (Ed25519), RFC 8725bis sections on algorithm
verification and key entropy. PyJWT makes the keys and verifies; key material is in no message of ours.
Limits: the file is read once, when the rules are loaded. A key that was generated badly (ROCA, shared primes, a
guessable secret of sufficient length) is not recognised.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jwt
from jwt.algorithms import Algorithm
from msgspec import Struct

_MOST_BYTES = 512 * 1024
_MOST_KEYS = 100
_NAMELESS = ""

_KEY_TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", ())),
    "ES256": ("EC", ("P-256",)),
    "ES384": ("EC", ("P-384",)),
    "ES512": ("EC", ("P-521",)),
    "ES256K": ("EC", ("secp256k1",)),
    "EdDSA": ("OKP", ("Ed25519", "Ed448")),
    "Ed25519": ("OKP", ("Ed25519",)),
    "Ed448": ("OKP", ("Ed448",)),
    **dict.fromkeys(("HS256", "HS384", "HS512"), ("oct", ())),
}
"""For each algorithm the type of its keys, and the curves where it has some."""

_PYJWT_NAMES = {"Ed25519": "EdDSA", "Ed448": "EdDSA"}


class Key(Struct, frozen=True):
    """A key and the one algorithm that it is for; `material` is as PyJWT prepared it."""

    algorithm: Algorithm
    material: Any

    def verifies(self, signed: bytes, signature: bytes) -> bool:
        """Whether `signature` over `signed` was made with this key."""
        return self.algorithm.verify(signed, self.material, signature)


class KeySet:
    """The keys of one issuer, found by algorithm and key id."""

    __slots__ = ("_keys",)

    def __init__(self, keys: dict[str, dict[str, Key]]) -> None:
        self._keys = keys

    def find(self, algorithm: str, key_id: str | None) -> Key | None:
        """The key for `algorithm` named `key_id`, or the one without a name; for no `key_id` the only key there is."""
        keys = self._keys.get(algorithm, {})
        if key_id is not None:
            return keys.get(key_id) or keys.get(_NAMELESS)
        return next(iter(keys.values())) if len(keys) == 1 else None


def load(file: str, algorithms: Sequence[str]) -> KeySet:
    """Read the keys for `algorithms` from a JWKS `file`.

    Keys for other algorithms or for encryption are passed over. Raises ValueError, which says what is wrong and with
    which key, for a file that cannot be read or is no JWKS, a key of the algorithms that is unfit, two keys of one
    name, an HS algorithm without a key of its own, and where no key is left.
    """
    found: dict[str, dict[str, Key]] = {}
    for number, entry in enumerate(_entries(file), 1):
        try:
            names = _algorithms_of(entry, algorithms)
            if not names:
                continue
            key = _key(entry, names[0])
        except _Unfit as fault:
            raise ValueError(f"{file}: key {number}: {fault}") from None
        key_id = entry.get("kid", _NAMELESS)
        if not isinstance(key_id, str):
            raise ValueError(f"{file}: key {number}: kid is not a string")  # noqa: TRY004  # the operator's fault
        for name in names:
            if key_id in found.setdefault(name, {}):
                raise ValueError(f"{file}: key {number}: a second key of the same kid for {name}")
            found[name][key_id] = key
    if not found:
        raise ValueError(f"{file}: no key for {', '.join(algorithms)}")
    for name in algorithms:
        if name.startswith("HS") and name not in found:
            raise ValueError(f"{file}: no symmetric key for {name}")
    return KeySet(found)


class _Unfit(Exception):
    """Why a key cannot be used, without anything of it."""


def _entries(file: str) -> list[dict[str, Any]]:
    try:
        with Path(file).open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror or 'unreadable'}") from None
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"{file}: longer than {_MOST_BYTES} bytes")
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise ValueError(f"{file}: not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f'{file}: not a JWK Set: an object with a list of objects "keys"')
    if len(entries) > _MOST_KEYS:
        raise ValueError(f"{file}: more than {_MOST_KEYS} keys")
    return entries


def _algorithms_of(entry: dict[str, Any], allowed: Sequence[str]) -> list[str]:
    """The names of the one algorithm among `allowed` that a key is for: EdDSA may have two names, others have one.

    A key that names no algorithm is for the first of `allowed` that its type fits.
    """
    if entry.get("use", "sig") != "sig" or "verify" not in entry.get("key_ops", ["verify"]):
        return []
    fitting = [name for name in allowed if _fits(entry, name)]
    named = entry.get("alg")
    if named is not None:
        return [name for name in fitting if _PYJWT_NAMES.get(name, name) == _PYJWT_NAMES.get(named, named)]
    return [name for name in fitting if _PYJWT_NAMES.get(name, name) == _PYJWT_NAMES.get(fitting[0], fitting[0])]


def _fits(entry: dict[str, Any], name: str) -> bool:
    key_type, curves = _KEY_TYPES[name]
    return entry.get("kty") == key_type and (not curves or entry.get("crv") in curves)


def _key(entry: dict[str, Any], name: str) -> Key:
    if "d" in entry:
        raise _Unfit("a private key; only its public members belong in a JWKS")
    try:
        made = jwt.PyJWK(entry, _PYJWT_NAMES.get(name, name))
        material = made.Algorithm.prepare_key(made.key)
        short = made.Algorithm.check_key_length(material)
    except Exception:  # whatever is wrong with a key: the library's messages may quote it
        raise _Unfit(f"not a valid key for {name}") from None
    if short:
        raise _Unfit(f"too short for {name}")
    return Key(made.Algorithm, material)
