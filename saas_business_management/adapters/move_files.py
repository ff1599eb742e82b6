"""The files of a tenant copied to another filestore, again and again until nothing is new.

Owns: which files lack, writing each whole or not at all. Does not own: which folders they are
(`mover.py`).

Odoo names a file by its content and writes it once, so one that is there in the same size is the
same. Links are never followed.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..kernel.backup.content import is_store_name
from .backup.spool import sync_disk
from .filetree import FOLDER, walk

PART = ".part-"
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def copy_new(source: Path, target: Path) -> dict[str, int]:
    """Copy what the target lacks; return `files` of the source that are there now, `copied` and
    `bytes`.

    A file that is collected meanwhile is left out. Raises: Broken (`filestore_damaged`), OSError.
    """
    told = {"files": 0, "copied": 0, "bytes": 0}
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(target, FOLDER))
    if not os.path.lexists(source):
        return told
    for folder, entries in _folders(source):
        (target / folder).mkdir(exist_ok=True)
        there = _sizes(target / folder)
        for entry in entries:
            try:
                length = entry.stat(follow_symlinks=False).st_size
                if there.get(entry.name) != length:
                    told["bytes"] += _copy(source / folder, target / folder, entry.name)
                    told["copied"] += 1
                told["files"] += 1
            except FileNotFoundError:
                continue
    sync_disk(target)
    return told


def lacking(names: Iterable[str], source: Path, target: Path) -> list[str]:
    """Return those names of which the source has a file and the target not one of the same size;
    what is no name of a store is never looked at.
    """
    ours = [name for name in names if is_store_name(name)]
    return [name for name in ours if _size(source / name) not in (None, _size(target / name))]


def _size(path: Path) -> int | None:
    try:
        told = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return told.st_size


def _folders(source: Path) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Give each folder with its files."""
    for inside, _descriptor, entries in walk(source):
        yield inside, [one for one in entries if one.is_file(follow_symlinks=False)]


def _sizes(folder: Path) -> dict[str, int]:
    """Return the sizes of what is there; parts that a killed worker left are removed."""
    told = {}
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith(PART):
                os.unlink(entry.path)
            elif entry.is_file(follow_symlinks=False):
                told[entry.name] = entry.stat(follow_symlinks=False).st_size
    return told


def _copy(source: Path, target: Path, name: str) -> int:
    """Copy one file under another name first; return its bytes."""
    part = target / f"{PART}{secrets.token_hex(8)}"
    reading = os.open(source / name, READ)
    mode = stat.S_IMODE(os.fstat(reading).st_mode)
    with open(reading, "rb") as old, open(os.open(part, WRITE, mode), "wb") as new:
        shutil.copyfileobj(old, new, 1 << 20)
        written = new.tell()
    os.replace(part, target / name)
    return written
