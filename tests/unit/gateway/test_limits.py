"""What the column `limits` says, and that nothing in it can close a tenant by mistake."""

import json
import random

import pytest

from saas_business_management.kernel.gateway.banner import Reader
from saas_business_management.kernel.gateway.brand import Brand
from saas_business_management.kernel.gateway.kind import Kind
from saas_business_management.kernel.gateway.limits import (
    LONGEST,
    NO_LIMITS,
    Banner,
    Limits,
    Rule,
    read_limits,
    rules_for,
)
from saas_business_management.kernel.gateway.lines import element_for
from saas_business_management.kernel.gateway.over_limit import over_limit
from saas_business_management.kernel.gateway.route import Route

WHOLE = {
    "api": {"policy": "throttle", "rate": 60, "until": 2000, "since": 1000.5, "limit": 100000},
    "traffic": {"policy": "block", "until": None, "people": True},
    "apps": {"allowed": ["crm", "sale", "crm"]},
    "banner": {
        "level": "warning",
        "texts": {"en": "82 % used.", "de-AT": "82 %\nverbraucht."},
        "link": "https://cloud.example/my/usage",
    },
}


def read(value) -> Limits:
    return read_limits(json.dumps(value))


def test_everything_is_read():
    assert read(WHOLE) == Limits(
        Rule("api", "throttle", 60, 2000, 1000.5, 100000),
        Rule("traffic", "block", people=True),
        frozenset({"crm", "sale"}),
        Banner(
            "warning",
            (("de_at", "82 % verbraucht."), ("en", "82 % used.")),
            "https://cloud.example/my/usage",
        ),
    )


@pytest.mark.parametrize("text", ["", "{}", '{"api": null, "banner": null}'])
def test_nothing_limits_nothing(text):
    assert read_limits(text) == NO_LIMITS


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[]", "7", '"x"', "null", "true", "\0", "{'api': 1}", '{"api": NaN}'),
        '{"api": {"policy": "block"}',
        "[" * 100_000,
        '{"api": {"policy": "block", "until": ' + "9" * 5000 + "}}",
        json.dumps({"apps": {"allowed": ["x" * LONGEST]}}),
    ],
)
def test_what_is_no_such_object_limits_nothing_and_is_named(text):
    found = read_limits(text)
    assert found == Limits(problems=found.problems)
    assert found.problems


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, "api.policy"),
        ("block", "api"),
        ({"policy": "close"}, "api.policy"),
        ({"policy": ["block"]}, "api.policy"),
        ({"policy": "throttle"}, "api.rate"),
        ({"policy": "throttle", "rate": 0}, "api.rate"),
        ({"policy": "throttle", "rate": -5}, "api.rate"),
        ({"policy": "throttle", "rate": 1.5}, "api.rate"),
        ({"policy": "throttle", "rate": True}, "api.rate"),
        ({"policy": "throttle", "rate": 10**10}, "api.rate"),
        ({"policy": "block", "until": "tomorrow"}, "api.until"),
        ({"policy": "block", "until": -1}, "api.until"),
        ({"policy": "block", "until": 10**400}, "api.until"),
        ({"policy": "block", "until": True}, "api.until"),
    ],
)
def test_a_rule_that_is_not_understood_holds_nobody_back(rule, problem):
    found = read({"api": rule, "traffic": {"policy": "block"}})
    assert found.api is None
    assert problem in found.problems
    assert found.traffic == Rule("traffic", "block"), "the others hold"


def test_an_instant_beyond_numbers_is_no_instant():
    assert read_limits('{"api": {"policy": "block", "until": 1e999}}').api is None


@pytest.mark.parametrize("key", ["since", "limit", "people"])
def test_what_only_adds_to_a_rule_is_left_out_when_it_is_wrong(key):
    found = read({"api": {"policy": "block", key: "x"}})
    assert found.api == Rule("api", "block")
    assert found.problems == (f"api.{key}",)


def test_unknown_keys_are_named_and_do_not_matter():
    found = read({"api": {"policy": "block", "mood": 1}, "storage": 5, "é\n": 1})
    assert found.api == Rule("api", "block")
    assert found.problems == ("'storage'", "'\\xe9\\n'", "api.'mood'")


def test_a_flood_of_problems_is_cut():
    assert len(read({str(number): 1 for number in range(500)}).problems) == 20


@pytest.mark.parametrize(
    ("apps", "allowed"),
    [
        ({}, None),
        ({"allowed": "crm"}, None),
        ({"allowed": []}, frozenset()),
        ({"allowed": ["crm", 7, None]}, frozenset({"crm"})),
    ],
)
def test_apps(apps, allowed):
    assert read({"apps": apps}).apps == allowed


@pytest.mark.parametrize(
    "banner",
    [
        {"level": "huge", "texts": {"en": "x"}},
        {"level": "info"},
        {"level": "info", "texts": "x"},
        {"level": "info", "texts": {"en": " \n\u200b"}},
        {"level": "info", "texts": {"en": 7}},
    ],
)
def test_a_banner_that_says_nothing_is_none(banner):
    found = read({"banner": banner})
    assert found.banner is None
    assert found.problems


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "/my", "https://a b", "https://a\nb", 7, "https://" + "x" * 500]
)
def test_a_link_that_is_none_is_left_out(link):
    found = read({"banner": {"level": "info", "texts": {"en": "x"}, "link": link}})
    assert found.banner == Banner("info", (("en", "x"),))
    assert found.problems == ("banner.link",)


def test_news_are_told_apart_from_limits():
    said = {"level": "info", "texts": {"en": "x"}}
    assert not read({"banner": said}).banner.news
    assert read({"banner": {**said, "news": True}}).banner.news
    assert read({"banner": {**said, "news": 1}}).problems == ("banner.news",)


def test_a_text_is_one_line_of_what_can_be_seen():
    text = "a\u202eb\x00c\ud800d\u2028 e" + "x" * 5000
    found = read({"banner": {"level": "info", "texts": {"en": text}}}).banner.texts[0][1]
    assert found.startswith("a b c d e")
    assert len(found) == 300


API = (Kind.JSON2, "/json/2/res.partner/read")
CALLS = [API, (Kind.XMLRPC, "/xmlrpc/2/object"), (Kind.JSONRPC, "/jsonrpc")]
PAGES = [
    (Kind.PAGE, "/odoo"),
    (Kind.JSONRPC, "/web/dataset/call_kw/x/y"),
    (Kind.JSON2, "/json/1/x"),
]
OTHERS = [(Kind.STATIC, "/web/static/x.png"), (Kind.WEBSOCKET, "/websocket")]


@pytest.mark.parametrize("request_", CALLS)
def test_a_limit_of_calls_holds_for_programs(request_):
    limits = read({"api": {"policy": "block"}})
    assert rules_for(limits, *request_, 0) == (limits.api,)


@pytest.mark.parametrize("request_", [*PAGES, *OTHERS])
@pytest.mark.parametrize("meter", ["api", "traffic"])
def test_and_not_for_people(request_, meter):
    assert rules_for(read({meter: {"policy": "block"}}), *request_, 0) == ()


@pytest.mark.parametrize("request_", [*CALLS, *PAGES])
def test_traffic_of_people_is_all_that_is_clicked(request_):
    limits = read({"traffic": {"policy": "block", "people": True}})
    assert rules_for(limits, *request_, 0) == (limits.traffic,)


@pytest.mark.parametrize("request_", OTHERS)
def test_files_of_the_programs_and_open_connections_never_are(request_):
    assert rules_for(read({"traffic": {"policy": "block", "people": True}}), *request_, 0) == ()


def test_a_block_goes_before_a_throttle_and_an_end_ends():
    limits = read(
        {
            "api": {"policy": "throttle", "rate": 1, "until": 100},
            "traffic": {"policy": "block", "until": 50},
        }
    )
    assert rules_for(limits, *API, 49.9) == (limits.traffic, limits.api)
    assert rules_for(limits, *API, 50) == (limits.api,)
    assert rules_for(limits, *API, 100) == ()


def test_whatever_stands_there_raises_nothing_and_becomes_no_markup():
    chance = random.Random(20260305)
    begun = json.dumps(WHOLE).replace("82 % used", "<script>x")
    for _ in range(3000):
        text = list(begun)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(text))
            text[place] = chance.choice(["", '"', "{", "}", "]", "\\ud800", "9" * 30, "-", "null"])
        found = "".join(text)
        route = Route(1, "a.example", "t_a", 1, "active", limits=found)
        for path in ("/odoo", "/web/login"):
            shown = element_for(route, Brand(0), path, Reader(languages=found))
            assert "<script" not in shown
            shown.encode()
        for request_ in (*CALLS, *PAGES):
            for rule in rules_for(read_limits(found), *request_, 0):
                assert over_limit(rule, 0, 1.5).retry_seconds >= 1
