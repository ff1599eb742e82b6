"""Each layer is as bad as its worst firing alert, and unknown when nobody looked lately."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.monitoring import layer_health as lh
from saas_business_management.kernel.monitoring import layers
from saas_business_management.kernel.monitoring.health import HEALTHS

NOW = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MINUTE = 60


def source(layer=layers.DATABASE, age=0.0, seconds=MINUTE, **more):
    newest = None if age is None else NOW - timedelta(seconds=age)
    return lh.Source(layer, "database", newest, seconds, **more)


def firing(severity="critical", scope=layers.TENANT, layer=layers.DATABASE, minutes=5, **more):
    return lh.Firing(layer, severity, scope, NOW - timedelta(minutes=minutes), **more)


def judged(sources, alerts, watched=(layers.DATABASE,)):
    return lh.judge(sources, alerts, watched, NOW)


@pytest.mark.parametrize(
    ("age", "health"),
    [(0, "ok"), (180, "ok"), (180.001, "unknown"), (10**6, "unknown"), (None, "unknown")],
)
def test_three_cadences_are_evidence_and_not_a_moment_more(age, health):
    assert judged([source(age=age)], []).health == health


@pytest.mark.parametrize(
    ("alerts", "health", "whose"),
    [
        ([], "ok", ""),
        ([firing("info")], "ok", ""),
        ([firing("warning")], "warning", "tenant"),
        ([firing("warning"), firing("critical")], "critical", "tenant"),
        ([firing("critical", layers.CLUSTER)], "critical", "platform"),
        ([firing("critical", layers.MACHINE)], "critical", "platform"),
        ([firing("critical", layers.PLATFORM)], "warning", "platform"),
        ([firing("warning", layers.CLUSTER), firing("critical")], "critical", "tenant"),
        ([firing("critical", layers.CLUSTER), firing("critical")], "critical", "platform"),
    ],
)
def test_the_worst_firing_alert_counts_and_says_whose_it_is(alerts, health, whose):
    found = judged([source()], alerts)
    assert (found.health, found.whose) == (health, whose)
    assert found.layers == {layers.DATABASE: health}


def test_an_old_look_proves_nothing_whatever_fires():
    found = judged([source(age=181)], [firing()])
    assert (found.health, found.whose) == ("unknown", "platform")
    assert [one.code for one in found.reasons] == ["old_sample"]
    assert found.reasons[0].since == NOW - timedelta(seconds=181)


def test_a_dead_cluster_is_seen_though_nobody_can_look_into_its_databases():
    looks = [source(age=None), source(age=30, needed=False)]
    found = judged(looks, [firing(scope=layers.CLUSTER)])
    assert (found.health, found.whose) == ("critical", "platform")
    assert judged(looks, []).health == "unknown"


def test_a_layer_without_a_source_is_unknown_and_one_not_watched_has_no_health():
    assert judged([], []).layers == {layers.DATABASE: "unknown"}
    assert judged([], [firing()], watched=()).layers == {}
    assert judged([], [firing()], watched=()).health == ""


def test_a_source_may_say_itself_why_it_is_no_evidence():
    found = judged([source(age=None, why="no_answer"), source(age=0, needed=False)], [])
    assert (found.health, found.reasons[0].code) == ("unknown", "no_answer")


def test_reasons_are_told_worst_first_then_by_layer_then_oldest():
    looks = [source(), source(layers.TENANT, age=None)]
    alerts = [
        firing("warning", minutes=1, text="b"),
        firing("warning", minutes=9, text="a"),
        firing("critical", minutes=2, text="c"),
    ]
    found = judged(looks, alerts, (layers.TENANT, layers.DATABASE))
    assert [one.text for one in found.reasons] == ["c", "a", "b", ""]
    assert found.reasons[-1].code == "no_sample"


def test_a_tenant_that_was_not_made_is_critical():
    found = lh.not_made(NOW)
    assert (found.health, found.reasons[0].code) == ("critical", "not_made")


def test_points_are_derived_and_never_below_nothing():
    assert lh.points(["ok", "warning", "unknown"]) == 80
    assert lh.points(["critical"] * 6) == 0


ALERTS = st.builds(
    firing,
    severity=st.sampled_from(layers.SEVERITIES),
    scope=st.sampled_from(layers.SCOPES),
    layer=st.sampled_from(layers.LAYERS),
    minutes=st.integers(0, 500),
)
SOURCES = st.builds(
    source,
    layer=st.sampled_from(layers.LAYERS),
    age=st.one_of(st.none(), st.floats(0, 1000)),
    needed=st.booleans(),
)


@given(st.lists(SOURCES), st.lists(ALERTS), st.sets(st.sampled_from(layers.LAYERS)))
def test_the_whole_is_the_worst_of_its_layers_and_every_trouble_has_a_reason(looks, alerts, kept):
    found = lh.judge(looks, alerts, kept, NOW)
    assert set(found.layers) == kept
    assert found.health == lh.worst(found.layers.values())
    for layer, health in found.layers.items():
        why = [one.health for one in found.reasons if one.layer == layer]
        assert (health == "ok") == (why == [])
        assert lh.worst([health, *why]) == health
    assert bool(found.whose) == (found.health in ("critical", "warning", "unknown"))


@given(st.lists(SOURCES), st.lists(ALERTS), ALERTS)
def test_one_more_alert_never_makes_a_tenant_better(looks, alerts, more):
    before = lh.judge(looks, alerts, layers.LAYERS, NOW)
    after = lh.judge(looks, [*alerts, more], layers.LAYERS, NOW)
    for layer in layers.LAYERS:
        if before.layers[layer] == "unknown" and after.layers[layer] != "unknown":
            assert after.layers[layer] in ("critical", "warning")
            continue
        assert HEALTHS.index(after.layers[layer]) <= HEALTHS.index(before.layers[layer])


@given(st.lists(SOURCES), st.lists(ALERTS))
def test_when_nobody_looks_any_more_everything_is_unknown(looks, alerts):
    late = NOW + timedelta(days=1)
    found = lh.judge(looks, alerts, layers.LAYERS, late)
    assert set(found.layers.values()) == {"unknown"}
