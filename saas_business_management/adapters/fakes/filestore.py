"""A filestore in memory."""

from collections.abc import Collection

from ...kernel.errors import Broken, Refused
from ...kernel.provisioning.naming import checked, is_ours
from .faults import Faults


class FakeFilestore(Faults):
    """`FilestorePort` in memory.

    `files`: database → path → bytes; `unfinished`: database → fence of a copy cut off.
    """

    def __init__(self, disk_bytes: int = 10**12) -> None:
        super().__init__()
        self.disk_bytes = disk_bytes
        self.files: dict[str, dict[str, bytes]] = {}
        self.unfinished: dict[str, int] = {}

    def put(self, name: str, path: str, content: bytes) -> None:
        """Write a file, as Odoo would."""
        self.files.setdefault(checked(name), {})[path] = content

    def free_bytes(self) -> int:
        """Return what an ordinary process may still write."""
        self._about_to("free_bytes")
        return self.disk_bytes - sum(len(one) for one in self._shared().values())

    def used_bytes(self, name: str) -> int:
        """Return the apparent size of one database's files."""
        self._about_to("used_bytes")
        kept = self.files.get(checked(name), {})
        return sum(
            len(content) for path, content in kept.items() if not path.startswith("checklist/")
        )

    def clone(self, source: str, name: str, fence: int) -> None:
        """Copy whole or not at all."""
        self._about_to("clone")
        checked(source), checked(name)
        if self.unfinished.get(name, 0) > fence:
            raise Refused("fence_stale", database=name)
        self.unfinished.pop(name, None)
        if name in self.files:
            return
        if self.disk_bytes <= 0:
            raise Broken("disk_full")
        kept = self.files.get(source, {})
        self.files[name] = {
            path: content for path, content in kept.items() if not path.startswith("checklist/")
        }

    def keep_only(self, name: str, files: Collection[str]) -> int:
        """Forget the other files."""
        self._about_to("keep_only")
        kept = self.files.get(checked(name), {})
        for path in [one for one in kept if one not in files]:
            del kept[path]
        return len(kept)

    def swap(self, name: str, incoming: str, outgoing: str) -> None:
        """Exchange the folders."""
        self._about_to("swap")
        for one in (name, incoming, outgoing):
            checked(one)
        if incoming not in self.files:
            if name in self.files and outgoing in self.files:
                return
            raise Broken("filestore_damaged")
        self.files[outgoing] = self.files.pop(name, self.files.get(outgoing, {}))
        self.files[name] = self.files.pop(incoming)

    def drop(self, name: str) -> None:
        """Remove one database's files and every unfinished copy of them."""
        self._about_to("drop")
        self.files.pop(checked(name), None)
        self.unfinished.pop(name, None)

    def names(self) -> list[str]:
        """List the databases that have a folder here."""
        self._about_to("names")
        return sorted(one for one in {*self.files, *self.unfinished} if is_ours(one))

    def foreign_there(self, name: str) -> bool:
        """Tell whether a foreign folder is there."""
        self._about_to("foreign_there")
        return name in self.files

    def take_foreign(self, name: str, own: str) -> None:
        """Rename it."""
        self._about_to("take_foreign")
        if name in self.files:
            self.files[checked(own)] = self.files.pop(name)

    def give_foreign_back(self, own: str, name: str) -> None:
        """Rename it back."""
        self._about_to("give_foreign_back")
        if checked(own) in self.files:
            self.files[name] = self.files.pop(own)

    def _shared(self) -> dict[int, bytes]:
        """Copies share their bytes, as hard links do."""
        return {id(content): content for kept in self.files.values() for content in kept.values()}
