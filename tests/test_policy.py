from __future__ import annotations

import datetime
import time

import msgspec
import pytest
from gatelens.model.finding import Category, Severity
from gatelens.model.limits import STRICT, Limits
from gatelens.model.location import Location, Part
from gatelens.model.rule import Selector
from gatelens.policy import (
    Exclusion,
    Mode,
    Policy,
    PolicyFile,
    build,
    in_force,
    location_fits,
    normal_path,
    path_regex,
    selects,
)
from hypothesis import given, settings
from hypothesis import strategies as st

LINES = [3, 10, 20, 30]


def policy(data: dict[str, object], option: Mode | None = None) -> Policy:
    return build(msgspec.convert(data, PolicyFile), "rules/policy.yaml", LINES, option)


def fits(pattern: str, path: str) -> bool:
    return path_regex(pattern).fullmatch(path) is not None


class TestPathPatterns:
    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("/**", "/"),
            ("/**", "/a/b"),
            ("**", "/a"),
            ("/a/**", "/a"),
            ("/a/**", "/a/b/c"),
            ("/a/*", "/a/b"),
            ("/a/{id}/c", "/a/7/c"),
            ("/v*/a", "/v12/a"),
            ("/*.php", "/index.php"),
            ("/**/*.php", "/a/b/index.php"),
            ("/**/x/**/y", "/x/y"),
            ("/**/x/**/y", "/a/x/b/c/y"),
            ("/**/a/b/**/c", "/a/a/b/c"),
            ("/*a*b*", "/xaxb"),
            ("/", "/"),
            ("/a/", "/a"),
        ],
    )
    def test_a_path_is_taken(self, pattern: str, path: str) -> None:
        assert fits(pattern, path)

    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("/", "/a"),
            ("/a", "/ab"),
            ("/a", "/A"),
            ("/a/**", "/ab"),
            ("/a/*", "/a"),
            ("/a/*", "/a/b/c"),
            ("/a/{id}/c", "/a/7/8/c"),
            ("/**/a", "/ba"),
            ("/**/a/**", "/ab"),
            ("/**/a/**/a", "/a"),
            ("/*a*b*", "/xbxa"),
            ("/a.b", "/axb"),
            ("/a{x", "/ab"),
        ],
    )
    def test_a_path_that_is_nearly_it_is_not_taken(self, pattern: str, path: str) -> None:
        assert not fits(pattern, path)

    @given(
        st.lists(st.sampled_from(["a", "b", "ab", "*", "**", "a*", "*b", "*a*b"]), max_size=5),
        st.lists(st.text(alphabet="ab", min_size=1, max_size=3), min_size=1, max_size=6),
    )
    @settings(max_examples=200)
    def test_a_pattern_takes_what_trying_every_split_would_take(self, pattern: list[str], path: list[str]) -> None:
        assert fits("/" + "/".join(pattern), "/" + "/".join(path)) == _takes(pattern, path)

    @pytest.mark.parametrize(
        ("pattern", "path"),
        [
            ("/**/a/**/b/**/c", "/a" * 20_000 + "/b" * 20_000),
            ("/*a*a*a*a*b", "/" + "a" * 20_000),
            ("/**/*a/**/*b", "/a" * 20_000),
            ("/*a/*a/*a/*b", "/" + "a" * 20_000),
        ],
    )
    def test_matching_is_linear_in_the_path(self, pattern: str, path: str) -> None:
        begin = time.process_time()
        assert not fits(pattern, path)
        assert time.process_time() - begin < 1


def _takes(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_takes(pattern[1:], path[index:]) for index in range(len(path) + 1))
    return bool(path) and _takes_text(pattern[0], path[0]) and _takes(pattern[1:], path[1:])


def _takes_text(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_takes_text(pattern[1:], text[index:]) for index in range(len(text) + 1))
    return bool(text) and text[0] == pattern[0] and _takes_text(pattern[1:], text[1:])


class TestNormalPath:
    @pytest.mark.parametrize(
        "path",
        [
            "/admin/x",
            "//admin//x",
            "/./admin/./x/",
            "/a/../admin/x",
            "/%61dmin/x",
            "/admin;v=1/x;y",
            "/admin\\x",
            "/../admin/x",
            "/admin/x#part",
            "/a/%2e%2e/admin%2Fx",
            "admin/x",
        ],
    )
    def test_every_spelling_has_one_form(self, path: str) -> None:
        assert normal_path(path) == "/admin/x"

    @pytest.mark.parametrize("path", ["/admin/x/y", "/admin/X", "/admin%252Fx", "/adminx"])
    def test_another_path_has_another_form(self, path: str) -> None:
        assert normal_path(path) != "/admin/x"

    @given(st.text())
    def test_the_form_of_any_path_has_no_empty_and_no_dotted_segment(self, path: str) -> None:
        segments = normal_path(path)[1:].split("/")
        assert segments == [""] or not {"", ".", ".."} & set(segments)

    def test_a_path_of_any_length_has_a_form(self) -> None:
        assert normal_path("/a/.." * 50_000 + "/b") == "/b"


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        (Selector(), True),
        (Selector(methods=("POST",)), True),
        (Selector(methods=("GET", "post")), True),
        (Selector(methods=("GET",)), False),
        (Selector("/users/**"), True),
        (Selector("/users"), False),
        (Selector("/users/*", ("POST", "PUT")), True),
    ],
)
def test_a_selector_asks_for_method_and_path(selector: Selector, taken: bool) -> None:
    assert selects(selector, "POST", "/users/7") is taken
    assert selects(selector, "post", "/users/7") is taken


class TestBuild:
    def test_a_policy_that_says_nothing_detects_everywhere_within_balanced_limits(self) -> None:
        (route,) = policy({}).routes
        assert (route.name, route.mode, route.mode_source) == ("default", "detect", "rules/policy.yaml:3")
        assert route.limits == Limits()

    def test_routes_keep_their_order_and_say_where_their_mode_comes_from(self) -> None:
        routes = [{"path": "/a", "mode": "detect", "name": "first"}, {"path": "/b", "methods": ["get", "PUT"]}]
        built = policy({"mode": "block", "routes": routes})
        assert [(route.name, route.mode, route.mode_source) for route in built.routes] == [
            ("first", "detect", "rules/policy.yaml:10"),
            ("get|PUT /b", "block", "rules/policy.yaml:3"),
            ("default", "block", "rules/policy.yaml:3"),
        ]

    def test_the_operator_s_option_wins_over_every_line_of_the_file(self) -> None:
        built = policy({"mode": "detect", "routes": [{"path": "/a", "mode": "detect"}]}, "block")
        assert [(route.mode, route.mode_source) for route in built.routes] == [("block", "--mode")] * 2

    def test_limits_of_a_route_stand_over_the_policy_s_and_these_over_the_profile_s(self) -> None:
        limits = {"json_depth": 7, "ratio": 3}
        built = policy({"profile": "strict", "limits": limits, "routes": [{"path": "/a", "limits": {"ratio": 9}}]})
        route, default = built.routes
        assert (route.limits.json_depth, route.limits.ratio, route.limits.json_keys) == (7, 9, STRICT.json_keys)
        assert (default.limits.json_depth, default.limits.ratio) == (7, 3)

    def test_scores_and_statuses_change_one_by_one(self) -> None:
        built = policy({"scores": {"low": 1}, "statuses": {"attack": 418}})
        assert (built.scores[Severity.LOW], built.scores[Severity.HIGH]) == (1, 4)
        assert (built.statuses[Category.ATTACK], built.statuses[Category.MALFORMED]) == (418, 400)

    @pytest.mark.parametrize(
        "data",
        [
            {"mode": "blok"},
            {"unknown": 1},
            {"limits": {"json_depth": 0}},
            {"limits": {"request_body": 0}},
            {"limits": {"ratio": -1}},
            {"routes": [{"path": "a"}]},
            {"statuses": {"attack": 200}},
            {"thresholds": {"request": 0}},
            {"scores": {"grave": 1}},
            {"exclusions": [{"rule": "a", "path": "/", "location": "body", "reason": "r", "owner": "o"}]},
            {
                "exclusions": [
                    {
                        "rule": "a",
                        "path": "/",
                        "location": "boddy:/x",
                        "reason": "r",
                        "owner": "o",
                        "expires": "2030-01-01",
                    }
                ]
            },
        ],
    )
    def test_a_policy_that_says_something_wrong_is_refused(self, data: dict[str, object]) -> None:
        with pytest.raises(msgspec.ValidationError):
            policy(data)


def test_an_exclusion_is_in_force_to_the_end_of_its_last_day() -> None:
    exclusion = Exclusion(rule="a", path="/**", location="body", reason="r", owner="o", expires="2026-03-31")
    midnight = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC).timestamp()
    assert in_force(exclusion, midnight - 1)
    assert not in_force(exclusion, midnight)


@pytest.mark.parametrize(
    ("pattern", "location", "fit"),
    [
        ("body:/a/b", Location(Part.BODY, "/a/b"), True),
        ("body:/a/b", Location(Part.BODY, "/a/b/c"), False),
        ("body:/a/b", Location(Part.QUERY, "/a/b"), False),
        ("body:/a/*/c", Location(Part.BODY, "/a/0/c"), True),
        ("body:/a/*", Location(Part.BODY, "/a/0/c"), False),
        ("body:/a/**", Location(Part.BODY, "/a/0/c"), True),
        ("body:**", Location(Part.BODY, "/a"), True),
        ("body", Location(Part.BODY, "/a"), True),
        ("query:q", Location(Part.QUERY, "q[0]"), True),
        ("query:q", Location(Part.QUERY, "q[7]"), True),
        ("query:q[1]", Location(Part.QUERY, "q[0]"), False),
        ("query:q", Location(Part.QUERY, "qq[0]"), False),
        ("header:x-a", Location(Part.HEADER, "x-a[0]"), True),
        ("path:1", Location(Part.PATH, "1"), True),
        ("path:1", Location(Part.PATH, "11"), False),
        ("message", Location(Part.MESSAGE), True),
    ],
)
def test_an_exclusion_s_location_says_which_places_it_means(pattern: str, location: Location, fit: bool) -> None:
    assert location_fits(pattern, location) is fit
