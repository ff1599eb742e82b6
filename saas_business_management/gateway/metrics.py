"""The page of a node's figures for Prometheus.

Owns: who may read it, its token. Does not own: the figures (`figures.py`), the form
(`adapters/exposition.py`).

Without the token the path is like any other: nothing tells that there is a page.
"""

import hmac
from collections.abc import Callable, Iterable

from ..adapters.exposition import CONTENT_TYPE, text_of
from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .figures import Figures
from .secret_file import read_private

PATH = "/saas/metrics"
SCHEME = "Bearer "
LEAST_LENGTH = 24


def read_token(path: str) -> Secret | None:
    """Return the token in the file, None without a file.

    Raises: Refused (`secret_file_missing`, `secret_file_open_to_others`, `metrics_token_short`).
    """
    if not path:
        return None
    token = read_private(path).strip()
    if len(token) < LEAST_LENGTH:
        raise Refused("metrics_token_short", least=LEAST_LENGTH)
    return Secret(token)


class Metrics:
    """Answers at one path, to who has the token; without a token to nobody."""

    def __init__(self, token: Secret | None = None, figures: Figures | None = None) -> None:
        self._token, self._figures = token, figures

    def asked_for(self, path: str, environ: dict[str, object]) -> bool:
        """Tell whether this request is to get the page."""
        if path != PATH or self._token is None or environ.get("REQUEST_METHOD") != "GET":
            return False
        told = str(environ.get("HTTP_AUTHORIZATION", ""))
        given = told.removeprefix(SCHEME).strip() if told.startswith(SCHEME) else ""
        return hmac.compare_digest(given.encode(), self._token.reveal().encode())

    def send(self, environ: dict[str, object], start_response: Callable) -> Iterable[bytes]:
        """Give the page."""
        body = text_of(self._figures.families())
        headers = [
            ("Content-Type", CONTENT_TYPE),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response("200 OK", headers)
        return [body]
