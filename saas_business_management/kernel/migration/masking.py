"""What stands in a copy in the place of personal data.

Owns: the kinds of rules, the value that is put in the place of another. Does not own: which columns
are masked (`saas.masking.rule`), reading and writing them (`adapters/postgres/masking.py`).

A replacement hangs on a secret that one copy has and that is thrown away with it: the same value
gives the same replacement inside the copy, so joins and unique columns hold, and nothing leads from
a replacement back to its value or to that of another copy.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

NAME, EMAIL, PHONE, STREET, CITY = "name", "email", "phone", "street", "city"
BANK, CODE, TEXT, DATE, CLEAR = "bank", "code", "text", "date", "clear"
FILES, ROWS = "files", "rows"
# Made of the value itself, by `Masker.replacement`.
MADE = (NAME, EMAIL, PHONE, STREET, CITY, BANK, CODE)
# Of a table as a whole, whichever its columns.
WHOLE = (FILES, ROWS)
KINDS = (*MADE, TEXT, DATE, CLEAR, *WHOLE)
# Which rows of a table: all, or those of users who are no staff.
ALL, PORTAL = "all", "portal"

SECRET_BYTES = 32
MASKED_TEXT = "Masked text"
MAIL_HOST = "masked.invalid"
FEWEST_SHIFT, MOST_SHIFT = 30, 365
ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
CONSONANTS, VOWELS = "bdfghklmnprstvz", "aeiou"
PHONE_DIGITS = 9
HEX_DIGITS = 16
SHORTEST_ACCOUNT = 4


@dataclass(frozen=True)
class Rule:
    """One column of a table in schema `public` and what becomes of it; whole tables have no
    column.
    """

    table: str
    column: str
    kind: str
    rows: str = ALL

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


def is_identifier(text: str) -> bool:
    """Tell whether a text can be the name of a table or column that Odoo makes."""
    return IDENTIFIER.fullmatch(text) is not None


class Masker:
    """Makes replacements for one copy."""

    def __init__(self, secret: bytes) -> None:
        """`secret` has 256 random bits and is kept nowhere."""
        if len(secret) < SECRET_BYTES:
            raise ValueError("the secret of a copy is too short")
        self._secret = secret
        self._makers: dict[str, Callable[[str], str]] = {
            NAME: self._name,
            EMAIL: self._email,
            PHONE: self._phone,
            STREET: self._street,
            CITY: self._city,
            BANK: self._bank,
            CODE: self._code,
        }

    @property
    def shift_days(self) -> int:
        """Return by how many days every date of the copy is moved: never 0, the same for all, so
        that the time between two of them stays.
        """
        number = self._number("shift", "")
        days = FEWEST_SHIFT + number % (MOST_SHIFT - FEWEST_SHIFT + 1)
        return days if number >> 64 & 1 else -days

    def replacement(self, kind: str, value: str, limit: int | None = None) -> str:
        """Return what stands in the place of a value; at most `limit` characters.

        What is empty, or nothing but blanks, stays as it is.
        Raises: KeyError for a kind that is not in `MADE`.
        """
        made = self._makers[kind](value) if value.strip() else value
        return made if limit is None else made[:limit]

    def translated(self, kind: str, value: str) -> str:
        """Return the same for a JSON text, every text in it replaced and its shape kept."""
        told = self._within(kind, json.loads(value))
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    def _within(self, kind: str, value: object) -> object:
        if isinstance(value, str):
            return self.replacement(kind, value)
        if isinstance(value, dict):
            return {key: self._within(kind, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._within(kind, one) for one in value]
        return value

    def _digest(self, kind: str, value: str) -> bytes:
        text = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).digest()

    def _number(self, kind: str, value: str) -> int:
        return int.from_bytes(self._digest(kind, value), "big")

    def _name(self, value: str) -> str:
        """Two made-up words."""
        number = self._number(NAME, _plain(value))
        first, number = _word(number, 3)
        last, _number = _word(number, 4)
        return f"{first} {last}"

    def _email(self, value: str) -> str:
        """A well-formed address that leads nowhere (RFC 2606), for each one in the value."""
        found = ADDRESS.findall(value)
        if not found:
            return f"user-{self._hex(EMAIL, _plain(value))}"
        return ", ".join(f"m{self._hex(EMAIL, _plain(one))}@{MAIL_HOST}" for one in found)

    def _phone(self, value: str) -> str:
        """A number under +999, which is no country's, for the digits of the value."""
        digits = "".join(one for one in value if one.isdigit()).lstrip("0")
        number = self._number(PHONE, digits or _plain(value))
        return f"+999{number % 10**PHONE_DIGITS:0{PHONE_DIGITS}d}"

    def _street(self, value: str) -> str:
        number = self._number(STREET, _plain(value))
        word, number = _word(number, 4)
        return f"{word} Street {1 + number % 200}"

    def _city(self, value: str) -> str:
        word, _number = _word(self._number(CITY, _plain(value)), 4)
        return word

    def _bank(self, value: str) -> str:
        """An IBAN with right check digits where there was one, else an account of that shape."""
        bare = _bare(value)
        if not is_iban(bare):
            return self._shaped(BANK, value, bare)
        inner = self._letters(BANK, bare, bare[4:])
        made = f"{bare[:2]}{_check_digits(bare[:2], inner)}{inner}"
        return _spread(made, value)

    def _code(self, value: str) -> str:
        return self._shaped(CODE, value, _bare(value))

    def _shaped(self, kind: str, value: str, bare: str) -> str:
        """Return digits for digits and letters for letters; short ones get longer, or two values
        would often meet.
        """
        if len(bare) < SHORTEST_ACCOUNT:
            return self._hex(kind, bare or _plain(value)).upper()
        return _spread(self._letters(kind, bare, bare), value)

    def _letters(self, kind: str, value: str, shape: str) -> str:
        """Return characters in the shape of these; 256 bits last for 50 of them, then come more."""
        made = []
        for place, one in enumerate(shape):
            if place % 40 == 0:
                number = self._number(f"{kind}{place // 40}", value)
            number, rest = divmod(number, 26 if one.isalpha() else 10)
            made.append(chr(ord("A") + rest) if one.isalpha() else str(rest))
        return "".join(made)

    def _hex(self, kind: str, value: str) -> str:
        return self._digest(kind, value).hex()[:HEX_DIGITS]


def is_iban(bare: str) -> bool:
    """Tell whether a text without blanks is an IBAN with right check digits.

    Source: ISO 13616-1 (modulo 97).
    """
    return IBAN.fullmatch(bare) is not None and _checksum(bare[4:] + bare[:4]) == 1


def _check_digits(country: str, inner: str) -> str:
    return f"{98 - _checksum(f'{inner}{country}00'):02d}"


def _checksum(text: str) -> int:
    return int("".join(str(int(one, 36)) for one in text)) % 97


def _plain(value: str) -> str:
    """Return a value as it is compared: however it is written, it is the same."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _bare(value: str) -> str:
    """Return the letters and digits of a number, as banks compare them."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(one for one in folded if one.isalnum())


def _spread(made: str, value: str) -> str:
    """Put the blanks and signs of a value between the characters of another."""
    folded = unicodedata.normalize("NFKC", value).upper()
    left = iter(made)
    return "".join(next(left) if one.isalnum() else one for one in folded)


def _word(number: int, syllables: int) -> tuple[str, int]:
    """Return a word that can be said, and the rest of the number."""
    made = []
    for _turn in range(syllables):
        number, first = divmod(number, len(CONSONANTS))
        number, second = divmod(number, len(VOWELS))
        made.append(CONSONANTS[first] + VOWELS[second])
    return "".join(made).capitalize(), number
