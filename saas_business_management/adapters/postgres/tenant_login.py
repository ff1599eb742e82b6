"""Logging in as a tenant's role, also while the cluster's secret changes.

Owns: which passwords are tried. Does not own: what is asked afterwards, setting passwords
(`roles.py`).
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from ...kernel.errors import Broken
from ...kernel.provisioning.naming import checked, stem_of
from ...kernel.secret import Secret, derive_password
from .connect import NOTHING, Connection, Limits, Server, connect


@dataclass(frozen=True)
class TenantLogins:
    """Passwords are made from `secret`; a role that has not got one yet still opens with `older`,
    the secret before it.
    """

    server: Server
    secret: Secret
    older: Secret | None = None

    def password(self, role: str, generation: int) -> Secret:
        """Return the password a role gets in a generation."""
        return derive_password(self.secret, role, generation)

    def server_of(self, name: str, generation: int, limits: Limits) -> Server:
        """Return a login to a database, or to a staging copy of it, as a client program needs it.

        Raises: as `open`.
        """
        role = stem_of(checked(name))
        cnx = self.open(role, generation, name, limits, "saas control")
        with closing(cnx):
            password = Secret(cnx.info.password)
        return self.server.within(name).as_role(role, password)

    def open(
        self,
        role: str,
        generation: int,
        database: str,
        limits: Limits,
        application: str,
        settings: Mapping[str, str] = NOTHING,
    ) -> Connection:
        """Connect as the role; the caller closes the connection.

        Raises: Unavailable, Broken (`login_refused` when no password opens).
        """
        place = self.server.within(database)
        try:
            login = place.as_role(role, self.password(role, generation))
            return connect(login, limits, application, settings)
        except Broken as error:
            if self.older is None or error.code != "login_refused":
                raise
        login = place.as_role(role, derive_password(self.older, role, generation))
        return connect(login, limits, application, settings)
