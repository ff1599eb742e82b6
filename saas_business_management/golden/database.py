"""The database being built: records in one transaction, modules, what stopped an installation.

Owns: registry and cursor. Does not own: which modules (`base.py`, `modules.py`).
"""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules import Manifest
from odoo.modules import db as modules_db
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect

UNFINISHED = ("to install", "to upgrade", "to remove")


class PhaseFailed(Exception):
    """The phase cannot be carried out; its text is the line an operator reads."""

    def __init__(self, line: str, module: str = "") -> None:
        super().__init__(line)
        self.module = module


@contextmanager
def records(database: str) -> Iterator[Environment]:
    """Give the records as superuser; committed at the end, rolled back when anything is raised."""
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})


def install(database: str, names: Collection[str], demo: bool = False) -> None:
    """Install modules and what they need, going on where a killed installation stopped."""
    threading.current_thread().dbname = database
    for name in names:
        if Manifest.for_addon(name, display_warning=False) is None:
            raise PhaseFailed("this Odoo does not have it", name)
    states = _states(database)
    if all(states.get(name) == "installed" for name in names) and not set(states.values()) & set(
        UNFINISHED
    ):
        return
    with Culprit():
        Registry.new(database, update_module=True, install_modules=list(names), new_db_demo=demo)
    check_states(database, names)


def check_states(database: str, names: Collection[str]) -> None:
    """Raise `PhaseFailed` for the first module that is not installed, or left half done."""
    states = _states(database)
    for name in names:
        if states.get(name) != "installed":
            raise PhaseFailed(f"it is {states.get(name, 'unknown')} afterwards", name)
    for name, state in sorted(states.items()):
        if state in UNFINISHED:
            raise PhaseFailed(f"it was left half done: it is {state}", name)


def _states(database: str) -> dict[str, str]:
    with db_connect(database).cursor() as cr:
        if not modules_db.is_initialized(cr):
            return {}
        cr.execute("SELECT name, state FROM ir_module_module")
        return dict(cr.fetchall())


class Culprit(logging.Handler):
    """Remembers which module the loader was at, and writes it on whatever is raised inside."""

    _loader = logging.getLogger("odoo.modules.loading")
    _at = ""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Loading module ") and record.args:
            self._at = record.args[0]

    def __enter__(self) -> None:
        self._loader.addHandler(self)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._loader.removeHandler(self)
        if error is not None:
            error.saas_module = self._at
