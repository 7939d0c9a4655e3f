"""One shop for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sample.client import Shop, running_shop


@pytest.fixture(scope="package")
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture(scope="package")
def ada(shop: Shop) -> str:
    return shop.sign_in("ada")
