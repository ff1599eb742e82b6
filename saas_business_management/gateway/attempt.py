"""Running something whose failure must not end the thread it runs in.

Owns: the one broad `except` of the gateway. Does not own: trying again.
"""

import logging
from collections.abc import Callable

from ..kernel.errors import SaasError

_logger = logging.getLogger(__name__)


def attempt(what: str, work: Callable[[], None]) -> None:
    """Run it; a failure is logged, ours in one line and an unforeseen one with its traceback."""
    try:
        work()
    except SaasError as error:
        _logger.warning("%s: %s", what, error)
    except Exception:
        _logger.exception("%s: unforeseen", what)
