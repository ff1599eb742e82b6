"""The guest: a user for support inside a tenant's database, always as the tenant's own role.

Owns: making it, archiving it. Does not own: consent and times (`kernel/support`), the link with
which it chooses a password (`kernel/provisioning/link.py`).

The guest has no password until its one-time link sets one, and none afterwards. Where Odoo's
modules demand a value in a row, the administrator's own is taken; nothing else of the
administrator's row is, so no token, key or second factor is ever copied. Without the right to
settings it gets the administrator's groups but those that lead to access rights.

Source: Odoo 19 `addons/base/models/{res_users,res_groups}.py` (`group_ids`, `_session_token`),
`addons/auth_signup/models/res_partner.py` (`signup_type`), `orm/registry.py` (signaling).
"""

import html
import json

from ..ports import Guest
from .connect import Cursor

OPEN = """
SELECT set_config('saas.guest', %(guest)s, true);
DO $guest$
DECLARE
    told    jsonb := current_setting('saas.guest')::jsonb;
    utc     timestamp := now() AT TIME ZONE 'UTC';
    mold    res_users;
    face    res_partner;
    worker  integer;
    locks   integer;
    a_user  integer;
    a_face  integer;
    needed  jsonb;
BEGIN
    SELECT u.* INTO STRICT mold FROM res_users u
     WHERE u.id = (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'user_admin');
    SELECT p.* INTO STRICT face FROM res_partner p WHERE p.id = mold.partner_id;
    SELECT res_id INTO STRICT worker
      FROM ir_model_data WHERE module = 'base' AND name = 'group_user';
    SELECT res_id INTO STRICT locks
      FROM ir_model_data WHERE module = 'base' AND name = 'group_erp_manager';
    SELECT id, partner_id INTO a_user, a_face FROM res_users WHERE login = told->>'login';
    IF a_user IS NULL THEN
        a_face := nextval(pg_get_serial_sequence('res_partner', 'id'));
        SELECT jsonb_object_agg(attname, to_jsonb(face)->attname) INTO needed FROM pg_attribute
         WHERE attrelid = 'res_partner'::regclass AND attnotnull AND attnum > 0
           AND NOT attisdropped;
        INSERT INTO res_partner SELECT (jsonb_populate_record(NULL::res_partner,
            needed || jsonb_build_object(
                'id', a_face, 'name', told->>'name', 'complete_name', told->>'name',
                'email', told->>'email', 'email_normalized', lower(told->>'email'),
                'lang', face.lang, 'tz', face.tz, 'type', 'contact', 'active', true,
                'is_company', false, 'partner_share', false, 'commercial_partner_id', a_face,
                'create_uid', 1, 'write_uid', 1, 'create_date', utc, 'write_date', utc))).*;
        a_user := nextval(pg_get_serial_sequence('res_users', 'id'));
        SELECT jsonb_object_agg(attname, to_jsonb(mold)->attname) INTO needed FROM pg_attribute
         WHERE attrelid = 'res_users'::regclass AND attnotnull AND attnum > 0 AND NOT attisdropped;
        INSERT INTO res_users SELECT (jsonb_populate_record(NULL::res_users,
            needed || jsonb_build_object(
                'id', a_user, 'login', told->>'login', 'partner_id', a_face, 'password', NULL,
                'company_id', mold.company_id, 'active', true, 'share', false,
                'signature', told->>'signature',
                'create_uid', 1, 'write_uid', 1, 'create_date', utc, 'write_date', utc))).*;
        INSERT INTO res_company_users_rel (cid, user_id)
        SELECT cid, a_user FROM res_company_users_rel WHERE user_id = mold.id;
    END IF;
    UPDATE res_users SET active = true, password = NULL, write_date = utc WHERE id = a_user;
    UPDATE res_partner SET active = true, signup_type = 'reset', write_date = utc WHERE id = a_face;
    DELETE FROM res_groups_users_rel WHERE uid = a_user;
    WITH RECURSIVE leads (gid, hid) AS (
        SELECT id, id FROM res_groups
         UNION SELECT l.gid, i.hid FROM leads l JOIN res_groups_implied_rel i ON i.gid = l.hid)
    INSERT INTO res_groups_users_rel (gid, uid)
    SELECT r.gid, a_user FROM res_groups_users_rel r
     WHERE r.uid = mold.id
       AND ((told->>'settings')::boolean
            OR NOT EXISTS (SELECT FROM leads l WHERE l.gid = r.gid AND l.hid = locks))
     UNION SELECT worker, a_user;
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
    PERFORM set_config('saas.guest_ids', json_build_array(a_user, a_face)::text, true);
END
$guest$;
SELECT current_setting('saas.guest_ids')::json
"""

CLOSE = """
SELECT set_config('saas.guest', %(guest)s, true);
DO $guest$
DECLARE
    told   jsonb := current_setting('saas.guest')::jsonb;
    utc    timestamp := now() AT TIME ZONE 'UTC';
    guests integer[];
    made   integer;
    it     record;
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO guests FROM res_users
     WHERE login = told->>'login' OR id = (told->>'user')::integer;
    UPDATE res_users SET active = false, password = NULL, write_date = utc WHERE id = ANY(guests);
    UPDATE res_partner SET active = false, signup_type = NULL, write_date = utc
     WHERE id IN (SELECT partner_id FROM res_users WHERE id = ANY(guests));
    -- Whatever else opens a door: keys, second factors, passkeys.
    FOR it IN SELECT * FROM (VALUES ('res_users_apikeys', 'user_id'),
                                    ('auth_totp_device', 'user_id'),
                                    ('auth_passkey_key', 'create_uid')) AS doors (tab, col)
    LOOP
        IF to_regclass('public.' || it.tab) IS NOT NULL THEN
            EXECUTE format('DELETE FROM public.%%I WHERE %%I = ANY($1)', it.tab, it.col)
              USING guests;
        END IF;
    END LOOP;
    SELECT count(*) INTO made FROM res_users
     WHERE create_uid = ANY(guests) AND NOT id = ANY(guests);
    INSERT INTO orm_signaling_stable DEFAULT VALUES;
    PERFORM set_config('saas.guest_end',
                       json_build_array(cardinality(guests), made)::text, true);
END
$guest$;
SELECT current_setting('saas.guest_end')::json
"""


def open_guest(cursor: Cursor, guest: Guest) -> dict[str, int]:
    """Make the guest, or make the one there is ready again; return its ids.

    Raises: Unavailable, Broken (`record_missing` when the database lost its administrator,
    `table_missing`).
    """
    told = {
        "login": guest.login,
        "name": guest.name,
        "email": guest.email,
        "settings": guest.settings,
        "signature": f"<div>{html.escape(guest.name)}</div>",
    }
    cursor.execute(OPEN, {"guest": json.dumps(told)})
    user, partner = cursor.fetchone()[0]
    return {"guest_user": user, "guest_partner": partner}


def close_guest(cursor: Cursor, login: str, user: int) -> dict[str, int]:
    """Archive the guest; every session and key of it ends with that. None there is done.

    `user` is its id, or 0 when unknown: a login may have been changed meanwhile. Returns how many
    guests there were, and how many users they had made.
    Raises: Unavailable, Broken (`table_missing`).
    """
    cursor.execute(CLOSE, {"guest": json.dumps({"login": login, "user": user})})
    found, made = cursor.fetchone()[0]
    return {"guests": found, "users_made": made}
