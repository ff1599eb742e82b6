"""Metrics of the platform itself: operations, worker, nodes, scheduled actions, mail, audit log.

Owns: these figures, all of records of the control plane. Does not own: security events and channels
of alerts, which their own rooms count.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.monitoring.layers import NO_SUBJECT
from .saas_doctor_work import RUNNERS
from .saas_node_usage import LAST_WORD, SILENT

OVERDUE = timedelta(minutes=10)
EVENTS_OF = timedelta(hours=1)
UNBILLED_AFTER = timedelta(days=1)
OPERATIONS = """
SELECT count(*) FILTER (WHERE state = 'waiting' AND due_at <= %(now)s),
       coalesce(extract(epoch FROM %(now)s - min(due_at)
                            FILTER (WHERE state = 'waiting' AND due_at <= %(now)s)), 0)::float8,
       count(*) FILTER (WHERE state IN ('failed', 'dead'))
  FROM saas_job WHERE state IN ('waiting', 'failed', 'dead')
"""
CRONS = """
SELECT count(*) FROM ir_cron WHERE active AND nextcall < %s
"""
MAILS = "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"
GIVEN_UP = "SELECT count(*) FROM saas_webhook_delivery WHERE state = 'dead_letter'"
EVENTS = """
SELECT coalesce(sum(count), 0) FROM saas_security_event
 WHERE last_at >= %s AND severity IN ('grave', 'warning')
"""
UNBILLED = """
SELECT count(*) FROM saas_usage_day WHERE told IS NOT TRUE AND end_at < %s
"""


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    def _login_failures(self, now):
        return self.env["saas.security.event"].sudo()._login_failures_one_source(now)

    @api.model
    @api.private
    def _collect_platform(self):
        """Write down how the control plane itself does."""
        now = fields.Datetime.now()
        figures = {
            **self._operations(now),
            "worker_silent_s": self._worker_silent(now),
            "nodes_silent": self._nodes_silent(now),
            "crons_late": self._count(SQL(CRONS, now - OVERDUE)),
            "mails_waiting": self._count(SQL(MAILS)),
            "webhooks_given_up": self._count(SQL(GIVEN_UP)),
            "audit_unsealed_s": self.env["saas.audit.check"].sudo()._unsealed()[1],
            "security_events": self._count(SQL(EVENTS, now - EVENTS_OF)),
            "login_failures_one_source": self._login_failures(now),
            "unbilled_usage_periods": self._count(SQL(UNBILLED, now - UNBILLED_AFTER)),
            "metric_rows_unplaced": self._unplaced(),
        }
        self._add("platform", [(now, NO_SUBJECT, figures)])
        return figures

    def _operations(self, now):
        self.env["saas.job"].flush_model()
        names = ("operations_waiting", "operations_oldest_s", "operations_failed")
        return dict(zip(names, self.env.execute_query(SQL(OPERATIONS, now=now))[0], strict=True))

    def _count(self, query):
        for name in ("mail.mail", "saas.webhook.delivery", "saas.usage.day", "ir.cron"):
            self.env[name].flush_model()
        return float(self.env.execute_query(query)[0][0])

    def _worker_silent(self, now):
        """Return for how long no runner of operations has had its turn; 0 while one works."""
        runners = self.env["saas.doctor"].sudo()._crons(RUNNERS).filtered("active")
        at_work = runners - runners.try_lock_for_update()
        if at_work or not runners:
            return 0.0 if at_work else None
        overdue = min((now - cron.nextcall).total_seconds() for cron in runners)
        return max(overdue, 0.0)

    def _nodes_silent(self, now):
        """Return how many clusters have nodes that once spoke and say nothing now."""
        last = dict(self.env.execute_query(SQL(LAST_WORD)))
        clusters_sudo = self.env["saas.cluster"].sudo().search([("node_role", "!=", False)])
        spoke = [last[one.node_role] for one in clusters_sudo if one.node_role in last]
        return sum(now - at > SILENT for at in spoke)
