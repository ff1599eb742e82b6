"""Whether a database was written to since it was looked at.

Owns: which tables Odoo writes by itself while nobody works, the comparison. Does not own: how a
table's mark is made (`adapters/postgres/snapshot.py`).
"""

from collections.abc import Mapping

# Schedules, live updates, presence, sign-ins: what is lost with them nobody entered.
BY_ITSELF = frozenset(
    f"public.{name}"
    for name in (
        "base_registry_signaling",
        "bus_bus",
        "bus_presence",
        "ir_cron",
        "ir_cron_progress",
        "ir_cron_trigger",
        "ir_logging",
        "ir_profile",
        "mail_presence",
        "res_device_log",
        "res_users_log",
    )
)
SIGNALS = "public.orm_signaling_"


def tables_written(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tables whose marks differ, in order of name; tables too many or too few as well.

    What Odoo writes by itself does not count.
    """
    names = sorted({*before, *now})
    return tuple(
        name for name in names if before.get(name) != now.get(name) and not _by_itself(name)
    )


def _by_itself(name: str) -> bool:
    return name in BY_ITSELF or name.startswith(SIGNALS)
