"""A plain dump of pg_dump read as values: known statements pass, everything else is refused.

Owns: which statements a dump of a standard Odoo may hold, and how each of them is written. Does not
own: cutting them into tokens (`plain_tokens.py`), running them (`adapters/postgres/plain_load.py`).

A plain dump is a program that psql would run, with commands of the operating system in it where
somebody put them. Here it is never a program: nothing goes on but tables, sequences, views, rows,
defaults, constraints, indexes and comments in schema `public`, one by one. Owners and rights are
passed over; functions, triggers, rules, types, anything outside `public` and every command of psql
but pg_dump's own pair are refused with the line they begin on.

Source: PostgreSQL 15 to 18, `pg_dump.c` and `ruleutils.c`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ..errors import Refused
from .plain_tokens import MARK, NUMBER, STRING, Scanner, Token, text_of

PUBLIC = "public"
APPROVED_EXTENSIONS = frozenset({"btree_gist", "fuzzystrmatch", "pg_trgm", "plpgsql", "unaccent"})
LAST_WORDS = "-- PostgreSQL database dump complete"
STATEMENTS_MAX = 500_000
NAME_BYTES_MAX = 63

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
TYPE_WORDS = frozenset(
    "bigint boolean bytea character date double inet integer interval json jsonb numeric precision "
    "real smallint text time timestamp tsvector uuid varying with without zone".split()
)
UNACCENT = ["public", ".", "unaccent", "("]
METHODS = frozenset({"btree", "gin", "gist", "hash", "brin"})
# Functions that look at the server, at files, at other databases, or run text as statements.
FORBIDDEN_FUNCTIONS = re.compile(
    r"(pg_|lo_|lo(read|write)$|dblink|postgres_fdw|set_config$|current_setting$|query_to_|cursor_to_"
    r"|table_to_|schema_to_|database_to_|txid_|inet_|version$|currval$|setval$|lastval$|xpath_table$"
    r"|ts_stat$|ts_rewrite$|crosstab|connectby|file_fdw)"
)
COMMENTED = {"table", "column", "constraint", "index", "view", "sequence"}
REFERENCE_WORDS = frozenset(
    "on delete update cascade set null default restrict no action match full simple partial "
    "deferrable not initially deferred immediate valid".split()
)
PASSED_OVER = (
    ("grant",),
    ("revoke",),
    ("alter", "default", "privileges"),
)
_PSQL_PAIR = re.compile(r"\\(?:un)?restrict [A-Za-z0-9]{1,128}")
_SEQUENCE_NAME = re.compile(r"'public\.([a-z_][a-z0-9_]*|\"(?:[^\"'\\]|\"\")+\")'")


@dataclass(frozen=True)
class Statement:
    """One statement that may be run: its kind, the line it begins on, its text on the server's
    terms; `name` is the extension of one that is to be there. `plainer` is the text of an index
    that calls `unaccent` without that call, for servers where the function is not immutable: Odoo
    itself makes it so there.
    """

    kind: str
    line: int
    text: str
    name: str = ""
    plainer: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows of a table: `text` begins the copying, `chunks` are the rows as the server takes them.

    The chunks have to be read to their end before the next statement is asked for.
    """

    table: str
    line: int
    text: str
    chunks: Iterator[bytes]


def parse(pieces: Iterable[bytes]) -> Iterator[Statement | Rows]:
    """Yield what a dump has to say, in its order; `pieces` are lines, long ones in several.

    The last thing is a check that the dump has its end, so nothing may be kept of one before.
    Raises: Refused (`plain_command`, `plain_copy_source`, `plain_extension`, `plain_function`,
    `plain_setting`, `plain_statement_form`, `plain_statement_unknown`, `plain_text_form`,
    `plain_too_long`, `plain_truncated`, each with `line`).
    """
    yield from _Reading(pieces).statements()


class _Reading:
    """The lines of a dump one by one.

    Raises: Refused, as `parse`.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._line = 0
        self._count = 0
        self._begun = False
        self._complete = False
        self._rows_open = False

    def statements(self) -> Iterator[Statement | Rows]:
        """Yield what may be run."""
        scanner: Scanner | None = None
        for text in self._texts():
            if scanner is None:
                if self._outside(text):
                    continue
                self._complete = False
                scanner = Scanner(self._line)
            scanner.feed(text)
            if scanner.done:
                yield from self._told(scanner)
                scanner = None
        if scanner is not None or not self._complete:
            raise Refused("plain_truncated", line=self._line)

    def _texts(self) -> Iterator[str]:
        """Yield whole lines outside of rows."""
        for piece in self._pieces:
            self._line += 1
            if not piece.endswith(b"\n"):
                # The last line of a file, or one that is longer than any of pg_dump's.
                rest = next(self._pieces, None)
                if rest is not None:
                    raise Refused("plain_too_long", line=self._line)
            try:
                yield piece.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("plain_text_form", line=self._line) from None

    def _outside(self, text: str) -> bool:
        """Tell whether a line between statements holds nothing of one."""
        line = text.rstrip("\r\n")
        if not line.strip():
            return True
        if line.startswith("--"):
            self._complete = self._complete or line == LAST_WORDS
            return True
        if line.startswith("\\"):
            if _PSQL_PAIR.fullmatch(line):
                return True
            raise Refused("plain_command", line=self._line)
        return False

    def _told(self, scanner: Scanner) -> Iterator[Statement | Rows]:
        self._count += 1
        if self._count > STATEMENTS_MAX:
            raise Refused("plain_too_long", line=scanner.line)
        found = _statement(scanner.tokens, scanner.line)
        if found is None:
            return
        if found.kind != "copy":
            yield found
            return
        self._rows_open = True
        yield Rows(found.name, found.line, found.text, self._rows())
        if self._rows_open:
            raise Refused("plain_truncated", line=self._line)

    def _rows(self) -> Iterator[bytes]:
        """Yield the rows of a table up to the line that ends them."""
        at_begin = True
        for piece in self._pieces:
            self._line += at_begin
            if at_begin and piece in (b"\\.\n", b"\\.\r\n"):
                self._rows_open = False
                return
            at_begin = piece.endswith(b"\n")
            yield piece
        raise Refused("plain_truncated", line=self._line)


def _statement(tokens: list[Token], line: int) -> Statement | None:
    """Return the statement these tokens are; None for what is passed over."""
    reading = _Tokens(tokens, line)
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


class _Tokens:
    """The tokens of one statement, read from the left.

    Raises: Refused (`plain_statement_form`, `plain_function`).
    """

    def __init__(self, tokens: list[Token], line: int) -> None:
        self.tokens = tokens
        self.line = line
        self.at = 0

    def wrong(self) -> Refused:
        return Refused("plain_statement_form", line=self.line)

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else Token(MARK, "")

    def take(self) -> Token:
        if self.ended:
            raise self.wrong()
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, count: int) -> None:
        self.at += count

    def has(self, *words: str) -> bool:
        """Take these words when they come next."""
        if all(self.peek(place).word == word for place, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def need(self, *words: str) -> None:
        if not self.has(*words):
            raise self.wrong()

    def is_mark(self, text: str) -> bool:
        return self.peek().kind == MARK and self.peek().text == text

    def mark(self, text: str) -> None:
        if not self.is_mark(text):
            raise self.wrong()
        self.at += 1

    def name(self) -> str:
        """Take one name."""
        found = self.take().name
        if not found or len(found.encode()) > NAME_BYTES_MAX:
            raise self.wrong()
        return found

    def own(self) -> str:
        """Take a name in schema `public`; return it."""
        if self.name() != PUBLIC:
            raise self.wrong()
        self.mark(".")
        return self.name()

    def names(self) -> None:
        """Take names in brackets."""
        self.mark("(")
        self.name()
        while self.is_mark(","):
            self.mark(",")
            self.name()
        self.mark(")")

    def group(self) -> None:
        """Take an expression in brackets."""
        self.mark("(")
        self.expression(")")
        self.mark(")")

    def expression(self, *stops: str, words: Iterable[str] = ()) -> None:
        """Take an expression up to a mark or word outside of its brackets, or to the end."""
        depth, begun = 0, self.at
        while not self.ended:
            token = self.peek()
            if not depth and (
                (token.kind == MARK and token.text in stops) or token.word in tuple(words)
            ):
                break
            depth += _change(token)
            if depth < 0:
                raise self.wrong()
            self._require_harmless(token)
            self.at += 1
        if depth or self.at == begun:
            raise self.wrong()

    def _require_harmless(self, token: Token) -> None:
        follows = self.peek(1)
        called = follows.kind == MARK and follows.text == "("
        if called and token.name and FORBIDDEN_FUNCTIONS.match(token.name.lower()):
            raise Refused("plain_function", line=self.line, name=token.name[:60])

    def type(self) -> None:
        """Take a type of a column."""
        count = 0
        while self.peek().word in TYPE_WORDS:
            self.at += 1
            count += 1
            if self.is_mark("("):
                self._numbers()
        if not count:
            raise self.wrong()
        while self.is_mark("["):
            self.mark("[")
            self.mark("]")

    def _numbers(self) -> None:
        self.mark("(")
        while not self.is_mark(")"):
            if self.take().kind != NUMBER:
                raise self.wrong()
            if self.is_mark(","):
                self.mark(",")
        self.mark(")")

    def number(self) -> None:
        """Take a whole number."""
        if self.peek().text in ("-", "+"):
            self.at += 1
        found = self.take()
        if found.kind != NUMBER or not found.text.isdigit():
            raise self.wrong()

    def string(self) -> None:
        """Take a string."""
        if self.take().kind != STRING:
            raise self.wrong()

    def end(self, kind: str, name: str = "") -> Statement:
        """Return the statement when nothing is left of it."""
        if not self.ended:
            raise self.wrong()
        return Statement(kind, self.line, text_of(self.tokens), name)


def _change(token: Token) -> int:
    if token.kind != MARK:
        return 0
    return (token.text in "([") - (token.text in ")]")


def _set(reading: _Tokens) -> None:
    """A setting of pg_dump, which our own connection has already."""
    name, value = reading.take().word, reading.tokens[reading.at + 1 :]
    equals = reading.peek().text == "=" and len(value) == 1
    if not equals or value[0].text not in SETTINGS.get(name, ()):
        raise Refused("plain_setting", line=reading.line, name=name[:60])


def _select(reading: _Tokens) -> Statement | None:
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


def _extension(reading: _Tokens) -> Statement:
    reading.has("if", "not", "exists")
    name = reading.name()
    reading.need("with", "schema")
    schema = reading.name()
    if name not in APPROVED_EXTENSIONS or schema not in (PUBLIC, "pg_catalog"):
        raise Refused("plain_extension", line=reading.line, name=name[:60])
    return reading.end("extension", name)


def _schema(reading: _Tokens) -> None:
    if reading.name() != PUBLIC or not reading.ended:
        raise reading.wrong()


def _table(reading: _Tokens) -> Statement:
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


def _column(reading: _Tokens) -> None:
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


def _constraint_of_table(reading: _Tokens) -> None:
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


def _sequence(reading: _Tokens) -> Statement:
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


def _view(reading: _Tokens) -> Statement:
    name = reading.own()
    if reading.is_mark("("):
        reading.names()
    reading.need("as")
    if reading.peek().word not in ("select", "with"):
        raise reading.wrong()
    reading.expression()
    return reading.end("view", name)


def _index(reading: _Tokens) -> Statement:
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


def _alter_table(reading: _Tokens) -> Statement | None:
    reading.has("only")
    name = reading.own()
    if reading.has("owner", "to"):
        reading.name()
        return None if reading.ended else _no(reading)
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


def _reference_words(reading: _Tokens) -> None:
    """Take what follows a key: what happens on deletion, when it is looked at."""
    while not reading.ended:
        if reading.is_mark("("):
            reading.names()
        elif reading.take().word not in REFERENCE_WORDS:
            raise reading.wrong()


def _alter_sequence(reading: _Tokens) -> Statement | None:
    name = reading.own()
    if reading.has("owner", "to"):
        reading.name()
        return None if reading.ended else _no(reading)
    reading.need("owned", "by")
    reading.own()
    reading.mark(".")
    reading.name()
    return reading.end("owned", name)


def _owner(reading: _Tokens) -> None:
    """Whose something is stays out: all of it is the tenant's role's."""
    reading.name()
    while reading.is_mark("."):
        reading.mark(".")
        reading.name()
    reading.need("owner", "to")
    reading.name()
    if not reading.ended:
        _no(reading)


def _no(reading: _Tokens) -> None:
    raise reading.wrong()


def _comment(reading: _Tokens) -> Statement | None:
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


def _comment_text(reading: _Tokens) -> None:
    reading.need("is")
    reading.string()
    if not reading.ended:
        raise reading.wrong()


def _copy(reading: _Tokens) -> Statement:
    name = reading.own()
    if reading.is_mark("("):
        reading.names()
    reading.need("from")
    if not reading.has("stdin") or not reading.ended:
        raise Refused("plain_copy_source", line=reading.line)
    return reading.end("copy", name)


def _replaced_view(reading: _Tokens) -> Statement:
    """A view whose columns were told before, because others need them."""
    if not reading.has("view"):
        raise _unknown(reading.tokens, reading.line)
    return _view(reading)


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[_Tokens], Statement | None]], ...] = (
    (("set",), _set),
    (("select",), _select),
    (("create", "extension"), _extension),
    (("create", "schema"), _schema),
    (("create", "table"), _table),
    (("create", "sequence"), _sequence),
    (("create", "view"), _view),
    (("create", "or", "replace"), _replaced_view),
    (("create", "index"), _index),
    (("create", "unique", "index"), _index),
    (("alter", "table"), _alter_table),
    (("alter", "sequence"), _alter_sequence),
    (("alter", "view"), _owner),
    (("alter", "schema"), _owner),
    (("comment", "on"), _comment),
    (("copy",), _copy),
)
