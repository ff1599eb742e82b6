"""Copies of databases that are filled, made harmless and put in place."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from .inside import Birth

# Under this generation a stopped tenant's role works for us: no route ever carries it, and nodes
# try theirs and the next one, which begin at 1.
LENT = 0


class RestoringPort(Protocol):
    """What a restore asks of a cluster."""

    def lend_login(self, role: str) -> int:
        """Let a stopped tenant's role log in for an operation, under a password that no node has;
        return the generation to log in with.
        """

    def take_login_back(self, role: str, generation: int) -> None:
        """Stop a role that was lent; its password is that of this generation again."""

    def make_anew(self, name: str, extensions: Iterable[str]) -> int:
        """Make an empty database for the role of its stem, whatever was there; return its oid.

        A tenant's own database that was handed over is never touched.
        """

    def drop_staging(self, name: str, keep: Iterable[str] = ()) -> None:
        """Drop the staging copies `…_r` of a database, but for those to be kept."""

    def neutralise(self, name: str, generation: int, statements: Iterable[str]) -> dict[str, int]:
        """As the tenant's role, in one transaction: make a copy harmless and prove it.

        Return `{"mail_servers": int, "crons": int}` that are left active.
        """

    def adopt(self, name: str, generation: int, birth: Birth, base_url: str) -> None:
        """As the tenant's role: give a restored database uuid, secret and address of its own; the
        rest of it stays as it was.
        """

    def count_newer(
        self, name: str, generation: int, since: datetime, most: int
    ) -> dict[str, int | None]:
        """As the tenant's role, read only: return for each table that dates its rows how many are
        newer than an instant, at most `most` + 1; None where that could not be told in time.
        """

    def signals(self, name: str, generation: int) -> dict[str, int]:
        """As the tenant's role: return how far each cache signal has come."""

    def pass_signals(self, name: str, generation: int, marks: Mapping[str, int]) -> None:
        """As the tenant's role: have the cache signals go past these."""

    def let_in(self, name: str) -> None:
        """Allow connections to a database that a swap had closed; absent is done."""

    def swap(self, name: str, incoming: str, outgoing: str, oid: int) -> int:
        """Put a copy with this oid in a database's place, the former under another name that lets
        nobody in; return the former's oid.
        """
