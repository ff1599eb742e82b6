"""A golden database with thirty of Odoo's tables, so that a copy takes a fraction of a second.

Owns: tables and columns as Odoo 19 names them, with rows as a template's builder leaves them.
Does not own: whether Odoo itself is content; that is proven with real golden databases.
"""

SCHEMA = """
CREATE TABLE ir_model_data (
    id serial PRIMARY KEY, create_uid int, create_date timestamp, write_date timestamp,
    write_uid int,
    res_id int, noupdate bool, name varchar NOT NULL, module varchar NOT NULL,
    model varchar NOT NULL);
CREATE UNIQUE INDEX ir_model_data_module_name_uniq_index ON ir_model_data (module, name);
CREATE TABLE res_lang (
    id serial PRIMARY KEY, name varchar NOT NULL, code varchar NOT NULL UNIQUE,
    url_code varchar NOT NULL, active bool);
CREATE TABLE res_country (id serial PRIMARY KEY, name jsonb NOT NULL, code varchar(2));
CREATE TABLE res_currency (id serial PRIMARY KEY, name varchar NOT NULL, symbol varchar NOT NULL);
CREATE TABLE res_partner (
    id serial PRIMARY KEY, company_id int, create_date timestamp, name varchar,
    parent_id int REFERENCES res_partner, commercial_partner_id int, create_uid int,
    write_uid int,
    complete_name varchar, lang varchar, tz varchar, type varchar, email varchar,
    commercial_company_name varchar, company_name varchar, active bool, is_company bool,
    partner_share bool, write_date timestamp, signup_type varchar{mail_column},
    country_id int REFERENCES res_country,
    CHECK (type = 'contact' AND name IS NOT NULL OR type <> 'contact'));
CREATE INDEX ON res_partner (commercial_partner_id);
CREATE INDEX res_partner_name_trgm ON res_partner USING gin (name gin_trgm_ops);
CREATE TABLE res_company (
    id serial PRIMARY KEY, name varchar NOT NULL UNIQUE,
    partner_id int NOT NULL REFERENCES res_partner,
    currency_id int NOT NULL REFERENCES res_currency, sequence int, create_date timestamp,
    email varchar, phone varchar, active bool, write_date timestamp);
CREATE TABLE res_users (
    id serial PRIMARY KEY, company_id int NOT NULL REFERENCES res_company,
    partner_id int NOT NULL REFERENCES res_partner, active bool DEFAULT true,
    create_date timestamp,
    login varchar NOT NULL UNIQUE, password varchar, signature text, share bool,
    create_uid int, write_uid int, write_date timestamp, totp_secret varchar);
CREATE TABLE ir_config_parameter (
    id serial PRIMARY KEY, create_uid int, write_uid int, key varchar NOT NULL,
    value text NOT NULL, create_date timestamp, write_date timestamp,
    CONSTRAINT ir_config_parameter_key_uniq UNIQUE (key));
CREATE TABLE ir_act_server (id serial PRIMARY KEY, name jsonb, state varchar, code text);
CREATE TABLE ir_cron (
    id serial PRIMARY KEY, ir_actions_server_id int REFERENCES ir_act_server,
    user_id int NOT NULL REFERENCES res_users, interval_number int NOT NULL, priority int,
    failure_count int, cron_name varchar, interval_type varchar NOT NULL, active bool,
    nextcall timestamp NOT NULL, lastcall timestamp, first_failure_date timestamp);
CREATE TABLE ir_cron_trigger (id serial PRIMARY KEY, cron_id int NOT NULL REFERENCES ir_cron,
    call_at timestamp NOT NULL);
CREATE TABLE ir_cron_progress (id serial PRIMARY KEY, cron_id int NOT NULL REFERENCES ir_cron,
    remaining int, done int);
CREATE TABLE ir_attachment (
    id serial PRIMARY KEY, name varchar NOT NULL, res_model varchar, res_id int,
    type varchar NOT NULL,
    store_fname varchar, file_size int, checksum varchar(40), access_token varchar,
    url varchar(1024));
CREATE TABLE ir_module_module (id serial PRIMARY KEY, name varchar NOT NULL UNIQUE,
    state varchar(16));
CREATE TABLE ir_ui_view (id serial PRIMARY KEY, name varchar NOT NULL, arch_db jsonb);
CREATE TABLE ir_logging (id serial PRIMARY KEY, name varchar NOT NULL, message text NOT NULL);
CREATE TABLE res_groups (id serial PRIMARY KEY, name jsonb NOT NULL);
CREATE TABLE res_groups_users_rel (gid int NOT NULL REFERENCES res_groups,
    uid int NOT NULL REFERENCES res_users, PRIMARY KEY (gid, uid));
CREATE TABLE res_groups_implied_rel (gid int NOT NULL REFERENCES res_groups,
    hid int NOT NULL REFERENCES res_groups, PRIMARY KEY (gid, hid));
CREATE TABLE res_company_users_rel (cid int NOT NULL REFERENCES res_company,
    user_id int NOT NULL REFERENCES res_users, PRIMARY KEY (cid, user_id));
CREATE TABLE res_users_log (id serial PRIMARY KEY, create_uid int, create_date timestamp);
CREATE TABLE res_device_log (
    id serial PRIMARY KEY, user_id int, session_identifier varchar NOT NULL, ip_address varchar,
    last_activity timestamp);
CREATE TABLE res_users_apikeys (id serial PRIMARY KEY, name varchar NOT NULL,
    user_id int NOT NULL, key varchar);
CREATE TABLE bus_bus (id serial PRIMARY KEY, channel varchar, message varchar);
CREATE TABLE orm_signaling_registry (id serial PRIMARY KEY, date timestamp DEFAULT now());
CREATE TABLE orm_signaling_stable (id serial PRIMARY KEY, date timestamp DEFAULT now());
CREATE TABLE orm_signaling_default (id serial PRIMARY KEY, date timestamp DEFAULT now());
CREATE VIEW res_device AS SELECT id, user_id, session_identifier FROM res_device_log;
CREATE SEQUENCE ir_sequence_001;
CREATE FUNCTION saas_fixture_double(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE TYPE saas_fixture_pair AS (a int, b int);
CREATE SCHEMA extra;
CREATE TABLE extra.note (id int GENERATED ALWAYS AS IDENTITY, told text);
SELECT lo_from_bytea(0, 'fixture');
"""

MAIL = """
CREATE TABLE mail_message (id serial PRIMARY KEY, body text);
CREATE TABLE mail_mail (
    id serial PRIMARY KEY, mail_message_id int NOT NULL REFERENCES mail_message, state varchar,
    email_to text);
CREATE TABLE ir_mail_server (id serial PRIMARY KEY, name varchar NOT NULL, smtp_pass varchar,
    smtp_host varchar, active bool);
CREATE TABLE fetchmail_server (id serial PRIMARY KEY, name varchar NOT NULL, password varchar);
CREATE TABLE iap_account (id serial PRIMARY KEY, name varchar, account_token varchar(43));
CREATE TABLE mail_push_device (id serial PRIMARY KEY, endpoint varchar NOT NULL,
    keys varchar NOT NULL);
CREATE TABLE mail_push (id serial PRIMARY KEY,
    mail_push_device_id int NOT NULL REFERENCES mail_push_device);
ALTER TABLE res_users ADD COLUMN notification_type varchar NOT NULL DEFAULT 'email';
ALTER TABLE res_users ALTER COLUMN notification_type DROP DEFAULT;
CREATE TABLE sale_order (id serial PRIMARY KEY, name varchar NOT NULL, access_token varchar);
INSERT INTO mail_message (body) VALUES ('waiting');
INSERT INTO mail_mail (mail_message_id, state, email_to) VALUES (1, 'outgoing',
    'somebody@example.com');
INSERT INTO ir_mail_server (name, smtp_pass, active) VALUES ('builder',
    'inherited-smtp-password', true);
INSERT INTO fetchmail_server (name, password) VALUES ('builder', 'inherited-imap-password');
INSERT INTO iap_account (name, account_token) VALUES ('builder', 'inherited-iap-token');
INSERT INTO mail_push_device (endpoint, keys) VALUES ('https://push.example.com', 'inherited');
INSERT INTO mail_push (mail_push_device_id) VALUES (1);
INSERT INTO sale_order (name, access_token) VALUES
    ('S1', '11111111-2222-3333-4444-555555555555'), ('S2', NULL);
INSERT INTO ir_config_parameter (key, value) VALUES
    ('mail.web_push_vapid_private_key', 'inherited-key'), ('mail.web_push_vapid_public_key',
    'public');
"""

ROWS = """
INSERT INTO res_lang (name, code, url_code, active) VALUES
    ('English', 'en_US', 'en', true), ('German', 'de_DE', 'de', true), ('French', 'fr_FR', 'fr',
    false);
INSERT INTO res_country (name, code) VALUES ('{"en_US": "Germany"}', 'DE');
INSERT INTO res_currency (name, symbol) VALUES ('EUR', '€');
INSERT INTO res_partner
    (name, complete_name, parent_id, commercial_partner_id, type, lang, email, is_company, active,
     commercial_company_name) VALUES
    ('My Company', 'My Company', NULL, 1, 'contact', 'en_US', 'old@example.com', true, true,
    'My Company'),
    ('OdooBot', 'OdooBot', NULL, 2, 'contact', 'en_US', 'odoobot@example.com', false, false,
    NULL),
    ('Administrator', 'Administrator', NULL, 3, 'contact', 'en_US', 'admin@example.com', false,
    true, NULL),
    ('Warehouse', 'My Company, Warehouse', 1, 1, 'contact', 'en_US', NULL, false, true,
    'My Company');
INSERT INTO res_company (name, partner_id, currency_id, email, active) VALUES
    ('My Company', 1, 1, 'old@example.com', true);
INSERT INTO res_users (company_id, partner_id, active, login, password, signature, share,
    totp_secret) VALUES
    (1, 2, false, '__system__', NULL, '<div>System</div>', false, NULL),
    (1, 3, true, 'admin', '$pbkdf2-sha512$inherited', '<div>Administrator</div>', false,
    'INHERITED');
INSERT INTO res_groups (name) VALUES ('{"en_US": "User"}'), ('{"en_US": "Access Rights"}'),
    ('{"en_US": "Settings"}'), ('{"en_US": "Sales"}');
INSERT INTO res_groups_implied_rel (gid, hid) VALUES (2, 1), (3, 2), (4, 1);
INSERT INTO res_groups_users_rel (gid, uid) VALUES (3, 2), (4, 2);
INSERT INTO res_company_users_rel (cid, user_id) VALUES (1, 2);
INSERT INTO ir_model_data (module, name, model, res_id) VALUES
    ('base', 'group_user', 'res.groups', 1), ('base', 'group_erp_manager', 'res.groups', 2),
    ('base', 'group_system', 'res.groups', 3),
    ('base', 'user_root', 'res.users', 1), ('base', 'user_admin', 'res.users', 2),
    ('base', 'main_company', 'res.company', 1), ('base', 'main_partner', 'res.partner', 1),
    ('mail', 'ir_cron_module_update_notification', 'ir.cron', 2);
INSERT INTO ir_config_parameter (key, value) VALUES
    ('database.uuid', 'golden-uuid'), ('database.secret', 'golden-secret'),
    ('database.create_date', '2020-01-01 00:00:00'), ('web.base.url', 'http://localhost:8069');
INSERT INTO ir_cron
    (user_id, interval_number, interval_type, active, nextcall, lastcall, failure_count) VALUES
    (1, 1, 'days', true, '2020-01-01', '2020-01-01', 3), (1, 1, 'weeks', true, '2020-01-01',
    NULL, 0),
    (1, 5, 'minutes', true, '2020-01-01', NULL, 0), (1, 1, 'months', true, '2020-01-01', NULL, 0);
INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES (1, '2020-01-01');
INSERT INTO ir_cron_progress (cron_id) VALUES (1);
INSERT INTO ir_attachment (name, type, store_fname, access_token) VALUES
    ('logo', 'binary', 'ab/abcdef', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee');
INSERT INTO res_users_log (create_uid, create_date) VALUES (2, '2020-01-01');
INSERT INTO res_device_log (user_id, session_identifier) VALUES (2, 'inherited-session');
INSERT INTO res_users_apikeys (name, user_id, key) VALUES ('builder', 2, 'inherited-api-key');
INSERT INTO bus_bus (channel, message) VALUES ('c', 'm');
INSERT INTO orm_signaling_registry DEFAULT VALUES;
INSERT INTO orm_signaling_stable DEFAULT VALUES;
INSERT INTO orm_signaling_default DEFAULT VALUES;
"""


def build(server, mail=True, name=None):
    """Build and seal a golden database on a test server and return its name; without mail it is
    as
    lean as `base`.
    """
    from .postgres import new_name

    port = server.port()
    name = name or new_name("g")
    port.create_empty(name)
    column = ", email_normalized varchar" if mail else ""
    filled = SCHEMA.replace("{mail_column}", column) + ROWS + (MAIL if mail else "")
    server.rows(filled, server=server.provisioner.within(name))
    port.seal_golden(name)
    return name
