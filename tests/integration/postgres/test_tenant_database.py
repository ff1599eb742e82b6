"""What birth and settling leave in a tenant's database."""

import uuid
from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.adapters.ports import Birth, Identity
from saas_business_management.adapters.postgres import tenant_db
from saas_business_management.kernel.errors import Broken
from tests.helpers import mini_golden
from tests.helpers.postgres import new_name

BIRTH = Birth(
    str(uuid.uuid1()),
    str(uuid.uuid4()),
    datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=1))),
)
ALICE = Identity(
    base_url="http://acme.localhost:8070",
    company_name="Acme & Söhne; DROP TABLE res_users; --",
    company_email="info@acme.example",
    admin_name="Alice O'Hara <b>",
    admin_login="alice@acme.example",
    admin_email=" Alice@Acme.example ",
    language="de_DE",
    time_zone="Europe/Berlin",
    parameters={"saas.plan": "it's $saas$ 100 %s"},
)


class Tenant:
    """A tenant's database on a test server, looked into as the superuser."""

    def __init__(self, pg):
        self.pg, self.port, self.name = pg, pg.port(), pg.born()

    def rows(self, statement, values=None):
        return self.pg.rows(statement, values, database=self.name)

    def value(self, statement, values=None):
        return self.rows(statement, values)[0][0]

    def parameter(self, key):
        found = self.rows("SELECT value FROM ir_config_parameter WHERE key = %s", [key])
        return found[0][0] if found else None


@pytest.fixture
def tenant(pg):
    made = Tenant(pg)
    yield made
    made.port.close()
    pg.forget(made.name)


@pytest.fixture
def born(tenant):
    tenant.port.give_birth(tenant.name, 1, BIRTH)
    return tenant


@pytest.fixture
def settled(born):
    born.told = born.port.settle(born.name, 1, ALICE)
    return born


def test_a_born_database_has_keys_of_its_own(born):
    assert born.parameter("database.uuid") == BIRTH.database_uuid
    assert born.parameter("database.secret") == BIRTH.database_secret
    assert born.parameter("database.create_date") == "2026-01-05 09:00:00"


def test_no_call_of_a_cron_is_due_at_birth_and_they_are_spread(born):
    assert (
        born.value("SELECT count(*) FROM ir_cron WHERE nextcall <= now() AT TIME ZONE 'UTC'") == 0
    )
    far = """
        SELECT count(*) FROM ir_cron
         WHERE nextcall > now() AT TIME ZONE 'UTC'
                          + (interval_number || ' ' || interval_type)::interval
    """
    assert born.value(far) == 0
    assert born.value("SELECT count(DISTINCT nextcall) FROM ir_cron") == 4
    assert born.rows(
        "SELECT DISTINCT lastcall, failure_count, first_failure_date FROM ir_cron"
    ) == [(None, 0, None)]


def test_the_cron_that_phones_home_is_off_and_the_others_stay(born):
    assert born.rows("SELECT id FROM ir_cron WHERE NOT active") == [(2,)]


def test_nothing_of_the_builder_is_inherited(born):
    tables = tenant_db.NOT_INHERITED
    there = [name for name in tables if born.value("SELECT to_regclass(%s)", [name])]
    assert len(there) >= 12
    left = {name: born.value(f"SELECT count(*) FROM {name}") for name in there}
    assert left == dict.fromkeys(there, 0)


def test_nobody_can_log_in_to_a_born_database(born):
    assert (
        born.value(
            "SELECT count(*) FROM res_users WHERE password IS NOT NULL OR totp_secret IS NOT NULL"
        )
        == 0
    )


def test_tokens_in_links_are_new_and_keep_their_form(born):
    (first,), (second,) = born.rows("SELECT access_token FROM sale_order ORDER BY id")
    assert first != "11111111-2222-3333-4444-555555555555"
    assert str(uuid.UUID(first)) == first
    assert second is None


def test_links_of_files_in_mail_templates_go_on_working(born):
    assert (
        born.value("SELECT access_token FROM ir_attachment")
        == "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
    )


def test_a_welcome_link_is_possible_for_the_administrator_alone(born):
    assert born.rows("SELECT id FROM res_partner WHERE signup_type = 'reset'") == [(3,)]


def test_keys_that_browsers_were_given_are_gone(born):
    assert born.parameter("mail.web_push_vapid_private_key") is None


def test_the_administrator_is_the_customers_and_has_no_password(settled):
    row = settled.rows("SELECT id, login, password, active FROM res_users WHERE id = 2")
    assert row == [(2, "alice@acme.example", None, True)]
    assert settled.value("SELECT count(*) FROM res_users_log") == 0
    assert (
        settled.value("SELECT signature FROM res_users WHERE id = 2")
        == "<div>Alice O&#x27;Hara &lt;b&gt;</div>"
    )


def test_the_administrators_contact_carries_names_and_addresses(settled):
    columns = "name, complete_name, email, email_normalized, lang, tz"
    assert settled.rows(f"SELECT {columns} FROM res_partner WHERE id = 3") == [
        (
            "Alice O'Hara <b>",
            "Alice O'Hara <b>",
            " Alice@Acme.example ",
            "alice@acme.example",
            "de_DE",
            "Europe/Berlin",
        )
    ]


def test_the_company_and_its_contacts_carry_the_customers_name(settled):
    name = ALICE.company_name
    assert settled.rows("SELECT name, email FROM res_company") == [(name, "info@acme.example")]
    columns = "name, complete_name, commercial_company_name, email, email_normalized"
    assert settled.rows(f"SELECT {columns} FROM res_partner WHERE id = 1") == [
        (name, name, name, "info@acme.example", "info@acme.example")
    ]
    assert settled.rows(
        "SELECT name, complete_name, commercial_company_name FROM res_partner WHERE id = 4"
    ) == [("Warehouse", f"{name}, Warehouse", name)]
    assert settled.rows("SELECT name, email FROM res_partner WHERE id = 2") == [
        ("OdooBot", "odoobot@example.com")
    ]


def test_the_address_is_frozen_and_parameters_are_taken_literally(settled):
    assert settled.parameter("web.base.url") == "http://acme.localhost:8070"
    assert settled.parameter("web.base.url.freeze") == "True"
    assert settled.parameter("saas.plan") == "it's $saas$ 100 %s"


def test_the_ids_are_told(settled):
    assert settled.told == {"admin_user_id": 2, "admin_partner_id": 3, "company_id": 1}


def test_nodes_are_told_to_forget_what_they_cached(born):
    before = born.value("SELECT max(id) FROM orm_signaling_stable")
    born.port.settle(born.name, 1, ALICE)
    assert born.value("SELECT max(id) FROM orm_signaling_stable") == before + 1


@pytest.mark.parametrize("language", ["", "fr_FR", "xx_XX"])
def test_a_language_that_is_not_active_is_left_out(born, language):
    born.port.settle(born.name, 1, Identity(**{**vars(ALICE), "language": language}))
    assert born.value("SELECT lang FROM res_partner WHERE id = 3") == "en_US"


@pytest.mark.parametrize(
    "zone",
    ["", "Moon/Tranquility", "../../etc/passwd", "localtime", "Europe/Berlin\0", "posixrules"],
)
def test_a_time_zone_that_odoo_cannot_load_is_left_out(born, zone):
    born.port.settle(born.name, 1, Identity(**{**vars(ALICE), "time_zone": zone}))
    assert born.value("SELECT tz FROM res_partner WHERE id = 3") is None


def test_empty_addresses_are_none(born):
    born.port.settle(
        born.name, 1, Identity(**{**vars(ALICE), "company_email": "", "admin_email": ""})
    )
    assert (
        born.rows("SELECT email, email_normalized FROM res_partner WHERE id IN (1, 3)")
        == [(None, None)] * 2
    )


def test_a_signature_the_builder_wrote_stays(born):
    born.rows("UPDATE res_users SET signature = '<p>Yours, sales</p>' WHERE id = 2")
    born.port.settle(born.name, 1, ALICE)
    assert born.value("SELECT signature FROM res_users WHERE id = 2") == "<p>Yours, sales</p>"


def test_a_login_somebody_else_has_changes_nothing(born):
    taken = Identity(**{**vars(ALICE), "admin_login": "__system__"})
    with pytest.raises(Broken) as told:
        born.port.settle(born.name, 1, taken)
    assert told.value.code == "not_unique"
    assert born.value("SELECT name FROM res_company") == "My Company"
    assert born.parameter("saas.plan") is None


def test_a_database_without_its_administrator_is_broken(born):
    born.rows("DELETE FROM ir_model_data WHERE name = 'user_admin'")
    with pytest.raises(Broken) as told:
        born.port.settle(born.name, 1, ALICE)
    assert told.value.code == "record_missing"


def test_settling_again_gives_the_later_names(settled):
    settled.port.settle(settled.name, 1, Identity(**{**vars(ALICE), "company_name": "Later"}))
    assert settled.value("SELECT name FROM res_company") == "Later"
    assert settled.value("SELECT complete_name FROM res_partner WHERE id = 4") == "Later, Warehouse"


def test_an_odoo_without_mail_and_its_tables_is_born_and_settled_too(pg):
    port, name = pg.port(), new_name()
    golden = mini_golden.build(pg, mail=False)
    port.ensure_role(name, 1)
    port.clone(name, golden)
    port.own_objects(name)
    port.give_birth(name, 1, BIRTH)
    port.settle(name, 1, ALICE)
    assert pg.value("SELECT name FROM res_company", database=name) == ALICE.company_name
    assert (
        pg.value("SELECT complete_name FROM res_partner WHERE id = 3", database=name)
        == ALICE.admin_name
    )
    pg.forget(name)
    port.drop_database(golden)


def test_a_database_that_is_no_odoo_is_broken(pg):
    port, golden, name = pg.port(), new_name("g"), new_name()
    port.create_empty(golden)
    port.seal_golden(golden)
    port.ensure_role(name, 1)
    port.clone(name, golden)
    port.own_objects(name)
    for work in (lambda: port.give_birth(name, 1, BIRTH), lambda: port.settle(name, 1, ALICE)):
        with pytest.raises(Broken) as told:
            work()
        assert told.value.code == "table_missing"
    pg.forget(name)
    port.drop_database(golden)
