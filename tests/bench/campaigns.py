"""A new version of a template for many tenants, beside `click-odoo-update` in a loop.

Owns: a module of which a newer version comes, the template with it, the campaign, the loop of the
others on databases equal to the tenants'. Does not own: the plain Odoo (`peers.py`).

`SAAS_BENCH_TENANTS` makes it a smaller run, `SAAS_BENCH_LOOP` says on how many databases the others
loop: their rate does not depend on it.
"""

import os
import shutil
import time
from pathlib import Path

from dev import paths
from dev.shell import clean_environment, run
from tests.bench.counter import Counter
from tests.bench.peers import ROLE, Peer
from tests.bench.stage import MODULES, PLAN, Stage
from tests.helpers.bench import Report, at_most, median

TITLE = "A new template version for many tenants"
TENANTS, LOOP, AT_ONCE, OUTAGE_SECONDS = 50, 10, 2, 3
MODULE, TEMPLATE = "bench_note", "changing"
CLICK = ("click-odoo==1.8.0", "click-odoo-contrib==1.24")
CLICK_NEEDS = ("click", "manifestoo-core", "importlib-resources")
CLICK_RUN = "from click_odoo_contrib.update import main; main()"
MANIFEST = """{{
    "name": "Bench Note", "version": "19.0.1.0.{number}", "license": "LGPL-3",
    "depends": {depends}, "data": ["data.xml"],
}}
"""
DATA = """<odoo><record id="category" model="res.partner.category">
    <field name="name">Note of version {number}</field></record></odoo>
"""
GOLDEN = """
SELECT d.name FROM saas_template t JOIN saas_template_version v ON v.id = t.published_version_id
  JOIN saas_database d ON d.id = v.database_id WHERE t.code = %s
"""
STEPS = """
SELECT s.label, avg(s.seconds)::float8 FROM saas_job_step s JOIN saas_job j ON j.id = s.job_id
 WHERE j.kind = 'upgrade_tenant' AND s.state = 'done' GROUP BY s.label
HAVING avg(s.seconds) > 0.05 ORDER BY min(s.sequence)
"""
VERSION = "SELECT latest_version FROM ir_module_module WHERE name = '{module}'"


def measure_campaigns(stage: Stage, counter: Counter, peer: Peer, report: Report) -> None:
    """Bring tenants to the next version, all of them in one wave."""
    number, loop = _wanted("SAAS_BENCH_TENANTS", TENANTS), _wanted("SAAS_BENCH_LOOP", LOOP)
    write_module(stage, 1)
    template = _make_template(counter)
    build(stage, counter, TEMPLATE)
    _provision(counter, template, number)
    others = Others(stage, peer, counter.rows(GOLDEN, TEMPLATE)[0][0])
    others.prepare(loop)
    write_module(stage, 2)
    looped = others.update()
    build(stage, counter, TEMPLATE)
    took, outages = _campaign(counter, template, number)
    report.add(
        "campaign", [number / took * 60], "tenants/min",
        f"campaign over {number} tenants, {AT_ONCE} at once: backup, copy, update, checks, swap",
    )  # fmt: skip
    report.add(
        "campaign_outage", outages, "s", "the same, how long a tenant's address was closed",
        at_most(median(outages), OUTAGE_SECONDS, f"p50 ≤ {OUTAGE_SECONDS} s"),
    )  # fmt: skip
    words = "`click-odoo-update` in a loop on equal databases, no backup, no copy, closed meanwhile"
    report.add("click_odoo_update", [60 / one for one in looped], "databases/min", words)
    steps = ", ".join(f"{label} {seconds:.2f}" for label, seconds in counter.rows(STEPS))
    report.say(
        f"The new version brings a newer `{MODULE}`. Mean of each step, in seconds: {steps}. With "
        f"`click-odoo-update` the outage is the whole update: p50 {median(looped):.1f} s."
    )


def write_module(stage: Stage, number: int) -> None:
    """Put the module where every Odoo here finds it."""
    folder = stage.addons / MODULE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    manifest = MANIFEST.format(number=number, depends=list(MODULES))
    (folder / "__manifest__.py").write_text(manifest)
    (folder / "data.xml").write_text(DATA.format(number=number))


def build(stage: Stage, counter: Counter, template: str) -> None:
    """Have the code looked at, then a version of the template built and published."""
    clusters = counter.operator.call("saas.cluster", "search", [("key", "=", "local")])
    counter.operator.call("saas.cluster", "action_refresh_modules", clusters)
    counter.settle()
    stage.stack.saas("build", template, "--wait", timeout=1800)
    counter.settle()


def _wanted(name: str, otherwise: int) -> int:
    return int(os.environ.get(name) or otherwise)


def _make_template(counter: Counter) -> int:
    sold = counter.operator.one("saas.template", [("code", "=", "sales")], ["cluster_id"])
    modules = [
        counter.operator.call("saas.module", "create", [{"technical_name": MODULE, "title": "N"}])[
            0
        ]
    ]
    known = [("technical_name", "in", MODULES)]
    modules += counter.operator.call("saas.module", "search", known)
    values = {"name": "Changing", "code": TEMPLATE, "cluster_id": sold["cluster_id"][0]}
    values["module_ids"] = [(6, 0, modules)]
    return counter.operator.call("saas.template", "create", [values])[0]


def _provision(counter: Counter, template: int, number: int) -> None:
    plan = counter.operator.one("saas.plan", [("code", "=", PLAN)], ["id"])["id"]
    people = {"admin_name": "Ana Costa", "admin_email": "ana@changing.example"}
    values = [
        {"name": f"changing{one}", "subdomain": f"changing{one}", "template_id": template}
        | {"plan_id": plan, **people}
        for one in range(number)
    ]
    made = counter.operator.call("saas.tenant", "create", values)
    for tenant in made:
        counter.operator.press("saas.tenant", tenant, "action_provision")
    counter.settle(1200)


def _campaign(counter: Counter, template: int, number: int) -> tuple[float, list[float]]:
    """Run it; return the seconds it took and the outage of each tenant."""
    counter.operator.call("ir.config_parameter", "set_param", "saas.upgrade_watch_minutes", "0")
    terms = {"wave_size": number, "at_once": AT_ONCE, "canary_count": 0, "pause_minutes": 0}
    terms |= {"needs_rehearsal": False, "by_itself": True, "tell_customers": False}
    values = {"template_id": template, "stop_after": number, **terms}
    campaign = counter.operator.call("saas.campaign", "create", [values])[0]
    counter.operator.call("saas.campaign", "action_check", [campaign])
    counter.settle()
    begun = time.monotonic()
    counter.operator.call("saas.campaign", "action_start", [campaign])
    end = begun + 120 * number
    state = "SELECT state, halt_reason FROM saas_campaign WHERE id = %s"
    while (told := counter.rows(state, campaign)[0])[0] == "running":
        assert time.monotonic() < end, told
        time.sleep(0.1)
    took = time.monotonic() - begun
    counter.settle()
    rows = counter.rows(
        "SELECT u.state, u.outage_seconds::float8, u.error_text FROM saas_upgrade u "
        "JOIN saas_campaign_tenant l ON l.upgrade_id = u.id WHERE l.campaign_id = %s",
        campaign,
    )
    wrong = [one for one in rows if one[0] != "done"]
    assert told[0] == "done" and len(rows) == number and not wrong, (told, len(rows), wrong[:3])
    return took, [outage for _state, outage, _error in rows]


class Others:
    """Databases equal to the tenants', and `click-odoo-update` on one after the other."""

    def __init__(self, stage: Stage, peer: Peer, golden: str) -> None:
        self._stage, self._peer, self._golden = stage, peer, golden
        self._click = peer.folder.parent / "click"
        self._names: list[str] = []

    def prepare(self, number: int) -> None:
        """Make the databases; what `click-odoo-update` remembers of modules is in them."""
        if not self._click.exists():
            pip = [paths.PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--target"]
            run([*pip, self._click, *CLICK, *CLICK_NEEDS], "Getting click-odoo", timeout=300)
        first = "peer_update"
        self._peer.sql(f'CREATE DATABASE {first} TEMPLATE "{self._golden}" OWNER {ROLE}')
        owner = f"REASSIGN OWNED BY saas_builder TO {ROLE}; GRANT ALL ON SCHEMA public TO {ROLE}"
        self._peer.sql(owner, first)
        self._files(first, self._stage.stack.settings.node_data / "filestore" / self._golden)
        self._update(first)
        self._names = [f"{first}{one}" for one in range(number)]
        for name in self._names:
            self._peer.sql(f'CREATE DATABASE "{name}" TEMPLATE {first} OWNER {ROLE}')
            self._files(name, self._folder(first))

    def update(self) -> list[float]:
        """Update each; return the seconds each took."""
        took = []
        for name in self._names:
            begun = time.monotonic()
            self._update(name)
            took.append(time.monotonic() - begun)
            version = self._peer.sql(VERSION.format(module=MODULE), name)
            assert version.endswith(".2"), f"{name} is at {version}"
        return took

    def _update(self, name: str) -> None:
        tree = self._stage.stack.tree
        search = os.pathsep.join([str(self._click), str(tree.python_path)])
        words = ["-c", self._peer.conf, "-d", name, "--ignore-core-addons"]
        command = [paths.PYTHON, "-c", CLICK_RUN, *words]
        env = clean_environment(PYTHONPATH=search)
        run(command, "click-odoo-update", env=env, timeout=900)

    def _folder(self, name: str) -> Path:
        return self._peer.folder / "data" / "filestore" / name

    def _files(self, name: str, source: Path) -> None:
        shutil.copytree(source, self._folder(name), copy_function=os.link)
