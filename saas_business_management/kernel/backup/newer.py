"""What a restore in place takes away: how many records of which kind are newer than the backup.

Owns: which tables people know by a name, which ones machines write by themselves, where counting
stops. Does not own: counting (`adapters/postgres/newer.py`), sentences (`models/saas_newer.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Beyond this nobody needs the exact number, and finding it would hold the server up.
MOST = 10_000

# Tables that people know, in the order in which they are told; every other one is `others`.
KINDS = {
    "res_partner": "contacts",
    "crm_lead": "leads",
    "sale_order": "sales",
    "purchase_order": "purchases",
    "account_move": "invoices",
    "account_payment": "payments",
    "pos_order": "till_orders",
    "stock_picking": "transfers",
    "mrp_production": "manufacturing",
    "product_template": "products",
    "project_task": "tasks",
    "hr_employee": "employees",
    "calendar_event": "meetings",
    "res_users": "users",
    "mail_message": "messages",
    "ir_attachment": "files",
}
OTHERS = "others"
# Written by Odoo itself while nobody works: nothing is lost that somebody entered.
BY_MACHINES = frozenset(
    {
        *("bus_bus", "bus_presence", "mail_presence", "res_users_log", "res_device_log"),
        *("ir_cron", "ir_cron_trigger", "ir_cron_progress", "ir_logging", "ir_profile"),
        *("ir_model", "ir_model_fields", "ir_model_data", "ir_model_relation", "ir_asset"),
        *("ir_model_constraint", "ir_module_module", "ir_config_parameter", "ir_sequence"),
        *("mail_mail", "mail_notification", "mail_push", "mail_push_device"),
        *("auth_totp_device", "mail_ice_server", "digest_tip", "iap_account"),
    }
)


@dataclass(frozen=True)
class Count:
    """So many records of a kind are newer; with `more` at least so many."""

    kind: str
    number: int
    more: bool = False


@dataclass(frozen=True)
class Newer:
    """What was counted, in the order to tell it, and the kinds of which not everything was."""

    counts: tuple[Count, ...]
    unknown: tuple[str, ...]


def sum_up(found: Mapping[str, int | None], most: int = MOST) -> Newer:
    """Return what the numbers of newer rows mean to people.

    `found` has a number for each table that dates its rows: at most `most` + 1, where counting
    stopped, or None where it could not be told in time. What is not known is never taken for zero.
    """
    told = {table: count for table, count in found.items() if table not in BY_MACHINES}
    counts, unknown = [], []
    for kind in (*KINDS.values(), OTHERS):
        own = [count for table, count in told.items() if KINDS.get(table, OTHERS) == kind]
        if None in own:
            unknown.append(kind)
        known = [count for count in own if count is not None]
        number = sum(min(count, most) for count in known)
        if number:
            counts.append(Count(kind, number, any(count > most for count in known)))
    return Newer(tuple(counts), tuple(unknown))
