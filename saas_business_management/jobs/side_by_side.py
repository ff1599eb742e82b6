"""Looking at many things at once, for a bounded time.

Owns: the threads, leaving out what there was no time for. Does not own: what one look is; it keeps
to what may be used from any thread.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


def side_by_side(
    look: Callable[[Item], Found],
    items: Sequence[Item],
    most: int,
    is_over: Callable[[], bool],
) -> list[Found]:
    """Return what was found of each item, in their order; at most so many are looked at together.

    What is not begun when the time is over is left out. An error of a look is raised when those
    under way have ended.
    """

    def one(item: Item) -> tuple[Found, ...]:
        return () if is_over() else (look(item),)

    with ThreadPoolExecutor(most) as pool:
        return [found for told in pool.map(one, items) for found in told]
