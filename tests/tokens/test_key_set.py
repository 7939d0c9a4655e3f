"""Keys are made here, at run time."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from gatelens.tokens.key_set import load
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def ec_key(**members: Any) -> dict[str, Any]:
    return {**ECAlgorithm.to_jwk(EC.public_key(), as_dict=True), **members}


def rsa_key(**members: Any) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "key_ops": ["verify"], **members}


def ed_key(**members: Any) -> dict[str, Any]:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return {**OKPAlgorithm.to_jwk(public, as_dict=True), **members}


def secret(size: int, **members: Any) -> dict[str, Any]:
    return {"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * size).decode().rstrip("="), **members}


def written(folder: Path, *keys: object) -> str:
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": keys}))
    return str(file)


def test_a_key_is_found_by_algorithm_and_name(tmp_path: Path) -> None:
    keys = load(written(tmp_path, ec_key(kid="a"), rsa_key(kid="a")), ["ES256", "RS256"])
    found = [keys.find("ES256", "a"), keys.find("RS256", "a")]
    assert [type(key.algorithm).__name__ for key in found if key] == ["ECAlgorithm", "RSAAlgorithm"]


def test_a_key_is_not_found_by_another_name(tmp_path: Path) -> None:
    assert load(written(tmp_path, ec_key(kid="a")), ["ES256"]).find("ES256", "b") is None


def test_a_key_is_not_found_for_another_algorithm(tmp_path: Path) -> None:
    keys = load(written(tmp_path, ec_key(kid="a"), rsa_key(kid="b")), ["ES256", "RS256"])
    assert keys.find("RS256", "a") is None


def test_without_a_name_the_only_key_is_found(tmp_path: Path) -> None:
    assert load(written(tmp_path, ec_key(kid="a")), ["ES256"]).find("ES256", None) is not None


def test_without_a_name_none_of_several_keys_is_found(tmp_path: Path) -> None:
    assert load(written(tmp_path, ec_key(kid="a"), ec_key(kid="b")), ["ES256"]).find("ES256", None) is None


def test_a_key_without_a_name_is_found_by_any(tmp_path: Path) -> None:
    assert load(written(tmp_path, ec_key()), ["ES256"]).find("ES256", "a") is not None


def test_a_key_that_names_its_algorithm_is_for_no_other(tmp_path: Path) -> None:
    keys = load(written(tmp_path, rsa_key(alg="PS256")), ["RS256", "PS256"])
    assert (keys.find("RS256", None), keys.find("PS256", None) is not None) == (None, True)


def test_a_key_that_names_no_algorithm_is_for_the_first_that_fits(tmp_path: Path) -> None:
    keys = load(written(tmp_path, rsa_key()), ["ES256", "RS256", "PS256"])
    assert (keys.find("RS256", None) is not None, keys.find("PS256", None)) == (True, None)


def test_an_ed25519_key_serves_both_names_of_its_algorithm(tmp_path: Path) -> None:
    keys = load(written(tmp_path, ed_key(alg="EdDSA")), ["Ed25519", "EdDSA"])
    assert keys.find("Ed25519", None) is not None is not keys.find("EdDSA", None)


def test_keys_for_other_purposes_are_passed_over(tmp_path: Path) -> None:
    others = [rsa_key(use="enc"), rsa_key(key_ops=["encrypt"]), rsa_key(alg="RSA-OAEP"), {"kty": "XYZ"}, {}]
    keys = load(written(tmp_path, *others, ec_key()), ["RS256", "ES256"])
    assert (keys.find("RS256", None), keys.find("ES256", None) is not None) == (None, True)


@pytest.mark.parametrize(
    ("keys", "algorithms", "fault"),
    [
        ([], ["ES256"], "no key for ES256"),
        ([rsa_key(use="enc")], ["RS256"], "no key for RS256"),
        ([ec_key()], ["ES384"], "no key for ES384"),
        ([ec_key()], ["ES256", "HS256"], "no symmetric key for HS256"),
        ([secret(31)], ["HS256"], "key 1: too short for HS256"),
        ([secret(48)], ["HS512"], "key 1: too short for HS512"),
        ([ec_key(), ec_key()], ["ES256"], "key 2: a second key of the same kid for ES256"),
        ([ec_key(d="AAAA")], ["ES256"], "key 1: a private key; only its public members belong in a JWKS"),
        ([ec_key(x="AAAA")], ["ES256"], "key 1: not a valid key for ES256"),
        ([ec_key(x=7)], ["ES256"], "key 1: not a valid key for ES256"),
        ([{"kty": "RSA"}], ["RS256"], "key 1: not a valid key for RS256"),
        ([ec_key(kid=7)], ["ES256"], "key 1: kid is not a string"),
        (["x"], ["ES256"], 'not a JWK Set: an object with a list of objects "keys"'),
        ([ec_key()] * 101, ["ES256"], "more than 100 keys"),
    ],
)
def test_an_unfit_set_is_refused_with_the_file_and_the_number_of_the_key(
    tmp_path: Path, keys: list[object], algorithms: list[str], fault: str
) -> None:
    file = written(tmp_path, *keys)
    with pytest.raises(ValueError, match=r".") as caught:
        load(file, algorithms)
    assert str(caught.value) == f"{file}: {fault}"


def test_a_short_rsa_key_is_refused(tmp_path: Path) -> None:
    weak = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True)
    with pytest.raises(ValueError, match="key 1: too short for RS256"):
        load(written(tmp_path, {**weak, "key_ops": ["verify"]}), ["RS256"])


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"keys": {}}', b"[" * 200_000, b" " * 600_000])
def test_a_file_that_is_no_jwk_set_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"keys\.json: (not JSON|not a JWK Set|longer than)"):
        load(str(file), ["ES256"])


def test_no_fault_shows_key_material(tmp_path: Path) -> None:
    canary = "Q0FOQVJZ" * 3
    with pytest.raises(ValueError, match="too short") as caught:
        load(written(tmp_path, {"kty": "oct", "k": canary, "kid": "a"}), ["HS256"])
    assert canary not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
