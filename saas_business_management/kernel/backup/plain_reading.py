"""One statement of a plain dump read from the left: names, types, expressions in it.

Owns: what each of them may be. Does not own: tokens (`plain_tokens.py`), which statements there are
(`plain_statements.py`, `plain_objects.py`).

Source: PostgreSQL 15 to 18, `ruleutils.c`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Refused
from .plain_tokens import MARK, NUMBER, STRING, Token, text_of

PUBLIC = "public"
NAME_BYTES_MAX = 63
TYPE_WORDS = frozenset(
    "bigint boolean bytea character date double inet integer interval json jsonb numeric precision "
    "real smallint text time timestamp tsvector uuid varying with without zone".split()
)
# Functions that look at the server, at files, at other databases, or run text as statements.
FORBIDDEN_FUNCTIONS = re.compile(
    r"(pg_|lo_|lo(read|write)$|dblink|postgres_fdw|set_config$|current_setting$|query_to_|cursor_to_"
    r"|table_to_|schema_to_|database_to_|txid_|inet_|version$|currval$|setval$|lastval$|xpath_table$"
    r"|ts_stat$|ts_rewrite$|crosstab|connectby|file_fdw)"
)


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


class Reading:
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

    def require_end(self) -> None:
        """Refuse what is left of the statement."""
        if not self.ended:
            raise self.wrong()

    def end(self, kind: str, name: str = "") -> Statement:
        """Return the statement when nothing is left of it."""
        self.require_end()
        return Statement(kind, self.line, text_of(self.tokens), name)


def _change(token: Token) -> int:
    if token.kind != MARK:
        return 0
    return (token.text in "([") - (token.text in ")]")
