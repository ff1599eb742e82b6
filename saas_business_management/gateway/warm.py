"""Getting a standby database ready before anybody asks for it.

Owns: the request that loads its registry and renders its login page. Does not own: when
(`node.py`), and Odoo's application, which it is given.
"""

import io
import logging
import sys
import time
from collections.abc import Callable, Iterable

from ..kernel.errors import Unavailable
from .context import bound_to

_logger = logging.getLogger(__name__)
WARM_HOST = "standby.invalid"
WARM_PATHS = ("/web/login",)


def warm(database: str, application: Callable[..., Iterable[bytes]]) -> None:
    """Ask the application for the first pages of a database that no host leads to.

    Raises: Unavailable (`standby_not_warm`) when a page does not come.
    """
    began = time.monotonic()
    with bound_to(database):
        for path in WARM_PATHS:
            _get(path, database, application)
    _logger.info("standby %s is warm after %.2f s", database, time.monotonic() - began)


def _get(path: str, database: str, application: Callable[..., Iterable[bytes]]) -> None:
    told: list[str] = []
    body = application(_environ(path), lambda status, headers, exc_info=None: told.append(status))
    try:
        for _piece in body:
            pass
    finally:
        if hasattr(body, "close"):
            body.close()
    if not told or not told[0].startswith("200"):
        raise Unavailable("standby_not_warm", database=database, status=told[0] if told else "none")


def _environ(path: str) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": WARM_HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": WARM_HOST,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
