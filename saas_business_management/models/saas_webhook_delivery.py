"""Deliveries: one event on its way to one webhook, and every try of it.

Owns: the rows and their states, the order in which they are due, sending again by hand. Does not
own: sending (`saas_job_webhook.py`), what an answer means (`kernel/integration/answer.py`).

Deliveries to one webhook about one subject go in order: the next waits until the one before has
arrived or was given up.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.integration.answer import course_after, cut_off
from ..kernel.integration.delivery import DEAD_LETTER, DELIVERED, WAITING
from ..messages import text

ADMIN = "saas_business_management.group_saas_admin"
STATES = [
    (WAITING, "Waiting"),
    (DELIVERED, "Delivered"),
    (DEAD_LETTER, "Given Up"),
    ("dropped", "Dropped"),
]
# Longer than a try may take, name servers that answer nothing included.
LEASE_SECONDS = 90
# Rows that are due: nobody sends them now, their webhook is told, nothing goes before them. Of a
# webhook that fails one at a time is tried.
CLAIM = """
    SELECT d.id
      FROM saas_webhook_endpoint e
      CROSS JOIN LATERAL (
           SELECT d.id
             FROM saas_webhook_delivery d
            WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at <= %(now)s
              AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
              AND NOT EXISTS (
                  SELECT FROM saas_webhook_delivery b
                   WHERE b.endpoint_id = e.id AND b.subject = d.subject AND b.state = 'waiting'
                     AND b.id < d.id)
            ORDER BY d.id
            LIMIT greatest(0, CASE WHEN e.failing_since IS NULL THEN e.parallel ELSE 1 END - (
                  SELECT count(*) FROM saas_webhook_delivery r
                   WHERE r.endpoint_id = e.id AND r.state = 'waiting'
                     AND r.leased_until > %(now)s))
      ) due
      JOIN saas_webhook_delivery d ON d.id = due.id
     WHERE e.state = 'enabled' AND e.active AND e.slow = %(slow)s
     ORDER BY d.next_at, d.id
     LIMIT %(most)s
       FOR UPDATE OF d SKIP LOCKED
"""


class SaasWebhookDelivery(models.Model):
    _name = "saas.webhook.delivery"
    _inherit = "saas.ledger"
    _description = "Webhook Delivery"
    _order = "id desc"

    event_id = fields.Many2one(
        "saas.webhook.event", required=True, readonly=True, index=True, ondelete="cascade"
    )
    endpoint_id = fields.Many2one(
        "saas.webhook.endpoint",
        string="Webhook",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    code = fields.Char(string="Kind", required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    about = fields.Char(related="event_id.about", string="About")
    company_id = fields.Many2one(
        related="event_id.company_id", store=True, precompute=True, index="btree_not_null"
    )
    number = fields.Integer(
        required=True, readonly=True, default=1, help="1 the first time, then one more per replay."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default=WAITING, index=True)
    begun_at = fields.Datetime(
        string="Since", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    next_at = fields.Datetime(string="Next Try", readonly=True)
    leased_until = fields.Datetime(readonly=True)
    attempt_count = fields.Integer(string="Tries", readonly=True)
    failure_count = fields.Integer(readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    last_status = fields.Integer(string="Answer", readonly=True)
    last_text = fields.Char(string="What Happened", readonly=True)
    attempt_ids = fields.One2many(
        "saas.webhook.attempt", "delivery_id", string="Tries Made", readonly=True
    )

    _number_uniq = models.Constraint(
        "UNIQUE (event_id, endpoint_id, number)", "This delivery is there already."
    )
    _waiting_idx = models.Index("(endpoint_id, subject, id) WHERE state = 'waiting'")
    _due_idx = models.Index("(endpoint_id, id) WHERE state = 'waiting'")

    @api.depends("code", "about")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.code}: {row.about or row.subject}"

    # Beginning

    @api.model
    @api.private
    def _begin(self, event, endpoints):
        """Have an event sent to these webhooks, once more where it was sent before."""
        if not endpoints:
            return self.browse()
        sent = dict(
            self.sudo()._read_group(
                [("event_id", "=", event.id), ("endpoint_id", "in", endpoints.ids)],
                ["endpoint_id"],
                ["number:max"],
            )
        )
        event_sudo = event.sudo()
        made_sudo = self._at_work().create(
            [
                {
                    "event_id": event_sudo.id,
                    "endpoint_id": endpoint.id,
                    "code": event_sudo.code,
                    "subject": event_sudo.subject,
                    "number": sent.get(endpoint, 0) + 1,
                    "next_at": fields.Datetime.now(),
                }
                for endpoint in endpoints
            ]
        )
        self._wake()
        return made_sudo._hands_off()

    @api.model
    @api.private
    def _wake(self, at=None):
        """Have what is due sent, as soon as this is committed or at a later moment."""
        self.env.ref("saas_business_management.ir_cron_webhooks").sudo()._trigger(at)

    # Sending

    @api.model
    @api.private
    def _claim(self, slow, most, now):
        """Take at most so many due deliveries of a lane; nobody else gets them for a while."""
        if most <= 0:
            return self.browse()
        self.flush_model()
        self.env["saas.webhook.endpoint"].flush_model()
        self.env.cr.execute(SQL(CLAIM, now=now, slow=slow, most=most))
        rows_sudo = self.sudo().browse(number for (number,) in self.env.cr.fetchall())
        rows_sudo.invalidate_recordset()
        for row_sudo in rows_sudo:
            row_sudo._note_cut_off(now)
            row_sudo._put(
                {
                    "leased_until": fields.Datetime.add(now, seconds=LEASE_SECONDS),
                    "attempt_count": row_sudo.attempt_count + 1,
                }
            )
        return rows_sudo

    @api.private
    def _took(self, answer, attempt, now):
        """Write down what came of a try; one that somebody else repeats by now is left alone."""
        self.ensure_one()
        if self.state != WAITING or self.attempt_count != attempt:
            return
        course = course_after(answer, self.failure_count, now)
        said = text(self.env, answer.fault) if answer.fault else self.env._("Received.")
        self.env["saas.webhook.attempt"]._note(self, answer, said, course.next_at, now)
        self._put(
            {
                "state": course.state,
                "failure_count": course.failures,
                "next_at": course.next_at or False,
                "leased_until": False,
                "ended_at": False if course.state == WAITING else now,
                "last_status": answer.status,
                "last_text": said,
            }
        )
        if course.state == DEAD_LETTER:
            self._tell_given_up()

    def _note_cut_off(self, now):
        """Write down a try whose sender was stopped before it could say how it ended."""
        if self.leased_until:
            answer = cut_off()
            said = text(self.env, answer.fault)
            self.env["saas.webhook.attempt"]._note(self, answer, said, now, self.leased_until)

    def _tell_given_up(self):
        self.endpoint_id._tell(
            self.env._("Deliveries were given up"),
            self.env._(
                "“%(what)s” was tried for 3 days: %(why)s Mend the receiver, then send again what "
                "stands under Given Up.",
                what=self.display_name,
                why=self.last_text,
            ),
        )

    # Buttons

    def action_send_again(self):
        """Send these once more, under the same event id; what waits is tried at once."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        now = fields.Datetime.now()
        made = self.browse()
        for row_sudo in self.sudo():
            if row_sudo.state == WAITING:
                row_sudo._put({"next_at": now})
                made |= row_sudo
            else:
                made |= self._begin(row_sudo.event_id, row_sudo.endpoint_id)
        self._wake()
        return made._show() if len(made) == 1 else self.env["saas.webhook.event"]._toast(len(made))

    def action_drop(self):
        """Send these no more."""
        self.check_access("read")
        self.endpoint_id.check_access("write")
        if any(row.state not in (WAITING, DEAD_LETTER) for row in self):
            raise UserError(self.env._("Only what waits or was given up can be dropped."))
        now = fields.Datetime.now()
        self.sudo()._put({"state": "dropped", "next_at": False, "ended_at": now})
        return True

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.webhook.delivery",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _by_hand_text(self):
        return self.env._("Deliveries are written by what happens, never by hand.")

    def _stays_text(self):
        return self.env._("Deliveries cannot be deleted. They go together with their event.")


class SaasWebhookAttempt(models.Model):
    _name = "saas.webhook.attempt"
    _inherit = "saas.ledger"
    _description = "Try of a Webhook Delivery"
    _order = "id desc"
    _rec_name = "text"

    delivery_id = fields.Many2one(
        "saas.webhook.delivery", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="delivery_id.company_id", store=True, precompute=True, index="btree_not_null"
    )
    number = fields.Integer(string="Try", readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    outcome = fields.Selection(
        [("yes", "Received"), ("no", "Failed"), ("unknown", "Not Known")],
        string="Result",
        required=True,
        readonly=True,
    )
    code = fields.Char(readonly=True)
    status = fields.Integer(string="Answer", readonly=True)
    text = fields.Char(string="What Happened", readonly=True)
    seconds = fields.Float(string="Took (Seconds)", digits=(12, 3), readonly=True)
    first_bytes = fields.Char(
        string="Beginning of the Answer",
        readonly=True,
        groups=ADMIN,
        help="What the receiver said, at most 500 characters.",
    )
    next_at = fields.Datetime(string="Next Try", readonly=True)

    @api.model
    @api.private
    def _note(self, delivery, answer, said, next_at, at):
        """Write down a try."""
        known = "yes" if answer.received else "unknown" if answer.ours else "no"
        shown = "".join(
            one if one.isprintable() else " "
            for one in answer.first_bytes.decode("utf-8", "replace")
        )
        return self._at_work().create(
            {
                "delivery_id": delivery.id,
                "number": delivery.attempt_count,
                "at": at,
                "outcome": known,
                "code": answer.fault.code if answer.fault else DELIVERED,
                "status": answer.status,
                "text": said,
                "seconds": answer.seconds,
                "first_bytes": shown.strip() or False,
                "next_at": next_at,
            }
        )

    def _by_hand_text(self):
        return self.env._("Tries are written by deliveries, never by hand.")

    def _stays_text(self):
        return self.env._("Tries cannot be deleted. They go together with their delivery.")
