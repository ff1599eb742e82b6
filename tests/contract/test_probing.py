"""The questions of probes and audits on real servers: counted by hand, and nothing is a zero."""

from datetime import datetime, timezone

import pytest

from saas_business_management.adapters.ports import Question
from saas_business_management.kernel.monitoring.question import AUDITS, PROBES
from saas_business_management.kernel.monitoring.reading import compare, read
from tests.contract.test_cluster import subject
from tests.contract.test_metering import tenant
from tests.helpers.postgres import VERSIONS

assert subject and tenant  # the fixtures
# Tables are what this is about: the double has none.
pytestmark = pytest.mark.parametrize("subject", VERSIONS, indirect=True)

NOW = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
# The columns that Odoo 19 has and the small database of these tests lacks.
ODOO = """
ALTER TABLE ir_module_module ADD COLUMN IF NOT EXISTS latest_version varchar;
ALTER TABLE res_users_apikeys ADD COLUMN IF NOT EXISTS create_date timestamp,
                              ADD COLUMN IF NOT EXISTS expiration_date timestamp;
ALTER TABLE mail_message ADD COLUMN date timestamp;
ALTER TABLE mail_mail ADD COLUMN create_date timestamp;
CREATE TABLE mail_notification (id serial PRIMARY KEY, mail_message_id int,
    notification_type varchar, notification_status varchar);
CREATE TABLE payment_transaction (id serial PRIMARY KEY, state varchar, create_date timestamp);
ALTER TABLE sale_order ADD COLUMN state varchar, ADD COLUMN invoice_status varchar,
                       ADD COLUMN date_order timestamp;
CREATE TABLE stock_move (id serial PRIMARY KEY, state varchar, date timestamp);
CREATE TABLE stock_picking (id serial PRIMARY KEY, state varchar, scheduled_date timestamp);
CREATE TABLE account_move (id serial PRIMARY KEY, move_type varchar, state varchar,
    create_date timestamp);
CREATE TABLE account_edi_document (id serial PRIMARY KEY, state varchar, blocking_level varchar,
    create_date timestamp);
UPDATE ir_module_module SET state = 'installed';
INSERT INTO ir_module_module (name, state)
    SELECT unnest(ARRAY['base', 'mail', 'payment', 'sale', 'stock', 'account', 'account_edi']),
           'installed'
    ON CONFLICT (name) DO NOTHING;
UPDATE ir_module_module SET latest_version = '19.0.1.3';
"""
WORK = """
DELETE FROM ir_cron_trigger; DELETE FROM ir_cron_progress; DELETE FROM ir_cron;
INSERT INTO ir_cron (user_id, interval_number, interval_type, active, failure_count, nextcall,
                     lastcall) VALUES
    (1, 1, 'days', true, 0, '2030-01-01 11:50', '2029-12-31 11:50'),
    (1, 10, 'minutes', true, 2, '2030-01-01 11:00', '2030-01-01 10:50'),
    (1, 1, 'hours', true, 0, '2030-01-01 12:30', NULL),
    (1, 1, 'months', true, 0, '2030-01-01 11:58', '2029-12-01 11:58'),
    (1, 1, 'days', false, 5, '2029-12-01 11:00', NULL),
    (1, 1, 'days', false, 4, '2029-12-01 11:00', NULL);
INSERT INTO ir_model_data (name, module, model, res_id)
    SELECT 'ir_cron_scheduler_action', 'stock', 'ir.cron', min(id) FROM ir_cron;
DELETE FROM res_device_log;
INSERT INTO res_device_log (user_id, session_identifier, last_activity) VALUES
    (1, 'a', '2030-01-01 11:50'), (1, 'b', '2030-01-01 11:51'), (2, 'c', '2030-01-01 11:46'),
    (2, 'd', '2030-01-01 11:44');
DELETE FROM mail_mail; DELETE FROM mail_message;
INSERT INTO mail_message (id, body, date) VALUES (900, 'new', '2030-01-01 11:00'),
    (901, 'old', '2029-12-30 11:00');
INSERT INTO mail_mail (mail_message_id, state, create_date) VALUES
    (900, 'outgoing', '2030-01-01 11:59'), (900, 'outgoing', '2030-01-01 11:58'),
    (900, 'exception', '2030-01-01 10:00'), (901, 'exception', '2029-12-30 11:00');
INSERT INTO mail_notification (mail_message_id, notification_type, notification_status) VALUES
    (900, 'email', 'sent'), (900, 'email', 'sent'), (900, 'email', 'sent'),
    (900, 'email', 'bounce'), (900, 'inbox', 'exception'), (901, 'email', 'exception');
INSERT INTO payment_transaction (state, create_date) VALUES ('done', '2030-01-01 01:00'),
    ('error', '2030-01-01 02:00'), ('error', '2029-12-01 02:00'), ('draft', '2030-01-01 02:00');
DELETE FROM sale_order;
INSERT INTO sale_order (name, state, invoice_status, date_order) VALUES
    ('S1', 'sale', 'to invoice', '2030-01-01 11:30'), ('S2', 'sale', 'to invoice', '2029-12-30'),
    ('S3', 'sale', 'invoiced', '2029-12-30'), ('S4', 'draft', 'no', '2030-01-01 11:30');
INSERT INTO stock_move (state, date) VALUES ('done', '2030-01-01 11:30'),
    ('done', '2030-01-01 11:40'), ('done', '2029-01-01'), ('assigned', '2030-01-01 09:00'),
    ('confirmed', '2030-01-02'), ('waiting', '2029-12-30'), ('cancel', '2029-12-30');
INSERT INTO stock_picking (state, scheduled_date) VALUES ('assigned', '2029-12-30'),
    ('done', '2029-12-30'), ('confirmed', '2030-01-03');
INSERT INTO account_move (move_type, state, create_date) VALUES
    ('out_invoice', 'draft', '2029-12-31 12:00'), ('in_invoice', 'draft', '2029-01-01'),
    ('out_invoice', 'posted', '2030-01-01 11:10'), ('out_invoice', 'posted', '2029-12-30');
INSERT INTO account_edi_document (state, blocking_level, create_date) VALUES
    ('to_send', 'error', '2030-01-01 11:00'), ('to_send', NULL, '2030-01-01 11:30'),
    ('sent', 'error', '2029-01-01');
UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'base';
"""
COUNTED = {
    "cron_lag_s": 3600,
    "crons_overdue": 2,
    "crons_failing": 1,
    "crons_dead": 1,
    "scheduler_completion_percent": 75,
    "sessions": 2,
    "mail_waiting": 2,
    "mail_oldest_s": 120,
    "mail_exceptions": 1,
    "mail_exceptions_percent": 25,
    "payment_errors_percent": 50,
    "orders_hour": 1,
    "orders_stuck": 1,
    "moves_done_percent": 50,
    "pickings_late": 1,
    "procurement_age_s": 87000,
    "invoice_oldest_draft_s": 86400,
    "invoices_posted_hour": 1,
    "edi_errors": 1,
    "edi_oldest_s": 3600,
    "modules_stuck": 1,
}


def asked(tenant, asks):
    questions = [Question(one.code, one.text, {"now": NOW}, one.module) for one in asks]
    told = tenant.port.ask(tenant.name, 1, questions)
    return read({code: (one.number, one.problem) for code, one in told.items()})


def remembered(tenant):
    return compare({}, asked(tenant, AUDITS)).remember


def test_a_tenant_with_work_is_counted_right(tenant):
    tenant.run(ODOO + WORK)
    tenant.run("UPDATE ir_module_module SET state = 'installed' WHERE name <> 'base'")
    found = asked(tenant, PROBES)
    assert found.unknown == {}
    told = {code: float(value) for code, value in found.numbers.items()}
    assert told.pop("internal_users") >= 0
    assert told == COUNTED


def test_what_a_tenant_does_not_have_is_neither_a_number_nor_unknown(tenant):
    tenant.run("UPDATE ir_module_module SET state = 'uninstalled' WHERE name <> 'base'")
    found = asked(tenant, PROBES)
    assert not {"orders_hour", "mail_waiting", "edi_errors"} & {*found.numbers, *found.unknown}
    assert "crons_dead" in found.numbers


def test_a_column_that_is_not_there_is_unknown_with_its_reason(tenant):
    tenant.run(ODOO)
    tenant.run("ALTER TABLE sale_order RENAME COLUMN date_order TO ordered_at")
    found = asked(tenant, PROBES)
    assert found.unknown["orders_hour"] == "column_missing"
    assert "pickings_late" in found.numbers


def test_nothing_to_compute_a_share_from_is_no_share(tenant):
    tenant.run(ODOO)
    found = asked(tenant, PROBES)
    assert "payment_errors_percent" not in {*found.numbers, *found.unknown}
    assert float(found.numbers["edi_oldest_s"]) == 0


def test_counts_stop_at_a_thousand(tenant):
    tenant.run(ODOO)
    tenant.run(
        "INSERT INTO stock_picking (state, scheduled_date)"
        " SELECT 'assigned', '2029-12-30' FROM generate_series(1, 3000)"
    )
    assert asked(tenant, PROBES).numbers["pickings_late"] == 1000


def admin(tenant, login):
    tenant.run(
        "INSERT INTO res_users (company_id, partner_id, login, active, share, notification_type)"
        f" VALUES (1, 1, '{login}', true, false, 'email')"
    )
    return f"(SELECT id FROM res_users WHERE login = '{login}')"


def test_an_administrator_is_found_also_through_a_group_that_brings_the_right_along(tenant):
    tenant.run(ODOO)
    ((known,),) = tenant.run(
        "SELECT count(*) FROM ir_model_data WHERE module = 'base' AND name = 'group_system'"
    )
    if not known:
        tenant.run(
            "WITH g AS (INSERT INTO res_groups (name) VALUES ('{}') RETURNING id)"
            " INSERT INTO ir_model_data (name, module, model, res_id)"
            " SELECT 'group_system', 'base', 'res.groups', id FROM g"
        )
    before = remembered(tenant)
    mallory = admin(tenant, "mallory")
    tenant.run(
        "WITH g AS (INSERT INTO res_groups (name) VALUES ('{}') RETURNING id),"
        " i AS (INSERT INTO res_groups_implied_rel (gid, hid) SELECT g.id, d.res_id"
        "   FROM g, ir_model_data d WHERE d.module = 'base' AND d.name = 'group_system')"
        f" INSERT INTO res_groups_users_rel (gid, uid) SELECT g.id, {mallory} FROM g"
    )
    found = compare(before, asked(tenant, AUDITS))
    assert found.numbers["admins_added"] == 1
    assert [rule for rule, _facts in found.findings] == ["tenant_admins_changed"]


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        ("UPDATE ir_act_server SET name = '{}'", []),
        (
            "INSERT INTO ir_act_server (name, state, code) VALUES ('{}', 'code', 'x = 1')",
            ["tenant_code_changed"],
        ),
        (
            "INSERT INTO ir_config_parameter (key, value)"
            " VALUES ('auth_signup.invitation_scope', 'b2c')"
            " ON CONFLICT (key) DO UPDATE SET value = 'b2c'",
            ["tenant_settings_changed"],
        ),
        ("UPDATE ir_module_module SET latest_version = '19.0.9.9' WHERE name = 'mail'", []),
    ],
    ids=["a name", "code", "a setting", "a module"],
)
def test_what_changed_between_two_audits_is_found(tenant, statement, rules):
    tenant.run(ODOO)
    before = remembered(tenant)
    tenant.run(statement)
    found = compare(before, asked(tenant, AUDITS))
    assert [rule for rule, _facts in found.findings] == rules
    assert found.numbers["modules_changed"] == (1 if "19.0.9.9" in statement else 0)


def test_keys_without_end_and_old_ones_are_counted(tenant):
    tenant.run(ODOO)
    tenant.run(
        "DELETE FROM res_users_apikeys; INSERT INTO res_users_apikeys (name, user_id, create_date,"
        " expiration_date) VALUES ('a', 1, '2029-01-01', NULL), ('b', 1, '2029-12-01', NULL),"
        " ('c', 1, '2029-12-01', '2030-02-01')"
    )
    numbers = asked(tenant, AUDITS).numbers
    told = [int(numbers[one]) for one in ("api_keys", "api_keys_without_end", "api_keys_old")]
    assert told == [3, 2, 1]
