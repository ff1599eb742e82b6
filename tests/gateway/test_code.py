"""Python code of administrators: refused without the plan, what modules brought works on.

Each is first shown to work where the plan allows it.
"""

from __future__ import annotations

import json
import secrets

import pytest

from tests.gateway.test_attacks import FORMATS, REACHES, SAY, TEMPLATES, escaped, render
from tests.helpers.node import NodeProcess, until

NOT_IN_PLAN = "not part of this plan"
ARCH = "<t t-name='x'><p>text</p>{}</t>"
MORE_CODE = "<p t-out='1 + 1'/>"
KANBAN = f"<kanban><templates><t t-name='card'>{MORE_CODE}</t></templates></kanban>"


@pytest.fixture(scope="module")
def node(fleet):
    node = NodeProcess(fleet, "code", max_cron_threads=0).start()
    yield node
    node.stop()


@pytest.fixture(scope="module")
def free(fleet, node):
    """The administrator of a tenant whose plan allows code."""
    tenant = fleet.make_tenant("free.localhost", code=True)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200, 30)
    return node.visitor(tenant).log_in()


@pytest.fixture(scope="module")
def bound(fleet, node):
    """The administrator of a tenant whose plan does not."""
    tenant = fleet.make_tenant("bound.localhost", code=False)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200, 30)
    return node.visitor(tenant).log_in()


def tried(visitor, model, method, *args, **kwargs):
    """What a call says: its result, or the message of its error."""
    answer = visitor.rpc(
        f"/web/dataset/call_kw/{model}/{method}",
        model=model,
        method=method,
        args=list(args),
        kwargs=kwargs,
    )
    return answer["error"]["data"]["message"] if "error" in answer else answer["result"]


def ask(visitor, model, *domain):
    return visitor.call(model, "search", list(domain))


def partner_model(visitor):
    return ask(visitor, "ir.model", ["model", "=", "res.partner"])[0]


def action(visitor, **values):
    base = {"name": "x", "model_id": partner_model(visitor), "state": "code", "code": "pass"}
    return tried(visitor, "ir.actions.server", "create", [{**base, **values}])


def cron(visitor):
    values = {"name": "x", "model_id": partner_model(visitor), "code": "pass", "state": "code"}
    return tried(visitor, "ir.cron", "create", [values])


def computed_field(visitor):
    values = {
        "name": "x_computed",
        "field_description": "x",
        "model_id": partner_model(visitor),
        "ttype": "char",
        "store": False,
        "compute": "for one in self: one['x_computed'] = 'x'",
    }
    return tried(visitor, "ir.model.fields", "create", [values])


def view(visitor, arch, **values):
    return tried(
        visitor, "ir.ui.view", "create", [{"type": "qweb", "arch": arch, "name": "x", **values}]
    )


def code_by_later_state(visitor):
    made = action(visitor, state="object_create")
    assert isinstance(made, list), made
    return tried(visitor, "ir.actions.server", "write", made, {"state": "code"})


def equation(visitor):
    field = ask(visitor, "ir.model.fields", ["model", "=", "res.partner"], ["name", "=", "ref"])[0]
    more = {"update_path": "ref", "update_field_id": field, "value": "record.name"}
    return action(visitor, state="object_write", evaluation_type="equation", **more)


def module_action(visitor):
    """A code action that a module brought, not one behind a scheduled action."""
    data = visitor.call(
        "ir.model.data",
        "search_read",
        [["model", "=", "ir.actions.server"], ["module", "=", "base"]],
        ["res_id"],
    )
    found = ask(
        visitor,
        "ir.actions.server",
        ["id", "in", [one["res_id"] for one in data]],
        ["state", "=", "code"],
    )
    return found[0]


def changed_module_action(visitor):
    return tried(visitor, "ir.actions.server", "write", [module_action(visitor)], {"code": "pass"})


def changed_module_view(visitor):
    (login,) = ask(visitor, "ir.ui.view", ["key", "=", "web.login"])
    arch = visitor.call("ir.ui.view", "read", [login], ["arch_db"])[0]["arch_db"]
    changed = arch.replace("</t>", f"{MORE_CODE}</t>", 1)
    assert changed != arch
    return tried(visitor, "ir.ui.view", "write", [login], {"arch_db": changed})


def inheriting_view(visitor):
    (login,) = ask(visitor, "ir.ui.view", ["key", "=", "web.login"])
    change = "<attribute name='t-if'>1 + 1</attribute>"
    arch = f"<data><xpath expr='//form' position='attributes'>{change}</xpath></data>"
    return view(visitor, arch, inherit_id=login, mode="extension")


WRITES = {
    "code action": action,
    "scheduled action": cron,
    "code by a later change": code_by_later_state,
    "expression as a value": equation,
    "computed field": computed_field,
    "view": lambda visitor: view(visitor, ARCH.format(MORE_CODE)),
    "view of another type": lambda visitor: view(
        visitor, KANBAN, type="kanban", model="res.partner"
    ),
    "inheriting view": inheriting_view,
    "action of a module": changed_module_action,
    "view of a module": changed_module_view,
}


@pytest.mark.parametrize("what", WRITES)
def test_code_is_written_with_the_plan_alone(free, bound, what):
    allowed = WRITES[what](free)
    assert NOT_IN_PLAN not in str(allowed)
    assert NOT_IN_PLAN in str(WRITES[what](bound))


def test_a_context_that_pretends_an_installation_changes_nothing(bound):
    values = {"name": "x", "model_id": partner_model(bound), "state": "code", "code": "pass"}
    pretending = {"install_mode": True, "module": "base", "install_filename": "/x", "_import": True}
    said = tried(bound, "ir.actions.server", "create", [values], context=pretending)
    assert NOT_IN_PLAN in str(said)


def test_text_of_views_may_be_edited_and_views_copied(bound):
    made = view(bound, ARCH.format(""))
    assert isinstance(made, list), made
    assert tried(bound, "ir.ui.view", "write", made, {"arch": ARCH.format("<b>more</b>")}) is True
    assert NOT_IN_PLAN in str(
        tried(bound, "ir.ui.view", "write", made, {"arch": ARCH.format(MORE_CODE)})
    )
    (login,) = ask(bound, "ir.ui.view", ["key", "=", "web.login"])
    copied = tried(bound, "ir.ui.view", "copy", [login], {"key": "x.login"})
    assert isinstance(copied, list), copied


def test_what_a_module_brought_still_runs(bound):
    said = tried(bound, "ir.actions.server", "run", [module_action(bound)])
    assert NOT_IN_PLAN not in str(said)
    cron_id = ask(bound, "ir.cron", ["state", "=", "code"])[0]
    assert NOT_IN_PLAN not in str(tried(bound, "ir.cron", "method_direct_trigger", [cron_id]))


def test_an_own_action_of_better_days_no_longer_runs_and_cannot_pass_for_a_modules(fleet, node):
    tenant = fleet.make_tenant("fallen.localhost", code=True)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200, 30)
    visitor = node.visitor(tenant).log_in()
    (own,) = action(visitor, code="env['res.partner'].browse(1).write({'ref': 'ran'})")
    assert NOT_IN_PLAN not in str(tried(visitor, "ir.actions.server", "run", [own]))
    fleet.routes.put(tenant.name, code=False)
    until(lambda: NOT_IN_PLAN in str(tried(visitor, "ir.actions.server", "run", [own])), 10)
    forged = {"module": "base", "name": "x_forged", "model": "ir.actions.server", "res_id": own}
    assert NOT_IN_PLAN in str(tried(visitor, "ir.model.data", "create", [forged]))
    columns, row = [".id", "id", "name"], [str(own), "base.x_forged", "x"]
    tried(visitor, "ir.actions.server", "load", columns, [row])
    names = visitor.call("ir.model.data", "search", [["name", "=", "x_forged"]])
    assert names == [], "an import gave it the name of a module"
    exported = {**forged, "module": "__export__"}
    assert isinstance(tried(visitor, "ir.model.data", "create", [exported]), list)
    assert NOT_IN_PLAN in str(tried(visitor, "ir.actions.server", "run", [own]))


@pytest.mark.parametrize("attack", FORMATS)
def test_a_format_attack_does_not_even_begin_without_the_plan(bound, attack):
    assert NOT_IN_PLAN in bound.run_code(SAY.format(FORMATS[attack]))


@pytest.mark.parametrize("place", TEMPLATES)
def test_a_template_attack_does_not_even_begin_without_the_plan(bound, place):
    said = view(bound, f"<t t-name='x'>{TEMPLATES[place].format(escaped(FORMATS['format']))}</t>")
    assert NOT_IN_PLAN in str(said)
    assert NOT_IN_PLAN in bound.run_code(
        render(TEMPLATES[place].format(escaped(FORMATS["format"])))
    )


@pytest.mark.parametrize("reach", REACHES)
def test_what_leads_out_of_the_transaction_does_not_even_begin(bound, reach):
    said = bound.run_code(SAY.format(REACHES[reach]))
    assert NOT_IN_PLAN in said or "forbidden name" in said


def test_an_app_brings_its_code_and_templates_without_the_plan(bound):
    module = ask(bound, "ir.module.module", ["name", "=", "contacts"])
    said = tried(bound, "ir.module.module", "button_immediate_install", module)
    assert NOT_IN_PLAN not in str(said)
    state = bound.call("ir.module.module", "read", module, ["state"])[0]["state"]
    assert state == "installed", said
    assert NOT_IN_PLAN in str(action(bound)), "afterwards it is as before"


# Restricted


@pytest.fixture(scope="module")
def late(fleet, node):
    """The administrator of a restricted tenant, and of the same one before."""
    tenant = fleet.make_tenant("late.localhost", code=True)
    until(lambda: node.get("/web/login", tenant.host).status_code == 200, 30)
    visitor = node.visitor(tenant).log_in()
    made = new_user(visitor, "before")
    assert isinstance(made, list), made
    portal = [visitor.call("ir.model.data", "check_object_reference", "base", "group_portal")[1]]
    visitor.portal = new_user(visitor, "portal", group_ids=[[6, 0, portal]])
    visitor.nobody = new_user(visitor, "nobody", group_ids=[[6, 0, []]])
    assert tried(visitor, "res.users", "write", made, {"active": False}) is True
    visitor.archived = made
    fleet.routes.put(tenant.name, restricted=True)
    # One that came before the node had heard of it was made: each has a name of its own.
    until(lambda: OPEN_INVOICE in str(new_user(visitor, f"probe-{secrets.token_hex(4)}")), 10)
    return visitor


OPEN_INVOICE = "while an invoice is open"


def new_user(visitor, login, **values):
    return tried(visitor, "res.users", "create", [{"name": login, "login": login, **values}])


def test_a_restricted_tenant_gets_no_new_internal_user_by_any_way(late):
    user = late.call("ir.model.data", "check_object_reference", "base", "group_user")[1]
    assert OPEN_INVOICE in str(new_user(late, "new"))
    assert OPEN_INVOICE in str(tried(late, "res.users", "write", late.archived, {"active": True}))
    promote = {"group_ids": [[6, 0, [user]]]}
    assert OPEN_INVOICE in str(tried(late, "res.users", "write", late.portal, promote))
    by_group = {"user_ids": [[4, late.nobody[0]]]}
    assert OPEN_INVOICE in str(tried(late, "res.groups", "write", [user], by_group))


def test_a_restricted_tenant_works_on(late):
    assert tried(late, "res.partner", "create", [{"name": "Customer"}])
    assert isinstance(new_user(late, "portal2", group_ids=[[6, 0, []]]), list)
    assert tried(late, "res.users", "write", [late.tenant.user_id], {"signature": "x"}) is True


def test_a_restricted_tenant_gets_no_new_app_by_any_way(late):
    module = ask(late, "ir.module.module", ["state", "=", "uninstalled"], ["name", "=", "contacts"])
    for button in ("button_immediate_install", "button_install"):
        assert OPEN_INVOICE in str(tried(late, "ir.module.module", button, module))
    said = tried(late, "ir.module.module", "write", module, {"state": "to install"})
    assert OPEN_INVOICE in str(said)


def test_who_uses_too_much_reads_that_and_of_no_invoice(late, fleet):
    too_much = "while more is used than the plan includes"
    banner = {"level": "danger", "texts": {"en": "Full."}}
    fleet.routes.put(late.tenant.name, limits=json.dumps({"banner": banner}))
    until(lambda: too_much in str(new_user(late, "new")), 10)
    module = ask(late, "ir.module.module", ["state", "=", "uninstalled"], ["name", "=", "contacts"])
    assert too_much in str(tried(late, "ir.module.module", "button_install", module))
    fleet.routes.put(late.tenant.name, limits=None)
