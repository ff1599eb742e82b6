"""Which password a tenant's role may have now, while generation or cluster secret change.

Owns: the order in which passwords are tried, what the server took last. Does not own: the secrets
(`secret_file.py`), connecting (`install_sql.py`).
"""

from collections.abc import Iterator

from ..kernel.gateway.route import Route
from ..kernel.secret import Secret, derive_password
from .secret_file import NodeSecrets


class Passwords:
    """What all threads of the process know of it.

    A secret file may carry two secrets of the cluster for as long as somebody has to copy it. Each
    role has its password from one of them, and the one that opened last is tried first.
    """

    def __init__(self) -> None:
        self._taken: dict[str, Secret] = {}

    def first(self, secrets: NodeSecrets, route: Route) -> str:
        """Return the clear password to try first, for a connection and nothing else."""
        secret = self._ordered(secrets, route.database)[0]
        return derive_password(secret, route.database, route.generation).reveal()

    def others(
        self, secrets: NodeSecrets, route: Route, tried: set[str]
    ) -> Iterator[tuple[Secret, str]]:
        """Give the secrets and passwords that were not tried yet, the likeliest first.

        The generation after the known one comes last: the server hears of it before the map does.
        """
        for generation in (route.generation, route.generation + 1):
            for secret in self._ordered(secrets, route.database):
                password = derive_password(secret, route.database, generation).reveal()
                if password not in tried:
                    tried.add(password)
                    yield secret, password

    def took(self, database: str, secret: Secret) -> None:
        """Remember from which secret the password was that opened."""
        self._taken[database] = secret

    def _ordered(self, secrets: NodeSecrets, database: str) -> list[Secret]:
        taken = self._taken.get(database)
        return sorted(secrets.cluster_secrets, key=lambda one: one != taken)
