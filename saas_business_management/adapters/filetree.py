"""Trees of files on a disk: shared, measured, removed.

Owns: walking without ever following a link. Does not own: which trees, and errors as we name them
(`filestore.py`).
"""

import errno
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from ..kernel.errors import Broken

SKIPPED = frozenset({"checklist"})  # Odoo's list of files to look at; of no worth elsewhere
UNLINKABLE = (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP)
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def walk(folder: Path) -> Iterator[tuple[str, int, list[os.DirEntry[str]]]]:
    """Give each folder below as (path inside, descriptor, entries), the descriptor for that turn.

    Raises: Broken (`filestore_damaged` at a link, a pipe, a device), OSError.
    """
    todo = [""]
    while todo:
        inside = todo.pop()
        descriptor = os.open(folder / inside, FOLDER)
        try:
            with os.scandir(descriptor) as found:
                entries = [entry for entry in found if inside or entry.name not in SKIPPED]
            for entry in entries:
                if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                    raise Broken("filestore_damaged", entry=entry.name[:40])
            todo += [os.path.join(inside, entry.name) for entry in entries if entry.is_dir()]
            yield inside, descriptor, entries
        finally:
            os.close(descriptor)


def size(folder: Path) -> int:
    """Return the sum of the sizes of all files; one removed meanwhile has none.

    Raises: Broken (`filestore_damaged`), OSError.
    """
    total = 0
    for _inside, _descriptor, entries in walk(folder):
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def link_tree(origin: Path, target: Path) -> None:
    """Rebuild the folders of one tree in an empty one, with the same files.

    Raises: Broken (`filestore_damaged`), OSError.
    """
    for inside, descriptor, entries in walk(origin):
        if inside:
            (target / inside).mkdir()
        into = os.open(target / inside, FOLDER)
        try:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    _link(entry.name, descriptor, into)
        finally:
            os.close(into)


def thin(folder: Path, kept: Collection[str]) -> int:
    """Remove every file but these (paths from the folder); return how many are left.

    Raises: Broken (`filestore_damaged`), OSError.
    """
    wanted, left = frozenset(kept), 0
    for inside, descriptor, entries in walk(folder):
        for entry in entries:
            if not entry.is_file(follow_symlinks=False):
                continue
            if os.path.join(inside, entry.name) in wanted:
                left += 1
            else:
                os.unlink(entry.name, dir_fd=descriptor)
    return left


def _link(name: str, source: int, target: int) -> None:
    """Share a file between two folders, or copy it where the disk cannot share."""
    try:
        os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in UNLINKABLE:
            raise
        _copy(name, source, target)


def _copy(name: str, source: int, target: int) -> None:
    reading = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=source)
    mode = stat.S_IMODE(os.fstat(reading).st_mode)
    with open(reading, "rb") as old:
        writing = os.open(
            name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=target
        )
        with open(writing, "wb") as new:
            shutil.copyfileobj(old, new, 1 << 20)
            new.flush()
            os.fsync(new.fileno())


def remove(path: Path) -> None:
    """Remove whatever is there, of a link the link alone.

    Raises: OSError.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    else:
        shutil.rmtree(path)


def sync(folder: Path) -> None:
    """Have the disk keep a folder's entries; a journal keeps the order, so earlier ones come along.

    Raises: OSError.
    """
    descriptor = os.open(folder, FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
