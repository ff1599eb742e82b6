"""How long each part of a brand's service was in which state: rows that begin and end.

Owns: the rows, judging all parts every five minutes. Does not own: evidence
(`saas_status_evidence.py`), rules (`kernel/monitoring/component.py`).

A row is known until it was last seen. When nobody judges for 15 minutes it ends there, and the time
until the next look is unknown.
"""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..kernel.monitoring import component, incident, maintenance
from .saas_status_component import STATES

COMPONENTS = [
    (component.LOGIN, "Login"),
    (component.WEB, "Web"),
    (component.API, "API"),
    (component.MAIL, "Mail"),
    (component.WORK, "Scheduled Work"),
]
assert [code for code, _label in COMPONENTS] == [*component.COMPONENTS]


class SaasStatusPeriod(models.Model):
    _name = "saas.status.period"
    _description = "Period of a Status Page"
    _inherit = "saas.ledger"
    _order = "start_at desc, id desc"
    _rec_name = "component"

    brand_id = fields.Many2one(
        "saas.brand", required=True, readonly=True, index=True, ondelete="cascade"
    )
    component = fields.Selection(COMPONENTS, required=True, readonly=True, string="Part")
    state = fields.Selection(STATES, required=True, readonly=True)
    start_at = fields.Datetime(required=True, readonly=True, string="From")
    seen_at = fields.Datetime(required=True, readonly=True, string="Last Seen")
    end_at = fields.Datetime(readonly=True, string="Until", index=True)

    _one_now = models.UniqueIndex(
        "(brand_id, component) WHERE end_at IS NULL", "This part has a state already."
    )
    _by_time = models.Index("(brand_id, component, start_at)")

    @api.model
    def _cron_judge(self):
        """Judge the parts of every brand that publishes its page."""
        brands_sudo = self.env["saas.brand"].sudo().search([("status_published", "=", True)])
        for brand_sudo in brands_sudo:
            self._judge(brand_sudo)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    @api.private
    def _judge(self, brands):
        """Judge the parts of these brands as far as they publish their page."""
        for brand_sudo in brands.sudo().filtered("status_published"):
            evidence = self.env["saas.status.evidence"]._of(brand_sudo._status_tenants())
            impacts = self._impacts(brand_sudo)
            resting = self._under_maintenance(brand_sudo)
            for code in component.COMPONENTS:
                told = impacts.get(code, ())
                self._note(brand_sudo, code, component.judge(evidence[code], told, code in resting))

    def _impacts(self, brand_sudo):
        """Return what open, published incidents say of each part."""
        found = {}
        for one_sudo in self.env["saas.incident"]._public_of(brand_sudo, open_only=True):
            for code in one_sudo.component_ids.mapped("code"):
                found.setdefault(code, []).append(one_sudo.impact)
        return found

    def _under_maintenance(self, brand_sudo):
        under_way = (
            self.env["saas.maintenance"]
            ._public_of(brand_sudo)
            .filtered(lambda one: one.state in maintenance.UNDER_WAY)
        )
        return {code for one in under_way for code in one._component_codes()}

    def _note(self, brand_sudo, code, state):
        now = fields.Datetime.now()
        where = [("brand_id", "=", brand_sudo.id), ("component", "=", code)]
        last = self.sudo().search([*where, ("end_at", "=", False)], limit=1)
        lost = last and last.seen_at < now - component.EVIDENCE
        if last and last.state == state and not lost:
            last._put({"seen_at": now})
            return
        if last:
            last._put({"end_at": last.seen_at if lost else now})
            last.flush_recordset()
        self._at_work().create(
            {
                "brand_id": brand_sudo.id,
                "component": code,
                "state": state,
                "start_at": now,
                "seen_at": now,
            }
        )

    # Reading

    @api.model
    @api.private
    def _now_of(self, brand_sudo):
        """Return the state of each part now; unknown where nobody looked for 15 minutes."""
        fresh = fields.Datetime.now() - component.EVIDENCE
        rows = self.sudo().search([("brand_id", "=", brand_sudo.id), ("end_at", "=", False)])
        known = {one.component: one.state for one in rows if one.seen_at >= fresh}
        return {code: known.get(code, component.UNKNOWN) for code in component.COMPONENTS}

    @api.model
    @api.private
    def _days_of(self, brand_sudo, zone):
        """Return the last 90 days of each part (`kernel` days), by its code."""
        now = fields.Datetime.now()
        since = fields.Datetime.subtract(now, days=component.DAYS + 1)
        rows = self.sudo().search(
            [
                ("brand_id", "=", brand_sudo.id),
                ("start_at", "<", now),
                *("|", ("end_at", "=", False), ("end_at", ">", since)),
            ]
        )
        periods = {code: [] for code in component.COMPONENTS}
        for one in rows:
            periods[one.component].append(one._as_period(now))
        return {
            code: component.days(found, _aware(now), ZoneInfo(zone))
            for code, found in periods.items()
        }

    def _as_period(self, now):
        end = self.end_at
        if not end:
            end = now if self.seen_at >= now - component.EVIDENCE else self.seen_at
        return component.Period(self.state, _aware(self.start_at), _aware(end))

    @api.private
    def _expire(self):
        """Forget old rows; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("States of a status page come from what was seen, never by hand.")

    def _stays_text(self):
        return self.env._("States of a status page cannot be deleted.")


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    @api.model
    @api.private
    def _public_of(self, brand_sudo, open_only=False, days=component.DAYS):
        """Return the published incidents that a brand's customers read of."""
        domain = [("is_public", "=", True)]
        if open_only:
            domain.append(("state", "in", incident.OPEN))
        else:
            since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            domain += ["|", ("resolved_at", "=", False), ("resolved_at", ">=", since)]
        return self.sudo().search(domain).filtered(lambda one: brand_sudo in one._brands())


def _aware(at):
    return at.replace(tzinfo=timezone.utc)
