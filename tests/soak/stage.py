"""The installation that is soaked: everything of the product, two clusters of tenants, two nodes.

Owns: making it, asking its records, where a tenant's data is. Does not own: what is done to it.
"""

import json
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from dev.settings import CONTROL_DATABASE, Settings
from dev.stack import Stack
from tests.helpers.resident_shell import ResidentShell
from tests.helpers.second_place import SecondPlace
from tests.soak.ledger import Place

STALE_SECONDS = 4
TEMPLATE = "soaked"
# The connection of the one who asks was cut off by a server that went down: nothing was done yet.
CUT_OFF = ("OperationalError", "InterfaceError", "AdminShutdown")
SERVES = ("trial", "active")
WHERE = """
SELECT c.pg_host, c.pg_port, d.name, d.generation, c.key, t.state, t.swapping
  FROM saas_tenant t JOIN saas_database d ON d.id = t.database_id
  JOIN saas_cluster c ON c.id = d.cluster_id WHERE t.subdomain = %s
"""
PREPARE = """
env["ir.config_parameter"].set_param("saas.upgrade_watch_minutes", "0")
cluster = env["saas.cluster"].search([("key", "=", "local")])
env["saas.cluster"].search([]).write({"capacity": 1000})
env["saas.cluster"].search([]).action_refresh_modules()
tier = env["saas.service.tier"].create({"name": "Soaked", "code": "soaked", "sandboxes": 5})
for code in ("small", "large"):
    plan = env["saas.plan"].create({"name": code.title(), "code": code, "limit_users": 5,
                                    "service_tier_id": tier.id})
env["saas.template"].create({"name": "Soaked", "code": TEMPLATE, "cluster_id": cluster.id})
sheets = env["saas.recovery.sheet"]
sheet = sheets.browse(sheets.action_make()["res_id"])
sheet.action_print()
sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
sheet.action_confirm()
target = env["saas.backup.target"].create({"name": "Soaked", "folder": FOLDER})
policy = env["saas.backup.policy"].create({"name": "Soaked", "target_ids": target.ids})
policy.action_switch_on()
env["saas.plan"].search([]).write({"backup_policy_id": policy.id})
env.cr.commit()
"""
SECRETS = """
clusters = env["saas.cluster"].sudo().search([])
FOUND({one.key: one._secrets_for_nodes()[0].reveal() for one in clusters})
"""
CHANGE = """
template = env["saas.template"].search([("code", "=", TEMPLATE)])
values = {"template_id": template.id, "key": "soak.turn", "value": VALUE}
template.parameter_ids.filtered(lambda one: one.key == "soak.turn").unlink()
env["saas.template.parameter"].create(values)
env.cr.commit()
"""
FOUND = """
import json
def FOUND(value):
    print("FOUND " + json.dumps(value, default=str))
"""


class Stage:
    """A running installation in a folder of its own; `close` removes it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saas-soak-"))
        options = {"saas_stale_seconds": STALE_SECONDS}
        self.stack = Stack(Settings.for_tests(self.folder, control_options=options))
        self.place = SecondPlace(self.stack)
        self.records = ResidentShell(self.stack.settings.control_conf)
        self._secrets: dict[str, str] = {}
        self._kept = threading.local()

    def start(self) -> "Stage":
        """Make everything but tenants."""
        self.stack.prepare().start()
        self.place.start()
        shelf = self.folder / "shelf"
        shelf.mkdir()
        self.ask(PREPARE, FOLDER=str(shelf), TEMPLATE=TEMPLATE)
        self._secrets = self.ask(SECRETS)
        self.stack.saas("build", TEMPLATE, "--wait", timeout=1800)
        return self

    def newer_version(self, turn: int) -> None:
        """Publish a version that changes a setting."""
        self.ask(CHANGE, TEMPLATE=TEMPLATE, VALUE=str(turn))
        self.stack.saas("build", TEMPLATE, "--wait", timeout=1800)

    def close(self) -> None:
        """End and remove everything."""
        self.records.close()
        self.place.destroy()
        self.stack.destroy()

    def ask(self, program: str, **names: Any) -> Any:
        """Run a program on the records; return what it gave to `FOUND`."""
        head = FOUND + "".join(f"{name} = {value!r}\n" for name, value in names.items())
        for again in (True, False):
            try:
                said = self.records.ask(head + program, 120)
                break
            except AssertionError as error:
                if not again or not any(word in str(error) for word in CUT_OFF):
                    raise
        lines = [one for one in said.splitlines() if "FOUND " in one]
        return json.loads(lines[-1].partition("FOUND ")[2]) if lines else None

    def rows(self, statement: str, *values: Any) -> list[tuple]:
        """Ask the control database; one that is away is waited for."""
        end = time.monotonic() + 60
        while True:
            try:
                return self._rows(statement, values)
            except psycopg2.Error:
                self._kept.cnx = None
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)

    def _rows(self, statement: str, values: tuple) -> list[tuple]:
        cnx = getattr(self._kept, "cnx", None)
        if cnx is None:
            cnx = psycopg2.connect(**self.stack.control_cluster.dsn(CONTROL_DATABASE))
            cnx.autocommit = True
            self._kept.cnx = cnx
        with cnx.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def where(self, subdomain: str) -> Place | None:
        """Return where the data of a tenant is by the records."""
        found = self.rows(WHERE, subdomain)
        if not found:
            return None
        host, port, database, generation, key, state, swapping = found[0]
        serves = state in SERVES and not swapping
        return Place(host, port, database, generation, self._secrets[key], serves)

    def login(self, cluster: str, host: str, port: int, database: str, generation: int) -> Place:
        """Return the login that a node of a cluster would use for a database."""
        return Place(host, port, database, generation, self._secrets[cluster], True)

    def read(self, subdomain: str, statement: str) -> list[tuple]:
        """Ask a tenant's live database as its role, or as superuser when it is closed."""
        place = self.where(subdomain)
        if place.open:
            cnx = place.connect()
        else:
            here = self.place.cluster if place.port == self.place.cluster.port else None
            cnx = psycopg2.connect(**(here or self.stack.tenant_cluster).dsn(place.database))
        with closing(cnx), cnx.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
