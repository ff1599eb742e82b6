"""Sending due deliveries of webhooks: the glue between rows and the courier.

Owns: the cron, transactions around each claim and each answer. Does not own: the threads
(`jobs/deliver_webhooks.py`), what is due (`saas_webhook_delivery.py`).

A claim is committed before anything is sent, an answer as soon as it is there. Who is killed in
between has sent something that nobody wrote down: the lease runs out and it is sent again.
"""

from datetime import timezone

from odoo import api, fields, models
from psycopg2 import errors

from ..jobs.deliver_webhooks import Courier, Order
from ..kernel.errors import SaasError
from ..kernel.integration.answer import disabled_for, is_slow

ROUND_SECONDS = 20
NEVER_DAYS = 36_500
RECORD_TRIES = 5
CUT_ACROSS = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)


class SaasWebhookDelivery(models.Model):
    _inherit = "saas.webhook.delivery"

    @api.model
    def _cron_deliver(self):
        """Send what is due, for some seconds; what is left is taken up by the next run."""
        self.env["ir.cron"]._commit_progress(1)
        self._end_former_secrets()
        count = Courier().run(Desk(self.sudo()), ROUND_SECONDS)
        left = self._left()
        if left:
            self._wake(left)
        self.env["ir.cron"]._commit_progress(count)

    def _end_former_secrets(self):
        now = fields.Datetime.now()
        over = [("former_until", "<=", now), ("former_secret_sealed", "!=", False)]
        self.env["saas.webhook.endpoint"].sudo().search(over)._forget_former()

    def _left(self):
        """Return when the next delivery is due, nothing when none waits."""
        return (
            self.sudo()
            .search(
                [
                    ("state", "=", "waiting"),
                    ("endpoint_id.state", "=", "enabled"),
                    ("endpoint_id.active", "=", True),
                ],
                order="next_at, id",
                limit=1,
            )
            .next_at
        )


class Desk:
    """`jobs.deliver_webhooks.Desk` on records; each call ends its transaction."""

    def __init__(self, deliveries_sudo):
        self._rows = deliveries_sudo

    def claim(self, fast, slow):
        """Take due deliveries of both lanes; nothing when somebody else was at them."""
        return self._committed(lambda: self._claimed(fast, slow), tries=1) or []

    def record(self, order, answer):
        """Write down an answer, and what it means for the webhook."""
        self._committed(lambda: self._recorded(order, answer), tries=RECORD_TRIES)

    def _committed(self, work, tries):
        """Return what was done in a transaction of its own; one that others cut across is done
        again. What could not be written down at last is sent again when its lease is over.
        """
        env = self._rows.env
        for _number in range(tries):
            try:
                found = work()
                self._commit()
            except CUT_ACROSS:
                env.cr.rollback()
                env.invalidate_all()
            else:
                return found
        return None

    def _commit(self):
        self._rows.env.cr.commit()

    def _claimed(self, fast, slow):
        # What was read before may have changed: each claim sees things as they are.
        self._commit()
        self._rows.env.invalidate_all()
        now = fields.Datetime.now()
        return [
            self._order(row_sudo, lane, now)
            for lane, most in ((False, fast), (True, slow))
            for row_sudo in self._rows._claim(lane, most, now)
        ]

    def _recorded(self, order, answer):
        row_sudo = self._rows.browse(order.delivery_id).exists()
        if row_sudo:
            now = fields.Datetime.now()
            row_sudo._took(answer, order.attempt, now)
            self._judge(row_sudo, answer, now)

    def _judge(self, row_sudo, answer, now):
        endpoint_sudo = row_sudo.endpoint_id
        if answer.received:
            endpoint_sudo._received(is_slow(answer), now)
        elif not answer.ours:
            since = _aware(endpoint_sudo.failing_since)
            days = endpoint_sudo.disable_days or NEVER_DAYS
            reason = disabled_for(answer, since, _aware(now), days)
            endpoint_sudo._failed(reason, now)
        if answer.error is not None and answer.error.code == "address_inside":
            row_sudo.env["saas.security.event"]._record(
                "webhook_inside", source="webhook", facts={"webhook": endpoint_sudo.name}
            )

    def _order(self, row_sudo, slow, now):
        endpoint_sudo, event_sudo = row_sudo.endpoint_id, row_sudo.event_id
        secrets, error = [], None
        try:
            secrets = endpoint_sudo._secrets(now)
        except SaasError as failed:
            error = failed
        return Order(
            delivery_id=row_sudo.id,
            attempt=row_sudo.attempt_count,
            url=endpoint_sudo.url,
            body=event_sudo.payload.encode(),
            event_id=event_sudo.uid,
            kind=event_sudo.code,
            request=event_sudo.request_ref or "",
            secrets=secrets,
            inside_allowed=endpoint_sudo.inside_allowed,
            slow=slow,
            error=error,
        )


def _aware(instant):
    return instant.replace(tzinfo=timezone.utc) if instant else None
