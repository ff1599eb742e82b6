"""A role of the product gives itself a new password.

Owns: that one order, safe to repeat. Does not own: where passwords are kept.
"""

import secrets

from psycopg2 import sql

from ...kernel.errors import Broken
from ...kernel.secret import Secret, scram_verifier
from .connect import SHORT, Server, opened


def new_password() -> Secret:
    """Return a password with 256 bits."""
    return Secret(secrets.token_urlsafe(32))


def change(server: Server, new: Secret) -> None:
    """Set a new password for the role of this login; done already is done.

    The server gets a verifier, so no log can show it.
    Raises: Unavailable, Broken (`login_refused` when it opens with neither password).
    """
    known = scram_verifier(new, secrets.token_bytes(16))
    order = sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(known))
    try:
        with opened(server, SHORT, "saas rotate") as cursor:
            cursor.execute(order)
    except Broken as error:
        if error.code != "login_refused":
            raise
        with opened(server.as_role(server.user, new), SHORT, "saas rotate"):
            return
