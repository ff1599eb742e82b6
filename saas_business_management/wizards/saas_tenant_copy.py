"""The dialog before a copy of a running tenant: what for, masked or not, and what that means.

Owns: its page, the sentences about effects. Does not own: what refuses a copy
(`kernel/migration/copying.py`), ordering it (`models/saas_copy.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError

SANDBOX = "sandbox"


class SaasTenantCopy(models.TransientModel):
    _name = "saas.tenant.copy"
    _description = "Copy of a Tenant"

    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True, ondelete="cascade")
    use = fields.Selection(
        selection=lambda self: self.env["saas.copy"]._fields["use"].selection,
        string="What For",
        default=SANDBOX,
        required=True,
    )
    name = fields.Char(string="Name of the Copy", required=True)
    subdomain = fields.Char(string="Subdomain of the Copy", required=True)
    until = fields.Date(
        string="Ends", help="Its last day. Then it is archived; it can be kept longer on its form."
    )
    masked = fields.Boolean(
        string="Mask Personal Data",
        default=True,
        help="Names, addresses, phone numbers, bank accounts, texts and attachments are replaced "
        "before anybody can open the copy.",
    )
    beyond = fields.Boolean(compute="_compute_effect")
    reason = fields.Char(string="Why", help="It stands in the timeline and in the audit log.")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    hindrance = fields.Text(compute="_compute_effect")

    @api.model
    @api.private
    def _open_for(self, tenant):
        """Return the dialog for a tenant."""
        values = {"tenant_id": tenant.id, **tenant._proposed_live_copy(SANDBOX)}
        wizard = self.create({**values, "until": tenant._copy_end(SANDBOX)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy %(name)s", name=tenant.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.onchange("use")
    def _onchange_use(self):
        if self.use and self.tenant_id:
            self.update(self.tenant_id._proposed_live_copy(self.use))
            self.until = self.tenant_id._copy_end(self.use)

    @api.depends("use", "until", "masked", "subdomain", "reason", "tenant_id.state")
    @api.depends_context("lang", "tz")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect = "\n".join(wizard._effects())
            wizard.beyond = wizard._is_beyond()
            wizard.hindrance = "\n".join(wizard._hindrances()) or False

    def _is_beyond(self):
        tenant = self.tenant_id
        return len(tenant._copies_open(self.use)) >= tenant._copies_most(self.use)

    def _effects(self):
        """Return what will happen, a sentence each."""
        told = self.tenant_id._copy_told(self.use, self.until)
        if self.masked:
            told.append(self.env._("Personal data is masked before anybody can open it."))
        else:
            told.append(
                self.env._(
                    "Whoever gets in sees the personal data of real people: nothing is masked."
                )
            )
        told.append(
            self.env._(
                "What is set up in the copy cannot be brought back into the live "
                "tenant; do it there again."
            )
        )
        return told

    def _hindrances(self):
        """Return what stands in the way apart from what is typed last."""
        found = self.tenant_id._copy_hindrances(self.use, self.masked, self.reason or "?")
        for check in (self._check_end, self._check_name):
            try:
                check()
            except SaasError as error:
                found.append(error)
        return [messages.text(self.env, error) for error in found]

    def _check_end(self):
        self.tenant_id._copy_end(self.use, self.until)

    def _check_name(self):
        values = {"subdomain": self.subdomain, "cluster_id": self.tenant_id.cluster_id.id}
        self.env["saas.tenant"].new(values)._checked_subdomain()

    def action_copy(self):
        """Order the copy."""
        self.ensure_one()
        asked = self._ask_second_person()
        if asked:
            return asked._show()
        copies = self.env["saas.copy"]
        try:
            made = copies._order_copy(
                self.tenant_id,
                self.use,
                masked=self.masked,
                reason=self.reason or "",
                exempt=True,
                name=self.name,
                subdomain=self.subdomain,
                until=self.until,
            )
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return made.action_view_operation()

    def action_preview_masking(self):
        """Count what masking would meet; no copy is made."""
        self.ensure_one()
        return self.tenant_id.action_preview_masking()

    def _ask_second_person(self):
        """Return the request when somebody else has to approve an unmasked copy first, else
        nothing.
        """
        approvals, tenant = self.env["saas.approval"], self.tenant_id
        unmasked = not self.masked and (self.reason or "").strip()
        if not unmasked or not approvals._waits(tenant, "unmasked_copy"):
            return approvals
        for hindrance in tenant._copy_hindrances(self.use, self.masked, self.reason):
            raise UserError(messages.text(self.env, hindrance))
        return approvals._ask(tenant, "unmasked_copy", self.reason)
