"""An upstream that answers every request with the same 2 KB of JSON and is never the bottleneck."""

from __future__ import annotations

import asyncio
import sys

import orjson


def document() -> dict[str, object]:
    """About 2 KB of JSON with some 60 leaves, without anything to find in it."""
    return {
        "id": 48213,
        "status": "confirmed",
        "currency": "EUR",
        "customer": {"name": "Marta Okonkwo", "locale": "pt-BR", "segment": "returning", "newsletter": False},
        "shipping": {"street": "Rua das Laranjeiras 14", "city": "Porto", "zip": "4050-296", "country": "PT"},
        "lines": [
            {
                "sku": f"KB-{index:03d}-PT",
                "title": f"Mechanical keyboard, layout {index}, quiet switches",
                "quantity": index % 3 + 1,
                "price": 12900 + index,
                "note": "gift wrap, please write the name by hand",
            }
            for index in range(11)
        ],
        "comments": ["left at the door", "ring twice", "thanks for the quick answer!"],
        "totals": {"net": 141900, "tax": 32637, "gross": 174537},
    }


BODY = orjson.dumps(document())
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            head = self._pending[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._pending) < end + 4 + length:
                return
            self._pending = self._pending[end + 4 + length :]
            assert isinstance(self._transport, asyncio.WriteTransport)
            self._transport.write(ANSWER)


async def main() -> None:
    """Serve on a free port of loopback, and print it."""
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
