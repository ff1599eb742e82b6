"""Questions of operators to a tenant's database: which text may be asked.

Owns: the form: one SELECT that reads tables and computes one number. Does not own: asking it, read
only and with time-outs (adapters), who may write one.

What a question may contain is listed, not what it may not. It is asked with the tenant's own
rights, so this keeps mistakes out, not attackers.
"""

import re

from ..errors import Refused

LONGEST = 4000
# The instants a question may use: the day that is counted, now, thirty days ago.
PARAMETERS = frozenset({"since", "until", "now", "month_ago"})
FUNCTIONS = frozenset(
    "abs avg ceil coalesce count date_part date_trunc extract floor greatest least length lower "
    "max min mod nullif round sum trim upper".split()
)
# Words that may stand before a bracket without being a function.
BEFORE_BRACKETS = frozenset(
    "all and any as between by case distinct else exists filter from having in join not on or "
    "over select then union using values when where".split()
)
FORBIDDEN = frozenset(
    "alter analyze begin call cluster comment commit copy create deallocate delete discard do drop "
    "execute explain fetch for grant insert into listen load lock merge move notify prepare "
    "reindex reset returning revoke rollback savepoint security set show table tablesample "
    "truncate unlisten update vacuum with".split()
)
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<text>'(?:[^']|'')*')|(?P<param>%\((?P<name>[a-z_]+)\)s)|(?P<percent>%%)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<mark>::|<=|>=|<>|!=|\|\||[-+*/<>=(),.])"
)


def check_question(text: str) -> None:
    """Refuse what is not one SELECT of known functions over tables of schema `public`.

    Raises: Refused (`question_empty`, `question_long`, `question_not_select`, `question_mark`,
    `question_word`, `question_function`, `question_parameter`, `question_table`).
    """
    if not text.strip():
        raise Refused("question_empty")
    if len(text) > LONGEST:
        raise Refused("question_long", most=LONGEST)
    tokens = _tokens(text)
    words = [value.lower() if kind == "word" else value for kind, value in tokens]
    if words[0] != "select":
        raise Refused("question_not_select")
    for place, (kind, _value) in enumerate(tokens):
        if kind == "word":
            _check_word(words, place)


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return kind and text of each token; whatever is not known is refused."""
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or (match["word"] and text[match.end() : match.end() + 1] == "'"):
            # A letter before a quote makes another kind of text of it.
            raise Refused("question_mark", mark=text[place : place + 12])
        if match["param"] and match["name"] not in PARAMETERS:
            raise Refused("question_parameter", parameter=match["name"])
        if not match["space"]:
            found.append((str(match.lastgroup), match[0]))
        place = match.end()
    return found


def _check_word(words: list[str], place: int) -> None:
    word, following = words[place], words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    if word in FORBIDDEN and before != ".":
        raise Refused("question_word", word=word)
    known = word in FUNCTIONS | BEFORE_BRACKETS and before != "."
    if following == "(" and not known:
        raise Refused("question_function", function=word)
    if word.startswith("pg_") or word == "information_schema":
        raise Refused("question_table", word=word)
    if word in ("from", "join") and not _leads_to_table(words, place):
        raise Refused("question_table", word=following)


def _leads_to_table(words: list[str], place: int) -> bool:
    """Tell whether a table of schema `public` or a bracket follows; `extract` has its own from."""
    following = words[place + 1 : place + 3]
    return following[:1] == ["("] or following == ["public", "."] or _in_extract(words, place)


def _in_extract(words: list[str], place: int) -> bool:
    return words[max(place - 3, 0) : place - 1] == ["extract", "("]
