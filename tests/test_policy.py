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
    may_select,
    path_regex,
    route_of,
    selects,
    surely_selects,
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


SPELLINGS = [
    "/admin/x",
    "//admin//x",
    "/./admin/./x/",
    "/a/../admin/x",
    "/%61dmin/x",
    "/%2561dmin/x",
    "/admin;v=1/x;y",
    "/admin\\x",
    "/../admin/x",
    "/admin/x#part",
    "/a/%2e%2e/admin%2Fx",
    "/ADMIN/x",
    "/public/..%2fadmin/x",
    "/public/..;/admin/x",
    "/public/..%5cadmin/x",
    "/public/%252e%252e%252fadmin%252fx",
    "/public/.%00./../admin/x",
    "/public/%c0%ae%c0%ae/admin/x",
    "/public/%u002e%u002e/admin/x",
    "/admin%09/x",
    "/admin./x",
    "/admin%20/x",
    "/admin%00/x",
    "/admin/x%3f/../../public",
    "//public/admin/x",
]


class TestReadingsOfAPath:
    """What a selector makes of them; what they are is tested where they are read."""

    @pytest.mark.parametrize("path", SPELLINGS)
    def test_a_rule_s_route_takes_every_spelling_of_its_path(self, path: str) -> None:
        assert may_select(Selector("/admin/**"), "GET", path)

    @pytest.mark.parametrize("path", ["/adminx", "/a/admin/x", "/public/admin%20x", "/", "/%25admin"])
    def test_a_rule_s_route_takes_no_other_path(self, path: str) -> None:
        assert not may_select(Selector("/admin/**"), "GET", path)

    @pytest.mark.parametrize("path", SPELLINGS[1:])
    def test_an_exclusion_is_for_no_path_that_may_be_another(self, path: str) -> None:
        plain = exclusion("/admin/x")
        assert surely_selects(plain, "GET", "/admin/x")
        assert not surely_selects(plain, "GET", path)

    @pytest.mark.parametrize("path", ["/caf\u00e9/x", "/caf%C3%A9/x", "/caf%c3%a9/x%20y", "/caf\u00e9/x/"])
    def test_escapes_that_every_client_must_write_make_no_other_path(self, path: str) -> None:
        assert surely_selects(exclusion("/caf\u00e9/*"), "GET", path)

    def test_a_path_with_too_many_readings_is_every_rule_s_and_no_exclusion_s(self) -> None:
        path = "/a;b\\..%2f%252e%00./" * 400
        assert may_select(Selector("/admin"), "GET", path)
        assert not surely_selects(exclusion("/**"), "GET", path)


def exclusion(path: str) -> Exclusion:
    return Exclusion(rule="a", path=path, location="body", reason="r", owner="o", expires="2030-01-01")


class TestRouteOf:
    ROUTES = policy(
        {
            "mode": "detect",
            "routes": [
                {"path": "/public/**", "name": "public", "limits": {"json_depth": 90, "ratio": 2}},
                {"path": "/strict/**", "name": "strict", "mode": "block", "limits": {"json_depth": 9}},
                {"path": "/Upload", "name": "upload", "methods": ["PUT"]},
            ],
        }
    ).routes

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/public/a", "public"),
            ("/public/caf%C3%A9%20/b", "public"),
            ("/public/", "public"),
            ("/strict", "strict"),
            ("/elsewhere", "default"),
            ("/Upload", "upload"),
            ("/upload", "strictest of upload, default"),
            ("/PUBLIC/a", "strictest of public, default"),
            ("/strict/..%2fpublic", "strictest of public, strict"),
            ("/strict/..;/public", "strictest of public, strict"),
            ("/public/..%2fstrict", "strictest of public, strict"),
            ("/public/%2e%2e%5cstrict/a", "strictest of public, strict"),
            ("/public%2f..%2f..%2fx", "strictest of public, default"),
            ("//public/strict", "strictest of public, strict, default"),
            ("/public/%2e%2e/%2e%2e/x", "strictest of public, default"),
        ],
    )
    def test_the_route_is_the_one_of_every_reading_or_the_strictest_of_theirs(self, path: str, name: str) -> None:
        assert route_of(self.ROUTES, "PUT", path).name == name

    def test_a_method_that_a_route_does_not_name_is_not_its(self) -> None:
        assert route_of(self.ROUTES, "POST", "/Upload").name == "default"

    def test_the_strictest_route_blocks_if_one_does_and_has_the_least_of_each_limit(self) -> None:
        route = route_of(self.ROUTES, "GET", "/strict/..%2fpublic")
        assert (route.mode, route.mode_source) == ("block", "rules/policy.yaml:20")
        assert (route.limits.json_depth, route.limits.ratio) == (9, 2)

    def test_a_path_with_too_many_readings_has_the_strictest_of_all_routes(self) -> None:
        route = route_of(self.ROUTES, "GET", "/public/" + "..%2f;" * 4000)
        assert (route.mode, route.limits.json_depth, route.limits.ratio) == ("block", 9, 2)

    @given(st.text(alphabet="/.%25cfe;\\pubPUB #?", max_size=30))
    def test_no_spelling_beside_the_plain_one_is_more_lenient_than_the_default(self, tail: str) -> None:
        routes = policy({"mode": "block", "routes": [{"path": "/pub", "mode": "detect"}]}).routes
        path = "/" + tail
        assert route_of(routes, "GET", path).mode == "block" or path.rstrip("/") == "/pub"


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
        ("body:/a", Location(Part.BODY, "/a", key=True), False),
        ("body:/a (key)", Location(Part.BODY, "/a", key=True), True),
        ("body:/a (key)", Location(Part.BODY, "/a"), False),
        ("body:/*/b (key)", Location(Part.BODY, "/a/b", key=True), True),
        ("body:/a/**", Location(Part.BODY, "/a/b", key=True), False),
        ("body", Location(Part.BODY, "/a", key=True), True),
        ("query:q", Location(Part.QUERY, "q[0]", key=True), False),
        ("query:q (key)", Location(Part.QUERY, "q[0]", key=True), True),
        ("body:/a/", Location(Part.BODY, "/a/"), True),
        ("body:/a", Location(Part.BODY, "/a/"), False),
        ("body:/a//b", Location(Part.BODY, "/a//b"), True),
        ("body:/a//b", Location(Part.BODY, "/a/b"), False),
        ("body:/a/*/b", Location(Part.BODY, "/a//b"), True),
        ("body:/a{x}", Location(Part.BODY, "/a{x}"), True),
        ("body:/a{x}", Location(Part.BODY, "/ab"), False),
        ("body:/a~1b/c", Location(Part.BODY, "/a~1b/c"), True),
        ("body:/A", Location(Part.BODY, "/a"), False),
        ("body:/order/item[2]/@id", Location(Part.BODY, "/order/item[2]/@id"), True),
        ("body:/order/item[2]", Location(Part.BODY, "/order/item[22]"), False),
        ("body:/order/item[*]/name", Location(Part.BODY, "/order/item[2]/name"), True),
        ("body:/order/*/name", Location(Part.BODY, "/order/item[2]/name"), True),
        ("form:meta", Location(Part.FORM, "meta[0]"), True),
        ("form:meta", Location(Part.FORM, "meta[0]/user/name"), True),
        ("form:meta", Location(Part.FORM, "metadata[0]/user"), False),
        ("form:meta[0]", Location(Part.FORM, "meta[0]/user"), True),
        ("form:meta[1]", Location(Part.FORM, "meta[0]/user"), False),
        ("form:meta[0]/user/name", Location(Part.FORM, "meta[0]/user/name"), True),
        ("form:meta[0]/user/name", Location(Part.FORM, "meta[0]/user/names"), False),
        ("form:meta/user/*", Location(Part.FORM, "meta[3]/user/name"), True),
        ("form:meta/user/*", Location(Part.FORM, "meta[3]/user"), False),
        ("form:meta/**", Location(Part.FORM, "meta[3]/a/b"), True),
        ("form:meta/a", Location(Part.FORM, "meta[0]/a", key=True), False),
        ("form:meta[0]/a (key)", Location(Part.FORM, "meta[0]/a", key=True), True),
        ("form:a[b][]", Location(Part.FORM, "a[b][][1]"), True),
        ("form:a", Location(Part.FORM, "a[b][][1]"), False),
        ("header:X-A", Location(Part.HEADER, "x-a[0]"), True),
        ("cookie:A", Location(Part.COOKIE, "a[0]"), False),
        ("graphql:1:5", Location(Part.GRAPHQL, "1:5"), True),
        ("graphql:1:5", Location(Part.GRAPHQL, "1:55"), False),
        ("path:1", Location(Part.PATH, ""), False),
    ],
)
def test_an_exclusion_s_location_says_which_places_it_means(pattern: str, location: Location, fit: bool) -> None:
    assert location_fits(pattern, location) is fit
