"""One gateway in block mode, in front of one recording upstream, for the tests that do not disturb it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.gateway import Running, gateway
from tests.support.recorder import Recorder, answer, recorder


@pytest.fixture(scope="package")
def shared_upstream() -> Iterator[Recorder]:
    with recorder() as upstream:
        yield upstream


@pytest.fixture(scope="package")
def shared_gateway(shared_upstream: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with gateway(shared_upstream.url, tmp_path_factory.mktemp("gateway"), "--mode", "block") as running:
        yield running


@pytest.fixture
def upstream(shared_upstream: Recorder) -> Recorder:
    shared_upstream.clear()
    shared_upstream.answering = lambda _head, _body: answer()
    return shared_upstream


@pytest.fixture
def running(shared_gateway: Running, upstream: Recorder) -> Iterator[Running]:
    """The gateway, which must go on serving after whatever the test does to it."""
    yield shared_gateway
    upstream.answering = lambda _head, _body: answer()
    assert shared_gateway.post(b'{"still": "serving"}').status == 200
