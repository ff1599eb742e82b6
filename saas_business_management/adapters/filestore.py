"""Filestores on a local or mounted disk.

Owns: one folder per database below one root, copied by hard links, moved into place whole. Does not
own: what the files are; Odoo names them by their content, writes each once and never in place, so
copies may share them.

Links are never followed: folders are opened as folders or not at all.
"""

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..kernel.errors import Broken, Refused, SaasError, Unavailable
from ..kernel.provisioning.naming import checked, is_ours

STAGING = ".staging"
SKIPPED = frozenset({"checklist"})  # Odoo's list of files to look at; of no worth elsewhere
UNFINISHED = re.compile(r"(?P<name>.+)\.(f(?P<fence>[0-9]+)|gone-[0-9a-f]+)")
UNLINKABLE = (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP)
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Unfinished(NamedTuple):
    """A folder in the staging area: a copy with its fence, or a removal cut off (fence 0)."""

    name: str
    path: Path
    fence: int


class LocalFilestore:
    """`FilestorePort` on a folder; the folder itself is made at the first copy, its parent must be
    there.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = Path(root)

    def free_bytes(self) -> int:
        """Return what an ordinary process may still write.

        Raises: Unavailable (`filestore_missing`).
        """
        with _translated():
            place = self._root if self._root.is_dir() else self._root.parent
            told = os.statvfs(place)
        return told.f_bavail * told.f_frsize

    def used_bytes(self, name: str) -> int:
        """Return the apparent size of one database's files, 0 when there are none.

        Raises: Refused (`database_name_form`), Unavailable, Broken.
        """
        folder = self._root / checked(name)
        with _translated():
            return _size(folder) if os.path.lexists(folder) else 0

    def clone(self, source: str, name: str, fence: int) -> None:
        """Copy into a folder that carries the fence, then rename; a source without files gives an
        empty filestore.

        Raises: Refused (`fence_stale` when a later worker has begun), Unavailable, Broken
        (`disk_full`, `filestore_damaged` when something in it is neither folder nor file).
        """
        origin, target = self._root / checked(source), self._root / checked(name)
        with _translated():
            self._prepare()
            self._clear_unfinished(name, fence)
            if os.path.lexists(target):
                return
            staging = self._staging / f"{name}.f{fence}"
            staging.mkdir()
            if os.path.lexists(origin):
                _link_tree(origin, staging)
            _sync(staging)
            staging.rename(target)
            _sync(self._root)

    def drop(self, name: str) -> None:
        """Remove one database's files and every unfinished copy of them; what is left of a removal
        cut off goes too.

        Raises: Refused (`database_name_form`), Unavailable, Broken.
        """
        target = self._root / checked(name)
        with _translated():
            if not self._root.is_dir():
                return
            self._prepare()
            if os.path.lexists(target):
                target.rename(self._staging / f"{name}.gone-{secrets.token_hex(8)}")
                _sync(self._root)
            self._clear_unfinished(name, None)

    def names(self) -> list[str]:
        """List the databases that have a folder here, unfinished copies and removals included.

        Raises: Unavailable.
        """
        with _translated():
            if not self._root.is_dir():
                return []
            whole = {entry for entry in os.listdir(self._root) if is_ours(entry)}
            return sorted(whole | {one.name for one in self._unfinished()})

    @property
    def _staging(self) -> Path:
        return self._root / STAGING

    def _prepare(self) -> None:
        self._root.mkdir(mode=0o700, exist_ok=True)
        self._staging.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(self._staging, FOLDER))

    def _unfinished(self) -> list[Unfinished]:
        if not self._staging.is_dir():
            return []
        found = (UNFINISHED.fullmatch(entry) for entry in os.listdir(self._staging))
        return [
            Unfinished(one["name"], self._staging / one.string, int(one["fence"] or 0))
            for one in found
            if one and is_ours(one["name"])
        ]

    def _clear_unfinished(self, name: str, fence: int | None) -> None:
        """Remove what was left under this name; with a fence, give way to a later worker."""
        left = [one for one in self._unfinished() if one.name == name]
        if fence is not None and any(one.fence > fence for one in left):
            raise Refused("fence_stale", database=name)
        for one in left:
            _remove(one.path)


def _walk(folder: Path) -> Iterator[tuple[str, int, list[os.DirEntry[str]]]]:
    """Give each folder below as (path inside, descriptor, entries); links and strange things are
    refused.
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


def _size(folder: Path) -> int:
    return sum(
        entry.stat(follow_symlinks=False).st_size
        for _inside, _descriptor, entries in _walk(folder)
        for entry in entries
        if entry.is_file(follow_symlinks=False)
    )


def _link_tree(origin: Path, target: Path) -> None:
    for inside, descriptor, entries in _walk(origin):
        if inside:
            (target / inside).mkdir()
        into = os.open(target / inside, FOLDER)
        try:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    _link(entry.name, descriptor, into)
        finally:
            os.close(into)


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


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    else:
        shutil.rmtree(path)


def _sync(folder: Path) -> None:
    """Have the disk keep what was linked: journals keep the order, so the last folder brings the
    earlier ones.
    """
    descriptor = os.open(folder, FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    """Let only our own errors out of the block; paths stay inside."""
    try:
        yield
    except OSError as error:
        raise _ours(error) from None


def _ours(error: OSError) -> SaasError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Broken("disk_full")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Broken("filestore_denied")
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return Broken("filestore_damaged")
    if error.errno == errno.ENOENT:
        return Unavailable("filestore_missing")
    return Unavailable(
        "filestore_unreachable", reason=errno.errorcode.get(error.errno or 0, "unknown")
    )
