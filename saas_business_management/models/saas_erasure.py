"""Erasing a customer: what is held about the person goes, what the law wants stays, with proof.

Owns: what is counted and erased, the proof. Does not own: databases of tenants (they are deleted
before), backups (their keys go with them), invoices (Odoo's, kept as the law says).
"""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

ERASED = "Erased"
ADDRESS = "erased@erased.invalid"
PARTNER = ("email", "phone", "street", "street2", "zip", "city", "website", "comment", "vat")


class SaasErasure(models.Model):
    _name = "saas.erasure"
    _description = "Erasure of a Customer"
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one("res.users", readonly=True, string="By")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)
    erased = fields.Json(readonly=True, string="What Was Erased")
    kept = fields.Json(readonly=True, string="What Stays, and Why")
    summary = fields.Text(compute="_compute_summary")
    left_count = fields.Integer(readonly=True, string="Traces Found Afterwards")
    digest = fields.Char(readonly=True, help="SHA-256 over what stands above.")

    @api.depends("erased", "kept")
    def _compute_summary(self):
        for row in self:
            lines = [f"{what}: {number}" for what, number in (row.erased or {}).items()]
            row.summary = "\n".join([*lines, *(row.kept or {}).values()])

    def write(self, vals):
        raise UserError(self.env._("The record of an erasure cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The record of an erasure cannot be deleted."))

    # What there is

    @api.model
    @api.private
    def _tenants_of(self, partner):
        family = [("partner_id", "child_of", partner.commercial_partner_id.id)]
        return self.env["saas.tenant"].sudo().search(family)

    @api.model
    @api.private
    def _hindrance(self, partner):
        """Return why the customer cannot be erased now; empty when it can."""
        over = ("deleted", "draft")
        alive = self._tenants_of(partner).filtered(lambda one: one.state not in over)
        if alive:
            return self.env._(
                "%(names)s must be deleted first: their data is the customer's.",
                names=", ".join(alive.mapped("name")),
            )
        return ""

    @api.model
    @api.private
    def _found(self, partner):
        """Return the records that hold the person, by what people call them."""
        _, tenants = self.env._, self._tenants_of(partner)
        search = lambda model, domain: self.env[model].sudo().search(domain)  # noqa: E731
        about = [("model", "=", "saas.tenant"), ("res_id", "in", tenants.ids)]
        return {
            _("Tenants"): tenants,
            _("Operations"): search("saas.job", [("tenant_id", "in", tenants.ids)]),
            _("Notices"): search("saas.tenant.notice", [("tenant_id", "in", tenants.ids)]),
            _("Timeline entries"): search("saas.tenant.event", [("tenant_id", "in", tenants.ids)]),
            _("Links"): search("saas.link", [("tenant_id", "in", tenants.ids)]),
            _("Host names"): search("saas.tenant.host", [("tenant_id", "in", tenants.ids)]),
            _("Messages"): search("mail.message", about),
            _("Contacts"): partner.sudo().commercial_partner_id
            | partner.sudo().commercial_partner_id.child_ids,
        }

    @api.model
    @api.private
    def _kept_of(self, partner):
        """Return what stays, as sentences by what it is."""
        _, kept = self.env._, {}
        contacts = partner.sudo().commercial_partner_id
        invoices = (
            self.env["account.move"]
            .sudo()
            .search_count([("partner_id", "child_of", contacts.id), ("state", "=", "posted")])
        )
        if invoices:
            kept["invoices"] = _(
                "%(count)s invoices stay with the name and address on them: the law asks for it.",
                count=invoices,
            )
        kept["audit"] = _("The audit log stays: it proves who did what, and nothing else.")
        return kept

    # Erasing

    @api.model
    @api.private
    def _erase(self, partner, reason):
        """Erase a customer and return the record that proves it."""
        hindrance = self._hindrance(partner)
        if hindrance:
            raise UserError(hindrance)
        found, kept = self._found(partner), self._kept_of(partner)
        counts = {what: len(records) for what, records in found.items()}
        addresses = self._addresses(found)
        tenants = self._tenants_of(partner)
        company = tenants[:1].company_id or self.env.company
        number = self.sudo().search_count([]) + 1
        self._erase_tenants(tenants)
        if "invoices" not in kept:
            self._erase_contacts(partner.sudo().commercial_partner_id)
        facts = {"erased": counts, "kept": kept, "reason": reason, "number": number}
        made = self.sudo().create(
            {
                "reference": f"E{number:05d}",
                "user_id": self.env.uid,
                "company_id": company.id,
                "reason": reason,
                "erased": counts,
                "kept": kept,
                "left_count": self._traces(addresses, keep_contacts="invoices" in kept),
                "digest": hashlib.sha256(
                    json.dumps(facts, sort_keys=True, default=str).encode()
                ).hexdigest(),
            }
        )
        self.env["saas.audit.entry"]._note("customer_erased", made.with_env(self.env), reason)
        return made

    def _erase_tenants(self, tenants):
        jobs_sudo = self.env["saas.job"].sudo().search([("tenant_id", "in", tenants.ids)])
        jobs_sudo.unlink()
        self.env["saas.link"].sudo().search([("tenant_id", "in", tenants.ids)]).unlink()
        self.env["saas.tenant.notice"].sudo().search([("tenant_id", "in", tenants.ids)]).unlink()
        self.env["mail.mail"].sudo().search([("saas_tenant_id", "in", tenants.ids)]).unlink()
        tenants.event_ids._forget_reasons()
        for tenant in tenants:
            tenant.message_ids.sudo().unlink()
            tenant.with_context(tracking_disable=True, mail_notrack=True)._set(
                {
                    "name": f"{ERASED} {tenant.id}",
                    "subdomain": f"erased-{tenant.id}",
                    "admin_name": ERASED,
                    "admin_email": ADDRESS,
                    "note": False,
                }
            )
            tenant.host_ids.sudo().unlink()

    def _erase_contacts(self, company_partner):
        empty = {name: False for name in PARTNER if name in company_partner._fields}
        for contact in (company_partner | company_partner.child_ids).with_context(
            tracking_disable=True
        ):
            contact.user_ids.sudo().filtered("share").action_archive()
            contact.message_ids.sudo().unlink()
            contact.write({**empty, "name": f"{ERASED} {contact.id}"})

    def _addresses(self, found):
        """Return every e-mail address by which the customer is known."""
        known = []
        for records in found.values():
            for name in ("admin_email", "email"):
                if name in records._fields:
                    known += records.mapped(name)
        return {one for one in known if one and one != ADDRESS}

    def _traces(self, addresses, keep_contacts):
        """Return how many records still hold one of the addresses."""
        places = {
            "saas.tenant": "admin_email",
            "saas.tenant.notice": "email",
            "mail.mail": "email_to",
            "mail.message": "body",
        }
        if not keep_contacts:
            places["res.partner"] = "email"
        self.env.flush_all()
        return sum(
            self.env[model].sudo().search_count([(name, "ilike", address)])
            for model, name in places.items()
            for address in addresses
        )
