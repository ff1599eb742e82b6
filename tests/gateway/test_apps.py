"""A plan that includes some apps: others are not installed, by no door; what is there stays."""

from __future__ import annotations

import json

import pytest

from tests.helpers.node import until

OUTSIDE = "is not part of your plan"


@pytest.fixture(scope="module")
def shop(fleet, threaded):
    """A tenant of its own with its administrator, and a way to set its apps."""
    tenant = fleet.make_tenant("apps.localhost", tenant_name="Apps")
    until(lambda: threaded.get("/web/login", tenant.host).status_code == 200)
    visitor = threaded.visitor(tenant).log_in()

    def allow(*names):
        value = json.dumps({"apps": {"allowed": list(names)}})
        mark = {"level": "info", "texts": {"en": f"apps {' '.join(names)}."}}
        fleet.routes.put(tenant.name, limits=json.dumps({**json.loads(value), "banner": mark}))
        until(lambda: mark["texts"]["en"] in threaded.get("/web/login", tenant.host).text)

    yield visitor, allow
    fleet.routes.put(tenant.name, state="gone", host=None)


def module(visitor, name: str) -> tuple[int, str]:
    (found,) = visitor.call("ir.module.module", "search_read", [["name", "=", name]], ["state"])
    return found["id"], found["state"]


def refused(visitor, method: str, *args) -> str:
    """The message of a call that must fail as the user's own mistake."""
    answer = visitor.rpc(
        f"/web/dataset/call_kw/ir.module.module/{method}",
        model="ir.module.module", method=method, args=list(args), kwargs={},
    )  # fmt: skip
    assert answer["error"]["data"]["name"] == "odoo.exceptions.UserError", answer
    return answer["error"]["data"]["message"]


def test_no_door_installs_an_app_outside_the_plan(shop):
    visitor, allow = shop
    allow("calendar")
    number, state = module(visitor, "contacts")
    assert state == "uninstalled"
    for method in ("button_immediate_install", "button_install"):
        assert f"“Contacts” {OUTSIDE}" in refused(visitor, method, [number])
    for state in ("to install", "installed", "to upgrade"):
        assert OUTSIDE in refused(visitor, "write", [number], {"state": state})
    made = {"name": "evil_app", "state": "installed"}
    assert OUTSIDE in refused(visitor, "create", [made])
    assert module(visitor, "contacts")[1] == "uninstalled"


def test_what_an_app_needs_is_judged_too(shop):
    visitor, allow = shop
    allow("hr_holidays", "calendar")
    said = refused(visitor, "button_immediate_install", [module(visitor, "hr_holidays")[0]])
    assert said.startswith("“Time Off” needs “Employees”, which your plan does not include")
    assert module(visitor, "hr")[1] == "uninstalled"
    assert module(visitor, "resource")[1] == "uninstalled"


def test_a_technical_module_needs_an_app_of_the_plan(shop):
    visitor, allow = shop
    allow("contacts")
    number, _state = module(visitor, "resource")
    assert OUTSIDE in refused(visitor, "button_install", [number])


def test_an_app_of_the_plan_is_installed_upgraded_and_removed_also_after_the_plan_changed(shop):
    visitor, allow = shop
    allow("contacts")
    number, _state = module(visitor, "contacts")
    visitor.call("ir.module.module", "button_immediate_install", [number])
    assert module(visitor, "contacts")[1] == "installed"
    allow()
    visitor.call("ir.module.module", "button_immediate_upgrade", [number])
    assert module(visitor, "contacts")[1] == "installed"
    visitor.call("ir.module.module", "button_immediate_uninstall", [number])
    assert module(visitor, "contacts")[1] == "uninstalled"
    assert OUTSIDE in refused(visitor, "button_immediate_install", [number])
