"""The open part of a download: each table as CSV, what its columns are, an index of attachments.

Owns: writing it into an open zip. Does not own: its form (`kernel/migration/open_data.py`).
"""

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from ...kernel.migration.open_data import INDEX, README, Reader, Rows

LEVEL = 6


def write(made: zipfile.ZipFile, chunks: Iterable[bytes], at: tuple[int, ...]) -> None:
    """Write it from the statements of a dump, a table at a time; nothing is held whole.

    Raises: what the statements raise.
    """
    reader = Reader()
    target = None
    try:
        for rows in reader.read(_lines(chunks)):
            target = _into(made, target, rows, at)
    finally:
        if target is not None:
            target.close()
    for name, content in ((INDEX, reader.index()), (README, reader.readme())):
        made.writestr(_entry(name, at), content)


def _into(
    made: zipfile.ZipFile, target: IO[bytes] | None, rows: Rows, at: tuple[int, ...]
) -> IO[bytes]:
    """Write a piece of a table, in a file of its own when it begins one."""
    if rows.begins:
        if target is not None:
            target.close()
        target = made.open(_entry(rows.table.file, at), "w", force_zip64=True)
    target.write(rows.text)
    return target


def _entry(name: str, at: tuple[int, ...]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry._compresslevel = LEVEL
    return entry


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if held:
        yield held
