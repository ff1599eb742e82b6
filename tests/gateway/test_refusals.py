"""A tenant's own database refuses what goes beyond its limits; people read why."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from saas_business_management.kernel.quota.enforced import Enforced

USED = "SELECT count(*) FROM res_users WHERE active AND NOT share AND id <> 1"
FILE = base64.b64encode(b"x" * 3000).decode()


@pytest.fixture(scope="module")
def tenant(fleet, threaded):
    """A tenant that only these tests limit."""
    return fleet.make_tenant("limited.localhost", tenant_name="Limited")


@pytest.fixture
def limit(fleet, tenant):
    """Gives it limits and takes them away at the end."""

    def put(users=None, room=None):
        fleet.adapter.put_limits(tenant.name, tenant.generation, Enforced(users, room))

    yield put
    put()


@pytest.fixture
def admin(threaded, tenant):
    return threaded.visitor(tenant).log_in()


def used(fleet, tenant) -> int:
    return int(fleet.sql(tenant, USED))


def call(visitor, model, method, *args, **kwargs):
    """The answer to a call of the web client."""
    path = f"/web/dataset/call_kw/{model}/{method}"
    return visitor.rpc(path, model=model, method=method, args=list(args), kwargs=kwargs)


def said(answer) -> tuple[str, str]:
    data = answer.get("error", {}).get("data", {})
    return data.get("name", ""), data.get("message", "")


def new_user(visitor, login, **kwargs):
    return call(visitor, "res.users", "create", [{"name": login, "login": login}], **kwargs)


def test_a_user_too_many_is_refused_in_words(fleet, tenant, admin, limit):
    count = used(fleet, tenant)
    limit(users=count + 1)
    assert "error" not in new_user(admin, "one")
    name, text = said(new_user(admin, "two"))
    assert name == "odoo.exceptions.ValidationError"
    assert f"Your plan includes {count + 1} users, and {count + 1} are in use" in text
    assert "saas" not in text and "CONTEXT" not in text
    assert used(fleet, tenant) == count + 1


def test_a_german_reads_german(fleet, tenant, admin, limit, threaded):
    code, hidden = [["code", "=", "de_DE"]], {"active_test": False}
    german = call(admin, "res.lang", "search", code, context=hidden)["result"]
    assert "error" not in call(admin, "res.lang", "write", german, {"active": True})
    call(admin, "res.users", "write", [tenant.user_id], {"lang": "de_DE"})
    limit(users=used(fleet, tenant))
    text = said(new_user(threaded.visitor(tenant).log_in(), "drei"))[1]
    call(admin, "res.users", "write", [tenant.user_id], {"lang": "en_US"})
    assert "Ihr Tarif umfasst" in text


def test_promotion_by_groups_and_coming_back_are_refused_and_leaving_works(
    fleet, tenant, admin, limit
):
    (portal,) = call(
        admin,
        "ir.model.data",
        "search_read",
        [["module", "=", "base"], ["name", "=", "group_portal"]],
        ["res_id"],
    )["result"]
    (internal,) = call(
        admin,
        "ir.model.data",
        "search_read",
        [["module", "=", "base"], ["name", "=", "group_user"]],
        ["res_id"],
    )["result"]
    made = call(
        admin,
        "res.users",
        "create",
        [
            {"name": "guest", "login": "guest", "group_ids": [[6, 0, [portal["res_id"]]]]},
            {"name": "gone", "login": "gone"},
        ],
    )["result"]
    call(admin, "res.users", "write", [made[1]], {"active": False})
    count = used(fleet, tenant)
    limit(users=count)
    promoted = {"group_ids": [[6, 0, [internal["res_id"]]]]}
    assert "Your plan includes" in said(call(admin, "res.users", "write", [made[0]], promoted))[1]
    members = {
        "user_ids": [
            [4, made[0]],
        ]
    }
    answer = call(admin, "res.groups", "write", [internal["res_id"]], members)
    assert "error" in answer
    back = call(admin, "res.users", "write", [made[1]], {"active": True})
    assert "Your plan includes" in said(back)[1]
    assert used(fleet, tenant) == count
    limit(users=1)
    one = call(admin, "res.users", "search", [["login", "=", "one"]])["result"]
    assert "error" not in call(admin, "res.users", "write", one, {"active": False})
    assert used(fleet, tenant) == count - len(one)


def test_many_who_come_at_once_never_go_beyond(fleet, tenant, admin, limit, threaded):
    """Through Odoo's own retries; the proof with fifty connections is `contract/test_enforcing`."""
    count = used(fleet, tenant)
    limit(users=count + 1)
    cookies = admin.session.cookies.get_dict()
    path = "/web/dataset/call_kw/res.users/create"

    def come(number):
        values = [{"name": f"crowd{number}", "login": f"crowd{number}"}]
        params = {"model": "res.users", "method": "create", "args": [values], "kwargs": {}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}
        answer = threaded.request("POST", path, tenant.host, json=body, cookies=cookies)
        return answer.json()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(come, range(12)))
    assert sum("error" not in one for one in answers) == 1
    assert used(fleet, tenant) == count + 1


def test_files_beyond_the_room_are_refused_by_every_way_and_small_ones_are_not(
    fleet, tenant, admin, limit
):
    limit(room=4000)
    values = [{"name": "a.bin", "datas": FILE}]
    first = call(admin, "ir.attachment", "create", values)
    assert "error" not in first
    name, text = said(call(admin, "ir.attachment", "create", values))
    assert name == "odoo.exceptions.ValidationError"
    assert "has room for 1.00 kB more, and 3.00 kB were to be added" in text
    # By the form of the web client, and by the programming interface.
    sent = admin.post(
        "/web/binary/upload_attachment",
        files={"ufile": ("b.bin", b"y" * 3000)},
        data={"model": "res.partner", "id": "1", "csrf_token": admin.csrf_token()},
    )
    assert "has room for 1.00 kB more" in sent.json()[0]["error"]
    partner = call(admin, "res.partner", "search", [], limit=1)["result"][0]
    sent = admin.post(
        "/mail/attachment/upload",
        files={"ufile": ("b.bin", b"y" * 3000)},
        data={
            "thread_model": "res.partner",
            "thread_id": str(partner),
            "csrf_token": admin.csrf_token(),
        },
    )
    assert "has room for 1.00 kB more" in sent.json()["error"]
    assert "b.bin" not in fleet.sql(tenant, "SELECT string_agg(name, ' ') FROM ir_attachment")
    read = call(admin, "ir.attachment", "read", first["result"], ["datas"])
    assert read["result"][0]["datas"] == FILE
    assert admin.get("/web").status_code == 200
    assert "error" not in call(admin, "ir.attachment", "unlink", first["result"])
    assert "error" not in call(admin, "ir.attachment", "create", values)


def test_without_any_room_pages_open_even_when_bundles_have_to_be_made(fleet, tenant, admin, limit):
    limit(room=0)
    fleet.sql(tenant, "DELETE FROM ir_attachment WHERE url LIKE '/web/assets/%'")
    fleet.sql(tenant, "INSERT INTO orm_signaling_assets DEFAULT VALUES")
    page = admin.get("/web/login")
    assert page.status_code == 200
    bundle = page.text.split('href="/web/assets/')[1].split('"')[0]
    assert admin.get(f"/web/assets/{bundle}").status_code == 200
