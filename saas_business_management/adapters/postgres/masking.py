"""Personal data in a copy replaced by what is made up, in one transaction, and a search for what is
left.

Owns: reading and writing the columns that rules name, attachments, the order of it. Does not own:
what a replacement is (`kernel/migration/masking.py`), which rules there are, the search
(`masking_search.py`).

Everything runs as the role that owns the copy. Triggers of the tenant rest meanwhile: one of them
could keep what it sees. Values pass through this process alone; the database gets hashes of them.

Source: Odoo 19 `addons/base/models/ir_attachment.py`; PostgreSQL manual, ALTER TABLE, ANALYZE.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg2 import sql

from ...kernel.errors import Broken
from ...kernel.migration.masking import (
    CLEAR,
    DATE,
    FILES,
    MADE,
    MASKED_TEXT,
    PORTAL,
    ROWS,
    TEXT,
    Masker,
    Rule,
)
from . import masking_files, masking_search
from .connect import Cursor, transaction

TEXTS = ("text", "character varying", "character")
DATES = ("date", "timestamp without time zone", "timestamp with time zone")
FETCHED = 5000
COLUMNS = """
SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.character_maximum_length,
       c.is_nullable = 'YES'
  FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
"""
TRIGGERS = """
SELECT t.tgname::text FROM pg_trigger t
 WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal AND t.tgenabled = 'O'
"""
MADE_UP = """
CREATE TEMPORARY TABLE IF NOT EXISTS saas_made_up (
    place int, was bytea, becomes text, PRIMARY KEY (place, was)) ON COMMIT DROP
"""
LOOKED_UP = """
coalesce((SELECT m.becomes FROM pg_temp.saas_made_up m
           WHERE m.place = {place} AND m.was = sha256(convert_to({column}::text, 'UTF8'))),
         {column}::text)::{type}
"""


@dataclass(frozen=True)
class Column:
    """A column as the database has it."""

    type: str
    limit: int | None
    nullable: bool


Found = dict[str, dict[str, Column]]


def mask(cursor: Cursor, rules: Sequence[Rule], masker: Masker) -> tuple[dict[str, int], list[str]]:
    """Mask what the rules name and make sure that nothing of it is left; all of it or nothing.

    Return how many rows each rule met, by its text, and the names of the files that are still
    needed. May run twice.
    Raises: Unavailable, Broken (`masking_misfit`, `masking_left`, `not_unique`, …).
    """
    with transaction(cursor.connection) as inner:
        found = _columns(inner)
        met = _fitting(found, rules)
        known = masking_search.samples(inner, met, found)
        counts = dict(_counted(inner, met))
        inner.execute(MADE_UP)
        for table in dict.fromkeys(rule.table for rule in met):
            own = [rule for rule in met if rule.table == table]
            with_rest = _resting(inner, table)
            _mask_table(inner, own, found[table], masker)
            _awake(inner, table, with_rest)
        masking_search.refresh(inner, dict.fromkeys(rule.table for rule in met))
        left = masking_search.search(inner, known)
        if left:
            raise Broken("masking_left", where=left)
        return counts, masking_files.needed(inner)


def preview(cursor: Cursor, rules: Sequence[Rule]) -> dict[str, int]:
    """Return how many rows each rule would meet; nothing is changed.

    Raises: Unavailable, Broken (`masking_misfit`).
    """
    with transaction(cursor.connection) as inner:
        inner.execute("SET TRANSACTION READ ONLY")
        return dict(_counted(inner, _fitting(_columns(inner), rules)))


def _columns(cursor: Cursor) -> Found:
    cursor.execute(COLUMNS)
    found: Found = {}
    for table, column, kind, limit, nullable in cursor.fetchall():
        found.setdefault(table, {})[column] = Column(kind, limit, nullable)
    return found


def _fitting(found: Found, rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules whose table and column are there.

    Raises: Broken (`masking_misfit` when a column cannot take what the rule puts there).
    """
    met = []
    for rule in rules:
        columns = found.get(rule.table)
        if columns is None or (rule.rows == PORTAL and "share" not in columns):
            continue
        if rule.kind in (FILES, ROWS):
            met.append(rule)
        elif rule.column in columns:
            if not _fits(rule, columns[rule.column]):
                raise Broken("masking_misfit", rule=str(rule), type=columns[rule.column].type)
            met.append(rule)
    return met


def _fits(rule: Rule, column: Column) -> bool:
    if rule.kind == DATE:
        return column.type in DATES
    if rule.kind == CLEAR:
        return column.nullable or column.type in TEXTS
    return column.type in (*TEXTS, "jsonb")


def _counted(cursor: Cursor, rules: Iterable[Rule]) -> Iterable[tuple[str, int]]:
    for rule in rules:
        table = sql.Identifier("public", rule.table)
        cursor.execute(sql.SQL("SELECT count(*) FROM ONLY {} WHERE {}").format(table, _where(rule)))
        yield str(rule), cursor.fetchone()[0]


def _where(rule: Rule) -> sql.Composable:
    """Return which rows a rule meets: those that hold something."""
    if rule.kind == FILES:
        return masking_files.met()
    parts = [sql.SQL("share")] if rule.rows == PORTAL else []
    if rule.column:
        column = sql.Identifier(rule.column)
        parts.append(sql.SQL("{0} IS NOT NULL AND {0}::text <> ''").format(column))
    return sql.SQL(" AND ").join(parts) if parts else sql.SQL("true")


def _resting(cursor: Cursor, table: str) -> list[str]:
    """Put the tenant's triggers on a table to rest; return which."""
    cursor.execute(TRIGGERS, (f'public."{table}"',))
    names = [name for (name,) in cursor.fetchall()]
    _switch(cursor, table, names, "DISABLE")
    return names


def _awake(cursor: Cursor, table: str, names: Iterable[str]) -> None:
    _switch(cursor, table, names, "ENABLE")


def _switch(cursor: Cursor, table: str, names: Iterable[str], how: str) -> None:
    for name in names:
        order = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
        parts = (sql.Identifier("public", table), sql.SQL(how), sql.Identifier(name))
        cursor.execute(order.format(*parts))


def _mask_table(
    cursor: Cursor, rules: Sequence[Rule], columns: dict[str, Column], masker: Masker
) -> None:
    """Bring one table in order, its rows written once whatever the number of columns."""
    table = sql.Identifier("public", rules[0].table)
    for rule in rules:
        if rule.kind == ROWS:
            order = sql.SQL("DELETE FROM {} WHERE {}").format(table, _where(rule))
            cursor.execute(order)
        elif rule.kind == FILES:
            masking_files.replace(cursor, columns)
    named = [rule for rule in rules if rule.column]
    if not named:
        return
    cursor.execute("DELETE FROM pg_temp.saas_made_up")
    for place, rule in enumerate(named):
        if rule.kind in MADE:
            _make_up(cursor, place, rule, columns[rule.column], masker)
    parts = [
        sql.SQL("{0} = CASE WHEN {1} THEN {2} ELSE {0} END").format(
            sql.Identifier(rule.column),
            _where(rule),
            _becomes(place, rule, columns[rule.column], masker),
        )
        for place, rule in enumerate(named)
    ]
    wheres = sql.SQL(" OR ").join(sql.SQL("({})").format(_where(rule)) for rule in named)
    order = sql.SQL("UPDATE ONLY {} SET {} WHERE {}")
    cursor.execute(order.format(table, sql.SQL(", ").join(parts), wheres))


def _make_up(cursor: Cursor, place: int, rule: Rule, column: Column, masker: Masker) -> None:
    """Put a replacement for each value of a column beside its hash."""
    name, table = sql.Identifier(rule.column), sql.Identifier("public", rule.table)
    order = sql.SQL(
        "DECLARE saas_values NO SCROLL CURSOR FOR SELECT DISTINCT {}::text FROM ONLY {} WHERE {}"
    )
    cursor.execute(order.format(name, table, _where(rule)))
    while values := _fetched(cursor):
        made = io.StringIO()
        for value in values:
            becomes = _made(rule, value, column, masker)
            digest = hashlib.sha256(value.encode()).hexdigest()
            made.write(f"{place}\t\\\\x{digest}\t{_copied(becomes)}\n")
        made.seek(0)
        cursor.copy_expert("COPY pg_temp.saas_made_up FROM STDIN", made)
    cursor.execute("CLOSE saas_values")


def _fetched(cursor: Cursor) -> list[str]:
    cursor.execute(f"FETCH {FETCHED} FROM saas_values")
    return [value for (value,) in cursor.fetchall()]


def _made(rule: Rule, value: str, column: Column, masker: Masker) -> str:
    if column.type == "jsonb":
        return masker.translated(rule.kind, value)
    return masker.replacement(rule.kind, value, column.limit)


def _copied(text: str) -> str:
    """Return a text as COPY reads it."""
    for was, becomes in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(was, becomes)
    return text


def _becomes(place: int, rule: Rule, column: Column, masker: Masker) -> sql.Composable:
    name = sql.Identifier(rule.column)
    if rule.kind == CLEAR:
        return sql.SQL("NULL") if column.nullable else sql.Literal("")
    if rule.kind == DATE:
        shift = sql.Literal(masker.shift_days)
        return sql.SQL("({} + {} * interval '1 day')::{}").format(name, shift, sql.SQL(column.type))
    if rule.kind == TEXT and column.type == "jsonb":
        return _told_in_each_language(name)
    if rule.kind == TEXT:
        return sql.Literal(MASKED_TEXT[: column.limit])
    parts = {"place": sql.Literal(place), "column": name, "type": sql.SQL(column.type)}
    return sql.SQL(LOOKED_UP).format(**parts)


def _told_in_each_language(name: sql.Identifier) -> sql.Composable:
    """A translated text keeps its languages; other JSON is no text and goes."""
    return sql.SQL(
        """CASE WHEN jsonb_typeof({0}) = 'object' THEN
           (SELECT jsonb_object_agg(k, {1}::text) FROM jsonb_object_keys({0}) k) END"""
    ).format(name, sql.Literal(MASKED_TEXT))
