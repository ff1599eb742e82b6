"""By which address a tenant's database calls itself, written as the tenant's own role.

Owns: `web.base.url`, its freeze, the signal that makes running Odoos read it anew. Does not own:
the rest of a database's identity (`tenant_db.py`).

Source: Odoo 19 `addons/base/models/ir_config_parameter.py`, `res_users.py` (`_update_last_login`
writes the address unless it is frozen), `orm/registry.py`.
"""

from .connect import Cursor

READ = """
SELECT key, coalesce(value, '') FROM public.ir_config_parameter
 WHERE key IN ('web.base.url', 'web.base.url.freeze')
"""
# In one round trip and so in one transaction.
WRITE = """
INSERT INTO public.ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
VALUES ('web.base.url', %(url)s, 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'),
       ('web.base.url.freeze', 'True', 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date;
INSERT INTO public.orm_signaling_stable DEFAULT VALUES
"""


def address_of(cursor: Cursor) -> str | None:
    """Return the address, None when it is not frozen.

    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    cursor.execute(READ)
    stood = dict(cursor.fetchall())
    return stood.get("web.base.url", "") if stood.get("web.base.url.freeze") == "True" else None


def set_address(cursor: Cursor, base_url: str) -> None:
    """Set and freeze the address. May run twice.

    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    cursor.execute(WRITE, {"url": base_url})


def put_back(cursor: Cursor, base_url: str, frozen: str) -> None:
    """Write an address and a freeze as they were, empty = there was none. May run twice.

    Raises: Unavailable, Broken (`table_missing`).
    """
    former = {"web.base.url": base_url, "web.base.url.freeze": frozen}
    for key, value in former.items():
        if value:
            cursor.execute(ONE, (value, key))
        else:
            cursor.execute("DELETE FROM public.ir_config_parameter WHERE key = %s", (key,))
    cursor.execute("INSERT INTO public.orm_signaling_stable DEFAULT VALUES")


ONE = "UPDATE public.ir_config_parameter SET value = %s WHERE key = %s"
