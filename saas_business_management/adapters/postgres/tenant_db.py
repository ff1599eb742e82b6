"""What is written inside a tenant's database, always as the tenant's own role.

Owns: birth (a copy becomes an Odoo of its own) and settling (it becomes the customer's). Does not own: roles, databases.

Each is one string of statements sent in one round trip, which the server runs as one transaction. Values travel as one
parameter and are read back with `current_setting`, because a DO block takes none. The secret comes with the connection's
settings instead: a server writes failing statements into its log.

Source: Odoo 19 `addons/base/models/{ir_config_parameter,ir_cron,res_users,res_partner,res_company}.py`, `orm/registry.py`.
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

# Whatever people, browsers and mail servers left in the golden database, in tables that need not exist.
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
       SET nextcall = utc + (interval_number || ' ' || interval_type)::interval * (0.1 + 0.9 * random()),
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
        EXECUTE format('UPDATE %%s SET access_token = left(gen_random_uuid()::text || gen_random_uuid(),'
                       ' length(access_token)) WHERE length(access_token) >= 16', it);
    END LOOP;
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
END
$birth$;
"""

SETTLE = """
SELECT set_config('saas.identity', %(identity)s, true);
DO $settle$
DECLARE
    told    jsonb := current_setting('saas.identity')::jsonb;
    utc     timestamp := now() AT TIME ZONE 'UTC';
    admin   record;
    company record;
BEGIN
    SELECT u.id, u.partner_id, p.name INTO STRICT admin
      FROM ir_model_data d JOIN res_users u ON u.id = d.res_id JOIN res_partner p ON p.id = u.partner_id
     WHERE d.module = 'base' AND d.name = 'user_admin' AND d.model = 'res.users';
    SELECT c.id, c.partner_id INTO STRICT company
      FROM ir_model_data d JOIN res_company c ON c.id = d.res_id
     WHERE d.module = 'base' AND d.name = 'main_company' AND d.model = 'res.company';

    UPDATE res_users
       SET login = told->>'admin_login', password = NULL, active = true, write_date = utc,
           signature = CASE WHEN coalesce(signature, '') IN ('', '<div>' || admin.name || '</div>')
                            THEN told->>'signature' ELSE signature END
     WHERE id = admin.id;
    UPDATE res_partner
       SET name = told->>'admin_name', complete_name = told->>'admin_name',
           email = nullif(told->>'admin_email', ''),
           lang = coalesce((SELECT code FROM res_lang WHERE code = told->>'language' AND active LIMIT 1), lang),
           tz = coalesce(nullif(told->>'time_zone', ''), tz),
           active = true, write_date = utc
     WHERE id = admin.partner_id;
    UPDATE res_company
       SET name = told->>'company_name', email = nullif(told->>'company_email', ''), write_date = utc
     WHERE id = company.id;
    UPDATE res_partner
       SET name = told->>'company_name', complete_name = told->>'company_name',
           email = nullif(told->>'company_email', ''), write_date = utc
     WHERE id = company.partner_id;
    UPDATE res_partner
       SET commercial_company_name = told->>'company_name',
           complete_name = CASE WHEN parent_id = company.partner_id AND is_company IS NOT TRUE AND name <> ''
                                THEN (told->>'company_name') || ', ' || name ELSE complete_name END
     WHERE commercial_partner_id = company.partner_id;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'res_partner'::regclass
                  AND attname = 'email_normalized' AND NOT attisdropped) THEN
        UPDATE res_partner SET email_normalized = nullif(lower(btrim(email)), '')
         WHERE id IN (admin.partner_id, company.partner_id);
    END IF;

    INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
    SELECT key, value, 1, utc, 1, utc FROM jsonb_each_text(told->'parameters')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date;
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
END
$settle$;
SELECT u.id, u.partner_id, c.res_id
  FROM ir_model_data a JOIN res_users u ON u.id = a.res_id, ir_model_data c
 WHERE a.module = 'base' AND a.name = 'user_admin' AND a.model = 'res.users'
   AND c.module = 'base' AND c.name = 'main_company' AND c.model = 'res.company'
"""


def give_birth(cursor: Cursor, birth: Birth) -> None:
    """Make a copy an Odoo of its own: new keys, calls of its crons spread ahead, nothing of its origin's people.

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
    user, partner, company = cursor.fetchone()
    return {"admin_user_id": user, "admin_partner_id": partner, "company_id": company}


def _known_zone(name: str) -> str:
    """Return a time zone Odoo can load, or an empty text: with any other one no page of the user would open."""
    if not ZONE.fullmatch(name):
        return ""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return ""
    return name
