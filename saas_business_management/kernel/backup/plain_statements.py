"""The statements that a plain dump may hold; everything else is refused.

Owns: the table of them, settings, extensions, comments, whose something is. Does not own: tables
and their like (`plain_objects.py`), reading one (`plain_reading.py`).

Source: PostgreSQL 15 to 18, `pg_dump.c`.
"""

import re
from collections.abc import Callable

from ..errors import Refused
from .plain_objects import alter_sequence, alter_table, index, sequence, table, view
from .plain_reading import PUBLIC, Reading, Statement
from .plain_tokens import Token

APPROVED_EXTENSIONS = frozenset({"btree_gist", "fuzzystrmatch", "pg_trgm", "plpgsql", "unaccent"})
# What pg_dump sets before it begins, and to what.
SETTINGS = {
    "statement_timeout": {"0"},
    "lock_timeout": {"0"},
    "idle_in_transaction_session_timeout": {"0"},
    "transaction_timeout": {"0"},
    "client_encoding": {"'UTF8'"},
    "standard_conforming_strings": {"on"},
    "check_function_bodies": {"false"},
    "xmloption": {"content"},
    "client_min_messages": {"warning"},
    "row_security": {"off"},
    "default_tablespace": {"''"},
    "default_table_access_method": {"heap"},
    "default_with_oids": {"false"},
}
COMMENTED = {"table", "column", "constraint", "index", "view", "sequence"}
PASSED_OVER = (
    ("grant",),
    ("revoke",),
    ("alter", "default", "privileges"),
)
_SEQUENCE_NAME = re.compile(r"'public\.([a-z_][a-z0-9_]*|\"(?:[^\"'\\]|\"\")+\")'")


def statement_of(tokens: list[Token], line: int) -> Statement | None:
    """Return the statement these tokens are; None for what is passed over.

    Raises: Refused, as `plain_dump.parse`.
    """
    reading = Reading(tokens, line)
    begins = tuple(token.word for token in tokens[:3])
    if any(begins[: len(one)] == one for one in PASSED_OVER):
        return None
    for words, read in _SHAPES:
        if begins[: len(words)] == words:
            reading.skip(len(words))
            return read(reading)
    raise _unknown(tokens, line)


def _unknown(tokens: list[Token], line: int) -> Refused:
    told = [token.word.upper() for token in tokens[:2] if token.word]
    return Refused("plain_statement_unknown", line=line, begin=" ".join(told)[:60])


def _set(reading: Reading) -> None:
    """A setting of pg_dump, which our own connection has already."""
    name, value = reading.take().word, reading.tokens[reading.at + 1 :]
    equals = reading.peek().text == "=" and len(value) == 1
    if not equals or value[0].text not in SETTINGS.get(name, ()):
        raise Refused("plain_setting", line=reading.line, name=name[:60])


def _select(reading: Reading) -> Statement | None:
    """The two functions that pg_dump calls: the search path, and where a sequence stands."""
    reading.need("pg_catalog")
    reading.mark(".")
    called = reading.take()
    if called.word == "set_config":
        told = [token.text for token in reading.tokens[reading.at :]]
        if told != ["(", "'search_path'", ",", "''", ",", "false", ")"]:
            raise Refused("plain_setting", line=reading.line, name="search_path")
        return None
    if called.word != "setval":
        raise Refused("plain_function", line=reading.line, name=called.name[:60])
    reading.mark("(")
    if not _SEQUENCE_NAME.fullmatch(reading.take().text):
        raise reading.wrong()
    reading.mark(",")
    reading.number()
    reading.mark(",")
    if reading.take().word not in ("true", "false"):
        raise reading.wrong()
    reading.mark(")")
    return reading.end("setval")


def _extension(reading: Reading) -> Statement:
    reading.has("if", "not", "exists")
    name = reading.name()
    reading.need("with", "schema")
    schema = reading.name()
    if name not in APPROVED_EXTENSIONS or schema not in (PUBLIC, "pg_catalog"):
        raise Refused("plain_extension", line=reading.line, name=name[:60])
    return reading.end("extension", name)


def _schema(reading: Reading) -> None:
    if reading.name() != PUBLIC or not reading.ended:
        raise reading.wrong()


def _owner(reading: Reading) -> None:
    """Whose something is stays out: all of it is the tenant's role's."""
    reading.name()
    while reading.is_mark("."):
        reading.mark(".")
        reading.name()
    reading.need("owner", "to")
    reading.name()
    reading.require_end()


def _comment(reading: Reading) -> Statement | None:
    what = reading.take().word
    if what in ("extension", "schema"):
        reading.name()
        _comment_text(reading)
        return None
    if what not in COMMENTED:
        raise _unknown(reading.tokens, reading.line)
    if what == "constraint":
        reading.name()
        reading.need("on")
    reading.own()
    if what == "column":
        reading.mark(".")
        reading.name()
    _comment_text(reading)
    return reading.end("comment")


def _comment_text(reading: Reading) -> None:
    reading.need("is")
    reading.string()
    reading.require_end()


def _copy(reading: Reading) -> Statement:
    name = reading.own()
    if reading.is_mark("("):
        reading.names()
    reading.need("from")
    if not reading.has("stdin") or not reading.ended:
        raise Refused("plain_copy_source", line=reading.line)
    return reading.end("copy", name)


def _replaced_view(reading: Reading) -> Statement:
    """A view whose columns were told before, because others need them."""
    if not reading.has("view"):
        raise _unknown(reading.tokens, reading.line)
    return view(reading)


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[Reading], Statement | None]], ...] = (
    (("set",), _set),
    (("select",), _select),
    (("create", "extension"), _extension),
    (("create", "schema"), _schema),
    (("create", "table"), table),
    (("create", "sequence"), sequence),
    (("create", "view"), view),
    (("create", "or", "replace"), _replaced_view),
    (("create", "index"), index),
    (("create", "unique", "index"), index),
    (("alter", "table"), alter_table),
    (("alter", "sequence"), alter_sequence),
    (("alter", "view"), _owner),
    (("alter", "schema"), _owner),
    (("comment", "on"), _comment),
    (("copy",), _copy),
)
