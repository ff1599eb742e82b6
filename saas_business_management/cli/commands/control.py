"""The control database as the command line reaches it: one transaction at a time.

Owns: configuration, commits, errors of records as one line. Does not own: what is asked of them.
"""

from contextlib import contextmanager

import psycopg2
from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import RedirectWarning, UserError
from odoo.modules.registry import Registry
from odoo.sql_db import close_all
from odoo.tools import config

from ... import messages
from ...kernel.errors import SaasError
from .say import Stop, one_line

INSTALL = "Install it first: odoo -d {database} -i saas_business_management --stop-after-init"


class Control:
    """The control database."""

    def __init__(self, database):
        self.database = database

    @contextmanager
    def records(self):
        """Give the records; committed at the end, and a refusal becomes a line."""
        with Registry(self.database).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            try:
                yield env
                cr.flush()
            except SaasError as error:
                raise Stop(messages.text(env, error)) from error
            except (UserError, RedirectWarning) as error:
                raise Stop(one_line(error.args[0] if error.args else error)) from error


@contextmanager
def opened(chosen):
    """Read the configuration and give the control database it names."""
    _configure(chosen)
    control = Control(_database())
    try:
        _check(control)
        yield control
    finally:
        close_all()


def _configure(chosen):
    options = [
        "--no-http",
        "--log-level",
        "info" if chosen.verbose or getattr(chosen, "log", False) else "critical",
    ]
    if chosen.config:
        options += ["-c", chosen.config]
    if chosen.database:
        options += ["-d", chosen.database]
    config.parse_config(options, setup_logging=True)


def _database():
    names = config["db_name"]
    if len(names) != 1:
        raise Stop(
            "No control database is named: give it with -d, or as db_name in the configuration.", 2
        )
    return names[0]


def _check(control):
    name = control.database
    try:
        registry = Registry(name)
    except psycopg2.Error as error:
        raise Stop(f"The control database “{name}” cannot be used: {one_line(error)}") from error
    if "saas.tenant" not in registry:
        raise Stop(f"Database “{name}” has no SaaS Management. {INSTALL.format(database=name)}")
