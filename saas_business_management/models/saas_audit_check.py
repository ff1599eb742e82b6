"""Verifications of the audit log: when, how far the chain held, the first entry that did not.

Owns: verifying every day and on demand, what the list's head line says. Does not own: the chain
(`saas_audit_seal.py`), the doctor's findings (`saas_doctor_audit.py`).

Each check keeps the chain's head. A chain whose end was cut off holds by itself, but no longer
meets the head that an earlier check saw; the head is also in the server's log, out of reach of
whoever has the database.
"""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ..kernel.audit.chain import Head
from .saas_audit_entry import GUARD

_logger = logging.getLogger(__name__)
UNSEALED = (
    "SELECT count(*), extract(epoch FROM clock_timestamp() - min(at)) FROM saas_audit_waiting"
)


class SaasAuditCheck(models.Model):
    _name = "saas.audit.check"
    _description = "Verification of the Audit Log"
    _order = "id desc"
    _rec_name = "at"
    _log_access = False

    at = fields.Datetime(required=True, readonly=True, default=lambda self: fields.Datetime.now())
    number = fields.Integer(readonly=True, string="Entries That Hold")
    link = fields.Char(readonly=True)
    holds = fields.Boolean(readonly=True)
    fault = fields.Char(readonly=True)
    bad_number = fields.Integer(readonly=True)
    bad_entry = fields.Integer(readonly=True, string="First Bad Entry")

    def init(self):
        self.env.cr.execute(SQL(GUARD, table=SQL.identifier(self._table)))

    @api.model
    def _cron_verify(self):
        """Verify every day."""
        self._verify()

    @api.model
    def action_verify(self):
        """Verify now."""
        self.env["saas.audit.entry"].check_access("read")
        self._verify()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    @api.private
    def _verify(self):
        """Walk along the chain and keep the outcome; return it."""
        seals_sudo = self.env["saas.audit.seal"].sudo()
        kept = self.sudo().search([("number", ">", 0)], order="number desc, id desc", limit=1)
        verdict = seals_sudo._verify(Head(kept.number, kept.link) if kept else None)
        lost = 0 if verdict.fault else seals_sudo._lost_entry()
        fault = verdict.fault
        found = self.sudo().create(
            {
                "number": verdict.head.number,
                "link": verdict.head.link,
                "holds": not fault and not lost,
                "fault": fault.kind if fault else "never_sealed" if lost else False,
                "bad_number": fault.number if fault else 0,
                "bad_entry": fault.entry_id if fault else lost,
            }
        )
        found._tell()
        return found

    def _tell(self):
        """Put the head into the server's log; a broken chain is a security event too."""
        if self.holds:
            _logger.info("audit log holds: entries=%s head=%s", self.number, self.link)
            return
        _logger.error("audit log broken: fault=%s entry=%s", self.fault, self.bad_entry)
        self.env["saas.security.event"]._record(
            "audit_tampered", facts={"fault": self.fault, "entry": self.bad_entry}
        )

    @api.model
    @api.private
    def _unsealed(self):
        """Return how many entries wait for the sealer, and the age of the oldest in seconds."""
        count, age = self.env.execute_query(SQL(UNSEALED))[0]
        return count, float(age or 0)

    @api.model
    def read_status(self):
        """Return what stands above the list: `{"level": ok | bad | unknown, "text": …}`."""
        self.env["saas.audit.entry"].check_access("read")
        last = self.sudo().search([], limit=1)
        if not last:
            text = self.env._("Not verified yet: it is done every day, or with Verify Now.")
            return {"level": "unknown", "text": text}
        when = format_datetime(self.env, last.at, dt_format="short")
        if last.holds:
            text = self.env._(
                "Chain unbroken: %(count)s entries, checked %(when)s.",
                count=last.number,
                when=when,
            )
            return {"level": "ok", "text": text}
        text = self.env._(
            "The chain is broken at entry %(entry)s, checked %(when)s. Entries before it hold. "
            "Keep a copy of the database and find out who changed it.",
            entry=last.bad_entry or last.bad_number,
            when=when,
        )
        return {"level": "bad", "text": text}

    def write(self, vals):
        raise UserError(self.env._("The audit log cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The audit log cannot be deleted."))
