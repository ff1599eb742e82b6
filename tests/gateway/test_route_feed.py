"""The feed of routes on a real table: nothing is missed, whoever commits when."""

from __future__ import annotations

import json
from contextlib import closing

import psycopg2
import pytest

from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.postgres.prepare import NODE_GRANTS
from saas_business_management.adapters.postgres.route_feed import RouteFeed
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.gateway.event import Told
from saas_business_management.kernel.secret import Secret
from tests.helpers.node import new_name


@pytest.fixture
def server(fleet) -> Server:
    """The control database as a node logs in to it."""
    login = fleet.routes.control_login()
    secret = Secret(login["password"])
    return Server(login["host"], login["port"], login["user"], secret, login["database"])


@pytest.fixture
def feed(server):
    """A feed that listens."""
    feed = RouteFeed(server)
    feed.open()
    yield feed
    feed.close()


def names(reading) -> set[str]:
    """The databases a reading speaks of."""
    return {route.database for route in reading.routes}


def put(fleet, **values) -> str:
    """A new row."""
    name = new_name()
    fleet.routes.put(name, **{"state": "archived", **values})
    return name


def test_everything_is_read_first_and_then_the_changes(fleet, feed):
    first = put(fleet, tenant_name="Größe", host="feed-a.localhost", generation=3)
    reading = feed.read()
    found = {route.database: route for route in reading.routes}[first]
    assert (found.host, found.generation, found.tenant_name) == ("feed-a.localhost", 3, "Größe")
    assert feed.read(reading.horizon).routes == ()
    second = put(fleet)
    assert names(feed.read(reading.horizon)) == {second}


def test_empty_columns_are_empty_texts(fleet, feed):
    name = put(fleet, tenant_uuid=None)
    found = {route.database: route for route in feed.read().routes}[name]
    assert (found.host, found.reason, found.tenant_uuid, found.tenant_name) == ("", "", "", "")


def test_limits_are_read_as_they_were_written_and_an_earlier_table_has_none(fleet, feed):
    limits = {"api": {"policy": "block"}, "banner": {"level": "info", "texts": {"de": "Größe"}}}
    name, other = put(fleet, limits=json.dumps(limits)), put(fleet)
    found = {route.database: route.limits for route in feed.read().routes}
    assert (json.loads(found[name]), found[other]) == (limits, "")
    rename = "ALTER TABLE saas_route RENAME COLUMN {} TO {}"
    fleet.control.sql(rename.format("limits", "elsewhere"), fleet.routes.database)
    try:
        found = {route.database: route.limits for route in feed.read().routes}
    finally:
        fleet.control.sql(rename.format("elsewhere", "limits"), fleet.routes.database)
    assert (found[name], found[other]) == ("", "")


def test_a_change_is_heard_and_silence_is_told(fleet, feed):
    assert feed.wait(0.05) is False
    put(fleet)
    assert feed.wait(30) is True
    assert feed.wait(0.05) is False


def test_a_transaction_that_commits_late_is_not_missed(fleet, feed):
    slow = new_name()
    insert = (
        "INSERT INTO saas_route (node_role, database, generation, state) VALUES (%s, %s, 1, 'gone')"
    )
    with closing(psycopg2.connect(**fleet.control.dsn("control"))) as cnx:
        with cnx.cursor() as cursor:
            cursor.execute(insert, (fleet.routes.role, slow))
        quick = put(fleet)
        reading = feed.read()
        assert quick in names(reading)
        assert slow not in names(reading)
        quicker = put(fleet)
        reading = feed.read(reading.horizon)
        assert quicker in names(reading)
        cnx.commit()
    assert slow in names(feed.read(reading.horizon))


def test_the_rows_of_another_node_are_not_read(fleet, feed):
    name = new_name()
    fleet.control.sql(
        "INSERT INTO saas_route (node_role, database, generation, state)"
        f" VALUES ('saas_node_lyon', '{name}', 1, 'active')",
        "control",
    )
    assert name not in names(feed.read())


def test_a_lost_connection_is_unavailable_and_opens_again(fleet, feed):
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'"
    fleet.control.sql(end.format("saas-gateway"))
    with pytest.raises(Unavailable):
        for _ in range(3):
            feed.wait(2)
    feed.open()
    name = put(fleet)
    assert feed.wait(30)
    assert name in names(feed.read())


def test_brands_are_read_whole_and_then_as_they_change(fleet, feed):
    fleet.routes.put_brand(7, name="Größe", is_default=False, texts='{"a": "b"}')
    reading = feed.read()
    found = {brand.id: brand for brand in reading.brands}[7]
    assert (found.name, found.own_texts, found.logo, found.support_url) == (
        "Größe",
        {"a": "b"},
        "",
        "",
    )
    assert feed.read(reading.horizon).brands == ()
    fleet.routes.put_brand(7, name="Other")
    assert feed.wait(30)
    assert [brand.name for brand in feed.read(reading.horizon).brands] == ["Other"]
    fleet.control.sql("DELETE FROM saas_route_brand WHERE brand_id = 7", "control")
    assert 7 not in {brand.id for brand in feed.read().brands}


def test_what_is_told_twice_counts_once(fleet, feed):
    feed.read()
    rows = [
        Told(number, 1_700_000_000.0, "bad_host", "", "feed", 2, {"a": "b"}) for number in (1, 2)
    ]
    for _ in range(2):
        feed.tell("process-of-the-feed", rows)
    found = [row for row in fleet.routes.events("bad_host") if row[0] == "feed"]
    assert found == [("feed", 2, '{"a": "b"}')] * 2


def test_a_control_plane_of_before_has_neither_brands_nor_events(fleet, server):
    revoke = "REVOKE ALL ON saas_route_brand, saas_node_event FROM {0};"
    revoke += "REVOKE INSERT (node_role, process, sequence, at, rule, database, source, count,"
    revoke += " facts) ON saas_node_event FROM {0}"
    fleet.control.sql(revoke.format(fleet.routes.role), "control")
    feed = RouteFeed(server)
    try:
        feed.open()
        assert feed.read().brands == ()
        assert feed.read().routes
        feed.tell("p", [Told(1, 1.0, "bad_host", "", "before", 1)])
    finally:
        feed.close()
        for order in NODE_GRANTS.values():
            fleet.control.sql(order.format(role=fleet.routes.role), "control")
    assert not [row for row in fleet.routes.events("bad_host") if row[0] == "before"]


def test_a_wrong_password_is_broken(server):
    wrong = server.as_role(server.user, Secret("wrong"))
    with pytest.raises(Broken, match="login_refused"):
        RouteFeed(wrong).open()
