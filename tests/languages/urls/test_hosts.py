from __future__ import annotations

import pytest
from gatelens.languages.urls.hosts import Grade, judged, known

LISTS = known(
    metadata={"the metadata": ["169.254.169.254", "meta.internal"]},
    names={"the server itself": ["localhost"]},
    wildcards=["wild.example"],
    loopback_domains=["me.example"],
    captures=["seen.example"],
    allowed=["ok.example"],
    allowed_networks=["10.9.0.0/16"],
)


@pytest.mark.parametrize(
    ("host", "grade"),
    [
        ("169.254.169.254", Grade.EVIDENT),
        ("meta.internal", Grade.EVIDENT),
        ("0xa9fea9fe", Grade.EVIDENT),
        ("169.254.7.7", Grade.EVIDENT),
        ("127.1", Grade.EVIDENT),
        ("3405803783", Grade.EVIDENT),
        ("ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", Grade.EVIDENT),
        ("①②⑦。⓪。⓪。①", Grade.EVIDENT),
        ("10.0.0.1.wild.example", Grade.EVIDENT),
        ("app-10-0-0-1.wild.example", Grade.EVIDENT),
        ("7f000001.wild.example", Grade.EVIDENT),
        ("any.me.example", Grade.EVIDENT),
        ("x1.seen.example", Grade.EVIDENT),
        ("localhost", Grade.INNER),
        ("shop.localhost", Grade.INNER),
        ("10.1.2.3", Grade.INNER),
        ("::1", Grade.INNER),
        ("", Grade.OUTER),
        ("shop.example", Grade.OUTER),
        ("203.0.113.7", Grade.OUTER),
        ("203-0-113-7.wild.example", Grade.OUTER),
        ("docs.wild.example", Grade.OUTER),
        ("notme.example", Grade.OUTER),
        ("10.9.1.2", Grade.OUTER),
        ("a.ok.example", Grade.OUTER),
        ("mylocalhost", Grade.OUTER),
    ],
)
def test_a_host_is_graded(host: str, grade: Grade) -> None:
    assert judged(host, LISTS).grade is grade
