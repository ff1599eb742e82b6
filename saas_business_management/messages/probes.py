"""What people read for the figures of probes, audits and looks at front doors.

Owns: one label for each, how a value is shown, why one could not be told. Does not own: the
register of metrics (`kernel/monitoring/metric.py`).

A code without a label shows as its own words.
"""

from odoo.api import Environment
from odoo.tools import LazyTranslate, formatLang

from . import code_text

_lt = LazyTranslate(__name__)

LABELS = {
    "door_open": _lt("Login page comes"),
    "door_ms": _lt("Time of the login page"),
    "door_misses": _lt("Wrong answers of the front door in a row"),
    "cron_lag_s": _lt("Delay of scheduled actions"),
    "crons_overdue": _lt("Overdue scheduled actions"),
    "crons_failing": _lt("Failing scheduled actions"),
    "crons_dead": _lt("Scheduled actions switched off after failures"),
    "scheduler_completion_percent": _lt("Scheduled actions that ran in time"),
    "sessions": _lt("People at work in the last 15 minutes"),
    "mail_waiting": _lt("Mails waiting"),
    "mail_oldest_s": _lt("Oldest waiting mail"),
    "mail_exceptions": _lt("Mails that failed in a day"),
    "mail_exceptions_percent": _lt("Share of mails that failed in a day"),
    "payment_errors_percent": _lt("Share of payments that failed in a day"),
    "orders_hour": _lt("Orders in the last hour"),
    "orders_stuck": _lt("Orders to invoice for over a day"),
    "moves_done_percent": _lt("Stock moves done in time"),
    "pickings_late": _lt("Late transfers"),
    "procurement_age_s": _lt("Time since procurement ran"),
    "invoice_oldest_draft_s": _lt("Oldest draft invoice"),
    "invoices_posted_hour": _lt("Invoices made and posted in the last hour"),
    "edi_errors": _lt("Electronic documents with errors"),
    "edi_oldest_s": _lt("Oldest electronic document to send"),
    "modules_stuck": _lt("Modules stuck in an update"),
    "internal_users": _lt("Internal users"),
    "admins": _lt("Administrators"),
    "admins_mark": _lt("Who the administrators are"),
    "admins_added": _lt("New administrators"),
    "api_keys": _lt("API keys"),
    "api_keys_without_end": _lt("API keys without end"),
    "api_keys_old": _lt("API keys older than 180 days"),
    "code_actions": _lt("Server actions with code"),
    "code_mark": _lt("Code of server actions"),
    "own_code_mark": _lt("Code of server actions that people made"),
    "settings_mark": _lt("Watched settings"),
    "parameters_changed": _lt("Watched settings that changed"),
    "modules_mark": _lt("Installed modules"),
    "modules_changed": _lt("Change of modules"),
    "base_version": _lt("Version of Odoo's base"),
    "patch_behind_days": _lt("Days behind its cluster's version"),
    "certificate_days": _lt("Days until its certificate ends"),
}

# Where the sentence of an error speaks of other work; the rest have theirs in `errors/`.
PROBLEMS = {
    "column_missing": _lt("its database has no such column: another version of a module?"),
    "table_missing": _lt("its database has no such table: a module that is only half there?"),
    "value_refused": _lt("what it answered is no possible number."),
    "server_unreachable": _lt("The database server of its cluster does not answer."),
    "connection_lost": _lt("It took longer than 10 seconds in all, or the server restarted."),
}


def problem_text(env: Environment, code: str) -> str:
    """Return why something could not be told."""
    told = PROBLEMS.get(code)
    return env._(told) if told is not None else code_text(env, code)


def label(env: Environment, code: str) -> str:
    """Return what a figure is called in the language of the environment."""
    told = LABELS.get(code)
    return env._(told) if told is not None else code.replace("_", " ").capitalize()


def shown(env: Environment, code: str, value: float, unit: str) -> str:
    """Return a value with its unit as people read it."""
    if code == "door_open":
        return env._("Yes") if value else env._("No")
    if unit == "s":
        return _duration(env, value)
    number = formatLang(env, value, digits=0 if float(value).is_integer() else 1)
    return f"{number} {unit}" if unit and unit != "days" else number


def _duration(env: Environment, seconds: float) -> str:
    if seconds < 120:
        return env._("%(count)s s", count=round(seconds))
    if seconds < 7200:
        return env._("%(count)s min", count=round(seconds / 60))
    if seconds < 48 * 3600:
        return env._("%(count)s h", count=round(seconds / 3600))
    return env._("%(count)s days", count=round(seconds / 86400))
