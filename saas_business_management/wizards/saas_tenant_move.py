"""The dialog before a move: where to, what that means, how long people wait.

Owns: the choice, the sentences about effects. Does not own: what refuses a move
(`kernel/migration/move_fit.py`), ordering it (`models/saas_move.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError


class SaasTenantMove(models.TransientModel):
    _name = "saas.tenant.move"
    _description = "Move of a Tenant"

    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True, ondelete="cascade")
    source_id = fields.Many2one(related="tenant_id.cluster_id", string="From")
    candidate_ids = fields.Many2many("saas.cluster", compute="_compute_candidate_ids")
    destination_id = fields.Many2one(
        "saas.cluster",
        string="To",
        ondelete="cascade",
        domain="[('id', 'in', candidate_ids)]",
    )
    method = fields.Selection(
        selection=lambda self: self.env["saas.move"]._fields["method"].selection,
        default="dump",
        required=True,
        readonly=True,
        help="Files are copied ahead while people work; records are carried over while the tenant "
        "is closed.",
    )
    region = fields.Char(related="destination_id.region")
    hosting = fields.Selection(related="destination_id.hosting")
    free_places = fields.Integer(compute="_compute_effect", string="Free Places")
    leaves_region = fields.Char(compute="_compute_effect")
    region_agreed = fields.Boolean(
        string="Agreed with the Customer",
        help="The data leaves its region, and the customer knows and agreed.",
    )
    is_shut = fields.Boolean(compute="_compute_effect")
    outside_window = fields.Boolean(
        string="Do Not Wait for a Release Window",
        help="People work now, and the move closes their database for a moment.",
    )
    reason = fields.Char(string="Why", help="It stands in the timeline and in the audit log.")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    hindrance = fields.Text(compute="_compute_effect")

    @api.model
    @api.private
    def _open_for(self, tenant, destination=None, reason=""):
        """Return the dialog for a tenant; a proposed cluster, or the only other one, is chosen."""
        wizard = self.create({"tenant_id": tenant.id, "reason": reason})
        proposed = (destination or self.env["saas.cluster"]) & wizard.candidate_ids
        if proposed or len(wizard.candidate_ids) == 1:
            wizard.destination_id = proposed or wizard.candidate_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move %(name)s", name=tenant.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.depends("tenant_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            others = wizard.tenant_id._move_destinations()
            wizard.candidate_ids = self.env["saas.cluster"].search(others)

    @api.depends("destination_id", "tenant_id.state", "region_agreed", "outside_window")
    @api.depends_context("lang")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect, wizard.hindrance = False, False
            wizard.leaves_region, wizard.free_places, wizard.is_shut = False, 0, False
            if wizard.destination_id:
                facts = wizard.destination_id.sudo()._placement_facts()
                wizard.free_places = max(0, facts.capacity - facts.used)
                wish = wizard.tenant_id._move_wish(wizard.destination_id)
                wizard.leaves_region = wish.leaves_region or False
                wizard.is_shut = wish.never_open or bool(wish.opens_at)
                wizard.effect = "\n".join(wizard._effects())
                told = wizard.tenant_id._move_hindrances(
                    wizard.destination_id,
                    region_agreed=wizard.region_agreed,
                    outside_window=wizard.outside_window,
                )
                wizard.hindrance = "\n".join(told) or False

    def _effects(self):
        """Return what will happen, a sentence each."""
        _ = self.env._
        tenant = self.tenant_id
        facts = {
            "tenant": tenant.name,
            "seconds": tenant._expected_outage(),
            "days": self.env["saas.move"]._undo_days(),
            "cluster": self.destination_id.name,
        }
        told = [_("Files are copied to %(cluster)s first, while people go on working.", **facts)]
        if tenant._is_serving():
            told += [
                _("Then %(tenant)s is closed for about %(seconds)s seconds.", **facts),
                _("Who works then is asked to wait; what was saved before is kept."),
                _("People log in once more afterwards."),
            ]
        else:
            told.append(_("%(tenant)s is closed and stays closed; nobody notices.", **facts))
        told.append(self._address_effect())
        told += [
            _("Records and files of both are compared before anything is switched."),
            _("Subscription, invoices, limits, backups and host names go on without a break."),
            _("Up to the switch, whatever fails leads back by itself."),
            _("For %(days)s days you can go back, as long as nothing was written since.", **facts),
        ]
        return told

    def _address_effect(self):
        address = self.tenant_id._address_at(self.destination_id)["address"]
        if address:
            return self.env._(
                "Its address changes to %(address)s; the former one leads nowhere.", address=address
            )
        return self.env._(
            "Its address stays. Make sure that %(host)s leads to the new cluster.",
            host=self.tenant_id._primary_host(),
        )

    def action_move(self):
        """Order the move."""
        self.ensure_one()
        if not self.destination_id:
            raise UserError(self.env._("Choose a cluster first."))
        asked = self._ask_second_person()
        if asked:
            return asked._show()
        try:
            made = self.env["saas.move"]._order_move(
                self.tenant_id,
                self.destination_id,
                self.reason or "",
                self.region_agreed,
                self.outside_window,
            )
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return made.action_view_operation()

    def _ask_second_person(self):
        """Return the request when somebody else has to approve the move first, else nothing."""
        approvals = self.env["saas.approval"]
        if not (self.reason or "").strip() or not approvals._waits(self.tenant_id, "move", size=1):
            return approvals
        self.env["saas.tenant"].check_access("write")
        return approvals._ask(self.tenant_id, "move", self.reason)
