"""A copy that can do no harm outside: no mail, no cron, no webhook, no payment.

Owns: running the modules' own statements in one transaction, and the proof afterwards. Does not
own: the statements (each module ships `data/neutralize.sql`; `odoo_code.py` reads them).

Source: Odoo 19 `modules/neutralize.py`, `addons/base/data/neutralize.sql`.
"""

from collections.abc import Iterable

from ...kernel.errors import Broken
from .connect import Cursor, transaction

# Odoo's dummy server, so that none from a configuration file is used instead.
MAIL_SERVERS = 1
# Odoo leaves its own housekeeping running.
CRONS = 1
LEFT = """
SELECT (SELECT count(*) FROM public.ir_mail_server WHERE active),
       (SELECT count(*) FROM public.ir_mail_server WHERE active AND smtp_host <> 'invalid'),
       (SELECT count(*) FROM public.ir_cron WHERE active),
       (SELECT count(*) FROM public.ir_config_parameter
         WHERE key = 'database.is_neutralized' AND lower(value) IN ('true', 't'))
"""
ONE_DUMMY = """
DELETE FROM public.ir_mail_server WHERE active AND smtp_host = 'invalid'
   AND id <> (SELECT max(id) FROM public.ir_mail_server WHERE active AND smtp_host = 'invalid')
"""


def neutralise(cursor: Cursor, statements: Iterable[str]) -> dict[str, int]:
    """Run the statements and prove what came of them; all of it or nothing. May run twice.

    Return `{"mail_servers": int, "crons": int}` that are left active.
    Raises: Unavailable, Broken (`not_neutral`, `table_missing` when this is no Odoo database).
    """
    with transaction(cursor.connection) as inner:
        for statement in statements:
            inner.execute(statement)
        inner.execute(ONE_DUMMY)
        inner.execute(LEFT)
        servers, real, crons, flagged = inner.fetchone()
        if real or servers != MAIL_SERVERS or crons > CRONS or not flagged:
            raise Broken("not_neutral", servers=real, crons=crons)
    return {"mail_servers": servers, "crons": crons}
