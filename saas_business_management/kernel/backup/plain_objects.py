"""Tables, sequences, views and indexes in a plain dump, as pg_dump writes them.

Owns: their statements, what is added to them later. Does not own: every other statement
(`plain_statements.py`), reading one (`plain_reading.py`).

Source: PostgreSQL 15 to 18, `pg_dump.c` and `ruleutils.c`.
"""

from dataclasses import replace

from .plain_reading import Reading, Statement
from .plain_tokens import Token, text_of

UNACCENT = ["public", ".", "unaccent", "("]
METHODS = frozenset({"btree", "gin", "gist", "hash", "brin"})
REFERENCE_WORDS = frozenset(
    "on delete update cascade set null default restrict no action match full simple partial "
    "deferrable not initially deferred immediate valid".split()
)


def table(reading: Reading) -> Statement:
    """Read what follows `create table`."""
    name = reading.own()
    reading.mark("(")
    while not reading.is_mark(")"):
        if reading.peek().word in ("constraint", "not"):
            _constraint_of_table(reading)
        else:
            _column(reading)
        if not reading.is_mark(")"):
            reading.mark(",")
    reading.mark(")")
    if reading.has("inherits"):
        # As the tables of Odoo's actions do.
        reading.mark("(")
        reading.own()
        reading.mark(")")
    return reading.end("table", name)


def _column(reading: Reading) -> None:
    reading.name()
    reading.type()
    while not (reading.is_mark(",") or reading.is_mark(")")):
        if reading.has("collate"):
            reading.need("pg_catalog")
            reading.mark(".")
            reading.name()
        elif reading.has("default"):
            reading.expression(",", ")", words=("not", "constraint", "collate"))
        elif reading.has("constraint"):
            reading.name()
            reading.need("not", "null")
        else:
            reading.need("not", "null")


def _constraint_of_table(reading: Reading) -> None:
    if reading.has("constraint"):
        reading.name()
    if reading.has("not", "null"):
        reading.name()
    else:
        reading.need("check")
        reading.group()
    if reading.has("no"):
        reading.need("inherit")
    if reading.has("not"):
        reading.need("valid")


def sequence(reading: Reading) -> Statement:
    """Read what follows `create sequence`."""
    name = reading.own()
    while not reading.ended:
        if reading.has("as"):
            reading.type()
        elif reading.has("start", "with") or reading.has("increment", "by"):
            reading.number()
        elif reading.has("no"):
            if reading.take().word not in ("minvalue", "maxvalue", "cycle"):
                raise reading.wrong()
        elif reading.has("minvalue") or reading.has("maxvalue") or reading.has("cache"):
            reading.number()
        else:
            reading.need("cycle")
    return reading.end("sequence", name)


def view(reading: Reading) -> Statement:
    """Read what follows `create view`."""
    name = reading.own()
    if reading.is_mark("("):
        reading.names()
    reading.need("as")
    if reading.peek().word not in ("select", "with"):
        raise reading.wrong()
    reading.expression()
    return reading.end("view", name)


def index(reading: Reading) -> Statement:
    """Read what follows `create index`; in `plainer` the one without `unaccent`."""
    name = reading.name()
    reading.need("on")
    reading.has("only")
    reading.own()
    reading.need("using")
    if reading.take().word not in METHODS:
        raise reading.wrong()
    reading.group()
    if reading.has("include"):
        reading.names()
    if reading.has("nulls"):
        reading.has("not")
        reading.need("distinct")
    if reading.has("with"):
        reading.group()
    if reading.has("where"):
        reading.expression()
    return replace(reading.end("index", name), plainer=_without_unaccent(reading.tokens))


def _without_unaccent(tokens: list[Token]) -> str:
    """Return a statement without its calls of `unaccent`, empty when it has none."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        if [one.text for one in tokens[place : place + len(UNACCENT)]] == UNACCENT:
            place += len(UNACCENT) - 1
            continue
        kept.append(tokens[place])
        place += 1
    return text_of(kept) if len(kept) < len(tokens) else ""


def alter_table(reading: Reading) -> Statement | None:
    """Read what follows `alter table`: a default or a constraint; None for an owner."""
    reading.has("only")
    name = reading.own()
    if reading.has("owner", "to"):
        reading.name()
        return reading.require_end()
    if reading.has("alter", "column"):
        reading.name()
        reading.need("set", "default")
        reading.expression()
        return reading.end("default", name)
    reading.need("add", "constraint")
    reading.name()
    if reading.has("primary", "key") or reading.has("unique"):
        if reading.has("nulls"):
            reading.has("not")
            reading.need("distinct")
        reading.names()
        if reading.has("include"):
            reading.names()
        _reference_words(reading)
        return reading.end("constraint", name)
    if reading.has("check"):
        reading.group()
        if reading.has("not"):
            reading.need("valid")
        return reading.end("constraint", name)
    reading.need("foreign", "key")
    reading.names()
    reading.need("references")
    reading.own()
    reading.names()
    _reference_words(reading)
    return reading.end("constraint", name)


def _reference_words(reading: Reading) -> None:
    """Take what follows a key: what happens on deletion, when it is looked at."""
    while not reading.ended:
        if reading.is_mark("("):
            reading.names()
        elif reading.take().word not in REFERENCE_WORDS:
            raise reading.wrong()


def alter_sequence(reading: Reading) -> Statement | None:
    """Read what follows `alter sequence`: whose column it is; None for an owner."""
    name = reading.own()
    if reading.has("owner", "to"):
        reading.name()
        return reading.require_end()
    reading.need("owned", "by")
    reading.own()
    reading.mark(".")
    reading.name()
    return reading.end("owned", name)
