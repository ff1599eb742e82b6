"""The control plane's own login to its own database, for its backups.

Owns: giving it where a tenant's login is asked for. Does not own: where it stands (the
configuration of Odoo), what is dumped (`dump.py`).
"""

from dataclasses import dataclass

from .connect import Limits, Server


@dataclass(frozen=True)
class ControlLogin:
    """Asked for as `TenantLogins` is; role and generation are of no account here."""

    server: Server

    def server_of(self, role: str, _generation: int, _limits: Limits) -> Server:
        """Return the login to the database of this name."""
        return self.server.within(role)
