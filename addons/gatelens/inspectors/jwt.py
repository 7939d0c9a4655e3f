"""Find requests whose bearer token is missing, forged, expired, or for somebody else.

Source: RFC 6750 (bearer tokens), RFC 7515 and 7519 (JWS, JWT), RFC 8725bis (JWT best practice), CWE-347 (signature not
verified), CWE-287. Without issuers it only refuses what no issuer makes: unsigned tokens and tokens that bring their
own key; opaque tokens, and signed ones whoever signed them, pass.
Limits: reads the Authorization header only. The kind of token (`typ`, ID or access token), its lifetime, revocation,
encrypted tokens and proof of possession (DPoP, mTLS) are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.inspection import View
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Channel, Phase
from gatelens.model.rule import Rule
from gatelens.tokens import compact, key_set
from gatelens.tokens.refusal import Reason, Refusal
from gatelens.tokens.verifier import TrustedIssuer, Verifier

RsaAlgorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
CurveAlgorithm = Literal["ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448"]
HmacAlgorithm = Literal["HS256", "HS384", "HS512"]
Text = Annotated[str, Meta(min_length=1)]

_PLACE = Location(Part.HEADER, "authorization[0]")
_SECOND = Location(Part.HEADER, "authorization[1]")


class Issuer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose tokens are taken. `issuer` is the exact `iss`, `audience` what `aud` must name one of.

    `jwks_file` is a path beside the rule file. An HS algorithm needs a symmetric key in it.
    """

    issuer: Text
    audience: Annotated[tuple[Text, ...], Meta(min_length=1)]
    algorithms: Annotated[tuple[RsaAlgorithm | CurveAlgorithm | HmacAlgorithm, ...], Meta(min_length=1)]
    jwks_file: Text


class Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`required`: a request without a token is a match. `leeway` in seconds, `max_bytes` of the token."""

    required: bool = False
    issuers: tuple[Issuer, ...] = ()
    leeway: Annotated[int, Meta(ge=0, le=300)] = 30
    max_bytes: Annotated[int, Meta(ge=64, le=65_536)] = 8192


class Inspector:
    """All token rules; each with its own issuers and memory."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Reads the rules' key files. Raises ValueError for one that cannot be used."""
        self._verifiers = {rule.id: _verifier(_params(rule)) for rule in rules if _params(rule).issuers}

    def inspect(self, view: View) -> Iterator[Match]:
        if view.message.channel is not Channel.HTTP:
            return  # a WebSocket message has no header of its own; the request that opened it was inspected
        fields = view.message.all_headers(b"authorization")
        for rule in view.rules:
            try:
                self._check(rule, fields, view.message.time)
            except Refusal as refusal:
                yield Match(
                    rule=rule.id,
                    location=_SECOND if refusal.reason is Reason.SEVERAL else _PLACE,
                    explanation=refusal.explanation,
                    challenge=refusal.challenge,
                )

    def _check(self, rule: Rule, fields: Sequence[bytes], now: float) -> None:
        params = _params(rule)
        if not fields:
            if params.required:
                raise Refusal(Reason.MISSING, "there is no token")
            return
        if len(fields) > 1:
            raise Refusal(Reason.SEVERAL, "there are several Authorization headers")
        scheme, token = _credentials(fields[0])
        bearer = scheme == b"bearer"
        verifier = self._verifiers.get(rule.id)
        if verifier is not None or params.required:
            if not bearer:
                raise Refusal(Reason.SCHEME, "the authentication scheme is not Bearer")
            if not token:
                raise Refusal(Reason.MISSING, "there is no token after Bearer")
        if len(token) > params.max_bytes:
            if bearer:
                raise Refusal(Reason.TOO_LONG, f"the token is longer than {params.max_bytes} bytes")
            return
        if verifier is not None:
            verifier.verify(token, now)
        else:
            _check_form(token)


def _credentials(field: bytes) -> tuple[bytes, bytes]:
    """Scheme, in lower case, and what follows it (RFC 9110 section 11.4; the scheme's letters match in either case)."""
    scheme, *rest = field.split(None, 1)[:2] or (b"",)
    return scheme.lower(), rest[0].rstrip() if rest else b""


def _check_form(token: bytes) -> None:
    """Refuse what looks like a JWS and is one that nobody should take. Raises Refusal."""
    header = compact.header_of(token)
    if header is None or "enc" in header:
        return
    compact.check_header(header)
    _, *others = token.split(b".")
    if len(others) < 2 or not others[1]:
        raise Refusal(Reason.UNSIGNED, "the signature is empty")


def _verifier(params: Params) -> Verifier:
    issuers: dict[str, TrustedIssuer] = {}
    for issuer in params.issuers:
        if issuer.issuer in issuers:
            raise ValueError(f"the issuer {issuer.issuer} is given twice")
        issuers[issuer.issuer] = TrustedIssuer(
            frozenset(issuer.audience),
            frozenset(issuer.algorithms),
            key_set.load(issuer.jwks_file, issuer.algorithms),
        )
    return Verifier(issuers, params.leeway)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
