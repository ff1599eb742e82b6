"""The map and what changed between two of them."""

import pytest

from saas_business_management.kernel.gateway.route import Route, RouteMap, compare


def route(id, host="", database="t_a", generation=1, state="active", **other):
    return Route(id, host, database, generation, state, **other)


def test_a_map_finds_by_host_and_by_database():
    found = RouteMap([route(1, "acme.localhost"), route(2, database="t_b", state="standby")])
    assert found.by_host["acme.localhost"].database == "t_a"
    assert "" not in found.by_host
    assert found.by_database["t_b"].state == "standby"
    assert len(found) == 1


def test_only_open_states_serve_and_run_crons():
    states = (
        "standby provisioning trial active suspended archived migrating deleting gone x".split()
    )
    rows = [route(n, f"h{n}", f"t_{state}", state=state) for n, state in enumerate(states)]
    assert RouteMap(rows).serving_databases() == ["t_active", "t_trial"]


def test_a_database_under_two_hosts_is_open_when_one_of_them_is():
    rows = [route(1, "a.localhost", state="active"), route(2, "b.localhost", state="gone")]
    assert RouteMap(rows).by_database["t_a"].serving
    assert RouteMap(reversed(rows)).by_database["t_a"].serving


def test_the_newest_generation_speaks_for_a_database():
    rows = [route(1, "a.localhost", generation=2), route(2, "b.localhost", generation=1)]
    assert RouteMap(rows).by_database["t_a"].generation == 2


def test_standby_copies_are_listed_oldest_first():
    rows = [route(n, database=f"t_{n}", state="standby") for n in (3, 1, 2)]
    assert RouteMap(rows).standby_databases() == ["t_1", "t_2", "t_3"]


def test_changes_give_the_same_map_as_reading_everything():
    before = [route(1, "a"), route(2, "b", "t_b"), route(3, database="t_c", state="standby")]
    after = [route(1, "b"), route(2, "a", "t_b", 2), route(3, "c", "t_c")]
    changed, whole = RouteMap(before).with_changes(after), RouteMap(after)
    assert changed.by_host == whole.by_host
    assert changed.by_database == whole.by_database
    assert changed.by_id == whole.by_id


def test_a_host_that_moves_to_another_row_is_found_there_whatever_the_order():
    old = RouteMap([route(1, "a", "t_a"), route(2, "", "t_b")])
    moved = [route(2, "a", "t_b"), route(1, "", "t_a")]
    for order in (moved, moved[::-1]):
        new = old.with_changes(order)
        assert new.by_host["a"].database == "t_b"
        assert old.by_host["a"].database == "t_a", "the old map is never touched"


def test_a_row_that_changes_its_database_leaves_the_old_name():
    new = RouteMap([route(1, "a", "t_a")]).with_changes([route(1, "a", "t_b")])
    assert "t_a" not in new.by_database
    assert new.by_host["a"].database == "t_b"


CASES = [
    # was, now → renewed, closed, gone, standby
    ("active 1", "active 1", ""),
    ("active 1", "active 2", "renewed"),
    ("standby 1", "active 1", ""),
    ("standby 1", "provisioning 1", ""),
    ("active 1", "suspended 1", "closed"),
    ("active 1", "migrating 2", "renewed closed"),
    ("suspended 1", "active 1", ""),
    ("active 1", "gone 1", "closed gone"),
    ("gone 1", "gone 1", ""),
    ("", "gone 1", "gone"),
    ("", "standby 1", "standby"),
    ("standby 1", "standby 1", ""),
    ("", "active 1", ""),
    ("active 1", "", "closed"),
    ("suspended 1", "", ""),
]


@pytest.mark.parametrize(("was", "now", "expected"), CASES)
def test_what_a_node_has_to_act_on(was, now, expected):
    def one(text):
        if not text:
            return RouteMap()
        state, generation = text.split()
        return RouteMap([route(1, "a", generation=int(generation), state=state)])

    changes = compare(one(was), one(now))
    names = ("renewed", "closed", "gone", "standby")
    assert " ".join(name for name in names if getattr(changes, name)) == expected


def test_comparing_looks_at_the_named_databases_alone():
    old, new = RouteMap([route(1, "a", "t_a"), route(2, "b", "t_b")]), RouteMap()
    assert compare(old, new, {"t_a"}).closed == {"t_a"}
