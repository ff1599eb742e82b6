"""The chain over the audit log: number and link of each entry. Written by the sealer alone.

Owns: reading the chain, for verification and for whoever wants to prove it elsewhere. Does not own:
sealing (`adapters/postgres/audit_chain.py`), the bytes (`kernel/audit`).
"""

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..kernel.audit.chain import ORIGIN, Seal, verify
from ..kernel.audit.entry import Entry, told
from .saas_audit_entry import GUARD

AT_ONCE = 2000
SEALED = """
SELECT s.number, s.entry_id, s.link,
       e.id, e.at, coalesce(e.user_id, 0), coalesce(e.user_name, ''), coalesce(e.source, ''),
       e.action, coalesce(e.res_model, ''), coalesce(e.res_id, 0), coalesce(e.res_name, ''),
       coalesce(e.tenant_id, 0), coalesce(e.company_id, 0), coalesce(e.reason, ''),
       coalesce(e.facts, '{}'::jsonb)
  FROM saas_audit_seal s LEFT JOIN saas_audit_entry e ON e.id = s.entry_id
 WHERE s.number > %s
 ORDER BY s.number, s.id
 LIMIT %s
"""
# Entries nobody may ever seal: neither in the chain nor waiting for it.
LOST = """
SELECT e.id FROM saas_audit_entry e
 WHERE NOT EXISTS (SELECT FROM saas_audit_seal s WHERE s.entry_id = e.id)
   AND NOT EXISTS (SELECT FROM saas_audit_waiting w WHERE w.entry_id = e.id)
 ORDER BY e.id LIMIT 1
"""


class SaasAuditSeal(models.Model):
    _name = "saas.audit.seal"
    _description = "Seal of the Audit Log"
    _order = "number desc"
    _rec_name = "number"
    _log_access = False

    number = fields.Integer(required=True, readonly=True)
    entry_id = fields.Many2one(
        "saas.audit.entry", required=True, readonly=True, ondelete="restrict"
    )
    link = fields.Char(required=True, readonly=True)
    sealed_at = fields.Datetime(required=True, readonly=True)

    _number_uniq = models.Constraint("UNIQUE (number)", "The chain has each number once.")
    _entry_uniq = models.Constraint("UNIQUE (entry_id)", "An entry has one place in the chain.")

    def init(self):
        self.env.cr.execute(SQL(GUARD, table=SQL.identifier(self._table)))

    @api.model
    @api.private
    def _sealed(self, start=0):
        """Yield seal and entry from behind a number on, in the order of the chain."""
        self.env["saas.audit.entry"].flush_model()
        while rows := self.env.execute_query(SQL(SEALED, start, AT_ONCE)):
            for row in rows:
                yield Seal(*row[:3]), Entry(*row[3:]) if row[3] else None
            start = rows[-1][0]

    @api.model
    @api.private
    def _verify(self, kept=None):
        """Walk along the whole chain; see `kernel/audit/chain.py` for the verdict."""
        return verify(self._sealed(), ORIGIN, kept)

    @api.model
    @api.private
    def _lost_entry(self):
        """Return the id of the first entry that was kept out of the chain, or 0."""
        rows = self.env.execute_query(SQL(LOST))
        return rows[0][0] if rows else 0

    @api.model
    @api.private
    def _download(self):
        """Return the lines for somebody who takes them away, which is noted first.

        Raises: AccessError for whoever may not read the log of every company.
        """
        self.check_access("read")
        everywhere = self.env["res.company"].sudo().search([])
        if everywhere - self.env.user.company_ids:
            raise AccessError(self.env._("Only who may see every company can take the whole log."))
        lines = self.sudo()._export_lines()
        self.env["saas.audit.entry"]._note_export(len(lines), ["*"], "audit_downloaded")
        return lines

    @api.model
    @api.private
    def _export_lines(self):
        """Return the whole chain as lines of JSON, as `docs/audit.md` describes them."""
        return [
            json.dumps(
                {"number": seal.number, "link": seal.link, "entry": entry and told(entry)},
                ensure_ascii=False,
                sort_keys=True,
            )
            for seal, entry in self._sealed()
        ]

    def write(self, vals):
        raise UserError(self.env._("The audit log cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The audit log cannot be deleted."))
