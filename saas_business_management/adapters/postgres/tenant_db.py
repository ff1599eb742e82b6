"""What is written inside a tenant's database, always as the tenant's own role.

Owns: birth (a copy becomes an Odoo of its own) and settling (it becomes the customer's). Does not
own: roles, databases.

Each is one string of statements sent in one round trip, which the server runs as one transaction.
Values travel as one parameter and are read back with `current_setting`, because a DO block takes
none. The secret comes with the connection's settings instead: a server writes failing statements
into its log.

Source: Odoo 19
`addons/base/models/{ir_config_parameter,ir_cron,res_users,res_partner,res_company}.py`,
`orm/registry.py`.
"""

import html
import json
import re
import zoneinfo
from datetime import timezone

from ..ports import Birth, Identity
from .connect import Cursor

SECRET_SETTING = "saas.database_secret"
ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")

# Whatever people, browsers and mail servers left in the golden database, in tables that need not
# exist.
NOT_INHERITED = (
    "ir_cron_trigger",
    "ir_cron_progress",
    "ir_logging",
    "ir_profile",
    "res_users_log",
    "res_device_log",
    "res_users_apikeys",
    "auth_totp_device",
    "auth_totp_rate_limit_log",
    "auth_passkey_key",
    "bus_bus",
    "bus_presence",
    "mail_presence",
    "mail_push",
    "mail_push_device",
    "discuss_channel_rtc_session",
    "sms_sms",
    "mail_mail",
    "fetchmail_server",
    "ir_mail_server",
    "iap_account",
)
# Odoo makes these again when it needs them.
KEYS_NOT_INHERITED = (
    "mail.web_push_vapid_private_key",
    "mail.web_push_vapid_public_key",
    "mail.sfu_server_key",
    "mail.sfu_local_key",
    "website_profile.uuid",
    "database.enterprise_code",
    "database.expiration_date",
    "database.expiration_reason",
)
LOGINS_NOT_INHERITED = ("password", "totp_secret", "oauth_uid", "oauth_access_token")

BIRTH = """
SELECT set_config('saas.birth', %(birth)s, true);
DO $birth$
DECLARE
    told jsonb := current_setting('saas.birth')::jsonb;
    utc  timestamp := now() AT TIME ZONE 'UTC';
    it   text;
BEGIN
    INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
    SELECT key, value, 1, utc, 1, utc FROM jsonb_each_text(told->'parameters')
     UNION ALL SELECT 'database.secret', current_setting('saas.database_secret'), 1, utc, 1, utc
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date;
    DELETE FROM ir_config_parameter
     WHERE key IN (SELECT jsonb_array_elements_text(told->'keys'));

    UPDATE ir_cron
       SET nextcall = utc + (interval_number || ' ' || interval_type)::interval
                            * (0.1 + 0.9 * random()),
           lastcall = NULL, failure_count = 0, first_failure_date = NULL;
    UPDATE ir_cron SET active = false
     WHERE id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module = 'mail'
                     AND name = 'ir_cron_module_update_notification');

    FOR it IN SELECT jsonb_array_elements_text(told->'tables') LOOP
        IF to_regclass('public.' || it) IS NOT NULL THEN
            EXECUTE format('DELETE FROM public.%%I', it);
        END IF;
    END LOOP;
    FOR it IN SELECT a.attname FROM pg_attribute a
               WHERE a.attrelid = 'res_users'::regclass AND NOT a.attisdropped
                 AND a.attname IN (SELECT jsonb_array_elements_text(told->'logins'))
    LOOP
        EXECUTE format('UPDATE res_users SET %%1$I = NULL WHERE %%1$I IS NOT NULL', it);
    END LOOP;
    FOR it IN SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               WHERE a.attname = 'access_token' AND NOT a.attisdropped AND c.relkind = 'r'
                 AND a.atttypid IN ('varchar'::regtype, 'text'::regtype)
                 AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'ir_attachment'
    LOOP
        EXECUTE format('UPDATE %%s SET access_token ='
                       ' left(gen_random_uuid()::text || gen_random_uuid(), length(access_token))'
                       ' WHERE length(access_token) >= 16', it);
    END LOOP;
    -- The welcome link is a signed token of this type; Odoo accepts it while the partner has it.
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'res_partner'::regclass
                  AND attname = 'signup_type' AND NOT attisdropped) THEN
        UPDATE res_partner SET signup_type = 'reset'
         WHERE id = (SELECT u.partner_id FROM res_users u JOIN ir_model_data d ON d.res_id = u.id
                      WHERE d.module = 'base' AND d.name = 'user_admin');
    END IF;
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
END
$birth$;
"""

# Each row is written once: a second UPDATE in the same transaction would run all its foreign key
# checks. The column of the mail module is there or not, so that one statement exists twice.
PARTNERS = """UPDATE res_partner p
           SET name = n.name, complete_name = n.name, email = n.email{more},
               lang = coalesce(n.lang, p.lang), tz = coalesce(n.tz, p.tz),
               commercial_company_name = coalesce(n.company, p.commercial_company_name),
               active = true, write_date = utc
          FROM (VALUES (a_partner, told->>'admin_name', nullif(told->>'admin_email', ''),
                        tongue, nullif(told->>'time_zone', ''), NULL),
                       (c_partner, told->>'company_name', nullif(told->>'company_email', ''),
                        NULL, NULL, told->>'company_name')
               ) AS n (id, name, email, lang, tz, company)
         WHERE p.id = n.id;"""
SETTLE = """
SELECT set_config('saas.identity', %(identity)s, true);
DO $settle$
DECLARE
    told      jsonb := current_setting('saas.identity')::jsonb;
    utc       timestamp := now() AT TIME ZONE 'UTC';
    tongue    text;
    a_id      integer;
    a_partner integer;
    c_id      integer;
    c_partner integer;
BEGIN
    SELECT res_id INTO STRICT a_id FROM ir_model_data WHERE module = 'base' AND name = 'user_admin';
    SELECT res_id INTO STRICT c_id
      FROM ir_model_data WHERE module = 'base' AND name = 'main_company';
    IF told->>'language' <> '' THEN
        SELECT code INTO tongue FROM res_lang WHERE code = told->>'language' AND active;
    END IF;
    UPDATE res_users
       SET login = told->>'admin_login', password = NULL, active = true, write_date = utc,
           signature = CASE WHEN coalesce(signature, '') IN ('', '<div>Administrator</div>')
                            THEN told->>'signature' ELSE signature END
     WHERE id = a_id RETURNING partner_id INTO STRICT a_partner;
    UPDATE res_company
       SET name = told->>'company_name', email = nullif(told->>'company_email', ''),
           write_date = utc
     WHERE id = c_id RETURNING partner_id INTO STRICT c_partner;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'res_partner'::regclass
                  AND attname = 'email_normalized' AND NOT attisdropped) THEN
        {partners_with_mail}
    ELSE
        {partners}
    END IF;
    UPDATE res_partner
       SET commercial_company_name = told->>'company_name',
           complete_name = CASE WHEN parent_id = c_partner AND is_company IS NOT TRUE AND name <> ''
                                THEN (told->>'company_name') || ', ' || name
                                ELSE complete_name END
     WHERE commercial_partner_id = c_partner AND id NOT IN (a_partner, c_partner);

    INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
    SELECT key, value, 1, utc, 1, utc FROM jsonb_each_text(told->'parameters')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date;
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
    PERFORM set_config('saas.settled', json_build_array(a_id, a_partner, c_id)::text, true);
END
$settle$;
SELECT current_setting('saas.settled')::json
""".replace(
    "{partners_with_mail}", PARTNERS.format(more=", email_normalized = lower(btrim(n.email))")
).replace("{partners}", PARTNERS.format(more=""))

# Makes the server read ahead what `SETTLE` needs of its catalogues, half of a first call's time.
AHEAD = """
DO $$ BEGIN NULL; END $$;
EXPLAIN SELECT res_id FROM ir_model_data WHERE module = '' AND name = '';
EXPLAIN UPDATE res_users SET login = login, signature = signature WHERE id = 0;
EXPLAIN UPDATE res_company SET name = name, email = email WHERE id = 0;
EXPLAIN UPDATE res_partner SET name = name, email = email WHERE commercial_partner_id = 0;
EXPLAIN INSERT INTO ir_config_parameter (key, value)
        SELECT key, value FROM jsonb_each_text('{}')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value;
EXPLAIN INSERT INTO orm_signaling_stable DEFAULT VALUES
"""


def give_birth(cursor: Cursor, birth: Birth) -> None:
    """Make a copy an Odoo of its own: new keys, crons spread ahead, nothing of its origin's people.

    The connection was opened with the new secret as `SECRET_SETTING`.
    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    told = {
        "parameters": {
            "database.uuid": birth.database_uuid,
            "database.create_date": birth.created_at.astimezone(timezone.utc).strftime(
                "%Y-%m-%d %H:%M:%S"
            ),
        },
        "keys": KEYS_NOT_INHERITED,
        "tables": NOT_INHERITED,
        "logins": LOGINS_NOT_INHERITED,
    }
    cursor.execute(BIRTH, {"birth": json.dumps(told)})


def settle(cursor: Cursor, identity: Identity) -> dict[str, object]:
    """Make a database the customer's and return the ids of administrator and company.

    The administrator has no password afterwards: a mailed link sets the first one.
    Raises: Unavailable, Broken (`not_unique` when another user has the login, `record_missing`).
    """
    told = {
        "admin_name": identity.admin_name,
        "admin_login": identity.admin_login,
        "admin_email": identity.admin_email,
        "company_name": identity.company_name,
        "company_email": identity.company_email,
        "signature": f"<div>{html.escape(identity.admin_name)}</div>",
        "language": identity.language,
        "time_zone": _known_zone(identity.time_zone),
        "parameters": {
            **identity.parameters,
            "web.base.url": identity.base_url,
            "web.base.url.freeze": "True",
        },
    }
    cursor.execute(SETTLE, {"identity": json.dumps(told)})
    user, partner, company = cursor.fetchone()[0]
    return {"admin_user_id": user, "admin_partner_id": partner, "company_id": company}


def _known_zone(name: str) -> str:
    """Return a time zone Odoo can load, or none: with another one no page of the user opens."""
    if not ZONE.fullmatch(name):
        return ""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return ""
    return name
