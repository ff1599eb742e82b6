"""Statements of a plain dump cut into tokens, strictly: what pg_dump never writes is refused.

Owns: strings, names, numbers, operators, and where a statement ends. Does not own: what a statement
may be (`plain_statements.py`).

A statement goes on as its tokens alone, so that nothing which was read otherwise here than the
server reads it can hide between them. Dollar quotes, block comments, comments inside statements,
Unicode escapes and bit strings have no token.

Source: PostgreSQL manual, chapter 4.1 (lexical structure).
"""

import re
from dataclasses import dataclass, field

from ..errors import Refused

STATEMENT_BYTES_MAX = 2 << 20
TOKENS_MAX = 200_000

WORD, STRING, QUOTED, NUMBER, OPERATOR, MARK = "word", "string", "quoted", "number", "op", "mark"

_BLANK = re.compile(r"[ \t\r\n\f]+")
_START = re.compile(
    r"(?P<string>[eE]?')"
    r'|(?P<quoted>")'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<op>::|[-+*/<>=~!@#%^&|?]+)"
    r"|(?P<mark>[()\[\],.;])"
)
# What a string or a name is on one line; a doubled quote never stands across two.
_INSIDE = {
    "'": re.compile(r"(?:[^'\x00]|'')*"),
    "e'": re.compile(r"(?:[^'\\\x00]|''|\\[^\x00])*", re.DOTALL),
    '"': re.compile(r'(?:[^"\x00]|"")*'),
}
_GLUED = re.compile(r"['\"$\\A-Za-z0-9_]")
_OPENING, _CLOSING = "([", ")]"


@dataclass(frozen=True)
class Token:
    """A piece of a statement as it stands there, and which kind of piece it is."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The word in lower case, empty for anything else."""
        return self.text.lower() if self.kind == WORD else ""

    @property
    def name(self) -> str:
        """The name it stands for, empty when it is none."""
        if self.kind == QUOTED:
            return self.text[1:-1].replace('""', '"')
        return self.word


@dataclass
class Scanner:
    """Takes the lines of one statement; `done` when its semicolon came, which ends its line.

    Raises: Refused (`plain_text_form`, `plain_too_long`, each with `line`).
    """

    line: int
    tokens: list[Token] = field(default_factory=list)
    done: bool = False
    _open: str = ""
    _held: list[str] = field(default_factory=list)
    _depth: int = 0
    _size: int = 0

    def feed(self, text: str) -> None:
        """Take one line with its end."""
        self._size += len(text)
        if self._size > STATEMENT_BYTES_MAX or len(self.tokens) > TOKENS_MAX:
            raise Refused("plain_too_long", line=self.line)
        at = 0
        while at < len(text):
            at = self._go_on(text, at) if self._open else self._next(text, at)

    def _next(self, text: str, at: int) -> int:
        """Take one token, or the blanks before it; return where the next one begins."""
        blank = _BLANK.match(text, at)
        if blank:
            return blank.end()
        found = _START.match(text, at)
        if self.done or not found:
            raise self._wrong()
        if found["string"] or found["quoted"]:
            self._open, self._held = found[0].lower(), [found[0]]
            return found.end()
        self._take(Token(found.lastgroup or "", found[0]), text, found.end())
        return found.end()

    def _go_on(self, text: str, at: int) -> int:
        """Take what is left of a string or a quoted name on this line."""
        inside = _INSIDE[self._open].match(text, at)
        end = inside.end()
        self._held.append(text[at:end])
        if end == len(text):
            return end
        if text[end] == "\x00" or text[end] != self._open[-1]:
            raise self._wrong()
        whole = "".join([*self._held, text[end]])
        kind = QUOTED if self._open == '"' else STRING
        if whole == '""':
            raise self._wrong()
        self._open = ""
        self._take(Token(kind, whole), text, end + 1)
        return end + 1

    def _take(self, token: Token, text: str, end: int) -> None:
        """Keep a token that is not glued to what cannot follow it."""
        follows = text[end : end + 1]
        wordy = token.kind in (WORD, NUMBER, STRING, QUOTED)
        if wordy and follows and (_GLUED.match(follows) or not follows.isascii()):
            raise self._wrong()
        if token.kind == WORD and text[end : end + 2] in ("&'", '&"'):
            raise self._wrong()
        if token.kind == OPERATOR and ("--" in token.text or "/*" in token.text):
            raise self._wrong()
        if token.text == ";":
            self._end()
            return
        if token.kind == MARK:
            self._depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if self._depth < 0:
            raise self._wrong()
        self.tokens.append(token)

    def _end(self) -> None:
        if self._depth or not self.tokens:
            raise self._wrong()
        self.done = True

    def _wrong(self) -> Refused:
        return Refused("plain_text_form", line=self.line)


def text_of(tokens: list[Token]) -> str:
    """Return the statement that these tokens are: one line where no string has a line feed."""
    return " ".join(token.text for token in tokens)
