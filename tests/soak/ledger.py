"""What each tenant was told is kept: one who writes at work, and what has to be there.

Owns: numbers written into the tenant's live database under the password that nodes have, what was
confirmed, what a look may find. Does not own: when they rest, what an operation does to the data
(`operations.py`).

A number whose commit was cut off may be there or not: the next look decides, once.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import psycopg2

from saas_business_management.kernel.secret import Secret, derive_password

TABLE = "CREATE TABLE IF NOT EXISTS soak_ledger (n bigint PRIMARY KEY)"
WRITE = "INSERT INTO soak_ledger VALUES (%s)"
READ = "SELECT n FROM soak_ledger ORDER BY n"
PAUSE_SECONDS, AGAIN_SECONDS = 0.15, 0.4


@dataclass(frozen=True)
class Place:
    """Where a tenant's data is by the records: server, database, generation of the password."""

    host: str
    port: int
    database: str
    generation: int
    secret: str
    open: bool

    def connect(self) -> "psycopg2.extensions.connection":
        """Log in as the nodes do."""
        password = derive_password(Secret(self.secret), self.database, self.generation)
        return psycopg2.connect(
            host=self.host,
            port=self.port,
            dbname=self.database,
            user=self.database,
            password=password.reveal(),
            connect_timeout=5,
            application_name="soak",
        )


@dataclass
class Ledger:
    """One tenant: `kept` are the numbers that were confirmed, in their order."""

    subdomain: str
    where: Callable[[str], Place | None]
    kept: list[int] = field(default_factory=list)
    doubtful: int | None = None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self._number, self._rests, self._ends = 0, 0, False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def begin(self) -> None:
        """Begin to write."""
        self._thread.start()

    def rest(self) -> None:
        """Write nothing until `go_on`, which is called as often."""
        with self.lock:
            self._rests += 1

    def go_on(self) -> None:
        """Write again."""
        with self.lock:
            self._rests -= 1

    def close(self) -> None:
        """End for good."""
        self._ends = True
        if self._thread.is_alive():
            self._thread.join(30)

    def settle(self, found: list[int], when: str) -> None:
        """Compare what is there with what was confirmed; the lock is held by the caller."""
        if found == [*self.kept, self.doubtful]:
            self.kept.append(self.doubtful)
        elif found != self.kept:
            lost = sorted({*self.kept} - {*found})[:5]
            more = sorted({*found} - {*self.kept})[:5]
            self.faults.append(
                f"{self.subdomain}, {when}: {len(found)} instead of {len(self.kept)}, "
                f"lost {lost}, nobody wrote {more}"
            )
            self.kept = found
        self.doubtful = None

    def _work(self) -> None:
        while not self._ends:
            time.sleep(AGAIN_SECONDS)
            if self._rests:
                continue
            try:
                place = self.where(self.subdomain)
                if place and place.open:
                    with closing(place.connect()) as cnx:
                        cnx.autocommit = True
                        self._write(cnx)
            except psycopg2.Error:
                continue

    def _write(self, cnx) -> None:
        with cnx.cursor() as cursor:
            with self.lock:
                if self._rests:
                    return
                cursor.execute(TABLE)
                cursor.execute(READ)
                self.settle([n for (n,) in cursor.fetchall()], "at work")
            while not self._ends:
                with self.lock:
                    if self._rests:
                        return
                    self._number += 1
                    try:
                        cursor.execute(WRITE, (self._number,))
                    except psycopg2.Error:
                        self.doubtful = self._number
                        raise
                    self.kept.append(self._number)
                time.sleep(PAUSE_SECONDS)
