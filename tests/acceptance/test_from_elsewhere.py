"""An Odoo that was made elsewhere comes in, is copied, moves to another cluster and back, and
leaves: with real servers, two nodes, and somebody who logs in with the password of always.

The tests go on where the one before ended.
"""

import json
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from dev import databases
from dev.control import DEPENDENCIES
from dev.recipe import Recipe
from tests.helpers.second_place import KEY, SecondPlace

from .conftest import Provider

HOST, PASSWORD, OWNER = "oldshop.localhost", "the-password-of-always", "shop_owner"
READY = """
cluster = env["saas.cluster"].search([("key", "=", "local")])
env["saas.cluster"].search([]).action_refresh_modules()
env["saas.cluster"].search([]).action_test_connection()
tier = env["saas.service.tier"].create({"name": "Shops", "code": "shops", "sandboxes": 1})
plan = env["saas.plan"].create({"name": "Shops", "code": "shops", "limit_users": 1, "price": 100,
                                "trial_days": 0, "service_tier_id": tier.id})
plan._publish_version()
env["saas.template"].create({"name": "Shops", "code": "shops", "cluster_id": cluster.id})
partner = env["res.partner"].create({"name": "Old Shop Ltd", "email": "ada@shop.example"})
env.cr.commit()
"""
# Tests after these know one cluster alone.
AWAY = f"""
env["saas.cluster"].search([("key", "=", "{KEY}")]).active = False
env.cr.commit()
"""
CLUSTERS = """
FOUND(env["saas.cluster"].search([]).mapped("state"))
"""
FIND = """
env["saas.cluster"].search([("key", "=", "local")]).action_find_foreign()
env.cr.commit()
"""
LOOK = """
env["saas.adoption"].search([("name", "=", "oldshop")]).action_look()
env.cr.commit()
"""
SEEN = """
one = env["saas.adoption"].search([("name", "=", "oldshop")])
FOUND({"state": one.state, "blockers": one.blockers or "", "changes": one.changes or "",
       "error": one.error_text or "", "jobs": one.job_ids.mapped("state")})
"""
ADOPT = """
one = env["saas.adoption"].search([("name", "=", "oldshop")])
wizard = env["saas.adoption.confirm"].create({"adoption_id": one.id, "name": "Old Shop",
    "subdomain": "oldshop", "admin_name": "Ada", "admin_email": "ada@shop.example",
    "partner_id": env["res.partner"].search([("name", "=", "Old Shop Ltd")]).id,
    "template_id": env["saas.template"].search([("code", "=", "shops")]).id,
    "plan_id": env["saas.plan"].search([("code", "=", "shops")]).id, "typed": "oldshop"})
wizard._adopt()
env.cr.commit()
"""
TENANT = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
partner, OPEN = tenant.partner_id, ("waiting", "running", "undoing")
jobs = env["saas.job"].search([("tenant_id", "in", (tenant | tenant.copy_tenant_ids).ids)])
FOUND({
    "state": tenant.state, "cluster": tenant.cluster_id.key, "database": tenant.database_id.name,
    "isolation": tenant.isolation,
    "subscriptions": tenant.subscription_ids.mapped("state"),
    "invoices": env["account.move"].search_count([("partner_id", "=", partner.id)]),
    "open": jobs.filtered(lambda one: one.state in OPEN).mapped("kind"),
    "bad": jobs.filtered(lambda one: one.state in ("failed", "dead")).mapped("error_text"),
    "moves": tenant.move_ids.sorted("id").mapped(lambda one: [one.state, one.outage_seconds]),
    "limits": tenant.database_id.limits_applied or {},
})
"""
COPY = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
tenant.action_order_copy("sandbox", "shopcopy", "a test")
env.cr.commit()
"""
MOVE = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
there = env["saas.cluster"].search([("key", "=", KEY)])
tenant.action_move_to(there.id, "a test")
env.cr.commit()
"""
UNDO = """
env["saas.tenant"].search([("subdomain", "=", "oldshop")]).action_undo_move()
env.cr.commit()
"""
BACKUPS = """
sheets = env["saas.recovery.sheet"]
if not sheets._is_confirmed():
    sheet = sheets.browse(sheets.action_make()["res_id"])
    sheet.action_print()
    sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
    sheet.action_confirm()
target = env["saas.backup.target"].create({"name": "Shops", "folder": FOLDER})
policy = env["saas.backup.policy"].create({"name": "Shops", "target_ids": target.ids})
policy.action_switch_on()
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
tenant.backup_policy_id = policy
tenant.action_back_up_now()
env.cr.commit()
"""
VERIFY = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
tenant.backup_ids.filtered(lambda one: one.state == "stored").action_prove()
env.cr.commit()
"""
VERIFIED = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
FOUND(tenant.backup_ids.check_ids.mapped(lambda one: [one.level, one.outcome]))
"""
EXPORT = """
tenant = env["saas.tenant"].search([("subdomain", "=", "oldshop")])
backup = tenant.backup_ids.filtered(lambda one: one.state == "stored")[:1]
export = env["saas.backup.export"]._order_for(backup, "odoo_zip")
env.cr.commit()
FOUND(export.id)
"""
EXPORTED = """
export = env["saas.backup.export"].browse(NUMBER).sudo()
FOUND({"state": export.state, "path": export._file_path() if export.state == "ready" else ""})
"""
DELETE = """
tenants = env["saas.tenant"].search([("subdomain", "in", ("shopcopy", "oldshop"))])
for one in tenants:
    one.action_request_deletion("They leave")
    one._set({"deletion_on": one._today()})
    one._order_deletion()
env.cr.commit()
"""
ERASE = """
partner = env["res.partner"].search([("name", "=", "Old Shop Ltd")])
env.user.group_ids += env.ref("saas_business_management.group_saas_admin")
env.cr.commit()
# As a request does: mails that are sent at the same instant make it begin again.
from odoo.service.model import retrying
def erase():
    wizard = env["saas.customer.erasure"].create(
        {"partner_id": partner.id, "reason": "They left", "typed": "Old Shop Ltd"})
    made = env["saas.erasure"].browse(wizard._erase()["res_id"])
    return {"document": made.document, "whole": made._proof_is_whole()}

FOUND(retrying(erase, env))
env.cr.commit()
"""
GONE = """
FOUND(env["saas.tenant"].search([("name", "=like", "Old Shop%")]).mapped("state"))
"""
FOUND = """
import json
def FOUND(value):
    print("FOUND " + json.dumps(value, default=str))
"""


class Browser:
    """Somebody at a node, with the cookies that a browser keeps for a host name."""

    def __init__(self, host: str) -> None:
        self._host, self._session = host, requests.Session()

    def log_in(self, port: int, login: str = "admin", password: str = PASSWORD) -> bool:
        """Fill in the form; tell whether we are in."""
        page = self.get(port, "/web/login").text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        values = {"login": login, "password": password, "csrf_token": token}
        answer = self._session.post(
            f"http://127.0.0.1:{port}/web/login", data=values, **self._options()
        )
        return answer.status_code == 303 and self.is_in(port)

    def is_in(self, port: int) -> bool:
        """Tell whether the session opens the backend."""
        return self.get(port, "/odoo").status_code == 200

    def get(self, port: int, path: str) -> requests.Response:
        return self._session.get(f"http://127.0.0.1:{port}{path}", **self._options())

    def call(self, port: int, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method as the web client does; the error's text when there is one."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self._session.post(
            f"http://127.0.0.1:{port}/web/dataset/call_kw",
            json={"jsonrpc": "2.0", "method": "call", "id": 1, "params": params},
            **self._options(),
        ).json()
        return answer["error"]["data"]["message"] if "error" in answer else answer.get("result")

    def _options(self) -> dict[str, Any]:
        return {"headers": {"Host": self._host}, "timeout": 90, "allow_redirects": False}


@dataclass
class Shop:
    """The installation, the other cluster, and what the tests hand on."""

    provider: Provider
    place: SecondPlace
    ada: Browser = field(default_factory=lambda: Browser(HOST))

    @property
    def port(self) -> int:
        return self.provider.stack.settings.node_port

    def ask(self, program: str, **names: Any) -> Any:
        head = FOUND + "".join(f"{name} = {value!r}\n" for name, value in names.items())
        said = self.provider.records.ask(head + program, 120)
        lines = [one for one in said.splitlines() if "FOUND " in one]
        return json.loads(lines[-1].partition("FOUND ")[2]) if lines else None

    def until(self, program: str, true, seconds: float = 300, **names: Any) -> Any:
        end = time.monotonic() + seconds
        while not true(found := self.ask(program, **names)):
            assert time.monotonic() < end, found
            time.sleep(0.5)
        return found

    def rested(self) -> dict:
        """Wait until nothing is open for the tenant."""
        return self.until(TENANT, lambda now: not now["open"])


@pytest.fixture(scope="module")
def shop(provider: Provider) -> Iterator[Shop]:
    place = SecondPlace(provider.stack)
    try:
        made = Shop(provider, place.start())
        made.ask(READY)
        made.until(CLUSTERS, lambda states: {*states} == {"ready"})
        _put_foreign(provider)
        yield made
        made.ask(AWAY)
    finally:
        place.destroy()


def _put_foreign(provider: Provider) -> None:
    """Put a database on our server that Odoo made without us, with its files."""
    stack = provider.stack
    cluster, data = stack.tenant_cluster, stack.settings.node_data
    template = databases.ensure(cluster, Recipe(DEPENDENCIES))
    databases.ensure_role(cluster, OWNER, PASSWORD)
    databases.clone(cluster, template, "oldshop", owner=OWNER, data_dir=data)
    cluster.sql(
        f"UPDATE res_users SET password = '{PASSWORD}' WHERE login = 'admin';"
        "INSERT INTO res_partner (name, complete_name, email, active, type, autopost_bills) VALUES "
        "('Grace Goodcustomer', 'Grace Goodcustomer', 'grace@customer.example', true, 'contact', "
        "'ask')",
        "oldshop",
    )


def test_a_foreign_odoo_is_looked_at_adopted_and_opened_by_who_always_did(shop: Shop) -> None:
    shop.ask(FIND)
    shop.until(SEEN, lambda now: now["state"] == "found")
    shop.ask(LOOK)
    found = shop.until(SEEN, lambda now: now["state"] in ("ready", "blocked"))
    assert "GRANT" in found["blockers"], "we may not act for its owner yet"
    shop.provider.stack.tenant_cluster.sql(f'GRANT "{OWNER}" TO saas_prov')
    shop.ask(LOOK)
    found = shop.until(SEEN, lambda now: now["state"] == "ready")
    assert found["blockers"] == "" and f"instead of {OWNER}" in found["changes"]

    shop.ask(ADOPT)
    found = shop.until(SEEN, lambda now: now["state"] in ("done", "undone"))
    assert found["state"] == "done", found
    shop.provider.stack.tenant_cluster.sql(f'REVOKE "{OWNER}" FROM saas_prov')

    assert shop.ada.log_in(shop.port), "the old password opens it under its host name"
    names = shop.ada.call(shop.port, "res.partner", "search_read", [], ["name"])
    assert "Grace Goodcustomer" in [one["name"] for one in names]
    colleague = {"name": "One More", "login": "one@shop.example"}
    refused = shop.ada.call(shop.port, "res.users", "create", [colleague])
    assert "Your plan includes 1" in str(refused), refused

    shop.until(TENANT, lambda now: now["isolation"] == "passed")
    now = shop.rested()
    assert now["state"] == "active", now
    assert now["invoices"] == 0 and now["subscriptions"] == ["draft"], now
    assert now["limits"]["users"] == 1 and not now["bad"], now


def test_a_masked_copy_lets_in_shows_what_it_is_and_sends_nothing(shop: Shop) -> None:
    assert shop.ada.log_in(shop.port)
    shop.ask(COPY)
    now = shop.rested()
    assert not now["bad"], now
    tester = Browser("shopcopy.localhost")
    assert tester.log_in(shop.port), "staff sign in as they do in the live tenant"
    assert "neutralized" in tester.get(shop.port, "/web/login?debug=1").text.lower() or (
        "neutralize" in tester.get(shop.port, "/odoo").text.lower()
    )
    found = tester.call(shop.port, "res.partner", "search_read", [], ["name", "email"])
    assert "Goodcustomer" not in json.dumps(found) and "grace@" not in json.dumps(found)

    caught = len([*shop.provider.stack.settings.mails.glob("*.eml")])
    values = {"email_to": "grace@customer.example", "subject": "Hello", "body_html": "Hello"}
    mail = tester.call(shop.port, "mail.mail", "create", [values])
    tester.call(shop.port, "mail.mail", "send", mail)
    assert len([*shop.provider.stack.settings.mails.glob("*.eml")]) == caught
    names = shop.ada.call(shop.port, "res.partner", "search_read", [], ["name"])
    assert "Grace Goodcustomer" in [one["name"] for one in names], "the live tenant is as it was"


class Visitor(threading.Thread):
    """Asks for the login page all the time; `seen` has each answer that differs from the last."""

    def __init__(self, place: SecondPlace) -> None:
        super().__init__(daemon=True)
        self._place, self._end = place, threading.Event()
        self.seen: list[tuple[int, str]] = []
        self.words = b""

    def run(self) -> None:
        while not self._end.wait(0.02):
            status, body, who = self._place.ask(HOST)
            if self.seen[-1:] != [(status, who)]:
                self.seen.append((status, who))
            if status == 503:
                self.words = body

    def stop(self) -> list[tuple[int, str]]:
        self._end.set()
        self.join(90)
        return self.seen


def test_it_moves_to_another_cluster_and_back_while_somebody_looks(shop: Shop) -> None:
    before = shop.rested()["database"]
    assert shop.ada.log_in(shop.port)
    note = shop.ada.call(shop.port, "res.partner", "create", [{"name": "Saved Before"}])
    visitor = Visitor(shop.place)
    visitor.start()
    shop.ask(MOVE, KEY=KEY)
    now = shop.until(TENANT, lambda now: now["moves"][-1][0] in ("done", "failed"))
    assert now["moves"][-1][0] == "done", now
    assert visitor.seen[0] == (200, "first")
    shop.until(TENANT, lambda _now: visitor.seen[-1] == (200, KEY), 60)
    assert {status for status, _who in visitor.stop()} <= {200, 503}, visitor.seen
    assert b"Maintenance" in visitor.words
    assert now["cluster"] == KEY and now["database"] != before

    there = shop.place.port
    assert not shop.ada.is_in(there), "people log in once more"
    assert shop.ada.log_in(there), "with the same password"
    (read,) = shop.ada.call(there, "res.partner", "read", note, ["name"])
    assert read["name"] == "Saved Before"
    frozen = "SELECT rolcanlogin FROM pg_roles WHERE rolname = "
    assert shop.provider.stack.tenant_cluster.sql(f"{frozen}'{before}'") == "f"

    shop.rested()
    shop.ask(UNDO)
    now = shop.until(TENANT, lambda now: now["moves"][-1][0] == "undone" or bool(now["bad"]))
    assert now["moves"][-1][0] == "undone", now
    assert (now["cluster"], now["database"]) == ("local", before)
    assert shop.ada.log_in(shop.port)
    (read,) = shop.ada.call(shop.port, "res.partner", "read", note, ["name"])
    assert read["name"] == "Saved Before"
    assert shop.place.ask(HOST)[::2] == (200, "first")


def test_it_leaves_with_everything_and_what_is_gone_is_proven(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    database = shop.rested()["database"]
    shop.ask(BACKUPS, FOLDER=str(folder))
    shop.rested()
    shop.ask(VERIFY)
    shop.until(VERIFIED, lambda checks: ["1", "passed"] in checks)
    number = shop.ask(EXPORT)
    made = shop.until(EXPORTED, lambda now: now["state"] != "running", NUMBER=number)
    assert made["state"] == "ready", made
    away = shutil.copy(made["path"], tmp_path / "oldshop.zip")
    with zipfile.ZipFile(away) as opened:
        names = {*opened.namelist()}
        partners = opened.read("open_data/tables/res_partner.csv").decode()
    assert {"dump.sql", "manifest.json", "open_data/README.txt"} <= names
    assert "Grace Goodcustomer" in partners and "Saved Before" in partners

    shop.ask(DELETE)
    shop.until(GONE, lambda now: {*now} == {"deleted"})
    shop.until(
        "FOUND(env['saas.job'].search_count([('state', 'in', ('waiting', 'running')), "
        "('kind', 'in', ('delete_tenant', 'drop_database'))]))",
        lambda count: not count,
    )
    for cluster in (shop.provider.stack.tenant_cluster, shop.place.cluster):
        left = cluster.sql("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'").split()
        assert database not in left
    proof = shop.ask(ERASE)
    assert proof["whole"] and "They left" in proof["document"]
    assert "Grace" not in proof["document"]
