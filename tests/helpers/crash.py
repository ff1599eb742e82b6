"""A whole control plane on which workers are killed: real databases, files, node, mail server.

Owns: the stack, one case from its order to its judgement. Does not own: the process that forks
workers (`crash_children.py`), the second cluster (`second_place.py`), what is right (`audit.py`),
which cases there are (`tests/crash`).
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from dev import control, database_files, databases, paths
from dev.recipe import Recipe
from dev.settings import CONTROL_DATABASE, Settings
from dev.stack import Stack
from tests.helpers import crash_foreign, crash_zip
from tests.helpers.crash_children import KILLED, Child, Mother
from tests.helpers.dns_server import NameServer
from tests.helpers.second_place import SecondPlace

FIXTURE = paths.ROOT / "tests" / "fixtures" / "odoo_stub"
COMMON = Recipe(("base", "web", "mail", "auth_signup"))
# Longer than a busy machine keeps a heartbeat waiting; who has to be late has its clock turned.
STALE_SECONDS = 15
WAIT_SECONDS = 180
KEPT_GOLDENS = 4
STUB, REAL = "mini", "real"
OWN_HOST = "shop.crash.test"
# What a rule is about, by its first word; of all others it is a database.
LINKS = {"tenant": "tenant", "version": "version", "billing": "customer"}
# Making a copy harmless needs the code of every module in it.
NEED_CODE = (
    *("restore_aside", "prove_restore", "copy", "refresh", "adopt"),
    *("upgrade", "upgrade_in_place", "rehearse", "undo_upgrade"),
)
# These have a tenant of their own, that lives now on one cluster and now on the other.
MOVES = ("move", "undo_move")
FAR = "far"


@dataclass
class Case:
    """One order: its ids, and the worker that began it."""

    crash: Crash
    kind: str
    job: int
    links: dict[str, int]
    child: Child

    @property
    def killed(self) -> bool:
        """Whether the worker that began it was killed."""
        return self.child.status == KILLED

    def resume(self, kill: str = "", **more: Any) -> dict[str, Any] | None:
        """Let another worker take it over and bring it to its end, or be killed on the way."""
        if not self.crash.resumes:
            return self.crash.run("state", job=self.job).result
        if not more.get("stale"):
            self.crash.age_leases()
        child = self.crash.run("finish", kill=kill, job=self.job, **more)
        assert bool(kill) == (child.status == KILLED), (kill, child.status, child.said)
        return None if kill else child.result

    def cancel(self) -> bool:
        """Press Cancel; whether that was possible."""
        return self.crash.run("cancel", job=self.job).result

    def complaints(self, rule: str, *more: Any) -> list[str]:
        """What is wrong with what came of it, and with the cluster as a whole."""
        link = LINKS.get(rule.split("_")[0], "database")
        return self.crash.judge([rule, self.links[link], *more])

    def ask_inside(self, question: str) -> Any:
        """Return the first value that the tenant's database answers."""
        name = "SELECT name FROM saas_database WHERE id = %s"
        database = self.crash.control(name, self.database)[0][0]
        return self.crash.tenants(question, database=database)[0][0]

    @property
    def database(self) -> int:
        """The id of the database it is about."""
        if self.links["database"]:
            return self.links["database"]
        table = "saas_tenant" if self.links["tenant"] else "saas_template_version"
        own = self.links["tenant"] or self.links["version"]
        return self.crash.control(f"SELECT database_id FROM {table} WHERE id = %s", own)[0][0]

    @property
    def spent(self) -> int | None:
        """The id of a database that no later case needs: a copy, or a golden one of long ago."""
        if not self.links["version"]:
            return self.database
        former = self.crash.retired(self.crash.template_of(self.links["version"]))
        return former[0] if len(former) > KEPT_GOLDENS else None


class Crash:
    """The stack, without a worker of its own: workers are forked when a test wants one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saas-crash-"))
        self.stack = Stack(Settings.for_tests(self.folder))
        self.resumes = os.environ.get("SAAS_WITHOUT_RESUME") != "1"
        self.points_to: Path | None = None
        self.scratch = self.folder / "tmp"
        self._told: set[str] = set()
        self._numbers = itertools.count(1)
        self._open_tenants: dict[str, int] = {}
        self.far = SecondPlace(self.stack, FAR, f"{FAR}.localhost")
        self.names = NameServer()
        self.mother: Mother | None = None

    # The stage

    def start(self) -> Crash:
        """Make everything but golden databases."""
        self.stack.prepare()
        with self.stack.settings.control_conf.open("a") as conf:
            conf.write(f"saas_failpoints = 1\nsaas_stale_seconds = {STALE_SECONDS}\n")
            conf.write(f"saas_dns_resolver = {self.names.text}\n")
        self.control("UPDATE ir_cron SET active = false")
        self.stack.start_mail()
        self.stack.start_node()
        log = self.folder / "log" / "crash.log"
        log.parent.mkdir(exist_ok=True)
        tree = self.stack.tree.python_path
        self.mother = Mother(self.stack.settings.control_conf, log, tree, self.scratch)
        self._wait_for_node()
        for code, modules in ((STUB, []), (REAL, ["contacts"])):
            assert self.run("make_template", code=code, modules=modules).result
        self.use_stub()
        return self

    def stop(self) -> None:
        """Stop and remove everything."""
        if self.mother:
            self.mother.close()
        self.names.stop()
        self.far.destroy()
        self.stack.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_for_node(self) -> None:
        from dev.http import status_of, wait_for

        port = self.stack.settings.node_port
        wait_for(lambda: status_of(port, "/saas/health") == 200, "the node", seconds=90)

    def use_stub(self, *options: str) -> None:
        """Let the cluster's Odoo be the played one."""
        self._use([FIXTURE / "odoo_stub.py", *options], FIXTURE / "odoo" / "addons")

    def use_odoo(self) -> None:
        """Let the cluster's Odoo be the real one, with kept common modules to begin with."""
        recipe, cluster = COMMON, self.stack.control_cluster
        key = recipe.key(self.stack.tree.version, cluster.version)
        if not database_files.exists(key):
            databases.ensure(cluster, recipe)
        options = {
            "--odoo": paths.ODOO_BIN,
            "--kept": database_files.folder() / key,
            "--pg-restore": cluster.binaries.tool("pg_restore"),
        }
        words = [word for pair in options.items() for word in pair]
        self._use(
            [FIXTURE / "odoo_over_cache.py", *words], control.config.addons_path(self.stack.tree)
        )

    def use_odoo_alone(self) -> None:
        """Let the cluster's Odoo be the real one from the first table on."""
        self.control("UPDATE saas_cluster SET odoo_command = %s", str(paths.ODOO_BIN))
        self.use_code()

    def use_code(self) -> None:
        """Let the code of every module lie on the cluster's addons path."""
        addons = control.config.addons_path(self.stack.tree)
        self.control("UPDATE saas_cluster SET addons_path = %s", addons)

    def _use(self, words: list, addons: object) -> None:
        command = " ".join(map(str, [paths.PYTHON, *words]))
        self.control(
            "UPDATE saas_cluster SET odoo_command = %s, addons_path = %s", command, str(addons)
        )

    def golden(self, template: str) -> None:
        """Have a template built and published, once."""
        query = "SELECT 1 FROM saas_template WHERE code = %s AND published_version_id IS NOT NULL"
        if self.control(query, template):
            return
        if template == REAL:
            self.use_odoo()
        case = self.order("build", template=template)
        self.use_stub()
        assert case.complaints("version_published") == []

    # Cases

    def run(self, deed: str, kill: str = "", stop: str = "", **options: Any) -> Child:
        """Have a child do something and wait for its end."""
        return self.mother.wait(self.begin(deed, kill, stop, **options))

    def begin(
        self,
        deed: str,
        kill: str = "",
        stop: str = "",
        stale: float = 0,
        small_disk: dict | None = None,
        **values: Any,
    ) -> Child:
        """Have a child do something; `kill` and `stop` name the point at which it ends or halts.

        `stale` is for how long it and others may be silent.
        """
        armed = f"{kill}:kill" if kill else f"{stop}:stop" if stop else ""
        environment = {"SAAS_FAILPOINT": armed, "SAAS_FAILPOINT_LOG": str(self.points_to or "")}
        more = {"stale": stale, "small_disk": small_disk, "with": values}
        return self.mother.start(deed, environment, **more)

    def order(self, kind: str, kill: str = "", **values: Any) -> Case:
        """Place an order and begin it, with a worker that may be killed on the way."""
        return self._case(
            kind, self.run("ordered", kill=kill, kind=kind, **self._named(kind, values))
        )

    def order_and_stop(self, kind: str, stop: str, **values: Any) -> Case:
        """Place an order whose worker is stopped, not ended, at a point."""
        case = self.order_in_background(kind, stop, **values)
        until(lambda: is_stopped(case.child.pid), f"nobody stopped at {stop}", WAIT_SECONDS)
        return case

    def order_in_background(self, kind: str, stop: str = "", **values: Any) -> Case:
        """Place an order; back as soon as it is placed."""
        last = self.control("SELECT coalesce(max(id), 0) FROM saas_job")[0][0]
        child = self.begin("ordered", stop=stop, kind=kind, **self._named(kind, values))
        query = "SELECT id, tenant_id, version_id, database_id FROM saas_job WHERE id > %s"
        job, *ids = until(lambda: self.control(query, last), "no order", WAIT_SECONDS)[0]
        links = dict(zip(("tenant", "version", "database"), ids, strict=True))
        links["tenant"] = links["tenant"] or values.get("tenant")
        links["customer"] = values.get("customer")
        return Case(self, kind, job, links, child)

    def _named(self, kind: str, values: dict) -> dict:
        if kind == "provision":
            values.setdefault("subdomain", self.name())
        return values

    def _case(self, kind: str, child: Child) -> Case:
        assert child.said and "job" in child.said[0], child.said
        assert child.status in (0, KILLED), child.said
        return Case(self, kind, child.said[0]["job"], child.said[0], child)

    def name(self) -> str:
        """A subdomain nobody had."""
        return f"t{next(self._numbers)}-{secrets.token_hex(3)}"

    def standby(self, template: str) -> int:
        """Make a standby copy, or find one that waits; return its id."""
        found = self._standbys(template)
        return found[0] if found else self.order("fill", template=template).database

    def no_standby(self, template: str) -> None:
        """Have no standby copy wait, so that the next tenant gets a cold one."""
        told, self.points_to = self.points_to, None
        for number in self._standbys(template):
            self.order("drop", database=number)
        self.points_to = told

    def _standbys(self, template: str) -> list[int]:
        query = """SELECT d.id FROM saas_database d
                     JOIN saas_template_version v ON v.id = d.version_id
                     JOIN saas_template t ON t.id = v.template_id
                    WHERE d.stage = 'standby' AND t.code = %s AND v.state = 'published'"""
        return [number for (number,) in self.control(query, template)]

    def marked(self) -> int:
        """Make a tenant whose deletion is due; return its id."""
        self.golden(REAL)
        case = self.order("provision", template=REAL)
        return self.run("mark", tenant=case.links["tenant"]).result

    def ready_for(self, deed: str) -> int:
        """Have one open tenant, ready for an order about it; return its id."""
        told, self.points_to = self.points_to, None
        tenant = self._open_one("traveller" if deed in MOVES else "native")
        if deed in NEED_CODE:
            self.use_code()
        proof = f"_saas-verify.{OWN_HOST}"
        self.names.put(proof, "TXT")
        if deed == "change_secret":
            self.golden(STUB)
            self.standby(STUB)
        settings = self.stack.settings
        places = {"shelf": self.shelf, "secret_file": settings.node_secret_file}
        if deed == "bring_in":
            file = self.folder / "somebody_else.zip"
            places["odoo_zip"] = crash_zip.make(self.stack.tenant_cluster, file)
        if deed == "adopt":
            places["foreign"] = crash_foreign.make(self.stack, self._published(REAL))
        asked = {"tenant": tenant, "order": deed, "own_host": OWN_HOST}
        asked |= {name: str(place) for name, place in places.items()}
        tenant = self.run("make_ready", **asked).result
        rows = "SELECT host, token, kind FROM saas_tenant_host WHERE tenant_id = %s ORDER BY id"
        for host, token, kind in self.control(rows, tenant):
            if kind == "custom":
                self.names.put(proof, "TXT", token)
            else:
                self.names.put(OWN_HOST, "CNAME", host)
                self.names.put(host, "A", "203.0.113.9")
        self.points_to = told
        return tenant

    def _open_one(self, which: str) -> int:
        """Have a tenant stay open for all orders of a sort; one that travels needs a way to go."""
        if which == "traveller" and not self.far.running:
            self.far.start()
            self.use_code()
            assert self.run("second_cluster", key=self.far.key).result == "ready"
        if which not in self._open_tenants:
            self.golden(REAL)
            made = self.order("provision", template=REAL)
            self._open_tenants[which] = made.links["tenant"]
        return self._open_tenants[which]

    def _published(self, template: str) -> str:
        """Return the name of a template's golden database."""
        found = """SELECT d.name FROM saas_database d
                     JOIN saas_template t ON t.published_version_id = d.version_id
                    WHERE t.code = %s AND d.kind = 'golden'"""
        return self.control(found, template)[0][0]

    def address_of(self, tenant: int) -> tuple[int, str]:
        """Return the port of the node that serves a tenant, and its host name."""
        found = """SELECT c.key, r.host FROM saas_tenant t
                     JOIN saas_cluster c ON c.id = t.cluster_id
                     JOIN saas_route r ON r.database_id = t.database_id WHERE t.id = %s"""
        key, host = self.control(found, tenant)[0]
        settings = self.far.settings if key == self.far.key else self.stack.settings
        return settings.node_port, host

    def template_of(self, version: int) -> int:
        """The id of a version's template."""
        found = "SELECT template_id FROM saas_template_version WHERE id = %s"
        return self.control(found, version)[0][0]

    def retired(self, template: int) -> list[int]:
        """The ids of a template's golden databases that were published before, oldest first."""
        found = """SELECT d.id FROM saas_database d
                     JOIN saas_template_version v ON v.database_id = d.id
                    WHERE v.template_id = %s AND v.state = 'retired' AND d.stage = 'ready'
                    ORDER BY d.id"""
        return [row[0] for row in self.control(found, template)]

    def judge(self, *told: list[Any]) -> list[str]:
        """Every complaint about these orders, and every new one about the whole cluster."""
        found = self.run("judge", tell=list(told)).result
        new = [one for one in found if one not in self._told]
        self._told |= {one for one in found if one.startswith(("A", "lease"))}
        return new

    def discard(self, *ids: int | None) -> None:
        """Remove databases no test needs any more."""
        assert self.run("discard", databases=[one for one in ids if one]).result == []

    def run_all(self) -> None:
        """Take over and finish whatever is open."""
        self.age_leases()
        self.run("work")

    @contextmanager
    def barrier(self, number: int) -> Iterator[str]:
        """Give a place to wait at; at the end of the block the gate opens for that many at once."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            yield folder
            place = Path(folder)
            until(lambda: len(list(place.iterdir())) == number, "not all came to the barrier", 120)
            (place / "open").touch()
            until(lambda: self._passed(place), "not all have gone", 120)

    def _passed(self, place: Path) -> bool:
        return all(one.name == "open" or one.read_text() == "gone" for one in place.iterdir())

    def age_leases(self) -> None:
        """Turn the clock: whoever held an operation has been silent for a day."""
        self.control("UPDATE saas_job_lease SET beat_at = beat_at - interval '1 day'")
        self.control(
            "UPDATE saas_job SET due_at = due_at - interval '1 day'"
            " WHERE state IN ('waiting', 'undoing')"
        )

    # Looking behind the scenes

    @property
    def shelf(self) -> Path:
        """The folder that backups go to."""
        return self.stack.settings.folder / "shelf"

    @property
    def downloads(self) -> Path:
        """The folder of files that people take away."""
        return self.stack.settings.control_data / "saas_exports"

    def control(self, statement: str, *values: object) -> list[tuple]:
        """Run SQL in the control database."""
        return query(self.stack.control_cluster.dsn(CONTROL_DATABASE), statement, values)

    def tenants(self, statement: str, *values: object, database: str = "postgres") -> list[tuple]:
        """Run SQL on the tenants' cluster as its superuser."""
        return query(self.stack.tenant_cluster.dsn(database), statement, values)

    def mails_to(self, address: str) -> list[Path]:
        """The mails caught for an address."""
        marks = f"X-Envelope-To: {address}".encode()
        return [one for one in self.stack.settings.mails.glob("*.eml") if marks in one.read_bytes()]

    @contextmanager
    def without_resume(self) -> Iterator[None]:
        """Let nobody take over what a killed worker left."""
        before, self.resumes = self.resumes, False
        try:
            yield
        finally:
            self.resumes = before


def query(dsn: dict, statement: str, values: tuple) -> list[tuple]:
    """Run one statement on a connection of its own."""
    with closing(psycopg2.connect(**dsn)) as cnx:
        cnx.autocommit = True
        with cnx.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


def is_stopped(pid: int) -> bool:
    """Whether a process was stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def until(condition: Callable[[], Any], told: str, seconds: float = 30) -> Any:
    """Wait until the condition is true and return what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, told
        time.sleep(0.005)
