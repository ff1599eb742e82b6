"""Events that other systems are told: written in the transaction of what they tell, and kept.

Owns: the rows, whom each is told. Append-only. Does not own: the form of the body
(`kernel/integration/envelope.py`), what happens when (`saas_webhook_source.py`), deliveries.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from typing import Any

from odoo import api, fields, models

from ..kernel.integration.envelope import Event, Subject, encode
from ..kernel.integration.kinds import KINDS
from .saas_job_request_ref import current_reference

ADMIN = "saas_business_management.group_saas_admin"


@dataclass(frozen=True)
class News:
    """What happened to a record; `data` holds plain values, never a secret.

    `subject` is what it is about when that is not the record, `only` the webhooks that are told
    instead of all that want to be.
    """

    kind: str
    record: models.BaseModel
    data: Mapping[str, Any]
    company: models.BaseModel | None = None
    partner: models.BaseModel | None = None
    subject: Subject | None = None
    only: models.BaseModel | None = None


class SaasWebhookEvent(models.Model):
    _name = "saas.webhook.event"
    _inherit = "saas.ledger"
    _description = "Webhook Event"
    _order = "id desc"
    _rec_name = "uid"

    uid = fields.Char(string="Event Id", required=True, readonly=True, index=True)
    code = fields.Char(string="Kind", required=True, readonly=True, index=True)
    version = fields.Integer(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, index=True, string="When")
    subject = fields.Char(required=True, readonly=True, index=True)
    about = fields.Char(readonly=True, string="About")
    company_id = fields.Many2one(
        "res.company", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    payload = fields.Text(
        required=True, readonly=True, groups=ADMIN, help="The very bytes that are signed and sent."
    )
    request_ref = fields.Char(
        string="Reference",
        readonly=True,
        index="btree_not_null",
        default=lambda self: current_reference() or False,
        help="The number of the request that led to it.",
    )
    delivery_ids = fields.One2many("saas.webhook.delivery", "event_id", readonly=True)
    delivery_count = fields.Integer(compute="_compute_delivery_count", string="Deliveries")

    _uid_uniq = models.Constraint("UNIQUE (uid)", "Two events cannot share an id.")

    @api.depends("delivery_ids")
    def _compute_delivery_count(self):
        for row in self:
            row.delivery_count = len(row.delivery_ids)

    @api.model
    @api.private
    def _emit(self, kind, record, data, **more):
        """Write down that something happened, and a delivery for each webhook that wants to know;
        `more` are fields of `News`. Raises: as `_emit_all`.
        """
        return self._emit_all([News(kind, record, data, **more)])

    @api.model
    @api.private
    def _emit_all(self, news):
        """Write down what happened, and deliveries for the webhooks that want to know.

        In the transaction of what is told: all are there, or none.

        Raises: Refused (`event_kind`, `event_too_long`), Broken (`event_value`).
        """
        now = fields.Datetime.now()
        made_sudo = self._at_work().create([self._event_vals(one, now) for one in news])
        wanted = self.env["saas.webhook.endpoint"].sudo()._that_want_any(made_sudo)
        deliveries = self.env["saas.webhook.delivery"]
        for one, event_sudo in zip(news, made_sudo, strict=True):
            deliveries._begin(event_sudo, one.only.sudo() if one.only else wanted[event_sudo])
        return made_sudo._hands_off()

    def _event_vals(self, one, now):
        company = one.company or self._company_of(one.record)
        partner = (one.partner or self.env["res.partner"]).sudo().commercial_partner_id
        subject = one.subject or Subject(
            one.record._name.removeprefix("saas.").replace(".", "_"), str(one.record.id)
        )
        told = Event(
            id=f"evt_{uuid.uuid4().hex}",
            kind=one.kind,
            at=now.replace(tzinfo=timezone.utc),
            subject=subject,
            company=company.sudo().name or "",
            data=one.data,
        )
        body = encode(told).decode()
        return {
            "uid": told.id,
            "code": one.kind,
            "version": KINDS[one.kind],
            "at": now,
            "subject": subject.key,
            "about": one.record.sudo().display_name,
            "company_id": company.id,
            "partner_id": partner.id,
            "payload": body,
        }

    def _company_of(self, record):
        found = record.sudo().company_id if "company_id" in record._fields else False
        return found or self.env["res.company"]

    def action_replay(self):
        """Send these again to every webhook that wants them."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        count = 0
        for event_sudo in self.sudo():
            endpoints_sudo = self.env["saas.webhook.endpoint"]._that_want(
                event_sudo.code, event_sudo.company_id, event_sudo.partner_id
            )
            count += len(self.env["saas.webhook.delivery"]._begin(event_sudo, endpoints_sudo))
        return self._toast(count)

    def action_view_deliveries(self):
        """Open the deliveries of this event."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_webhook_delivery"
        )
        return dict(action, domain=[("event_id", "=", self.id)], context={}, path=False)

    def _toast(self, count):
        if count == 1:
            message = self.env._("1 delivery waits to be sent.")
        else:
            message = self.env._("%(count)s deliveries wait to be sent.", count=count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": message if count else self.env._("No webhook wants these events."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.private
    def _expire(self):
        """Forget events with their deliveries; for the rule of retention and for erasures."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Events are written by what happens, never by hand.")

    def _stays_text(self):
        return self.env._("Events cannot be deleted. They go when their time of retention is over.")
