"""Numbers as people write them and records keep them: the digits themselves, no binary float.

Owns: which texts are a number, how many digits it may have, its one spelling. Does not own:
rounding (`kernel/money.py`), what a number means.

A unit price of 0.000123 or a quantity of 38 digits does not survive as a binary float.
"""

import re
from decimal import Decimal

from ..errors import Refused

SCALE = 12
WHOLE_DIGITS = 26  # numeric(38,12)
_FORM = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,3}))?", re.ASCII)


def read(text: str, *, signed: bool = False) -> Decimal:
    """Return the number that a text spells, exactly.

    A decimal point, no separators of thousands. `signed` lets it be negative.

    Raises: Refused (`decimal_form`, `decimal_fine`, `decimal_large`, `decimal_negative`).
    """
    bare = text.strip()
    if len(bare) > 60 or not _FORM.fullmatch(bare):
        raise Refused("decimal_form", text=bare[:40])
    number = Decimal(bare)
    digits = spell(number).lstrip("-").partition(".")
    if len(digits[2]) > SCALE:
        raise Refused("decimal_fine", text=bare[:40], most=SCALE)
    if len(digits[0]) > WHOLE_DIGITS:
        raise Refused("decimal_large", text=bare[:40], most=WHOLE_DIGITS)
    if number < 0 and not signed:
        raise Refused("decimal_negative", text=bare[:40])
    return number


def spell(number: Decimal) -> str:
    """Return the one spelling of a number: no exponent, no zeros without a meaning, no minus zero.

    Two numbers are equal when their spellings are.
    """
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
