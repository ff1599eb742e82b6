"""A cluster as metering reads it: sizes of all databases at once, questions to a tenant's database.

Owns: which login asks what, how long a tenant may keep us. Does not own: the questions
(`tenant_questions.py`, meters), what is made of the numbers (`kernel/metering`).

Sizes come from outside, by the monitor's role, which enters no tenant's database: it may see the
statements of all tenants, and whoever plans a statement on a tenant's table runs what the tenant
put into its indexes and views. Inside, everything is asked as the tenant itself.
"""

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from ...kernel.errors import SaasError
from ...kernel.provisioning.naming import checked, stem_of
from ..ports import Question, Told
from . import tenant_questions
from .connect import Connection, Cursor, Limits, used
from .tenant_login import TenantLogins
from .warm import WarmConnection

# One statement may take this long, all questions to a tenant together that long.
QUICK = Limits(connect_seconds=5, statement_seconds=2, lock_seconds=0.2)
ALTOGETHER_SECONDS = 10.0
WATCH = Limits(statement_seconds=120, lock_seconds=5)
WATCHER = "saas monitor"
SIZES = """
SELECT datname, pg_database_size(oid) FROM pg_database WHERE datname = ANY(%s)
"""


class Metering:
    """The part of `ClusterPort` that takes readings; mixed into `PostgresCluster`."""

    _logins: TenantLogins
    _warm: WarmConnection
    _watch: WarmConnection

    def sizes(self, names: Sequence[str]) -> dict[str, int]:
        """Return the bytes of each of these databases; who is not there is left out.

        Raises: Refused (`database_name_form`), Unavailable, Broken.
        """
        wanted = [checked(name) for name in names]

        def look(cursor: Cursor) -> dict[str, int]:
            cursor.execute(SIZES, (wanted,))
            return {name: size for name, size in cursor.fetchall() if size is not None}

        return self._watch.run(look)

    def ask(self, name: str, generation: int, questions: Sequence[Question]) -> dict[str, Told]:
        """Ask each question as the tenant; a slow or wrong one costs only itself.

        Raises: Refused (`database_name_form`), Unavailable, Broken (`login_refused`) when the
        tenant cannot be entered.
        """
        role = stem_of(checked(name))
        settings = tenant_questions.SETTINGS
        cnx = self._logins.open(role, generation, name, QUICK, WATCHER, settings)
        with used(cnx) as cursor, self._ended_after(cnx, ALTOGETHER_SECONDS):
            return tenant_questions.ask(cursor, questions)

    @contextmanager
    def _ended_after(self, cnx: Connection, seconds: float) -> Iterator[None]:
        """Have the session end when the block takes longer: a function that catches its time-out
        goes on for ever.
        """
        timer = threading.Timer(seconds, self._end, [cnx, cnx.info.backend_pid])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self, cnx: Connection, pid: int) -> None:
        with suppress(SaasError):
            self._warm.run(lambda cursor: cursor.execute("SELECT pg_terminate_backend(%s)", (pid,)))
        # A server that does not answer at all does not hold us either.
        with suppress(OSError), socket.socket(fileno=os.dup(cnx.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
