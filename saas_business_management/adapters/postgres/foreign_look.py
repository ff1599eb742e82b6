"""Reading a database that is not ours, without running anything that stands in it.

Owns: the statements. Does not own: what they mean (`kernel/migration/adoption.py`).

The provisioner reads, so nothing of the database may run: the transaction is read only, the search
path is the server's own, and what is read of Odoo are plain tables without policies. Only such are
asked for their rows.
"""

from typing import Any

from .admin import OURS
from .connect import Cursor
from .roles import BUS, EMPTY

FOREIGN = """
SELECT d.datname, d.oid::bigint, o.rolname,
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role(d.datdba, 'MEMBER')
              OR pg_has_role('pg_read_all_stats', 'USAGE') THEN pg_database_size(d.oid)
            ELSE 0 END,
       (SELECT count(*) FROM pg_stat_activity a
         WHERE a.datid = d.oid AND a.backend_type = 'client backend'),
       d.datistemplate, d.datallowconn,
       pg_has_role(d.datdba, 'USAGE') AND pg_has_role(d.datdba, 'MEMBER'), o.rolsuper
  FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
 WHERE d.datname !~ %s AND d.datname NOT IN ('postgres', 'template0', 'template1', %s, %s)
 ORDER BY d.datname
"""
RIGHTS = """
SELECT d.datconnlimit,
       (SELECT json_agg(json_build_array(coalesce(g.rolname, ''), a.privilege_type, a.is_grantable)
                        ORDER BY g.rolname NULLS FIRST, a.privilege_type)
          FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
          LEFT JOIN pg_roles g ON g.oid = a.grantee),
       (SELECT o.rolname FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
         WHERE n.nspname = 'public'),
       (SELECT json_agg(a.privilege_type ORDER BY a.privilege_type)
          FROM pg_namespace n
         CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
         WHERE n.nspname = 'public' AND a.grantee = 0)
  FROM pg_database d WHERE d.datname = current_database()
"""
OWNERS = """
SELECT r.rolname, count(*)
  FROM pg_shdepend d
  JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
  JOIN pg_roles r ON r.oid = d.refobjid
 WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
   AND d.classid <> 'pg_extension'::regclass
 GROUP BY r.rolname ORDER BY r.rolname
"""
SERVERS_OWN = """
SELECT count(*) FROM pg_class c
  JOIN pg_roles o ON o.oid = c.relowner AND o.rolsuper
 WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
"""
# Kind, name: at most this many are told of each kind.
TOLD = 20
HOSTILE = """
SELECT * FROM (
    SELECT 'event trigger', evtname::text FROM pg_event_trigger
    UNION ALL
    SELECT 'function in ' || l.lanname, p.proname::text
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
     WHERE p.oid >= 16384 AND NOT l.lanpltrusted AND NOT EXISTS (
           SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid
              AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign server', srvname::text FROM pg_foreign_server
    UNION ALL
    SELECT 'publication', pubname::text FROM pg_publication
    UNION ALL
    SELECT 'row policy', polname::text FROM pg_policy
    UNION ALL
    SELECT 'rule', rulename::text FROM pg_rewrite r
     WHERE rulename <> '_RETURN' AND r.oid >= 16384
    UNION ALL
    SELECT 'setting of the database', unnest(setconfig)
      FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = current_database()
    UNION ALL
    SELECT 'security definer function', p.proname::text FROM pg_proc p
     WHERE p.prosecdef AND p.oid >= 16384 AND NOT EXISTS (
           SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid
              AND e.deptype = 'e')
) AS found(kind, name) ORDER BY kind, name LIMIT 60
"""
EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname"
TABLES = (
    "ir_module_module",
    "ir_config_parameter",
    "ir_cron",
    "ir_attachment",
    "res_users",
    "ir_mail_server",
    "res_company",
)
PLAIN = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relname = ANY(%s) AND c.relkind = 'r'
   AND NOT c.relrowsecurity AND NOT c.relhassubclass
"""
NEEDED = {"ir_module_module", "ir_config_parameter", "res_users"}
MODULES = """
SELECT name, latest_version FROM public.ir_module_module WHERE state = 'installed' ORDER BY name
"""
HALF_DONE = """
SELECT count(*) FROM public.ir_module_module
 WHERE state IN ('to install', 'to upgrade', 'to remove')
"""
BASE_URL = "SELECT left(value, 300) FROM public.ir_config_parameter WHERE key = 'web.base.url'"
FROZEN = """
SELECT left(value, 20) FROM public.ir_config_parameter WHERE key = 'web.base.url.freeze'
"""
HAS_SECRET = "SELECT count(*) FROM public.ir_config_parameter WHERE key = 'database.secret'"
USERS = """
SELECT count(*) FROM public.res_users WHERE active AND NOT share AND id <> 1
"""
ADMIN = """
SELECT u.id, u.partner_id FROM public.res_users u
 WHERE u.active AND NOT u.share AND u.id <> 1 ORDER BY u.id LIMIT 1
"""
CRONS = "SELECT left(cron_name, 80) FROM public.ir_cron WHERE active ORDER BY cron_name LIMIT 60"
MAIL_SERVERS = "SELECT count(*) FROM public.ir_mail_server WHERE active"
FILES = """
SELECT count(DISTINCT store_fname), coalesce(sum(file_size), 0)
  FROM public.ir_attachment WHERE store_fname IS NOT NULL
"""
READ_ONLY = {"default_transaction_read_only": "on", "search_path": "pg_catalog"}


def foreign(cursor: Cursor) -> list[tuple[Any, ...]]:
    """Return the databases that are neither ours nor the server's own; one that does not let us in
    is listed too, and has no size yet.
    """
    cursor.execute(FOREIGN, (OURS, BUS, EMPTY))
    return cursor.fetchall()


def look(cursor: Cursor) -> dict[str, Any]:
    """Return what stands in the current database, on a connection opened `READ_ONLY`.

    Raises: Unavailable, Broken.
    """
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    told = {"entered": True, **_outside(cursor), **_inside(cursor)}
    cursor.execute("ROLLBACK")
    return told


def _outside(cursor: Cursor) -> dict[str, Any]:
    """Return what the catalogue knows."""
    cursor.execute(RIGHTS)
    limit, acl, schema_owner, public_rights = cursor.fetchone()
    cursor.execute(OWNERS)
    owners = dict(cursor.fetchall())
    cursor.execute(SERVERS_OWN)
    superusers = cursor.fetchone()[0]
    cursor.execute(HOSTILE)
    hostile = [f"{kind}: {name}"[:120] for kind, name in cursor.fetchall()]
    cursor.execute(EXTENSIONS)
    rights = {"limit": limit, "acl": acl or [], "public": public_rights or []}
    return {
        "rights": {**rights, "schema_owner": schema_owner},
        "owners": owners,
        "superuser_objects": superusers,
        "hostile": hostile[:TOLD],
        "extensions": [name for (name,) in cursor.fetchall()],
    }


def _inside(cursor: Cursor) -> dict[str, Any]:
    """Return what Odoo wrote, as far as it lies in plain tables that we may read."""
    cursor.execute(PLAIN, (list(TABLES),))
    plain = {name for (name,) in cursor.fetchall()}
    if not plain >= NEEDED:
        return {"odoo": False}
    modules = dict(_rows(cursor, MODULES))
    files, file_bytes = _rows(cursor, FILES)[0] if "ir_attachment" in plain else (0, 0)
    crons = [name for (name,) in _rows(cursor, CRONS)] if "ir_cron" in plain else []
    servers = _one(cursor, MAIL_SERVERS) if "ir_mail_server" in plain else 0
    admin = _rows(cursor, ADMIN)
    return {
        "odoo": "base" in modules,
        "version": (modules.get("base") or "")[:20],
        "modules": modules,
        "half_done": _one(cursor, HALF_DONE),
        "base_url": _one(cursor, BASE_URL) or "",
        "frozen": _one(cursor, FROZEN) or "",
        "has_secret": bool(_one(cursor, HAS_SECRET)),
        "users": _one(cursor, USERS),
        "admin": list(admin[0]) if admin else [],
        "crons": crons,
        "mail_servers": servers,
        "files": files,
        "file_bytes": int(file_bytes),
    }


def _rows(cursor: Cursor, question: str) -> list[tuple[Any, ...]]:
    cursor.execute(question)
    return cursor.fetchall()


def _one(cursor: Cursor, question: str) -> Any:
    rows = _rows(cursor, question)
    return rows[0][0] if rows else None
