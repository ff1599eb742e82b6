"""Typing commands on the records of a test: the same words, no process.

Owns: the grammar, one line about a refusal. Does not own: the real command line
(`tests/integration/odoo/test_command_line.py`).
"""

import contextlib
import io
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import UserError

from .. import messages
from ..cli.commands import approval, campaign, live_copy, move, placement, upgrade
from ..cli.commands.grammar import Grammar
from ..cli.commands.say import Stop
from ..kernel.errors import SaasError

FAMILIES = (approval, campaign, live_copy, move, placement, upgrade)
FOLLOWED = (live_copy, move, upgrade)


class Typing:
    """`type` runs a command; a test says in `follow` what a worker would have done."""

    def type(self, *typed):
        """Return exit status and what was printed; a complaint is printed behind."""
        grammar = Grammar(prog="odoo saas")
        commands = grammar.add_subparsers(required=True)
        for family in FAMILIES:
            family.add_to(commands)
        out, status = io.StringIO(), 0
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(out))
            stack.enter_context(contextlib.redirect_stderr(out))
            for family in FOLLOWED:
                stack.enter_context(patch.object(family, "follow", self.follow))
            try:
                chosen = grammar.parse_args(typed)
                status = chosen.act(SimpleNamespace(records=self.records), chosen) or 0
            except Stop as stop:
                out.write(str(stop))
                status = stop.status
            except SystemExit as end:
                status = end.code
        return status, out.getvalue()

    def follow(self, _control, job_id):
        """Let the operation end well."""
        self.env["saas.job"].sudo().browse(job_id).state = "done"

    @contextmanager
    def records(self):
        """Give the records as the real command does."""
        try:
            yield self.env
        except SaasError as error:
            raise Stop(messages.text(self.env, error)) from error
        except UserError as error:
            raise Stop(str(error)) from error
