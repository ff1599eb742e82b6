"""A tenant is upgraded by the real Odoo on a real PostgreSQL: what is live afterwards."""

from dataclasses import replace

import pytest

from dev import databases, paths
from dev.odoo import ensure_odoo
from saas_business_management.adapters.fakes.front_door import FakeFrontDoor
from saas_business_management.adapters.filestore import LocalFilestore
from saas_business_management.adapters.odoo_process import OdooProcess
from saas_business_management.adapters.postgres.tenant_login import TenantLogins
from tests.helpers import job_upgrades
from tests.helpers.job_world import HOST, World
from tests.helpers.postgres import new_name

from .parts import BASE, FIXTURES

pytestmark = pytest.mark.slow

INSTALLED = "SELECT count(*) FROM ir_module_module WHERE name = %s AND state = 'installed'"
WRITE = "INSERT INTO res_partner (name, active, type) VALUES ('Written meanwhile', true, 'contact')"
WRITTEN = "SELECT count(*) FROM res_partner WHERE name = 'Written meanwhile'"
PARAMETER = "SELECT value FROM ir_config_parameter WHERE key = 'web.x'"


class Live:
    """An open tenant on a server of its own, and the operations that change it."""

    def __init__(self, pg, folder):
        self.pg, self.name, self.cluster = pg, new_name(), pg.port()
        data = folder / "data"
        self._make(data)
        self.world = World()
        self.door = FakeFrontDoor()
        self.door.serve(HOST)
        odoo = OdooProcess(
            [str(paths.ODOO_BIN)],
            [*map(str, ensure_odoo().addons), str(FIXTURES)],
            str(data),
            pg.private.host,
            pg.private.port,
            password=pg.passwords["saas_prov"],
            logins=TenantLogins(pg.provisioner, pg.secret),
        )
        self.files = LocalFilestore(data / "filestore")
        self.world.desk.ports = replace(
            self.world.desk.ports,
            cluster=self.cluster,
            filestore=self.files,
            odoo=odoo,
            front_door=self.door,
        )
        self.world.desk.on_claim = lambda: None
        tenant = {"state": "active", "host": HOST, "database": self.name}
        row = {"generation": 1, "oid": self.oid(), "stage": "claimed", "secret": ""}
        self.world.add(lambda rows: rows["tenants"].update({1: tenant}))
        self.world.add(lambda rows: rows["databases"].update({self.name: row}))

    def _make(self, data):
        """Provision it as a copy of a golden one."""
        golden = new_name("g")
        (data / "filestore").mkdir(parents=True)
        template = databases.ensure(self.pg.private, BASE)
        databases.clone(self.pg.private, template, golden, owner="saas_prov", data_dir=data)
        self.cluster.seal_golden(golden)
        self.cluster.ensure_role(self.name, 1)
        self.cluster.clone(self.name, golden)
        self.cluster.own_objects(self.name)
        self.cluster.mark_role(self.name, "claimed")
        LocalFilestore(data / "filestore").clone(golden, self.name, 1)

    def oid(self):
        return self.cluster.database(self.name).oid

    def upgrade(self, monkeypatch, mode="staged", rehearsal=False, **change):
        blank = {"install": [], "update": [], "remove": [], "languages": []}
        told = {**blank, "parameters": {"web.x": "1"}, "checks": [], **change}
        monkeypatch.setattr(job_upgrades, "CHANGE", told)
        one = {"state": "running", "tenant": 1, "mode": mode, "rehearsal": rehearsal}
        one |= {"former_oid": 0, "safety": "", "kept": ""}
        self.world.add(lambda rows: rows["upgrades"].update({1: one}))
        desk = self.world.desk
        return desk.work(desk.enqueue("upgrade_tenant", tenant=1, upgrade=1))

    def value(self, statement, *values):
        return self.pg.rows(statement, values or None, database=self.name)

    def beside(self):
        names = [one.name for one in self.cluster.databases()]
        return [name for name in names if name.startswith(f"{self.name}_")]


@pytest.fixture
def live(own_pg, tmp_path):
    return Live(own_pg, tmp_path)


def test_a_tenant_is_upgraded_and_a_module_that_fails_changes_nothing(live, monkeypatch):
    before, world = live.oid(), live.world
    job = live.upgrade(monkeypatch, install=["saas_broken_module"])
    assert (job["state"], job["error_code"]) == ("failed", "odoo_phase_failed")
    assert (live.oid(), live.beside()) == (before, [])
    assert live.value(PARAMETER) == []

    checks = [{"name": "Nobody is called so", "statement": WRITTEN + " HAVING count(*) > 0"}]
    stand_still, stills = live.cluster.stand_still, []

    def written_before(name, patience_seconds):
        stills.append(name)
        if len(stills) == 2:
            # The customer works while the copy is changed.
            live.value(WRITE)
        return stand_still(name, patience_seconds)

    monkeypatch.setattr(live.cluster, "stand_still", written_before)
    job = live.upgrade(monkeypatch, install=["contacts"], update=["auth_signup"])
    assert job["state"] == "done", (job["error_code"], world.desk.lines[-5:])
    report = world.rows["upgrades"][1]["report"]
    assert report["again"] is True and "contacts" in report["modules"]
    assert live.value(INSTALLED, "contacts") == [(1,)]
    assert live.value(WRITTEN) == [(1,)]
    assert live.value(PARAMETER) == [("1",)]
    assert live.beside() == [world.rows["upgrades"][1]["kept"]]
    assert not live.cluster.database(live.beside()[0]).allows_connections

    after = live.oid()
    job = live.upgrade(monkeypatch, rehearsal=True, remove=["contacts"], checks=checks)
    assert (job["state"], job["error_code"]) == ("failed", "odoo_phase_failed")
    assert live.oid() == after and live.value(INSTALLED, "contacts") == [(1,)]
