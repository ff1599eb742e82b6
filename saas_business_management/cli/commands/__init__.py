"""The sub-commands of `odoo saas` and how each of them is run.

Owns: the grammar, exit status, errors as one line. Does not own: what a command does.
"""

import sys

from . import (
    adopt,
    approval,
    backup,
    backup_key,
    campaign,
    cluster,
    doctor,
    hosts,
    keyring,
    lifecycle,
    live_copy,
    move,
    operations,
    placement,
    rotate,
    template,
    tenant,
    upgrade,
)
from .control import opened
from .grammar import Grammar
from .say import Stop, complain, one_line

INTERRUPTED = "Stopped. What was ordered goes on by itself: see 'odoo saas jobs'."
FAMILIES = (
    adopt,
    keyring,
    backup_key,
    backup,
    cluster,
    template,
    tenant,
    upgrade,
    campaign,
    lifecycle,
    move,
    live_copy,
    placement,
    approval,
    hosts,
    operations,
    rotate,
    doctor,
)


def run(arguments):
    """Run one sub-command and return the exit status."""
    grammar = _grammar()
    chosen = grammar.parse_args(arguments)
    sys.excepthook = _hook(chosen.verbose)
    try:
        if not chosen.needs_database:
            return chosen.act(chosen) or 0
        with opened(chosen) as control:
            return chosen.act(control, chosen) or 0
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except KeyboardInterrupt:
        complain(INTERRUPTED)
        return 130


def _grammar():
    grammar = Grammar(
        prog="odoo saas",
        description="Clusters, tenant templates, tenants and operations of SaaS Management.",
        epilog="ODOO_RC names the configuration, or -c after a first argument --addons-path=…",
    )
    grammar.add_argument(
        "-c", "--config", metavar="FILE", help="configuration of the control plane"
    )
    grammar.add_argument(
        "-d", "--database", metavar="NAME", help="control database (default: db_name there)"
    )
    grammar.add_argument(
        "-v", "--verbose", action="store_true", help="show Odoo's log, and tracebacks"
    )
    commands = grammar.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for family in FAMILIES:
        family.add_to(commands)
    return grammar


def _hook(verbose):
    """Return what is done with an error nobody foresaw."""

    def tell(kind, error, trace):
        if verbose:
            sys.__excepthook__(kind, error, trace)
        complain(
            one_line(error)
            if verbose
            else f"{one_line(error)} (add -v before the command to see more)"
        )

    return tell
