"""The rules for the gateway in front of the shop fit the shop."""

from __future__ import annotations

import json
from pathlib import Path

import gatelens.sample
import jwt
import pytest
from gatelens.model.finding import Action
from gatelens.ruleset import loader
from gatelens.ruleset.yaml_source import Yaml, read
from gatelens.sample.signing_key import jwks, private_key

RULES = Path(gatelens.sample.__file__).parent / "rules"


def authorizations(kind: str) -> list[str]:
    """The Authorization headers in the examples of bearer-token.yaml."""
    found: list[str] = []
    remaining: list[Yaml] = [examples()[kind]]
    while remaining:
        node = remaining.pop()
        if isinstance(node, dict):
            remaining += node.values()
            value = node.get("authorization")
            found += [value] if isinstance(value, str) else []
        elif isinstance(node, list):
            remaining += node
    return found


def examples() -> dict[str, Yaml]:
    data = read("bearer-token.yaml", (RULES / "bearer-token.yaml").read_bytes()).data
    assert isinstance(data, dict)
    tests = data["tests"]
    assert isinstance(tests, dict)
    return tests


def test_the_committed_key_set_is_the_public_half_of_the_shops_key() -> None:
    assert json.loads((RULES / "shop.jwks.json").read_text()) == jwks()


def test_the_key_set_holds_no_private_part() -> None:
    assert all("d" not in key for key in jwks()["keys"])


@pytest.mark.parametrize("authorization", authorizations("ignore"))
def test_every_token_that_the_rule_lets_pass_is_signed_with_the_shops_key(authorization: str) -> None:
    claims = jwt.decode(
        authorization.partition(" ")[2],
        private_key().public_key(),
        algorithms=["EdDSA"],
        audience="shop-api",
        issuer="https://shop.example",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["sub"] in {"1", "2"}


def test_the_rules_load_with_the_builtin_ones() -> None:
    loaded = loader.load(RULES)
    (rule,) = (rule for rule in loaded.rules if rule.id == "bearer-token")
    assert (rule.inspector, rule.action, rule.category) == ("jwt", Action.BLOCK, "authentication")
    assert [route.path for route in rule.routes] == ["/users/**", "/orders/**", "/notes/**"]
    assert {route.mode for route in loaded.policy.routes} == {"block"}
    assert len(loaded.rules) > 1
