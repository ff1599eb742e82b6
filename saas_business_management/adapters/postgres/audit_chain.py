"""Adding entries of the audit log to the chain.

Owns: the statements of the one sealer. Does not own: what a link is (`kernel/audit`), when it is
run (`adapters/sealer.py`), the tables (`models/saas_audit_entry.py`, `models/saas_audit_seal.py`).

In READ COMMITTED and with the lock first, a statement sees every seal of the sealer before; in the
REPEATABLE READ of the records two would follow the same link. A trigger puts each new entry into
`saas_audit_waiting`, in the transaction that writes it, so an entry that is committed late is
found without a look at all others.
Source: PostgreSQL manual, 13.2.1 (READ COMMITTED).
"""

from ...kernel.audit.chain import ORIGIN, Head, follow
from ...kernel.audit.entry import Entry
from . import locks
from .connect import Connection, Cursor, transaction

AT_ONCE = 500
WAITING = """
SELECT e.id, e.at, coalesce(e.user_id, 0), coalesce(e.user_name, ''), coalesce(e.source, ''),
       e.action, coalesce(e.res_model, ''), coalesce(e.res_id, 0), coalesce(e.res_name, ''),
       coalesce(e.tenant_id, 0), coalesce(e.company_id, 0), coalesce(e.reason, ''),
       coalesce(e.facts, '{}'::jsonb)
  FROM saas_audit_waiting w JOIN saas_audit_entry e ON e.id = w.entry_id
 ORDER BY w.entry_id
 LIMIT %s
"""
ADD = """
WITH added AS (
    INSERT INTO saas_audit_seal (number, entry_id, link, sealed_at)
    VALUES (%(number)s, %(entry_id)s, %(link)s, clock_timestamp() AT TIME ZONE 'UTC')
)
DELETE FROM saas_audit_waiting WHERE entry_id = %(entry_id)s
"""


def seal(cnx: Connection, limit: int = AT_ONCE) -> int:
    """Seal waiting entries in one transaction; return how many, 0 too when another is at it.

    Raises: Unavailable, Broken.
    """
    with transaction(cnx) as cursor:
        return add(cursor, limit) if locks.try_seal(cursor) else 0


def add(cursor: Cursor, limit: int = AT_ONCE) -> int:
    """Seal waiting entries; whoever calls holds the lock. Return how many."""
    head = last(cursor)
    cursor.execute(WAITING, (limit,))
    rows = cursor.fetchall()
    for row in rows:
        made = follow(head, Entry(*row))
        cursor.execute(ADD, {"number": made.number, "entry_id": made.entry_id, "link": made.link})
        head = Head(made.number, made.link)
    return len(rows)


def last(cursor: Cursor) -> Head:
    """Return the end of the chain."""
    cursor.execute("SELECT number, link FROM saas_audit_seal ORDER BY number DESC LIMIT 1")
    row = cursor.fetchone()
    return Head(*row) if row else ORIGIN
