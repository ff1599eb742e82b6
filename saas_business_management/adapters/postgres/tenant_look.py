"""What is read inside a tenant's database for audits, always as the tenant's own role.

Owns: the statements. Does not own: what is written there (`tenant_db.py`). A tenant can make these
answers lie, about itself alone: they lead to findings, never to anybody's right.
"""

from ...kernel.provisioning.privileges import Inside
from .connect import Cursor

# Nobody needs more of an answer or a count than this.
LOOK = """
SELECT EXISTS (SELECT FROM pg_namespace n
                CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
                WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE'),
       (SELECT left(value, 300) FROM public.ir_config_parameter
         WHERE key = 'web.base.url'),
       EXISTS (SELECT FROM public.ir_config_parameter
                WHERE key = 'web.base.url.freeze' AND value NOT IN ('', 'False', '0')),
       (SELECT count(*) FROM (SELECT FROM pg_class WHERE relkind IN ('r', 'p', 'm', 'v', 'f')
                               LIMIT 50000) AS counted)
"""


def look(cursor: Cursor) -> Inside:
    """Return what the audit wants to know.

    Raises: Unavailable, Broken (`table_missing` when this is no Odoo database).
    """
    cursor.execute(LOOK)
    public_creates, base_url, frozen, relations = cursor.fetchone()
    return Inside(True, public_creates, base_url or "", frozen, relations)
