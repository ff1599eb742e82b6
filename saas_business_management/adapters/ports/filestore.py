"""The files of the tenants of one cluster."""

from collections.abc import Collection
from typing import Protocol


class FilestorePort(Protocol):
    """The filestores of one cluster, one folder per database."""

    def free_bytes(self) -> int:
        """Return what an ordinary process may still write."""

    def used_bytes(self, name: str) -> int:
        """Return the apparent size of one database's files, 0 when there are none."""

    def clone(self, source: str, name: str, fence: int) -> None:
        """Copy by hard links into a folder that carries the fence, then rename: afterwards the
        whole filestore is there or none.
        """

    def swap(self, name: str, incoming: str, outgoing: str) -> None:
        """Put a copy's folder in the place of another, which gets a third name."""

    def keep_only(self, name: str, files: Collection[str]) -> int:
        """Remove every file of one database but these; return how many are left."""

    def drop(self, name: str) -> None:
        """Remove one database's files and every unfinished copy of them."""

    def names(self) -> list[str]:
        """List folders of our form, unfinished copies included."""

    def foreign_there(self, name: str) -> bool:
        """Tell whether there is a folder with the name of a database that is not ours."""

    def take_foreign(self, name: str, own: str) -> None:
        """Give that folder one of our names; absent is done."""

    def give_foreign_back(self, own: str, name: str) -> None:
        """Give it its former name; absent is done."""
