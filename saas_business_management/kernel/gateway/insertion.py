"""Putting one element before the end of a page's body while its bytes go by.

Owns: finding the place. Does not own: which pages get what (`gateway/lines.py`).
"""

from collections.abc import Iterable, Iterator

END = b"</body>"


def insert_whole(page: bytes, element: bytes) -> bytes:
    """Return the page with the element before its last `</body>`; without one it stays as it is."""
    head, end, tail = page.rpartition(END)
    return head + element + end + tail if end else page


def insert_into(pieces: Iterable[bytes], element: bytes) -> Iterator[bytes]:
    """Yield the pieces with the element before the last `</body>`, however it is cut.

    What may still be the last one is held back, which in a page is its last few bytes.
    """
    held = b""
    for piece in pieces:
        held += piece
        found = held.rfind(END)
        safe = found if found >= 0 else max(0, len(held) - len(END) + 1)
        if held[:safe]:
            yield held[:safe]
        held = held[safe:]
    whole = insert_whole(held, element)
    if whole:
        yield whole
