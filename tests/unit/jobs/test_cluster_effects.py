"""What builds, audits, connection tests and refreshes have made of the world in the end."""

from datetime import timedelta

from saas_business_management.adapters.fakes.cluster import BUILDER
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import (
    audit,
    build,
    carried,
    check_cluster,
    doctor,
    provision,
    refresh,
)
from tests.helpers.job_world import World
from tests.helpers.jobs import Points


def test_a_build_ends_in_a_sealed_published_version() -> None:
    world, row = carried(build)
    version = world.rows["versions"][2]
    server = world.cluster.databases_by_name[version["database"]]
    assert row["state"] == "done"
    assert version["state"] == "published"
    assert "crm" in version["report"]["modules"]
    assert version["fingerprint"] == world.odoo.fingerprint(version["report"]["modules"])
    assert version["bytes"] == server.size
    assert (server.objects_owner, server.info.is_template) == (BUILDER, True)
    assert not server.info.allows_connections
    assert world.rows["databases"][version["database"]]["oid"] == server.info.oid
    phases = ["base", "locale", "modules", "settings", "assets"]
    assert [phase for phase, _ in world.odoo.phases] == phases
    assert world.audit() == []


def test_what_odoo_says_stands_in_the_log() -> None:
    world, _ = carried(build)
    assert ("info", "modules ends") in world.desk.lines


def test_a_module_that_does_not_install_leaves_the_published_version() -> None:
    world = World()
    world.odoo.fail("modules", Broken("odoo_phase_failed", phase="modules", module="crm"))
    _, row = carried(build, world)
    assert (row["state"], row["error_code"]) == ("failed", "odoo_phase_failed")
    assert [one["state"] for one in world.rows["versions"].values()] == ["published", "failed"]
    assert list(world.cluster.databases_by_name) == [world.golden]
    assert world.files.names() == [world.golden]
    assert world.audit() == []


def test_a_build_that_was_stopped_begins_with_an_empty_database() -> None:
    world = World()
    row_id = build(world)
    world.odoo.fail("assets", Unavailable("odoo_phase_timeout", phase="assets"))
    world.desk.carry(row_id, world.desk.claim(row_id))
    world.odoo.mend("assets")
    assert world.desk.work(row_id)["state"] == "done"
    phases = [phase for phase, _ in world.odoo.phases]
    assert phases == ["base", "locale", "modules", "settings", "assets"] * 2


def test_an_unknown_module_or_a_small_disk_is_refused_before_a_database_is_made() -> None:
    for spoil, code in (
        (lambda world: world.odoo._modules.pop("crm"), "module_unknown"),
        (lambda world: setattr(world.files, "disk_bytes", 1000), "disk_full"),
    ):
        world = World()
        row_id = build(world)
        spoil(world)
        row = world.desk.work(row_id)
        assert (row["state"], row["error_code"]) == ("failed", code)
        assert list(world.cluster.databases_by_name) == [world.golden]


def test_an_audit_removes_what_nobody_was_handed_and_keeps_the_rest() -> None:
    world = World()
    world.desk.work(provision(world))
    tenant = world.rows["tenants"][1]["database"]
    foreign = "t_" + "z" * 26
    world.cluster.ensure_role(foreign, 1)
    world.cluster.mark_role(foreign, "claimed")
    row = world.desk.work(audit(world))
    assert row["state"] == "done"
    assert set(world.cluster.databases_by_name) == {world.golden, tenant}
    assert set(world.cluster.roles_by_name) == {tenant, foreign}
    assert world.files.names() == sorted([world.golden, tenant])
    assert world.rows["cluster"]["findings"] == [("extra", "role", foreign)]
    assert [level for level, _ in world.desk.lines] == ["warning"] * 5


def test_an_audit_touches_nothing_on_which_an_operation_is_open() -> None:
    world = World()
    row_id = provision(world)
    world.node.silent = True
    world.desk.carry(row_id, world.desk.claim(row_id))
    before = world.outside()
    world.desk.work(world.desk.enqueue("audit_cluster"))
    assert world.outside() == before


def test_what_an_audit_that_broke_has_left_goes_with_the_next_one() -> None:
    world = World()
    row_id = audit(world)
    world.files.fail_next("drop", Broken("filestore_damaged"))
    assert world.desk.work(row_id)["state"] == "failed"
    assert world.desk.work(world.desk.enqueue("audit_cluster"))["state"] == "done"
    assert (world.cluster.roles_by_name, world.files.names()) == ({}, [world.golden])
    assert world.audit() == []


def test_an_audit_keeps_what_came_to_be_needed_after_it_had_looked() -> None:
    world = World()
    row_id = audit(world)
    [half_made] = world.cluster.databases_by_name.keys() - {world.golden}

    def claimed() -> None:
        world.add(lambda rows: rows["databases"][half_made].update(stage="claimed"))

    world.desk.points = Points(on={"audit_cluster.compare.committed": claimed})
    world.desk.work(row_id)
    assert half_made in world.cluster.databases_by_name
    assert list(world.cluster.roles_by_name) == [half_made]
    assert half_made in world.files.files


def test_a_connection_test_reports_every_line_with_its_mend() -> None:
    world, row = carried(check_cluster)
    checks = {one["code"]: one for one in world.rows["cluster"]["checks"]}
    assert row["state"] == "done"
    assert {code for code, one in checks.items() if one["ok"]} == {
        "server_reachable",
        "filestore_writable",
        "odoo_found",
        "node_answers",
    }
    assert checks["builder_role"]["mend"] == "saas cluster-prepare"


def test_a_connection_test_ends_well_when_nothing_answers() -> None:
    world = World()
    world.node.silent = True
    world.files.fail_next("free_bytes", Unavailable("filestore_missing"))
    world.odoo._modules.clear()
    world.desk.work(check_cluster(world))
    checks = {one["code"]: one for one in world.rows["cluster"]["checks"]}
    assert checks["node_answers"]["facts"] == {"error": "node_silent", "host": "localhost"}
    assert checks["filestore_writable"]["facts"] == {"error": "filestore_missing"}
    assert not checks["odoo_found"]["ok"]


def test_a_refresh_reads_the_catalogue_and_compares_every_version() -> None:
    world, row = carried(refresh)
    cluster = world.rows["cluster"]
    assert row["facts"] == {"count": 6, "compared": 2}
    assert [one["name"] for one in cluster["modules"]][:2] == ["auth_signup", "base"]
    assert cluster["fingerprints"] == {
        "1": world.odoo.fingerprint(["crm"]),
        "2": "missing: pos, zoo",
    }


def test_changed_code_gives_another_fingerprint() -> None:
    world, _ = carried(refresh)
    former = world.rows["cluster"]["fingerprints"]["1"]
    world.odoo.change_code("crm")
    carried(refresh, world)
    assert world.rows["cluster"]["fingerprints"]["1"] != former


def test_the_doctor_looks_once() -> None:
    world, row = carried(doctor)
    assert (row["state"], world.rows["doctor"]) == ("done", {"looks": 1})


def lines(world: World, **spec) -> dict[str, bool]:
    """Test the cluster; return the lines about what stands in front of it, right or not."""
    world.desk.work(world.desk.enqueue("test_cluster", spec))
    return {
        row["code"]: not row["facts"].get("warning")
        for row in world.rows["cluster"]["checks"]
        if row["code"] in ("zone_wildcard", "certificate_valid", "proxy_headers")
    }


def test_a_zone_that_leads_to_the_front_proxy_is_told_apart_from_one_that_does_not() -> None:
    world = World()
    zone = {"base_host": "example.test", "front_addresses": ["203.0.113.9"]}
    any_name = ("saas-check-any-name.example.test", "A")
    assert lines(world, **zone) == {"zone_wildcard": False}
    world.dns.records[any_name] = ["203.0.113.7"]
    assert lines(world, **zone) == {"zone_wildcard": False}
    world.dns.records[any_name] = ["203.0.113.9"]
    assert lines(world, **zone) == {"zone_wildcard": True}
    assert lines(world, base_host="localhost") == {}
    world.dns.silent = True
    assert lines(world, **zone) == {}


def test_a_certificate_that_ends_soon_and_a_proxy_that_lets_headers_through_are_told() -> None:
    world, host = World(), "acme.example.test"
    assert lines(world, public_host=host) == {"certificate_valid": False}
    now = world.desk.clock.now()
    world.public_door.certify(host, now + timedelta(days=60))
    assert lines(world, public_host=host) == {"certificate_valid": True, "proxy_headers": True}
    world.public_door.certify(host, now + timedelta(days=13))
    assert lines(world, public_host=host)["certificate_valid"] is False
    world.public_door.certify(host, now + timedelta(days=60), trusted=False)
    assert lines(world, public_host=host)["certificate_valid"] is False
    world.public_door.certify(host, now + timedelta(days=60), status=404)
    assert lines(world, public_host=host)["proxy_headers"] is False
    world.public_door.silent = True
    assert lines(world, public_host=host) == {}
