from gatelens.bounded_cache import BoundedCache


def test_what_was_put_is_found() -> None:
    cache = BoundedCache[str, int](2)
    cache.put("a", 1)
    assert cache.get("a") == 1


def test_what_was_not_put_is_none() -> None:
    assert BoundedCache[str, int](2).get("a") is None


def test_the_least_recently_used_is_forgotten_first() -> None:
    cache = BoundedCache[str, int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_put_again_takes_no_more_room() -> None:
    cache = BoundedCache[str, int](2)
    for value in range(5):
        cache.put("a", value)
    assert (len(cache), cache.get("a")) == (1, 4)


def test_what_is_dropped_is_forgotten_and_dropping_it_again_does_nothing() -> None:
    cache = BoundedCache[str, int](2)
    cache.put("a", 1)
    cache.drop("a")
    cache.drop("a")
    assert cache.get("a") is None
