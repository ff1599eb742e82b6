"""What signs a tenant's sessions and links, written as the tenant's own role.

Owns: another `database.secret` and `database.uuid`, the signal that makes running Odoos forget the
one before. Does not own: the first ones, which are part of a copy's birth (`tenant_db.py`).

Source: Odoo 19 `addons/base/models/ir_config_parameter.py`, `res_users.py` (session tokens are made
from it), `orm/registry.py`.
"""

from .connect import Cursor

# The value comes as a setting of the connection (`tenant_db.SECRET_SETTING`): a statement is
# logged. In one round trip and so in one transaction.
WRITE = """
INSERT INTO public.ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
VALUES ('database.secret', current_setting('saas.database_secret'), 1, now() AT TIME ZONE 'UTC',
        1, now() AT TIME ZONE 'UTC')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date;
INSERT INTO public.orm_signaling_stable DEFAULT VALUES
"""
WRITE_UUID = """
INSERT INTO public.ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
VALUES ('database.uuid', %(uuid)s, 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC')
ON CONFLICT (key) DO UPDATE SET value = excluded.value, write_date = excluded.write_date
"""


def set_secret(cursor: Cursor) -> None:
    """Have sessions and links signed with the secret of this connection. May run twice.

    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    cursor.execute(WRITE)


def set_uuid(cursor: Cursor, uuid: str) -> None:
    """Have a database be another one than that of which it is a copy. May run twice.

    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    cursor.execute(WRITE_UUID, {"uuid": uuid})
