"""The guest inside a tenant's database: what it may, what it is not given, what is left of it."""

import json

import pytest

from saas_business_management.adapters.ports import Guest
from saas_business_management.kernel.errors import Broken
from tests.helpers import mini_golden
from tests.helpers.postgres import new_name

LOGIN = "support-0123456789ab"
BOB = Guest(LOGIN, "Support (Bob <b>O'Berg</b>)", "Bob@provider.example")
USER, RIGHTS, SETTINGS, SALES = 1, 2, 3, 4


class Tenant:
    """A tenant's database on a test server, looked into as the superuser."""

    def __init__(self, pg, name=None):
        self.pg, self.port = pg, pg.port()
        self.name = name or pg.born(self.port)

    def rows(self, statement, values=None):
        return self.pg.rows(statement, values, database=self.name)

    def value(self, statement, values=None):
        return self.rows(statement, values)[0][0]

    def open(self, guest=BOB):
        return self.port.open_guest(self.name, 1, guest)

    def close(self, user=0, login=LOGIN):
        return self.port.close_guest(self.name, 1, login, user)

    def groups(self, user):
        found = self.rows("SELECT gid FROM res_groups_users_rel WHERE uid = %s", [user])
        return {gid for (gid,) in found}

    def row(self, table, number):
        return self.value(f"SELECT to_jsonb(t) FROM {table} t WHERE id = %s", [number])


@pytest.fixture
def tenant(pg):
    made = Tenant(pg)
    yield made
    made.port.close()
    pg.forget(made.name)


def test_a_guest_is_a_user_with_a_contact_of_its_own_and_no_password(tenant):
    made = tenant.open()
    user = tenant.row("res_users", made["guest_user"])
    assert (user["login"], user["password"], user["active"]) == (LOGIN, None, True)
    assert (user["partner_id"], user["company_id"]) == (made["guest_partner"], 1)
    assert user["signature"] == "<div>Support (Bob &lt;b&gt;O&#x27;Berg&lt;/b&gt;)</div>"
    face = tenant.row("res_partner", made["guest_partner"])
    assert (face["name"], face["email"]) == (BOB.name, BOB.email)
    assert face["email_normalized"] == "bob@provider.example"
    assert (face["signup_type"], face["active"], face["lang"]) == ("reset", True, "en_US")
    assert face["commercial_partner_id"] == made["guest_partner"]
    companies = "SELECT cid FROM res_company_users_rel WHERE user_id = %s"
    assert tenant.rows(companies, [made["guest_user"]]) == [(1,)]


def test_nothing_of_the_administrators_row_is_copied_but_what_odoo_demands(tenant):
    tenant.rows("ALTER TABLE res_users ADD COLUMN oauth_access_token varchar")
    tenant.rows("UPDATE res_users SET oauth_access_token = 'token', password = 'hash' WHERE id = 2")
    user = tenant.row("res_users", tenant.open()["guest_user"])
    assert user["notification_type"] == "email"
    assert user["totp_secret"] is user["oauth_access_token"] is user["password"] is None
    assert "INHERITED" not in json.dumps(user)


def test_without_the_right_to_settings_a_guest_gets_no_group_that_leads_to_rights(tenant):
    assert tenant.groups(tenant.open()["guest_user"]) == {USER, SALES}
    tenant.rows('INSERT INTO res_groups (name) VALUES (\'{"en_US": "Everything"}\')')
    tenant.rows("INSERT INTO res_groups_implied_rel VALUES (5, 3), (4, 5)")
    assert tenant.groups(tenant.open()["guest_user"]) == {USER}


def test_with_it_a_guest_gets_the_administrators_groups(tenant):
    guest = Guest(LOGIN, BOB.name, BOB.email, settings=True)
    assert tenant.groups(tenant.open(guest)["guest_user"]) == {USER, SETTINGS, SALES}
    assert tenant.groups(tenant.open(BOB)["guest_user"]) == {USER, SALES}


def test_an_archived_guest_has_no_password_no_keys_and_no_way_to_get_one(tenant):
    made = tenant.open()
    number = made["guest_user"]
    tenant.rows("UPDATE res_users SET password = 'chosen' WHERE id = %s", [number])
    key = "INSERT INTO res_users_apikeys (name, user_id, key) VALUES ('k', %s, 'k')"
    tenant.rows(key, [number])
    tenant.rows("INSERT INTO res_users_apikeys (name, user_id, key) VALUES ('own', 2, 'o')")
    own = tenant.pg.tenant(tenant.name)
    tenant.pg.rows("CREATE TABLE auth_passkey_key (id serial, create_uid int)", server=own)
    tenant.rows("INSERT INTO auth_passkey_key (create_uid) VALUES (%s), (2)", [number])
    assert tenant.close(number) == {"guests": 1, "users_made": 0}
    user = tenant.row("res_users", number)
    assert (user["active"], user["password"]) == (False, None)
    face = tenant.row("res_partner", made["guest_partner"])
    assert (face["active"], face["signup_type"]) == (False, None)
    left = tenant.rows("SELECT user_id FROM res_users_apikeys WHERE user_id IN (2, %s)", [number])
    assert set(left) == {(2,)}
    assert tenant.rows("SELECT create_uid FROM auth_passkey_key") == [(2,)]
    admin = tenant.row("res_users", 2)
    assert (admin["active"], admin["login"]) == (True, "admin")


def test_nodes_are_told_to_forget_what_they_cached_both_times(tenant):
    count = "SELECT max(id) FROM orm_signaling_stable"
    before = tenant.value(count)
    tenant.close(tenant.open()["guest_user"])
    assert tenant.value(count) == before + 2


def test_a_guest_whose_login_was_changed_is_found_by_its_id(tenant):
    number = tenant.open()["guest_user"]
    tenant.rows("UPDATE res_users SET login = 'hidden' WHERE id = %s", [number])
    assert tenant.close(number)["guests"] == 1
    assert tenant.row("res_users", number)["active"] is False


def test_users_that_a_guest_made_are_counted_and_stay(tenant):
    number = tenant.open()["guest_user"]
    mine = tenant.rows(
        "INSERT INTO res_users (company_id, partner_id, login, notification_type, create_uid)"
        " VALUES (1, 3, 'backdoor', 'email', %s) RETURNING id",
        [number],
    )
    assert tenant.close(number) == {"guests": 1, "users_made": len(mine)}
    assert tenant.row("res_users", mine[0][0])["active"] is True


def test_a_hostile_trigger_runs_as_the_tenant_and_changes_nothing_elsewhere(tenant):
    tenant.rows(
        """
        CREATE TABLE caught (who text);
        GRANT ALL ON caught TO PUBLIC;
        CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO caught VALUES (current_user); RETURN NEW; END $$;
        CREATE TRIGGER spy BEFORE INSERT ON res_users FOR EACH ROW EXECUTE FUNCTION spy();
        """
    )
    tenant.open()
    assert tenant.rows("SELECT DISTINCT who FROM caught") == [(tenant.name,)]


def test_a_trigger_that_refuses_the_guest_leaves_nothing_half_made(tenant):
    tenant.rows(
        """
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no guests' USING ERRCODE = 'check_violation'; END $$;
        CREATE TRIGGER no BEFORE INSERT ON res_users FOR EACH ROW EXECUTE FUNCTION no();
        """
    )
    before = tenant.value("SELECT count(*) FROM res_partner")
    with pytest.raises(Broken):
        tenant.open()
    assert tenant.value("SELECT count(*) FROM res_partner") == before


def test_a_database_without_its_administrator_is_broken(tenant):
    tenant.rows("DELETE FROM ir_model_data WHERE name = 'user_admin'")
    with pytest.raises(Broken) as told:
        tenant.open()
    assert told.value.code == "record_missing"


def test_an_odoo_without_mail_takes_a_guest_too(pg):
    port, name = pg.port(), new_name()
    golden = mini_golden.build(pg, mail=False)
    port.ensure_role(name, 1)
    port.clone(name, golden)
    port.own_objects(name)
    lean = Tenant(pg, name)
    made = lean.open()
    assert lean.close(made["guest_user"])["guests"] == 1
    lean.port.close()
    pg.forget(name)
    port.drop_database(golden)
    port.close()
