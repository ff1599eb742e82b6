"""Lines of the log as JSON, on nodes and on the control plane.

Owns: switching it on, what a line says. Does not own: the form and what is taken out
(`kernel/gateway/log_line.py`), which lines there are (Odoo).
"""

import logging
import os
import threading
from datetime import datetime, timezone

from ..kernel.gateway.log_line import as_json, scrubbed
from ..kernel.gateway.reference import OPERATION, THREAD

OPTION = "saas_log_format"


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, database, request, operation."""

    def __init__(self, node: str = "") -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is one of its parts."""
        thread = threading.current_thread()
        database = getattr(thread, "dbname", "") or ""
        at = datetime.fromtimestamp(record.created, timezone.utc)
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return as_json(
            {
                "time": at.isoformat(timespec="milliseconds"),
                "level": record.levelname,
                "logger": record.name,
                "message": scrubbed(record.getMessage()),
                "database": "" if database == "?" else database,
                "request": getattr(thread, THREAD, ""),
                "operation": getattr(thread, OPERATION, 0),
                "node": self._node,
                "process": os.getpid(),
                "trace": scrubbed(trace),
            }
        )


def install(config) -> None:
    """Let every stream of the log speak JSON when `saas_log_format = json` is configured."""
    if (config.get(OPTION) or "").strip().lower() != "json":
        return
    formatter = JsonFormatter(config.get("saas_node") or "")
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setFormatter(formatter)
