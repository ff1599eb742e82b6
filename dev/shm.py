"""Data folders in memory, for clusters that tests throw away.

Owns: the folders it made below /dev/shm. Does not own: what lies in them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 6 * 10**9


def link(folder: Path) -> None:
    """Make `folder` a link to an empty folder in memory; nothing if there is too little room."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    place = MEMORY / f"saas-dev-{os.getuid()}-{name}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    owner = folder.parent.stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.symlink_to(place)


def release(folder: Path) -> None:
    """Remove the memory folder behind a link, and the link."""
    if not folder.is_symlink():
        return
    place = folder.readlink()
    folder.unlink()
    if place.parent == MEMORY:
        shutil.rmtree(place, ignore_errors=True)
