"""What tenants answer becomes figures, reasons why there are none, and what has changed."""

from datetime import date
from decimal import Decimal

import pytest

from saas_business_management.kernel.monitoring import metric, question
from saas_business_management.kernel.monitoring.reading import (
    Reading,
    behind,
    compare,
    read,
    trouble,
)

MARKS = {
    "admins_mark": "a1",
    "code_mark": "c1",
    "own_code_mark": "o1",
    "settings_mark": "00000000" * 8,
    "modules_mark": "m1",
}
FIRST = {**MARKS, "admins": "2"}


def audit(admins=2, code_actions=10, **words):
    numbers = {"admins": Decimal(admins), "code_actions": Decimal(code_actions)}
    return Reading(numbers, {**MARKS, **words})


def test_every_metric_of_probes_has_one_question_and_no_other_is_asked():
    assert [one.code for one in question.PROBES] == list(metric.of_family("probe"))
    asked = {one.code for one in question.AUDITS}
    computed = {"admins_added", "parameters_changed", "modules_changed"}
    computed |= {"patch_behind_days", "certificate_days"}
    assert asked - question.WORDS == set(metric.of_family("audit")) - computed


def test_every_count_over_a_table_that_grows_is_bounded():
    for ask in question.PROBES:
        if "count(*)" in ask.text and ask.code != "internal_users":
            assert f"LIMIT {question.MOST}" in ask.text, ask.code


def test_an_answer_is_a_number_or_a_reason_and_never_a_zero_in_its_place():
    found = read(
        {
            "sessions": ("4", ""),
            "mail_waiting": ("", "absent"),
            "payment_errors_percent": ("", "question_nothing"),
            "orders_hour": ("", "statement_timeout"),
            "crons_dead": ("-1", ""),
            "crons_failing": ("NaN", ""),
            "pickings_late": ("many", ""),
            "edi_errors": ("1e400", ""),
            "admins_mark": ("0cc175b9c0f1b6a8", ""),
            "code_mark": ("two words", ""),
        }
    )
    assert found.numbers == {"sessions": Decimal(4)}
    assert found.words == {"admins_mark": "0cc175b9c0f1b6a8"}
    refused = dict.fromkeys(
        ("crons_dead", "crons_failing", "pickings_late", "edi_errors", "code_mark"), "value_refused"
    )
    assert found.unknown == {"orders_hour": "statement_timeout", **refused}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, ""),
        ({"sessions": ("1", "")}, ""),
        ({"sessions": ("1", ""), "crons_dead": ("", "statement_timeout")}, ""),
        ({"sessions": ("1", ""), "crons_dead": ("", "connection_lost")}, "connection_lost"),
        ({"sessions": ("", "table_missing")}, "table_missing"),
        ({"mail_waiting": ("", "absent")}, ""),
    ],
)
def test_a_tenant_without_any_answer_or_cut_off_counts_as_silent(told, why):
    assert trouble(read(told)) == why


def test_the_first_audit_finds_no_change():
    found = compare({}, audit())
    assert found.findings == ()
    assert not {"admins_added", "parameters_changed", "modules_changed"} & set(found.numbers)
    assert found.remember == FIRST


def test_nothing_changed_is_told_as_none_added():
    found = compare(FIRST, audit())
    assert (found.findings, found.numbers["admins_added"]) == ((), 0)
    assert (found.numbers["parameters_changed"], found.numbers["modules_changed"]) == (0, 0)


@pytest.mark.parametrize(
    ("now", "added"), [(2, 1), (3, 1), (5, 3), (1, 0)], ids=["swapped", "one", "three", "gone"]
)
def test_other_administrators_are_found_and_counted_at_least(now, added):
    found = compare(FIRST, audit(admins=now, admins_mark="a2"))
    assert found.numbers["admins_added"] == added
    assert found.findings == (("tenant_admins_changed", {"before": 2, "now": now}),)


def test_settings_that_changed_are_counted_and_named():
    found = compare(FIRST, audit(settings_mark="11111111" + "00000000" * 6 + "22222222"))
    assert found.numbers["parameters_changed"] == 2
    told = "web.base.url, base.login_cooldown_after"
    assert found.findings == (("tenant_settings_changed", {"settings": told}),)


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ({"code_mark": "c2"}, ["tenant_code_changed"]),
        ({"code_mark": "c2", "modules_mark": "m2"}, []),
        ({"code_mark": "c2", "own_code_mark": "o2", "modules_mark": "m2"}, ["tenant_code_changed"]),
    ],
    ids=["by hand", "by an update", "by hand during an update"],
)
def test_other_code_counts_unless_an_update_of_modules_brought_it(words, rules):
    found = compare(FIRST, audit(**words))
    assert [rule for rule, _facts in found.findings] == rules
    assert found.numbers["modules_changed"] == (1 if "modules_mark" in words else 0)


def test_what_could_not_be_told_keeps_what_is_remembered():
    blind = Reading({"admins": Decimal(2)}, {}, {"admins_mark": "statement_timeout"})
    found = compare(FIRST, blind)
    assert "admins_added" not in found.numbers
    assert found.findings == ()
    later = compare(found.remember, audit(admins=3, admins_mark="a2"))
    assert later.numbers["admins_added"] == 1


def test_days_behind_count_from_when_it_was_first_seen():
    now = Reading(words={"base_version": "19.0.1.3"})
    assert behind({}, now, "19.0.1.3", date(2026, 3, 9)) == (0, "")
    assert behind({}, now, "19.0.1.4", date(2026, 3, 9)) == (0, "2026-03-09")
    since = {"behind_since": "2026-03-01"}
    assert behind(since, now, "19.0.1.4", date(2026, 3, 9)) == (8, "2026-03-01")
    assert behind(since, now, "19.0.1.3", date(2026, 3, 9)) == (0, "")
