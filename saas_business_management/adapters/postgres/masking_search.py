"""A search for original values in what was masked.

Owns: which values are looked for, looking through every table of the database. Does not own:
masking (`masking.py`).

Before masking some values of each rule are taken, afterwards every row of every table is looked
through for them: a column that nobody thought of, a module's own table, a schema of the tenant's.
Values that modules ship (they have an external id) and the sign-ins of staff are no personal data
that goes away, and are not looked for.
"""

from collections.abc import Iterable, Sequence

from psycopg2 import sql

from ...kernel.migration.masking import BANK, EMAIL, NAME, PHONE, STREET, Rule
from .connect import Cursor

# Kinds whose values say enough to be looked for.
TELLING = (NAME, EMAIL, PHONE, STREET, BANK)
SHORTEST, LONGEST = 9, 100
OF_EACH, ALTOGETHER = 5, 80
TABLES = """
SELECT n.nspname::text, c.relname::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'saas')
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                                             AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 1, 2
"""
STORED_VIEWS = """
SELECT n.nspname::text, c.relname::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'm' AND n.nspname !~ '^pg_'
"""
SHIPPED = """
AND NOT EXISTS (SELECT FROM public.ir_model_data d
                 WHERE d.model = {model} AND d.res_id = t.id
                   AND d.module NOT IN ('__import__', '__export__'))
"""
STAFF = """
AND NOT EXISTS (SELECT FROM public.res_users u
                 WHERE u.share IS NOT TRUE AND strpos(lower(t.{column}::text), lower(u.login)) > 0)
"""
NO_COMPANY = "AND NOT EXISTS (SELECT FROM public.res_company o WHERE o.name = t.{column}::text)"
VALUES = """
SELECT v FROM (SELECT DISTINCT trim(t.{column}::text) AS v FROM ONLY {table} t
                WHERE length(trim(t.{column}::text)) BETWEEN {shortest} AND {longest}
                  AND t.{column}::text !~ '["\\\\&<>]' {more}) AS told
 ORDER BY md5(v) LIMIT {most}
"""
LOOK = """
SELECT true FROM ONLY {table} t, LATERAL (SELECT t::text AS told OFFSET 0) r
 WHERE r.told LIKE ANY (%s) LIMIT 1
"""
WHICH = """
SELECT e.key FROM ONLY {table} t, LATERAL (SELECT t::text AS told OFFSET 0) r,
       LATERAL jsonb_each_text(to_jsonb(t)) e
 WHERE r.told LIKE ANY (%s) AND e.value LIKE ANY (%s) LIMIT 1
"""


def samples(
    cursor: Cursor, rules: Iterable[Rule], found: dict[str, dict[str, object]]
) -> list[str]:
    """Return values that must be gone afterwards; some of each rule.

    Raises: Unavailable, Broken.
    """
    values: dict[str, None] = {}
    for rule in rules:
        if rule.kind in TELLING and found[rule.table][rule.column].type != "jsonb":
            cursor.execute(_values_of(rule, found))
            values |= dict.fromkeys(value for (value,) in cursor.fetchall())
    return [*values][:ALTOGETHER]


def _values_of(rule: Rule, found: dict[str, dict[str, object]]) -> sql.Composable:
    column = sql.Identifier(rule.column)
    more = []
    if rule.rows != "all":
        more.append(sql.SQL("AND t.share"))
    if "id" in found[rule.table] and "ir_model_data" in found:
        model = sql.Literal(rule.table.replace("_", "."))
        more.append(sql.SQL(SHIPPED).format(model=model))
    if rule.kind == EMAIL:
        more.append(sql.SQL("AND t.{} LIKE '%@%'").format(column))
        if "res_users" in found:
            more.append(sql.SQL(STAFF).format(column=column))
    if rule.kind == NAME:
        more.append(sql.SQL("AND t.{} LIKE '% %'").format(column))
        if "res_company" in found:
            more.append(sql.SQL(NO_COMPANY).format(column=column))
    return sql.SQL(VALUES).format(
        column=column,
        table=sql.Identifier("public", rule.table),
        shortest=sql.Literal(SHORTEST),
        longest=sql.Literal(LONGEST),
        most=sql.Literal(OF_EACH),
        more=sql.SQL(" ").join(more),
    )


def refresh(cursor: Cursor, tables: Iterable[str]) -> None:
    """Have stored views and the planner's statistics forget what stood in the tables.

    Raises: Unavailable, Broken.
    """
    cursor.execute(STORED_VIEWS)
    for space, name in cursor.fetchall():
        order = sql.SQL("REFRESH MATERIALIZED VIEW {}")
        cursor.execute(order.format(sql.Identifier(space, name)))
    for table in tables:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier("public", table)))


def search(cursor: Cursor, values: Sequence[str]) -> str:
    """Return `table.column` where one of the values is found, empty when none is.

    Raises: Unavailable, Broken.
    """
    if not values:
        return ""
    wanted = [f"%{_escaped(value)}%" for value in values]
    cursor.execute(TABLES)
    for space, name in cursor.fetchall():
        table = sql.Identifier(space, name)
        cursor.execute(sql.SQL(LOOK).format(table=table), (wanted,))
        if cursor.fetchone():
            cursor.execute(sql.SQL(WHICH).format(table=table), (wanted, wanted))
            column = cursor.fetchone()
            return f"{name}.{column[0]}" if column else name
    return ""


def _escaped(value: str) -> str:
    for sign in ("\\", "%", "_"):
        value = value.replace(sign, f"\\{sign}")
    return value
