"""Messages and the texts that decoding gives of them, for tests without a socket."""

from __future__ import annotations

from collections.abc import Iterable

from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.decoders.segment import Segment
from gatelens.model.limits import Limits
from gatelens.model.message import Message, Phase

NOW = 1_800_000_000.0

type Fields = Iterable[tuple[str, str]]


def request(
    body: bytes = b"",
    *,
    method: str = "POST",
    target: str = "/",
    content_type: str = "application/json",
    headers: Fields = (),
    time: float = NOW,
) -> Message:
    return Message(
        phase=Phase.REQUEST,
        method=method,
        target=target,
        headers=_headers(content_type if body else "", headers),
        body=body,
        time=time,
    )


def response(
    body: bytes = b"",
    *,
    content_type: str = "application/json",
    headers: Fields = (),
    to: Message | None = None,
) -> Message:
    asked = to or request(method="GET", target="/users/1")
    return Message(
        phase=Phase.RESPONSE,
        method=asked.method,
        target=asked.target,
        headers=_headers(content_type, headers),
        body=body,
        time=asked.time,
        status=200,
        request=asked,
    )


def _headers(content_type: str, more: Fields) -> tuple[tuple[bytes, bytes], ...]:
    fields = [("content-type", content_type)] if content_type else []
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in [*fields, *more])


def decoded(message: Message, limits: Limits | None = None) -> Decoded:
    """What decoding gives where nothing is known of the message's fields and names."""
    result = Decoded()
    decode(message, result, limits or Limits(), set(), set())
    return result


def texts(*segments: Segment) -> list[tuple[str, str]]:
    """(location, text) of every text that is not empty."""
    return [
        (str(segment.locate(index)), text) for segment in segments for index, text in enumerate(segment.texts) if text
    ]


def anomalies(result: Decoded) -> list[str]:
    return [anomaly.kind.value for anomaly in result.anomalies]
