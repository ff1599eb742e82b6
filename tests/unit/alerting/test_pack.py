"""Every rule that comes with the product fires when it should and is quiet when it should be.

The cases are data (`cases/*.toml`): readings per minute in, states and messages out.
"""

from pathlib import Path

import pytest
import tomllib

from saas_business_management.kernel.alerting import rule as kernel
from saas_business_management.kernel.monitoring import layers, metric
from tests.helpers.alert_pack import rules, words
from tests.helpers.alert_replay import replay, spread

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
FIRING = [case for case in CASES if any(state == "firing" for _m, state, _n in case["expect"])]
# No threshold changes what it means that there is no reading at all.
MEASURED = [
    case
    for case in FIRING
    if any(one is not None for text in case["series"].values() for one in spread(text))
]
QUIET = [case for case in CASES if case not in FIRING]
# The list that monitoring has to have at least.
ASKED = """
backup_late backup_shrunk backup_grown backup_failing proof_overdue restore_test_failed
replication_late connections_high transaction_long idle_in_transaction deadlocks sessions_blocked
scheduled_late scheduled_dead worker_silent errors_burn_fast errors_burn_slow answers_slow
disk_filling disk_full temporary_files_grow wraparound_near orders_missing invoices_late
mails_failing scheduler_incomplete logins_failing logins_one_source admin_added settings_drift
parameters_changed patch_behind public_connect certificate_ends storage_near storage_full
usage_unbilled clock_skewed dependency_down cpu_busy pressure_cpu pressure_io
pressure_memory memory_low channel_failing audit_unsealed nodes_silent cluster_down
database_missing door_closed
""".split()


def name(case):
    return f"{case['rule']} {case['name']}"


def found(case, rule):
    wanted = {minute for minute, _state, _told in case["expect"]}
    seen = replay(
        rule, case["series"], case.get("usual"), tuple(case.get("blind", ())) or None, extra=1
    )
    return [[one.minute, one.state, one.told] for one in seen if one.minute in wanted]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_case_goes_as_it_says(case):
    assert found(case, rules()[case["rule"]]) == case["expect"]


@pytest.mark.parametrize("case", MEASURED, ids=name)
def test_with_the_threshold_past_the_series_a_firing_case_fails(case):
    rule = rules()[case["rule"]]
    first = rule.conditions[0]
    past = 1e15 if first.comparison in (">", ">=") else -1e15
    assert found(case, rule.with_threshold(past)) != case["expect"]


@pytest.mark.parametrize("case", QUIET, ids=name)
def test_a_quiet_case_never_fires_and_tells_nobody(case):
    seen = list(replay(rules()[case["rule"]], case["series"], case.get("usual")))
    assert seen and not any(one.state == "firing" or one.told for one in seen)


def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    assert {case["rule"] for case in FIRING} == set(rules())
    assert {case["rule"] for case in QUIET} == set(rules())


def test_what_monitoring_must_have_is_there():
    assert sorted(set(ASKED) - set(rules())) == []


@pytest.mark.parametrize("code", sorted(rules()))
def test_a_rule_is_whole(code):
    rule = rules()[code]
    assert rule.layer in layers.LAYERS and rule.severity in layers.SEVERITIES
    assert rule.no_data in kernel.NO_DATA and rule.conditions
    for one in rule.conditions:
        assert one.metric in metric.METRICS and one.comparison in kernel.COMPARISONS
        assert one.how in kernel.HOWS and metric.scope(one.metric) == rule.scope
        assert not one.of or one.of == kernel.USUAL or one.of in metric.METRICS
        seconds = metric.FAMILIES[metric.METRICS[one.metric].family].seconds
        # A window without two readings of its family would often hold none.
        assert one.how == kernel.USUAL or one.window_minutes * 60 >= 2 * seconds


@pytest.mark.parametrize("code", sorted(words()))
def test_a_rule_says_what_it_means_where_to_look_and_what_to_do(code):
    assert all(text and text.strip() == text for text in words()[code].values())
    assert all(words()[code][one].endswith((".", "?")) for one in ("meaning", "look", "mend"))


def test_names_of_rules_differ():
    names = [one["name"] for one in words().values()]
    assert len(set(names)) == len(names)


def test_series_are_written_as_promtool_writes_them():
    assert spread("5x2 1+2x2 _x2 7") == [5, 5, 5, 1, 3, 5, None, None, 7]
    assert spread("4-1.5x1") == [4, 2.5]
    with pytest.raises(ValueError, match="oops"):
        spread("5x2 oops")
