"""Looked-up facts and what they mean, as a table."""

import pytest

from saas_business_management.kernel.hosts.proof import STATUSES, Seen, Wanted, judge

TARGET, FRONT, TOKEN = "acme.example.test", "203.0.113.9", "saas-9f2c"
SHOP = Wanted("shop.acme.com", TARGET, (FRONT,), TOKEN)
ROOT = Wanted("acme.com", TARGET, (FRONT,), TOKEN)
HERE = {"aliases": (TARGET,), "addresses": (FRONT,)}
PROVEN = {"texts": (TOKEN,)}


@pytest.mark.parametrize(
    ("wanted", "seen", "status"),
    [
        (SHOP, {}, "not_visible_yet"),
        (SHOP, {**HERE, **PROVEN}, "found"),
        (SHOP, {"aliases": ("edge.acme.com", TARGET), **PROVEN}, "found"),
        (SHOP, {"addresses": (FRONT,), **PROVEN}, "found"),
        (SHOP, {"addresses": ("10.0.0.1",), "target_addresses": ("10.0.0.1",), **PROVEN}, "found"),
        (SHOP, {**HERE, "texts": ("v=spf1 -all", TOKEN)}, "found"),
        (SHOP, {**HERE, "texts": (f" {TOKEN} ",)}, "found"),
        (SHOP, HERE, "txt_missing"),
        (SHOP, PROVEN, "not_visible_yet"),
        (SHOP, {**HERE, "texts": ("saas-other",)}, "txt_wrong"),
        (SHOP, {"texts": ("saas-other",)}, "txt_wrong"),
        (
            SHOP,
            {"aliases": ("old.shop.example",), "addresses": ("203.0.113.7",)},
            "points_elsewhere",
        ),
        (SHOP, {"addresses": ("203.0.113.7",), **PROVEN}, "points_elsewhere"),
        (SHOP, {"addresses": (FRONT, "203.0.113.7"), **PROVEN}, "points_elsewhere"),
        (SHOP, {"aliases": ("gone.example",), **PROVEN}, "points_elsewhere"),
        (SHOP, {"aliases": ("evil." + TARGET,), **PROVEN}, "points_elsewhere"),
        (ROOT, {}, "root_needs_a"),
        (ROOT, PROVEN, "root_needs_a"),
        (ROOT, {"addresses": (FRONT,), **PROVEN}, "found"),
        (ROOT, {"addresses": (FRONT,)}, "txt_missing"),
        (ROOT, {"addresses": ("203.0.113.7",), **PROVEN}, "points_elsewhere"),
    ],
)
def test_each_state_of_the_records_has_one_status(wanted, seen, status):
    verdict = judge(Seen(**seen), wanted)
    assert verdict.status == status
    assert verdict.status in STATUSES


def test_it_is_found_only_when_both_records_are():
    for seen in ({}, HERE, PROVEN, {**HERE, **PROVEN}):
        verdict = judge(Seen(**seen), SHOP)
        assert (verdict.status == "found") == (verdict.pointing == verdict.proof == "found")


def test_the_sentence_gets_what_was_found_instead():
    verdict = judge(Seen(addresses=(FRONT, "203.0.113.7")), SHOP)
    assert verdict.facts["found"] == "203.0.113.7"
    assert verdict.facts["target"] == TARGET


def test_a_text_of_a_stranger_is_cut():
    verdict = judge(Seen(aliases=(TARGET,), texts=("x" * 9000,)), SHOP)
    assert len(verdict.facts["found"]) == 100


def test_another_tenants_proof_proves_nothing():
    other = Wanted("shop.acme.com", "beta.example.test", (FRONT,), "saas-other")
    assert judge(Seen(**HERE, **PROVEN), other).status == "txt_wrong"
