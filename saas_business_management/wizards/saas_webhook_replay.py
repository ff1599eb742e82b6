"""The dialog before events are sent again: from when to when, and how many they are.

Owns: the choice. Does not own: events and deliveries (`models/saas_webhook_event.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

MOST_EVENTS = 10_000


class SaasWebhookReplay(models.TransientModel):
    _name = "saas.webhook.replay"
    _description = "Replay Events"

    endpoint_id = fields.Many2one(
        "saas.webhook.endpoint", required=True, readonly=True, ondelete="cascade", string="Webhook"
    )
    uid = fields.Char(string="Event Id", help="One event alone; empty: all of the time below.")
    from_at = fields.Datetime(
        string="From",
        required=True,
        default=lambda self: fields.Datetime.subtract(fields.Datetime.now(), days=1),
    )
    until_at = fields.Datetime(
        string="Until", required=True, default=lambda self: fields.Datetime.now()
    )
    kind_ids = fields.Many2many(
        "saas.webhook.kind", string="Only These", help="Empty: all that the webhook wants."
    )
    missed_only = fields.Boolean(
        string="Only What Did Not Arrive",
        default=True,
        help="Leave out what this webhook has received already, and what waits to be sent.",
    )
    event_count = fields.Integer(compute="_compute_event_count", string="Events")

    @api.onchange("endpoint_id")
    def _onchange_endpoint_id(self):
        if self.endpoint_id.disabled_at:
            self.from_at = self.endpoint_id.disabled_at

    @api.depends("endpoint_id", "uid", "from_at", "until_at", "kind_ids", "missed_only")
    def _compute_event_count(self):
        for wizard in self:
            wizard.event_count = len(wizard._chosen_sudo())

    def _chosen_sudo(self):
        """Return the events, oldest first."""
        endpoint_sudo = self.endpoint_id.sudo()
        uid = (self.uid or "").strip()
        kinds = self.kind_ids.mapped("code") or endpoint_sudo.kind_ids.mapped("code")
        domain = [("code", "!=", "webhook.test")]
        if uid:
            domain.append(("uid", "=", uid))
        else:
            now = fields.Datetime.now()
            domain += [("at", ">=", self.from_at or now), ("at", "<=", self.until_at or now)]
        if kinds:
            domain.append(("code", "in", kinds))
        if endpoint_sudo.company_id:
            domain.append(("company_id", "=", endpoint_sudo.company_id.id))
        if endpoint_sudo.partner_id:
            domain.append(("partner_id", "=", endpoint_sudo.partner_id.commercial_partner_id.id))
        if self.missed_only and not uid:
            there = [("endpoint_id", "=", endpoint_sudo.id)]
            there.append(("state", "in", ("delivered", "waiting")))
            domain.append(("delivery_ids", "not any", there))
        events_sudo = self.env["saas.webhook.event"].sudo()
        return events_sudo.search(domain, order="id", limit=MOST_EVENTS + 1)

    def action_replay(self):
        """Send them again, under their ids."""
        self.ensure_one()
        self.endpoint_id._check_operator()
        chosen_sudo = self._chosen_sudo()
        if not chosen_sudo:
            raise UserError(self.env._("No event fits. Choose another time or other kinds."))
        if len(chosen_sudo) > MOST_EVENTS:
            raise UserError(
                self.env._(
                    "More than %(most)s events fit. Choose a shorter time.", most=MOST_EVENTS
                )
            )
        for event_sudo in chosen_sudo:
            self.env["saas.webhook.delivery"]._begin(event_sudo, self.endpoint_id)
        self.env["saas.audit.entry"]._note(
            "webhook_replayed", self.endpoint_id, events=len(chosen_sudo)
        )
        return self.env["saas.webhook.event"]._toast(len(chosen_sudo))
