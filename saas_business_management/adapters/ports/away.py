"""Files of backups that people take away, and those that they bring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ...kernel.backup.key import DataKey
from ..storage.port import BlobStore
from .vault import BackupPlace


@dataclass(frozen=True)
class ExportOrder:
    """A file of a backup to be made: its name (a uuid), `odoo_zip` or `sealed`, what the database
    is called in it; of a sealed one the key that a passphrase made, and its salt.
    """

    name: str
    kind: str
    label: str = ""
    key: DataKey | None = None
    salt: bytes = b""


class ExportsPort(Protocol):
    """Files of backups that people take away, in a private folder of the control machine."""

    def require_room(self, wanted_bytes: int) -> None:
        """Refuse (`export_no_room`) when the disk does not take so many bytes and a tenth more."""

    def write(self, store: BlobStore, place: BackupPlace, order: ExportOrder) -> dict[str, object]:
        """Make the file, in place of one that is there; return `size`, `sha256`, `sql_sha256`."""

    def prove(
        self, store: BlobStore, place: BackupPlace, order: ExportOrder, told: Mapping[str, object]
    ) -> None:
        """Read the whole file back; `told` is what `write` said. Broken when it is another."""

    def drop(self, name: str) -> None:
        """Remove a file, unfinished or not; absent is done."""

    def names(self) -> list[str]:
        """Return the names of the files that are there, unfinished ones too."""


class ImportsPort(Protocol):
    """Odoo's own zips of somebody else, in the upload folder of the control machine."""

    def look(self, name: str) -> dict[str, object]:
        """Look at a whole zip, its dump read to nowhere; Refused for whatever is not as it should.

        Return `modules` (names), `extensions`, `tables` and `file_count`.
        """

    def make(self, database: str, extensions: Iterable[str]) -> None:
        """Make an empty database that its own role alone can enter, in place of one that is
        there.
        """

    def load(self, name: str, database: str) -> int:
        """Run the dump there as that role, in one transaction; the database must be empty.

        Return how many indexes were made without `unaccent`.
        """

    def unpack(self, name: str, database: str) -> int:
        """Write the files where those of that database lie, in place of what is there; return how
        many.
        """

    def drop(self, name: str) -> None:
        """Remove an uploaded file; absent is done."""
