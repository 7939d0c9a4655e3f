"""What holds for all tests: compiled rules are not left in the user's cache, and a slow machine is no failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("gatelens", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gatelens")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("GATELENS_CACHE")
    os.environ["GATELENS_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["GATELENS_CACHE"]
    else:
        os.environ["GATELENS_CACHE"] = before
