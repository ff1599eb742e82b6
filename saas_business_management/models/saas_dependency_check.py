"""Checking dependencies: which are due, what a check means, what is kept of it.

Owns: the order of an operation `check_dependencies`, keeping what it saw, telling who owns a
service that changed. Does not own: asking (the job), judging (`kernel/monitoring/dependency.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.metering.cadence import Look, is_due
from ..kernel.monitoring import dependency
from ..kernel.monitoring.cadence import evidence
from ..kernel.monitoring.dependency import Seen, Standing

RANKS = {dependency.UP: 0, dependency.UNKNOWN: 1, dependency.DOWN: 2}


class SaasDependency(models.Model):
    _inherit = "saas.dependency"

    @api.model
    def _cron_check(self):
        """Let old checks fall to unknown, order new ones, and forget orders of yesterday."""
        self.sudo()._age()
        if self.sudo()._due():
            self.env["saas.job"].sudo()._enqueue(
                "check_dependencies", dedupe_key="check_dependencies"
            )
        old = fields.Datetime.now() - timedelta(days=1)
        done = [("kind", "=", "check_dependencies"), ("state", "=", "done"), ("ended_at", "<", old)]
        self.env["saas.job"].sudo().search(done, limit=1000).unlink()

    def _age(self):
        """What nobody checked for too long is unknown: an old answer is no evidence."""
        now = fields.Datetime.now()
        known = self.search([("state", "!=", dependency.UNKNOWN), ("checked_at", "!=", False)])
        for one in known.filtered(lambda one: one.checked_at + evidence(one.minutes) < now):
            one._stand(dependency.forget(one._standing(), _aware(now)))

    @api.private
    def _due(self):
        """Return the dependencies that it is time to check, spread over their intervals."""
        now = _aware(fields.Datetime.now())
        return self.search([]).filtered(
            lambda one: is_due(
                f"dependency {one.id}",
                Look(_aware(one.checked_at) if one.checked_at else None),
                60 * one.minutes,
                now,
            )
        )

    @api.private
    def _step_due(self, only=None):
        """Return where to ask; who calls us is not asked."""
        due = self.sudo().browse(only).exists() if only else self.sudo()._due()
        return {
            "services": [
                {
                    "dependency": one.id,
                    "kind": one.kind,
                    "address": one.address,
                    "inside_allowed": one.inside_allowed,
                    "status": one.status,
                    "marker": one.marker or "",
                }
                for one in due
                if one.kind != dependency.HEARTBEAT
            ]
        }

    @api.private
    def _step_seen(self, looks, only=None):
        """Keep what was met, and how services stand that call us."""
        now = fields.Datetime.now()
        seen = {
            look["dependency"]: Seen(
                look["problem"], look["refused"], look["silent"], look["milliseconds"]
            )
            for look in looks
        }
        services_sudo = self.sudo().browse(list(seen)).exists()
        outside = services_sudo.filtered(lambda one: not one.inside_allowed)
        seen |= dependency.doubt({number: seen[number] for number in outside.ids})
        callers = self.sudo().browse(only).exists() if only else self.sudo()._due()
        callers = callers.filtered(lambda one: one.kind == dependency.HEARTBEAT)
        seen |= {one.id: one._heard(now) for one in callers}
        rows = []
        for one in services_sudo | callers:
            standing = one._judge(seen[one.id], now)
            figures = dependency.numbers(seen[one.id], standing)
            if figures:
                rows.append((now, one.id, figures))
        self.env["saas.metric"]._add("dependency", rows)
        return {"kept": len(rows)}

    def _heard(self, now):
        """Return what the last call of a service means that calls us."""
        beat_at = self.beat_at and _aware(self.beat_at)
        return dependency.hear(beat_at or None, timedelta(minutes=self.minutes), _aware(now))

    def _judge(self, seen, now):
        """Write down how it stands after a check, and return that."""
        after = dependency.judge(self._standing(), seen, _aware(now))
        self._stand(after, checked_at=now, response_ms=seen.milliseconds or 0)
        if seen.problem == "address_inside":
            self.env["saas.security.event"]._record(
                "dependency_inside", source="monitoring", facts={"dependency": self.name}
            )
        return after

    def _standing(self):
        since = self.state_since and _aware(self.state_since)
        return Standing(self.state, self.reason or "", since or None, self.misses)

    def _stand(self, after, **more):
        self._put(
            {
                "state": after.state,
                "state_rank": RANKS[after.state],
                "reason": after.reason or False,
                "state_since": after.since.replace(tzinfo=None),
                "misses": after.misses,
                **more,
            }
        )


def _aware(at):
    return at.replace(tzinfo=timezone.utc)
