"""Blocks and packages: a number of units that is sold whole.

Owns: how many blocks a quantity needs. Does not own: what a block costs.
"""

from decimal import Decimal

from ..errors import Refused
from .arithmetic import counted, whole_parts


def check_block(size: Decimal | None, name: str = "block") -> None:
    """Refuse a block that holds nothing.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`, `block_empty`).
    """
    if size is not None and not counted(size, name):
        raise Refused("block_empty", name=name)


def in_blocks(quantity: Decimal, size: Decimal | None) -> Decimal:
    """Return how many blocks a quantity needs, each counted from its first unit on; the quantity
    itself without a size.
    """
    return quantity if size is None else whole_parts(quantity, size)
