"""Folders and files of a backup target, entered one by one and never through a link.

Owns: descending, walking, errors of the disk as we name them. Does not own: objects (`local.py`).
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...kernel.errors import Broken, SaasError, Unavailable
from ..filetree import FOLDER

STAGING = ".staging"
PART = ".part"
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
OLD_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Placing = Callable[[int, str, int, str], None]


@contextmanager
def translated() -> Iterator[None]:
    """Let only our own errors out of the block; paths stay inside.

    Raises: Unavailable (`no_space`, `target_folder_missing`, `target_unavailable`), Broken
    (`access_denied`, `target_damaged`).
    """
    try:
        yield
    except OSError as error:
        raise _ours(error) from None


def _ours(error: OSError) -> SaasError:
    number = error.errno or 0
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable("no_space")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Broken("access_denied")
    if number in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR):
        return Broken("target_damaged")
    if number == errno.ENOENT:
        return Unavailable("target_folder_missing")
    return Unavailable("target_unavailable", reason=errno.errorcode.get(number, "unknown"))


def opened(name: str | Path, inside: int | None = None) -> int:
    """Open a folder; the caller closes it.

    Raises: OSError.
    """
    return os.open(name, FOLDER, dir_fd=inside)


@contextmanager
def entered(root: Path, folders: Sequence[str], make: bool = False) -> Iterator[int | None]:
    """Give the folder below the root; None when it is not there and not to be made.

    Raises: OSError.
    """
    place = opened(root)
    try:
        for name in folders:
            deeper = _deeper(place, name, make)
            os.close(place)
            place = deeper
            if place is None:
                break
        yield place
    finally:
        if place is not None:
            os.close(place)


def _deeper(place: int, name: str, make: bool) -> int | None:
    try:
        return opened(name, place)
    except FileNotFoundError:
        if not make:
            return None
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=place)
        os.fsync(place)
    return opened(name, place)


def file_in(place: int | None, name: str) -> int:
    """Open a file to be read; the caller closes it.

    Raises: Broken (`object_missing`, `target_damaged` when it is no file), OSError.
    """
    try:
        if place is None:
            raise FileNotFoundError
        file = os.open(name, OLD_FILE, dir_fd=place)
    except FileNotFoundError:
        raise Broken("object_missing", key=name) from None
    mode = os.fstat(file).st_mode
    if not stat.S_ISREG(mode):
        os.close(file)
        code = "object_missing" if stat.S_ISDIR(mode) else "target_damaged"
        raise Broken(code, key=name)
    return file


def is_there(place: int, name: str) -> bool:
    """Say whether something has this name in a folder.

    Raises: OSError.
    """
    try:
        os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _is_file(place: int, name: str) -> bool:
    return is_there(place, name) and stat.S_ISREG(
        os.stat(name, dir_fd=place, follow_symlinks=False).st_mode
    )


def replace(staging: int, part: str, target: int, name: str) -> None:
    """Give a finished file its name, in place of what had it.

    Raises: OSError.
    """
    os.rename(part, name, src_dir_fd=staging, dst_dir_fd=target)


def write_all(file: int, content: bytes) -> None:
    """Write every byte.

    Raises: OSError.
    """
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def walk(top: int, inside: str) -> Iterator[tuple[str, os.stat_result]]:
    """Give every file below a folder of `top` as its path from there, sorted; `inside` may be
    missing. What is removed meanwhile is left out.

    Raises: Broken (`target_damaged` at a link, a pipe, a device), OSError.
    """
    place = top
    for name in filter(None, inside.split("/")):
        deeper = None if _is_file(place, name) else _deeper(place, name, make=False)
        if place != top:
            os.close(place)
        if deeper is None:
            return
        place = deeper
    try:
        yield from _below(place, f"{inside}/" if inside else "")
    finally:
        if place != top:
            os.close(place)


def _below(place: int, path: str) -> Iterator[tuple[str, os.stat_result]]:
    for name in sorted(one for one in os.listdir(place) if not one.startswith(".")):
        try:
            status = os.stat(name, dir_fd=place, follow_symlinks=False)
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield path + name, status
        elif not stat.S_ISDIR(status.st_mode):
            raise Broken("target_damaged")
        else:
            deeper = _deeper(place, name, make=False)
            if deeper is not None:
                try:
                    yield from _below(deeper, f"{path}{name}/")
                finally:
                    os.close(deeper)


def prune(place: int, before: float) -> None:
    """Remove folders below this one that are empty since before an instant, the deepest first.

    Raises: OSError.
    """
    for name in os.listdir(place):
        if name.startswith(".") or _is_file(place, name):
            continue
        deeper = _deeper(place, name, make=False)
        if deeper is None:
            continue
        try:
            old = os.fstat(deeper).st_mtime < before
            prune(deeper, before)
        finally:
            os.close(deeper)
        if old:
            _remove_empty(place, name)


def _remove_empty(place: int, name: str) -> None:
    try:
        os.rmdir(name, dir_fd=place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise
