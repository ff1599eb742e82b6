"""The document that proves an erasure: what was destroyed where and when, what stays until when.

Owns: gathering it before everything is gone, keeping it, checking it. Does not own: its form and
hash (`kernel/migration/erasure_proof.py`), erasing (`saas_erasure.py`).

The hash stands in the document, on the row and in the chain of the audit log. The document names
tenants by their reference, never a person.
"""

import base64
from datetime import date, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.migration import erasure_proof

KEEP_INVOICES = "saas.invoice_keep_years"
KEEP_YEARS = 10


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    document = fields.Text(readonly=True, string="Proof")
    document_hash = fields.Char(readonly=True, string="Hash of the Proof")
    document_file = fields.Binary(compute="_compute_document_file", string="Proof as File")
    document_name = fields.Char(compute="_compute_document_file")

    @api.depends("document", "reference")
    def _compute_document_file(self):
        for row in self:
            text = row.document or ""
            row.document_file = base64.b64encode(text.encode()) if text else False
            row.document_name = f"erasure-{row.reference}.txt"

    def action_download_proof(self):
        """Give the document to whoever may read the row; it is noted."""
        self.ensure_one()
        self.check_access("read")
        if not self.document:
            raise UserError(self.env._("This erasure is older than its proofs are."))
        self.env["saas.audit.entry"]._note("customer_erase_proof_download", self)
        path = f"/web/content/saas.erasure/{self.id}/document_file"
        return {
            "type": "ir.actions.act_url",
            "url": f"{path}?download=true&filename_field=document_name",
            "target": "self",
        }

    def action_check_proof(self):
        """Say whether the document is the one that was kept in the audit log."""
        self.ensure_one()
        good = self._proof_is_whole()
        told = (
            self.env._("The proof is the one that the audit log knows.")
            if good
            else self.env._("The proof is not the one that the audit log knows. Do not rely on it.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success" if good else "danger", "message": told, "sticky": False},
        }

    @api.private
    def _proof_is_whole(self):
        """Tell whether document, row and audit log know the same hash."""
        stated = erasure_proof.stated(self.document or "")
        noted = [("action", "=", "customer_erase_proof"), ("res_id", "=", self.id)]
        entry_sudo = self.env["saas.audit.entry"].sudo().search(noted, limit=1)
        known = (entry_sudo.facts or {}).get("sha256")
        return bool(stated) and stated == self.document_hash == known

    # Making it

    @api.model
    @api.private
    def _erase(self, partner, reason):
        tenants = self._tenants_of(partner)
        gone = self._databases_gone(tenants) + self._backups_gone(tenants)
        made = super(SaasErasure, self.with_context(saas_gone=gone))._erase(partner, reason)
        made = made.with_context(saas_gone=None)
        facts = {"reference": made.reference, "sha256": made.document_hash}
        self.env["saas.audit.entry"]._note("customer_erase_proof", made, **facts)
        return made

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            text = erasure_proof.compose(self._proof_of(vals))
            vals |= {"document": text, "document_hash": erasure_proof.stated(text)}
        return super().create(vals_list)

    def _proof_of(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id"))
        return erasure_proof.Proof(
            number=vals["reference"],
            at=_aware(fields.Datetime.now()),
            issuer=company.sudo().name or "",
            reason=vals["reason"],
            gone=self.env.context.get("saas_gone") or (),
            counts=vals.get("erased") or {},
            kept=(vals.get("kept") or {}).values(),
            left=vals.get("left_count") or 0,
            words=self._proof_words(),
        )

    def _proof_words(self):
        _ = self.env._
        return {
            "title": _("Proof of erasure"),
            "issued": _("Issued"),
            "by": _("By"),
            "reason": _("Reason"),
            "gone": _("Destroyed"),
            "counts": _("Erased from the records of the provider"),
            "kept": _("What stays, and why"),
            "left": _("Records in which an address was found afterwards"),
            "nothing": _("nothing"),
        }

    def _databases_gone(self, tenants):
        """Return database, files and role of each tenant that was deleted."""
        rows = []
        for tenant_sudo in tenants.sudo():
            ended = tenant_sudo.event_ids.filtered(lambda one: one.event == "deleted")
            if ended:
                what = self.env._("Database, files and role of tenant %s", tenant_sudo.public_id)
                where = tenant_sudo.cluster_id.name or "—"
                rows.append(erasure_proof.Gone(what, where, _aware(max(ended.mapped("at")))))
        return rows

    def _backups_gone(self, tenants):
        """Return each key of backups: without it nobody can read them, wherever copies lie."""
        keys_sudo = self.env["saas.backup.key"].sudo().search([("tenant_id", "in", tenants.ids)])
        rows = []
        for key_sudo in keys_sudo:
            what = self.env._(
                "Backup key %(key)s, and with it %(count)s backups",
                key=key_sudo.key_id,
                count=len(key_sudo.backup_ids),
            )
            where = ", ".join(sorted(set(key_sudo.backup_ids.target_id.mapped("name")))) or "—"
            at = key_sudo.destroyed_at
            rows.append(erasure_proof.Gone(what, where, _aware(at) if at else None))
        return rows

    @api.model
    @api.private
    def _kept_of(self, partner):
        """Add until when the law keeps invoices."""
        kept = super()._kept_of(partner)
        if "invoices" in kept:
            family = partner.sudo().commercial_partner_id
            posted = [("partner_id", "child_of", family.id), ("state", "=", "posted")]
            newest = self.env["account.move"].sudo().search(posted, order="date desc", limit=1)
            until = date((newest.date or fields.Date.today()).year + self._keep_years(), 12, 31)
            kept["invoices_until"] = self.env._(
                "The last of these invoices may be destroyed after %(date)s.",
                date=format_date(self.env, until),
            )
        return kept

    def _keep_years(self):
        told = self.env["ir.config_parameter"].sudo().get_param(KEEP_INVOICES) or ""
        return int(told) if told.isdecimal() and int(told) <= 100 else KEEP_YEARS


def _aware(instant):
    return instant.replace(tzinfo=timezone.utc)
