"""Metrics: tables outside the ORM, one family a table, one row a subject and look.

Owns: the tables, adding rows, the newest value of each metric. Does not own: partitions and their
end (`saas_metric_keeping.py`), averages (`saas_metric_tier.py`), reading (`saas_metric_read.py`),
which metrics there are (`kernel/monitoring/metric.py`), looking.

What could not be read has no value: unknown is never zero. Instants are naive in UTC. A row of a
subject and minute that is there already is completed: told twice it is the same row.
"""

from datetime import timedelta
from functools import lru_cache

from odoo import api, models
from odoo.tools import SQL, groupby

from ..kernel.monitoring.keeping import tiers_of
from ..kernel.monitoring.metric import DELTA, FAMILIES, METRICS, of_family

MINUTE = timedelta(minutes=1)
# Seven digits are enough for a reading; the newest value stands as it was told.
REAL, NUMBER, INSTANT = SQL("real"), SQL("double precision"), SQL("timestamp")
# A column told as one literal: the driver would take longer than the insert.
ARRAYS = {
    "number": "%s::double precision[]",
    "subject": "%s::int[]",
    "instant": "%s::timestamp[]",
}
RAW = """
CREATE TABLE IF NOT EXISTS %(raw)s (at timestamp NOT NULL, subject_id integer NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS %(rest)s PARTITION OF %(raw)s DEFAULT;
CREATE INDEX IF NOT EXISTS %(index)s ON %(raw)s
    USING brin (at) WITH (pages_per_range = 32, autosummarize = on)
"""
LATEST = """
CREATE TABLE IF NOT EXISTS %(table)s (subject_id integer PRIMARY KEY) WITH (fillfactor = 70)
"""
TIER = """
CREATE TABLE IF NOT EXISTS %(table)s (
    start_at timestamp NOT NULL, subject_id integer NOT NULL, readings integer NOT NULL,
    PRIMARY KEY (subject_id, start_at));
CREATE INDEX IF NOT EXISTS %(index)s ON %(table)s USING brin (start_at)
"""
# Buckets with rows that were not averaged yet. Each writer adds its own line, so that whoever
# averages sees a line only together with the rows it is about.
OPEN = """
CREATE TABLE IF NOT EXISTS saas_metric_open (
    family text NOT NULL, tier text NOT NULL, start_at timestamp NOT NULL)
"""
COLUMNS = """
SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod) FROM pg_attribute
 WHERE attrelid = ANY(%s::text[]::regclass[]) AND attnum > 0 AND NOT attisdropped
"""
# Rows and newest values in one statement. A late row is no news: it changes no newest value.
ADD = """
WITH new (at, subject_id, %(codes)s) AS MATERIALIZED (SELECT * FROM unnest(%(values)s)),
old AS (
    DELETE FROM %(raw)s AS r USING new
     WHERE r.at >= %(first)s AND r.at < %(last)s AND r.subject_id = new.subject_id
    RETURNING r.*),
added AS (
    INSERT INTO %(raw)s (at, subject_id, %(every)s)
    SELECT new.at, new.subject_id, %(merged)s FROM new LEFT JOIN old USING (subject_id))
INSERT INTO %(latest)s AS kept (subject_id, %(columns)s)
SELECT subject_id, %(newest)s FROM new ON CONFLICT (subject_id) DO UPDATE SET %(changes)s
"""


def raw_table(family):
    return f"saas_metric_{family}"


def rest_table(family):
    return f"saas_metric_{family}_rest"


def latest_table(family):
    return f"saas_metric_{family}_latest"


def tier_table(family, tier):
    return f"saas_metric_{family}_{tier.code}"


def top(code):
    """Return the column of the highest reading in a bucket."""
    return f"{code}_top"


def tops_of(family):
    """Return the columns of highest readings: a delta has none, it adds up."""
    return tuple(top(code) for code in of_family(family) if METRICS[code].kind != DELTA)


def seen_at(code):
    """Return the column of the newest table that says when a value was seen."""
    return f"{code}_at"


class SaasMetric(models.AbstractModel):
    _name = "saas.metric"
    _description = "Metrics"

    def init(self):
        self.env.cr.execute(SQL(OPEN))
        for family in FAMILIES:
            self._make_tables(family)
        self._add_columns()
        self._keep_partitions()

    def _make_tables(self, family):
        raw = raw_table(family)
        names = {"raw": raw, "rest": rest_table(family), "index": f"{raw}_at"}
        self.env.cr.execute(SQL(RAW, **_identifiers(names)))
        self.env.cr.execute(SQL(LATEST, table=SQL.identifier(latest_table(family))))
        for tier in tiers_of(family):
            table = tier_table(family, tier)
            names = {"table": table, "index": f"{table}_start"}
            self.env.cr.execute(SQL(TIER, **_identifiers(names)))

    def _add_columns(self):
        """Give each table a column for every metric of its family; none is ever dropped."""
        wanted = {}
        for family in FAMILIES:
            codes = of_family(family)
            instants = dict.fromkeys(map(seen_at, codes), INSTANT)
            wanted[raw_table(family)] = dict.fromkeys(codes, REAL)
            wanted[latest_table(family)] = dict.fromkeys(codes, NUMBER) | instants
            for tier in tiers_of(family):
                wanted[tier_table(family, tier)] = dict.fromkeys((*codes, *tops_of(family)), REAL)
        found = self.env.execute_query(SQL(COLUMNS, list(wanted)))
        there = {(table, name): kind for table, name, kind in found}
        for table, columns in wanted.items():
            parts = [
                SQL("ADD COLUMN %s %s", SQL.identifier(name), kind)
                for name, kind in columns.items()
                if (table, name) not in there
            ]
            # Rows of before took twice the space.
            parts += [
                SQL("ALTER COLUMN %s TYPE %s", SQL.identifier(name), kind)
                for name, kind in columns.items()
                if kind is REAL and there.get((table, name), "real") != "real"
            ]
            if parts:
                table, changes = SQL.identifier(table), SQL(", ").join(parts)
                self.env.cr.execute(SQL("ALTER TABLE %s %s", table, changes))

    @api.model
    @api.private
    def _add(self, family, rows):
        """Add rows `(at, subject id, {code: number})` of one family; None is no value.

        May be told twice: a row of that subject and minute is completed, not doubled. Refuses codes
        that are not of the family (KeyError).
        """
        minutes, codes = _clean(family, rows)
        for minute, mine in sorted(minutes.items()):
            self._add_minute(family, minute, list(mine.values()), tuple(codes))
        self._note_open(family, minutes)

    def _add_minute(self, family, minute, rows, codes):
        """Add rows of one minute, one of each subject, and keep what is newest of them."""
        self.env.cr.execute(
            SQL(
                ADD,
                **_parts(family, codes, of_family(family)),
                values=_arrays(rows, codes),
                first=minute,
                last=minute + MINUTE,
            )
        )

    @api.model
    @api.private
    def _latest(self, codes, subject_ids=None):
        """Return `{subject id: {code: (value, at)}}`, without what was never seen."""
        found = {}
        for family, mine in groupby(codes, key=lambda code: METRICS[code].family):
            columns = [name for code in mine for name in (code, seen_at(code))]
            table = SQL.identifier(latest_table(family))
            query = SQL("SELECT subject_id, %s FROM %s", columns_of(columns), table)
            if subject_ids is not None:
                query = SQL("%s WHERE subject_id = ANY(%s)", query, list(subject_ids))
            for subject, *told in self.env.execute_query(query):
                seen = zip(mine, told[::2], told[1::2], strict=True)
                known = {code: (value, at) for code, value, at in seen if value is not None}
                if known:
                    found.setdefault(subject, {}).update(known)
        return found


def _clean(family, rows):
    """Return `{minute: {subject: (at, subject, values)}}`, and the codes that any row has."""
    allowed, minutes, seen = frozenset(of_family(family)), {}, set()
    for at, subject, values in rows:
        told = {code: value for code, value in values.items() if value is not None}
        if not allowed.issuperset(told):
            raise KeyError(min(told.keys() - allowed))
        if told:
            mine = minutes.setdefault(_minute(at), {})
            known = mine.get(subject)
            mine[subject] = (known[0], subject, known[2] | told) if known else (at, subject, told)
            seen.update(told)
    return minutes, [code for code in of_family(family) if code in seen]


def _minute(at):
    return at.replace(second=0, microsecond=0)


@lru_cache(maxsize=256)
def _parts(family, codes, every):
    """Return the pieces of the statement that adds these codes; they take longer than its rows."""
    columns = [name for code in codes for name in (code, seen_at(code))]
    return {
        "raw": SQL.identifier(raw_table(family)),
        "latest": SQL.identifier(latest_table(family)),
        "codes": columns_of(codes),
        "every": columns_of(every),
        "merged": SQL(", ").join([_merged(code, code in codes) for code in every]),
        "columns": columns_of(columns),
        "newest": SQL(", ").join([_newest(code) for code in codes]),
        "changes": SQL(", ").join([one for code in codes for one in _changes(code)]),
    }


def _merged(code, told):
    """Return what a row keeps of a column: what is told now, else what was there."""
    name = SQL.identifier(code)
    return SQL("coalesce(new.%s, old.%s)", name, name) if told else SQL("old.%s", name)


def _newest(code):
    name = SQL.identifier(code)
    return SQL("%s, CASE WHEN %s IS NOT NULL THEN at END", name, name)


def _changes(code):
    value, at = SQL.identifier(code), SQL.identifier(seen_at(code))
    newer = SQL("EXCLUDED.%s >= coalesce(kept.%s, '-infinity')", at, at)
    return [
        SQL("%s = CASE WHEN %s THEN EXCLUDED.%s ELSE kept.%s END", one, newer, one, one)
        for one in (value, at)
    ]


def _arrays(rows, codes):
    told = [values for _at, _subject, values in rows]
    columns = [
        _array("instant", [f'"{at}"' for at, _subject, _values in rows]),
        _array("subject", [str(subject) for _at, subject, _values in rows]),
    ]
    columns += [_array("number", _numbers([one.get(code) for one in told])) for code in codes]
    return SQL(", ").join(columns)


def _numbers(values):
    """Return numbers as the server reads them, to 12 digits: all of a column in one go."""
    known = [one for one in values if one is not None]
    texts = (("%.12g," * len(known)) % tuple(known)).split(",")
    if len(known) == len(values):
        return texts[:-1]
    told = iter(texts)
    return ["NULL" if one is None else next(told) for one in values]


def _array(kind, texts):
    return SQL(ARRAYS[kind], "{" + ",".join(texts) + "}")


def columns_of(names):
    """Return column names as SQL, in this order."""
    return SQL(", ").join(map(SQL.identifier, names))


def _identifiers(names):
    return {key: SQL.identifier(name) for key, name in names.items()}
