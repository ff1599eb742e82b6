"""The state of a subscription: one writer, one table, one timeline.

Owns: firing events, guarding the state and the dates against everybody else. Does not own: the
table (`kernel/billing/subscription.py`), what people press (`saas_subscription_change.py`).
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import messages
from ..kernel.billing import subscription as states
from ..kernel.billing.subscription_move import decide
from ..kernel.errors import SaasError
from ..kernel.period import local_day, zone

# Only who holds this very object may write the state.
_FIRE = object()
GUARDED = {
    *("state", "state_since", "suspended_for", "started_on", "anchor_on", "trial_end_on"),
    *("ends_on", "billed_until", "cancel_reason", "next_bill_at", "bill_count"),
    "settlement",
}
BILLING_USER = "saas_business_management.group_saas_billing_user"


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.model
    def _refuse_state(self, vals_list):
        """Refuse values that only events may set."""
        if self._is_fired():
            return
        for vals in vals_list:
            guarded = {
                name for name in GUARDED & set(vals) if vals[name] not in (False, "draft", 0)
            }
            if guarded:
                raise UserError(
                    self.env._(
                        "The %(field)s of a subscription is not written by hand: use its buttons.",
                        field=self._fields[sorted(guarded)[0]]._description_string(self.env),
                    )
                )

    @api.model
    def _is_fired(self):
        """Tell whether an event or an operation is writing, and no person."""
        return self.env.context.get("saas_fire_subscription") is _FIRE

    def _set(self, vals):
        """Write guarded fields; for events and operations alone."""
        return self.sudo().with_context(saas_fire_subscription=_FIRE).write(vals)

    def _fire(self, event, *, system=False, note="", **known):
        """Let an event happen: decide by the table, write the state and the timeline together.

        Raises:
            Refused: `subscription_refused`.
        """
        self.ensure_one()
        move = decide(self.state, event, self._gather_facts(system, known))
        values = {"suspended_for": move.reason or False}
        if move.target != self.state:
            values |= {"state": move.target, "state_since": fields.Datetime.now()}
        self._set(values)
        self._journal(event, move.source, note or known.get("reason"))
        self._moved(move)
        return move

    def _moved(self, move):
        """Do what else belongs to a move, in its transaction; each room adds its own."""
        self.ensure_one()

    def _journal(self, event, source, note=""):
        """Write into the timeline what happened, and into the audit log."""
        facts = {"plan": self.version_id.display_name, "quantity": self.quantity}
        self.env["saas.subscription.event"].sudo().create(
            {
                "subscription_id": self.id,
                "event": event,
                "from_state": source,
                "to_state": self.state,
                "reason": note or False,
                "user_id": self.env.uid,
                "facts": facts,
            }
        )
        self.env["saas.audit.entry"]._note(f"subscription_{event}", self, note or "", **facts)

    def _gather_facts(self, system, known):
        rights = {states.SYSTEM} if system else set()
        if self.env.su or self.env.user.has_group(BILLING_USER):
            rights.add(states.BILLING)
        version = self.version_id
        values = {
            "actor_rights": frozenset(rights),
            "suspended_for": self.suspended_for or "",
            "has_customer": bool(self.partner_id.active),
            "has_offer": self._is_offered(),
            "alone_on_tenant": not self._rival(),
            "trial_days": version.trial_days,
            "trial_over": bool(self.trial_end_on) and self.trial_end_on <= self._today(),
            "trial_end_rule": version.trial_end_rule or states.SUSPEND,
            "end_planned": bool(self.ends_on),
            "end_reached": bool(self.ends_on) and self.ends_on <= self._today(),
            "nothing_overdue": not self._overdue_moves(),
            **known,
        }
        return states.Facts(**values)

    def _is_offered(self):
        """Tell whether the version has a price in the currency and, to begin with, is published."""
        begins = self.state in (states.DRAFT, states.CANCELLED)
        on_sale = not begins or self.version_id.state == "published"
        return on_sale and bool(self.version_id._price_in(self.currency_id))

    def _rival(self):
        """Return the running subscription that the tenant has besides this one."""
        if not self.tenant_id:
            return self.browse()
        running = [("tenant_id", "=", self.tenant_id.id), ("state", "in", tuple(states.RUNNING))]
        return self.sudo().search([*running, ("id", "!=", self.id)], limit=1)

    def _overdue_moves(self):
        """Return the posted invoices of these subscriptions that are unpaid though their day has
        passed, or a charge of them has failed.
        """
        found = self.env["account.move"].sudo()
        for one in self:
            today = one._today()
            found |= one._moves().filtered(
                lambda move, today=today: (
                    move._saas_is_open()
                    and (
                        (move.invoice_date_due or move.invoice_date) < today
                        or move._saas_has_failed()
                    )
                )
            )
        return found

    # Time

    @api.model
    def _now(self):
        """Return the instant it is, aware."""
        return fields.Datetime.now().replace(tzinfo=timezone.utc)

    def _today(self):
        """Return the day it is in the zone of the subscription."""
        return local_day(self._now(), zone(self.timezone))

    def _day_of(self, instant):
        """Return the day of a stored instant in the zone of the subscription."""
        return local_day(instant.replace(tzinfo=timezone.utc), zone(self.timezone))

    # Who goes first

    def _wait_for_turn(self):
        """Let one of two who act at the same moment go first; the other tries again after it."""
        rows = "SELECT id FROM saas_subscription WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
        self.env.cr.execute(SQL(rows, list(self.ids)))

    def _hindrance(self, event, **known):
        """Return why an event cannot happen now, an empty text when it can."""
        self.ensure_one()
        try:
            decide(self.state, event, self._gather_facts(False, known))
        except SaasError as error:
            return messages.text(self.env, error)
        return ""
