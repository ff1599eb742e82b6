"""What a tenant's database is asked for monitoring: one SELECT for each figure.

Owns: the texts, and which module has to be installed for a question to make sense. Does not own:
asking (adapters), what is made of the answers (`reading.py`).

A text computes one number, or one word of at most 64 characters (`WORDS`); `%(now)s` is the instant
of the look, a naive UTC timestamp. Whatever is counted is counted to `MOST` at most: a large tenant
is not slowed down by being watched. What cannot be told is nothing, never zero.
"""

from dataclasses import dataclass

MOST = 1000
# Settings of a tenant whose change is noted, in the order of their marks in the answer.
WATCHED_SETTINGS = (
    "web.base.url",
    "web.base.url.freeze",
    "database.uuid",
    "database.secret",
    "auth_signup.invitation_scope",
    "auth_signup.reset_password",
    "mail.catchall.domain",
    "base.login_cooldown_after",
)
MARK_LENGTH = 8


@dataclass(frozen=True)
class Ask:
    """One question: the code of its metric, the text, the module it needs."""

    code: str
    text: str
    module: str = ""


_CRON_OVERDUE = """
SELECT count(*) FROM (
 SELECT FROM public.ir_cron
  WHERE active AND nextcall < %(now)s - interval '5 minutes' LIMIT 1000) AS q
"""
_CRON_LAG = """
SELECT greatest(coalesce(extract(epoch FROM %(now)s - min(nextcall)), 0), 0)
  FROM public.ir_cron WHERE active AND nextcall < %(now)s
"""
_CRON_FAILING = """
SELECT count(*) FROM (
 SELECT FROM public.ir_cron WHERE active AND failure_count > 0 LIMIT 1000) AS q
"""
_CRON_DEAD = """
SELECT count(*) FROM (
 SELECT FROM public.ir_cron WHERE NOT active AND failure_count >= 5 LIMIT 1000) AS q
"""
# In time: put off on purpose, run within twice its interval, or new and not yet overdue by one.
_CRON_COMPLETION = """
SELECT round(100.0 * count(*) FILTER (
         WHERE nextcall > %(now)s
            OR coalesce(lastcall, nextcall - every) >= %(now)s - 2 * every)
         / nullif(count(*), 0), 1)
  FROM (SELECT nextcall, lastcall, interval_number * ('1 ' || interval_type)::interval AS every
          FROM public.ir_cron WHERE active LIMIT 1000) AS q
"""
_SESSIONS = """
SELECT count(DISTINCT user_id) FROM (
 SELECT user_id FROM public.res_device_log
  WHERE last_activity > %(now)s - interval '15 minutes' LIMIT 1000) AS q
"""
_MAIL_WAITING = """
SELECT count(*) FROM (
 SELECT FROM public.mail_mail WHERE state = 'outgoing' LIMIT 1000) AS q
"""
_MAIL_OLDEST = """
SELECT greatest(coalesce(extract(epoch FROM %(now)s - min(create_date)), 0), 0) FROM (
 SELECT create_date FROM public.mail_mail WHERE state = 'outgoing' ORDER BY id LIMIT 1000) AS q
"""
_MAIL_EXCEPTIONS = """
SELECT count(*) FROM (
 SELECT FROM public.mail_mail
  WHERE state = 'exception' AND create_date > %(now)s - interval '24 hours' LIMIT 1000) AS q
"""
# Sent mails are deleted; who was told stays.
_MAIL_EXCEPTIONS_PERCENT = """
SELECT round(100.0 * count(*) FILTER (WHERE notification_status IN ('bounce', 'exception'))
             / nullif(count(*), 0), 1)
  FROM (SELECT n.notification_status
          FROM public.mail_message AS m
          JOIN public.mail_notification AS n ON n.mail_message_id = m.id
         WHERE n.notification_type = 'email'
           AND n.notification_status IN ('sent', 'bounce', 'exception')
           AND m.date > %(now)s - interval '24 hours'
         ORDER BY m.id DESC LIMIT 1000) AS q
"""
_PAYMENT_ERRORS = """
SELECT round(100.0 * count(*) FILTER (WHERE state = 'error') / nullif(count(*), 0), 1)
  FROM (SELECT state FROM public.payment_transaction
         WHERE state IN ('authorized', 'done', 'error')
           AND create_date > %(now)s - interval '24 hours'
         ORDER BY id DESC LIMIT 1000) AS q
"""
_ORDERS_HOUR = """
SELECT count(*) FROM (
 SELECT FROM public.sale_order
  WHERE state IN ('sale', 'done') AND date_order > %(now)s - interval '1 hour'
    AND date_order <= %(now)s LIMIT 1000) AS q
"""
_ORDERS_STUCK = """
SELECT count(*) FROM (
 SELECT FROM public.sale_order
  WHERE state = 'sale' AND invoice_status = 'to invoice'
    AND date_order < %(now)s - interval '24 hours' LIMIT 1000) AS q
"""
_MOVES_DONE = """
SELECT round(100.0 * count(*) FILTER (WHERE state = 'done') / nullif(count(*), 0), 1)
  FROM ((SELECT state FROM public.stock_move
          WHERE state = 'done' AND date > %(now)s - interval '1 hour' LIMIT 1000)
        UNION ALL
        (SELECT state FROM public.stock_move
          WHERE state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
            AND date < %(now)s LIMIT 1000)) AS q
"""
_PICKINGS_LATE = """
SELECT count(*) FROM (
 SELECT FROM public.stock_picking
  WHERE state IN ('waiting', 'confirmed', 'assigned') AND scheduled_date < %(now)s LIMIT 1000) AS q
"""
_PROCUREMENT_AGE = """
SELECT extract(epoch FROM %(now)s - c.lastcall)
  FROM public.ir_model_data AS d
  JOIN public.ir_cron AS c ON c.id = d.res_id
 WHERE d.model = 'ir.cron' AND d.module = 'stock' AND d.name = 'ir_cron_scheduler_action'
   AND c.active
"""
_OLDEST_DRAFT = """
SELECT greatest(coalesce(extract(epoch FROM %(now)s - min(create_date)), 0), 0) FROM (
 SELECT create_date FROM public.account_move
  WHERE move_type = 'out_invoice' AND state = 'draft' ORDER BY id LIMIT 1000) AS q
"""
# Odoo does not keep when an invoice was posted: those made in the last hour and posted by now.
_INVOICES_HOUR = """
SELECT count(*) FROM (
 SELECT FROM public.account_move
  WHERE move_type = 'out_invoice' AND state = 'posted'
    AND create_date > %(now)s - interval '1 hour' LIMIT 1000) AS q
"""
_EDI_ERRORS = """
SELECT count(*) FROM (
 SELECT FROM public.account_edi_document
  WHERE state IN ('to_send', 'to_cancel') AND blocking_level = 'error' LIMIT 1000) AS q
"""
_EDI_OLDEST = """
SELECT greatest(coalesce(extract(epoch FROM %(now)s - min(create_date)), 0), 0) FROM (
 SELECT create_date FROM public.account_edi_document
  WHERE state IN ('to_send', 'to_cancel') ORDER BY id LIMIT 1000) AS q
"""
_MODULES_STUCK = """
SELECT count(*) FROM (
 SELECT FROM public.ir_module_module
  WHERE state IN ('to install', 'to upgrade', 'to remove') LIMIT 1000) AS q
"""
_INTERNAL_USERS = "SELECT count(*) FROM public.res_users WHERE active AND NOT share AND id <> 1"

PROBES = (
    Ask("cron_lag_s", _CRON_LAG),
    Ask("crons_overdue", _CRON_OVERDUE),
    Ask("crons_failing", _CRON_FAILING),
    Ask("crons_dead", _CRON_DEAD),
    Ask("scheduler_completion_percent", _CRON_COMPLETION),
    Ask("sessions", _SESSIONS),
    Ask("mail_waiting", _MAIL_WAITING, "mail"),
    Ask("mail_oldest_s", _MAIL_OLDEST, "mail"),
    Ask("mail_exceptions", _MAIL_EXCEPTIONS, "mail"),
    Ask("mail_exceptions_percent", _MAIL_EXCEPTIONS_PERCENT, "mail"),
    Ask("payment_errors_percent", _PAYMENT_ERRORS, "payment"),
    Ask("orders_hour", _ORDERS_HOUR, "sale"),
    Ask("orders_stuck", _ORDERS_STUCK, "sale"),
    Ask("moves_done_percent", _MOVES_DONE, "stock"),
    Ask("pickings_late", _PICKINGS_LATE, "stock"),
    Ask("procurement_age_s", _PROCUREMENT_AGE, "stock"),
    Ask("invoice_oldest_draft_s", _OLDEST_DRAFT, "account"),
    Ask("invoices_posted_hour", _INVOICES_HOUR, "account"),
    Ask("edi_errors", _EDI_ERRORS, "account_edi"),
    Ask("edi_oldest_s", _EDI_OLDEST, "account_edi"),
    Ask("modules_stuck", _MODULES_STUCK),
    Ask("internal_users", _INTERNAL_USERS),
)

# Whoever is in the group of administrators, or in one that brings it along.
_ADMINS = """
WITH RECURSIVE g (id) AS (
  SELECT res_id FROM public.ir_model_data
   WHERE module = 'base' AND name = 'group_system' AND model = 'res.groups'
  UNION
  SELECT r.gid FROM public.res_groups_implied_rel AS r JOIN g ON r.hid = g.id)
SELECT {} FROM public.res_users AS u
 WHERE u.active AND u.id <> 1
   AND EXISTS (SELECT FROM public.res_groups_users_rel AS m JOIN g ON g.id = m.gid
                WHERE m.uid = u.id)
"""
_OWN_ACTION = """
 AND NOT EXISTS (SELECT FROM public.ir_model_data AS d
                  WHERE d.model = 'ir.actions.server' AND d.res_id = a.id
                    AND d.module NOT IN ('__export__', '__import__', 'base_import', 'studio'))
"""
_CODE_MARK = """
SELECT md5(coalesce(string_agg(a.id || ':' || md5(coalesce(a.code, '')), ',' ORDER BY a.id), ''))
  FROM public.ir_act_server AS a WHERE a.state = 'code'
"""
_SETTINGS = """
SELECT string_agg(left(md5(coalesce(p.value, '')), 8), '' ORDER BY k.place)
  FROM unnest(string_to_array('{}', ' ')) WITH ORDINALITY AS k (key, place)
  LEFT JOIN public.ir_config_parameter AS p ON p.key = k.key
"""
_MODULES_MARK = """
SELECT md5(coalesce(string_agg(name || coalesce(latest_version, ''), ',' ORDER BY name), ''))
  FROM public.ir_module_module WHERE state = 'installed'
"""

AUDITS = (
    Ask("admins", _ADMINS.format("count(*)")),
    Ask(
        "admins_mark",
        _ADMINS.format("md5(coalesce(string_agg(u.id::text, ',' ORDER BY u.id), ''))"),
    ),
    Ask("api_keys", "SELECT count(*) FROM public.res_users_apikeys"),
    Ask(
        "api_keys_without_end",
        "SELECT count(*) FROM public.res_users_apikeys WHERE expiration_date IS NULL",
    ),
    Ask(
        "api_keys_old",
        "SELECT count(*) FROM public.res_users_apikeys "
        "WHERE create_date < %(now)s - interval '180 days'",
    ),
    Ask("code_actions", "SELECT count(*) FROM public.ir_act_server WHERE state = 'code'"),
    Ask("code_mark", _CODE_MARK),
    Ask("own_code_mark", _CODE_MARK + _OWN_ACTION),
    Ask("settings_mark", _SETTINGS.format(" ".join(WATCHED_SETTINGS))),
    Ask("modules_mark", _MODULES_MARK),
    Ask(
        "base_version",
        "SELECT latest_version FROM public.ir_module_module WHERE name = 'base'",
    ),
)
# What is answered by a word instead of a number.
WORDS = frozenset(
    {"admins_mark", "code_mark", "own_code_mark", "settings_mark", "modules_mark", "base_version"}
)
