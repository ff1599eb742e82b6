"""A database that refuses by a limit, as users and programs read it; triggers made by hand."""

from __future__ import annotations

import xmlrpc.client

import pytest

from tests.gateway.calls import json_rpc
from tests.helpers.node import until

USERS = "Your plan includes 2 users, and 2 are in use"
BENUTZER = "Ihr Tarif umfasst 2 Benutzer"
FULL = "The storage of your plan has room for 0 B more, and 10 B were to be added"
VOLL = "Im Speicher Ihres Tarifs ist noch Platz für 0 B"
TRIGGERS = """
CREATE SCHEMA saas;
CREATE FUNCTION saas.users() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE used int;
BEGIN
    SELECT count(*) INTO used FROM public.res_users WHERE active AND share IS NOT TRUE;
    IF used > 2 THEN
        RAISE EXCEPTION 'limit' USING ERRCODE = 'check_violation', CONSTRAINT = 'saas_user_limit',
            DETAIL = json_build_object('code', 'users_full', 'limit', 2, 'used', used - 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER saas_users AFTER INSERT OR UPDATE ON public.res_users
    FOR EACH ROW EXECUTE FUNCTION saas.users();
CREATE FUNCTION saas.files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name LIKE 'big%' THEN
        RAISE EXCEPTION 'limit' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'saas_storage_limit', DETAIL = '{"room": 0, "wanted": 10}';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION saas.late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name = 'late' THEN
        RAISE EXCEPTION 'limit' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'saas_storage_limit', DETAIL = '{"room": 0, "wanted": 10}';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER saas_late AFTER INSERT ON public.res_partner
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION saas.late();
CREATE TRIGGER saas_files BEFORE INSERT OR UPDATE ON public.ir_attachment
    FOR EACH ROW EXECUTE FUNCTION saas.files();
"""


@pytest.fixture(scope="module")
def full(fleet, threaded):
    """The administrator of a tenant with two internal users of two and no room for big files."""
    tenant = fleet.make_tenant("full.localhost", tenant_name="Full")
    until(lambda: threaded.get("/web/login", tenant.host).status_code == 200)
    visitor = threaded.visitor(tenant).log_in()
    new_user(visitor, "bob")
    new_user(visitor, "dora", group_ids=[[6, 0, [group(visitor, "portal")]]])
    fleet.sql(tenant, TRIGGERS)
    yield visitor
    fleet.routes.put(tenant.name, state="gone", host=None)


@pytest.fixture
def german(full):
    """The same administrator, who speaks German for a while."""
    (language,) = full.call("res.lang", "search", [["code", "=", "de_DE"]], context=ALL)
    full.call("res.lang", "write", [language], {"active": True})
    user = full.tenant.user_id
    full.call("res.users", "write", [user], {"lang": "de_DE"})
    yield full
    full.call("res.users", "write", [user], {"lang": "en_US"})


ALL = {"active_test": False}


def new_user(visitor, login: str, **more) -> list[int]:
    return visitor.call("res.users", "create", [{"name": login, "login": login, **more}])


def group(visitor, name: str) -> int:
    domain = [["module", "=", "base"], ["name", "=", f"group_{name}"]]
    (found,) = visitor.call("ir.model.data", "search_read", domain, ["res_id"])
    return found["res_id"]


def error(visitor, model: str, method: str, *args, **kwargs) -> dict:
    """What a call that must fail raises."""
    answer = visitor.rpc(
        f"/web/dataset/call_kw/{model}/{method}",
        model=model, method=method, args=list(args), kwargs=kwargs,
    )  # fmt: skip
    return answer["error"]["data"]


def test_a_user_too_many_is_a_sentence_and_nothing_else(full):
    found = error(full, "res.users", "create", [{"name": "carol", "login": "carol"}])
    assert found["name"] == "odoo.exceptions.ValidationError"
    assert found["message"].startswith(USERS)
    assert "carol" not in str(full.call("res.users", "search_read", [], ["login"]))


def test_it_is_said_in_the_users_language_also_to_programs(german, threaded):
    values = [{"name": "carol", "login": "carol"}]
    assert error(german, "res.users", "create", values)["message"].startswith(BENUTZER)
    login = [german.tenant.name, german.tenant.user_id, german.tenant.password]
    args = [*login, "res.users", "create", [values]]
    call = json_rpc(threaded, german.tenant.host, "object", "execute_kw", args)
    assert call["error"]["data"]["message"].startswith(BENUTZER)
    body = xmlrpc.client.dumps(tuple(args), "execute_kw")
    headers = {"Content-Type": "text/xml"}
    path, host = "/xmlrpc/2/object", german.tenant.host
    answer = threaded.request("POST", path, host, data=body.encode(), headers=headers)
    with pytest.raises(xmlrpc.client.Fault, match=BENUTZER):
        xmlrpc.client.loads(answer.content)


def test_a_list_that_is_imported_names_the_line(full):
    found = full.call("res.users", "load", ["name", "login"], [["carol", "carol"]])
    assert found["ids"] is False
    assert found["messages"][0]["message"].startswith(USERS)


def test_making_a_portal_user_internal_is_refused_as_well(full):
    dora = full.call("res.users", "search", [["login", "=", "dora"]])
    found = error(full, "res.users", "write", dora, {"group_ids": [[6, 0, [group(full, "user")]]]})
    assert found["message"].startswith(USERS)


def test_what_is_refused_at_the_end_of_the_transaction_is_a_sentence_too(full):
    found = error(full, "res.partner", "create", [{"name": "late"}])
    assert found["name"] == "odoo.exceptions.ValidationError"
    assert found["message"].startswith(FULL)
    login = [full.tenant.name, full.tenant.user_id, full.tenant.password]
    args = [*login, "res.partner", "create", [[{"name": "late"}]]]
    call = json_rpc(full.node, full.tenant.host, "object", "execute_kw", args)
    assert call["error"]["data"]["message"].startswith(FULL)


def upload(visitor, path: str, *names: str, **data):
    files = [("ufile", (name, b"x" * 10, "text/plain")) for name in names]
    return visitor.post(path, files=files, data={"csrf_token": token(visitor), **data})


def token(visitor) -> str:
    return visitor.get("/odoo").text.split('csrf_token: "')[1].split('"')[0]


def test_a_file_too_many_is_a_sentence_and_those_before_it_stay(full):
    record = {"model": "res.partner", "id": "1"}
    answer = upload(full, "/web/binary/upload_attachment", "small.txt", "big.txt", **record)
    assert answer.status_code == 200
    small, big = answer.json()
    assert big == {"error": big["error"]}
    assert big["error"].startswith(FULL)
    assert full.call("ir.attachment", "search_count", [["id", "=", small["id"]]]) == 1
    script = upload(full, "/web/binary/upload_attachment", "big.txt", callback="done", **record)
    assert FULL in script.text
    assert script.headers["Content-Length"] == str(len(script.content))


def test_a_file_in_a_discussion_too_many_is_a_sentence(full):
    record = {"thread_model": "res.partner", "thread_id": "3"}
    answer = upload(full, "/mail/attachment/upload", "big.txt", **record)
    assert (answer.status_code, answer.json()["error"][: len(FULL)]) == (200, FULL)
    assert "attachment_id" in upload(full, "/mail/attachment/upload", "ok.txt", **record).text


def test_files_are_refused_in_the_users_language(german):
    record = {"model": "res.partner", "id": "1"}
    answer = upload(german, "/web/binary/upload_attachment", "big.txt", **record)
    assert answer.json()[0]["error"].startswith(VOLL)
    record = {"thread_model": "res.partner", "thread_id": "3"}
    assert (
        upload(german, "/mail/attachment/upload", "big", **record).json()["error"].startswith(VOLL)
    )


def test_a_file_by_any_other_door_is_a_sentence(full):
    found = error(full, "ir.attachment", "create", [{"name": "big.txt", "raw": "eA=="}])
    assert found["message"].startswith(FULL)


def test_refusals_of_odoos_own_stay_odoos(full):
    found = error(full, "res.users", "create", [{"name": "bob", "login": "bob"}])
    assert "plan" not in found["message"]
