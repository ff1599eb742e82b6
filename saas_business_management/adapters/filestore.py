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
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..kernel.errors import Broken, Refused, SaasError, Unavailable
from ..kernel.provisioning.naming import checked, is_ours
from .filetree import FOLDER, link_tree, remove, size, sync, thin

STAGING = ".staging"
# What Odoo names a database, and so its folder, by itself.
FOREIGN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
UNFINISHED = re.compile(r"(?P<name>.+)\.(f(?P<fence>[0-9]+)|gone-[0-9a-f]+)")


class Unfinished(NamedTuple):
    """A folder in the staging area: a copy with its fence, or a removal cut off (fence 0)."""

    name: str
    path: Path
    fence: int


class LocalFilestore:
    """`FilestorePort` on a folder, made at the first copy; its parent must be there."""

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
            return size(folder) if os.path.lexists(folder) else 0

    def clone(self, source: str, name: str, fence: int) -> None:
        """Copy into a folder that carries the fence, then rename; nothing copied is an empty one.

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
                link_tree(origin, staging)
            sync(staging)
            staging.rename(target)
            sync(self._root)

    @contextmanager
    def filling(self, name: str, fence: int) -> Iterator[Path | None]:
        """Give an empty folder for the files of a database that has none; what is in it at the end
        of the block is the whole filestore. None when it is there already.

        Raises: Refused (`fence_stale`), Unavailable, Broken.
        """
        target = self._root / checked(name)
        with _translated():
            self._prepare()
            self._clear_unfinished(name, fence)
            there = os.path.lexists(target)
            staging = self._staging / f"{name}.f{fence}"
            if not there:
                staging.mkdir()
        yield None if there else staging
        if not there:
            with _translated():
                sync(staging)
                staging.rename(target)
                sync(self._root)

    @contextmanager
    def beside(self, name: str, fence: int) -> Iterator[Path]:
        """Give an empty folder on the same disk, gone at the end of the block.

        Raises: Refused (`fence_stale`), Unavailable, Broken.
        """
        checked(name)
        staging = self._staging / f"{name}.f{fence}"
        with _translated():
            self._prepare()
            self._clear_unfinished(name, fence)
            staging.mkdir()
        try:
            yield staging
        finally:
            with _translated():
                remove(staging)

    def folder(self, name: str) -> Path:
        """Return where the files of a database lie, whether there are any or not."""
        return self._root / checked(name)

    def swap(self, name: str, incoming: str, outgoing: str) -> None:
        """Put a copy's folder in the place of another, which gets a third name. May run twice.

        Raises: Refused (`database_name_form`), Unavailable, Broken (`filestore_damaged` when there
        is nothing to put in place).
        """
        live, copy, former = (self._root / checked(one) for one in (name, incoming, outgoing))
        with _translated():
            if not os.path.lexists(copy):
                if os.path.lexists(live) and os.path.lexists(former):
                    return
                raise Broken("filestore_damaged")
            if os.path.lexists(live):
                live.rename(former)
            elif not os.path.lexists(former):
                former.mkdir()
            copy.rename(live)
            sync(self._root)

    def keep_only(self, name: str, files: Collection[str]) -> int:
        """Remove every file of one database but these, named from its folder; return how many are
        left. May run twice.

        Raises: Refused (`database_name_form`), Unavailable, Broken (`filestore_damaged`).
        """
        folder = self._root / checked(name)
        with _translated():
            return thin(folder, files) if os.path.lexists(folder) else 0

    def drop(self, name: str) -> None:
        """Remove one database's files, unfinished copies and what a cut-off removal left.

        Raises: Refused (`database_name_form`), Unavailable, Broken.
        """
        target = self._root / checked(name)
        with _translated():
            if not self._root.is_dir():
                return
            self._prepare()
            if os.path.lexists(target):
                target.rename(self._staging / f"{name}.gone-{secrets.token_hex(8)}")
                sync(self._root)
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

    def foreign_there(self, name: str) -> bool:
        """Tell whether there is a folder with the name of a database that is not ours.

        Raises: Refused (`filestore_name`), Unavailable.
        """
        folder = self._root / _foreign(name)
        with _translated():
            return folder.is_dir() and not folder.is_symlink()

    def take_foreign(self, name: str, own: str) -> None:
        """Give that folder one of our names; absent is done.

        Raises: Refused (`filestore_name`, `database_name_form`), Unavailable, Broken.
        """
        self._rename(self._root / _foreign(name), self._root / checked(own))

    def give_foreign_back(self, own: str, name: str) -> None:
        """Give it its former name; absent is done.

        Raises: Refused (`filestore_name`, `database_name_form`), Unavailable, Broken.
        """
        self._rename(self._root / checked(own), self._root / _foreign(name))

    def _rename(self, source: Path, target: Path) -> None:
        with _translated():
            if source.is_dir() and not source.is_symlink() and not os.path.lexists(target):
                source.rename(target)
                sync(self._root)

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
            remove(one.path)


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


def _foreign(name: str) -> str:
    """Return a name that is a plain folder's and not one of ours.

    Raises: Refused (`filestore_name`).
    """
    if not FOREIGN.fullmatch(name) or is_ours(name):
        raise Refused("filestore_name", name=name[:80])
    return name
