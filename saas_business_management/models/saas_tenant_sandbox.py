"""Sandboxes: copies of a tenant that can do no harm, and that end.

Owns: the flag, its last day, keeping one longer. Does not own: making one
(`saas_tenant_restore.py`), what happens on that day and the notices before
(`kernel/lifecycle/schedule.py`, `saas_tenant_schedule.py`): a sandbox is archived like any other
tenant, and deleted when the time for archived data is over.
"""

from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import messages
from ..const import SANDBOX_DAYS
from ..kernel.errors import Refused
from ..kernel.lifecycle import schedule
from ..kernel.lifecycle.states import SERVING, SUSPENDED

OPEN_ENDED = (*SERVING, SUSPENDED)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    is_sandbox = fields.Boolean(readonly=True, copy=False, string="Sandbox")
    sandbox_until = fields.Date(
        string="Sandbox Ends",
        readonly=True,
        copy=False,
        tracking=True,
        help="Its last day. On the next one it is archived by itself.",
    )

    @api.model
    @api.private
    def _sandbox_days(self):
        """Return for how many days a sandbox stays open when nobody says otherwise."""
        told = self.env["ir.config_parameter"].sudo().get_param("saas.sandbox_days") or ""
        days = int(told) if told.isdecimal() else 0
        return min(days, schedule.MOST_SANDBOX_DAYS) or SANDBOX_DAYS

    @api.private
    def _sandbox_end(self, until=None):
        """Return the last day of a sandbox that begins today.

        Raises: Refused (`sandbox_end`).
        """
        wanted = fields.Date.to_date(until) if until else None
        return schedule.sandbox_end(self._today(), wanted, self._sandbox_days())

    def action_extend_sandbox(self, until=False):
        """Keep sandboxes open until a day, or as long again as a new one has."""
        self.check_access("write")
        self._wait_for_turn()
        for tenant in self:
            if not tenant.is_sandbox or tenant.state not in OPEN_ENDED:
                raise UserError(
                    self.env._(
                        "%(tenant)s is no open sandbox, so it has no end.", tenant=tenant.name
                    )
                )
            try:
                tenant._extend_sandbox(until)
            except Refused as error:
                raise UserError(messages.text(self.env, error)) from None
        return True

    def _extend_sandbox(self, until):
        if not until:
            begin = max(self.sandbox_until or self._today(), self._today())
            until = begin + timedelta(days=self._sandbox_days())
        ends = self._sandbox_end(until)
        was = self.sandbox_until
        self._set({"sandbox_until": ends})
        told = self.env._("It ends on %(date)s.", date=format_date(self.env, ends))
        self._journal("sandbox_extended", told)
        change = [was and was.isoformat(), ends.isoformat()]
        self.env["saas.audit.entry"]._note("sandbox_extended", self, until=change)

    # Its schedule

    def _standing(self):
        return replace(super()._standing(), ends_on=self.sandbox_until or None)

    def _dating(self):
        return super()._dating() | {"sandbox_until"}

    def _moved(self, move, why):
        """One that comes back after its last day gets a while again."""
        if move.target in SERVING and self.sandbox_until and self.sandbox_until < self._today():
            self._set({"sandbox_until": self._sandbox_end()})
        super()._moved(move, why)

    def _why(self, event):
        if event == schedule.ARCHIVED and self.is_sandbox and self.state in SERVING:
            return self.env._("Its time as a sandbox is over.")
        return super()._why(event)

    def _mail_way_back(self):
        if self.is_sandbox and self.state in SERVING:
            return self.env._("Answer this mail to keep it longer.")
        return super()._mail_way_back()
