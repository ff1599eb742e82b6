"""Incidents that open by themselves, from alerts that last or spread.

Owns: looking after each pass of the alerts, adding alerts to the incident that is open already.
Does not own: which alerts make one (`kernel/monitoring/incident.py`), alerts.

One that opened by itself is never published by itself.
"""

from collections import Counter
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Command

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring import incident
from ..kernel.monitoring.layers import INFO

TODO = "mail.mail_activity_data_warning"


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    def _after_pass(self, fired, resolved):
        done = super()._after_pass(fired, resolved)
        self.env["saas.incident"]._look_at_alerts()
        return done

    @api.model
    @api.private
    def _want_incident(self, alerts):
        done = super()._want_incident(alerts)
        self.env["saas.incident"]._look_at_alerts(alerts)
        return done

    @api.private
    def _as_firing(self):
        """Return the alert as the rules of incidents read it."""
        cluster = self.cluster_id or self.tenant_id.cluster_id
        since = (self.fired_at or self.since).replace(tzinfo=timezone.utc)
        return incident.Firing(
            self.id, self.rule_id.id, self.severity, since, cluster.id or 0, self.tenant_id.id or 0
        )


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    @api.model
    @api.private
    def _look_at_alerts(self, unheeded=None):
        """Open what has to be open; return the new incidents.

        `unheeded` alerts open one however short they live: nobody took them in hand.
        """
        heard = [("state", "=", "firing"), ("muted", "=", False)]
        alerts_sudo = self.env["saas.alert"].sudo().search(heard)
        # One that was told already is no news, even when it fires on after somebody resolved it.
        alerts_sudo -= self.sudo().search([("alert_ids", "in", alerts_sudo.ids)]).alert_ids
        open_sudo = self.sudo().search([("state", "in", incident.OPEN)])
        alerts_sudo -= self._join_where_open(alerts_sudo, open_sudo)
        made = self.browse()
        for opening in self._openings(alerts_sudo, unheeded):
            made |= self._open_or_join(opening, open_sudo)
        return made

    def _openings(self, alerts_sudo, unheeded):
        if not alerts_sudo:
            return []
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        firing = [one._as_firing() for one in alerts_sudo]
        found = incident.to_open(firing, self._tenants_of_clusters(), now, self._zone())
        taken = {alert for one in found for alert in one.alerts}
        left = [one for one in firing if one.alert in (unheeded or alerts_sudo.browse()).ids]
        return found + incident.to_open_unheeded([one for one in left if one.alert not in taken])

    def _join_where_open(self, alerts_sudo, open_sudo):
        """Add alerts of a cluster to the incident that is open for it; return these alerts."""
        joined = alerts_sudo.browse()
        for one in open_sudo.filtered("cluster_ids"):
            here = (alerts_sudo - joined).filtered(
                lambda alert, one=one: (
                    alert.severity != INFO
                    and (alert.cluster_id or alert.tenant_id.cluster_id) in one.cluster_ids
                )
            )
            if here:
                one._join(here)
                joined |= here
        return joined

    @api.model
    def _zone(self):
        """Return the time zone of the people who are called at night."""
        company = self.env["res.company"].sudo().search([], limit=1)
        return ZoneInfo(company.partner_id.tz or "UTC")

    @api.model
    def _tenants_of_clusters(self):
        serving = [("state", "in", tuple(SERVING))]
        rows = self.env["saas.tenant"].sudo()._read_group(serving, ["cluster_id"], ["__count"])
        return {cluster.id: count for cluster, count in rows if cluster}

    def _open_or_join(self, opening, open_sudo):
        alerts_sudo = self.env["saas.alert"].sudo().browse(opening.alerts)
        same = open_sudo.filtered(lambda one: one._is_same(opening, alerts_sudo))[:1]
        if same:
            same._join(alerts_sudo)
            return self.browse()
        company = alerts_sudo.tenant_id.company_id or alerts_sudo.cluster_id.company_id
        made = self.sudo().create(self._prepare_opening_vals(opening, alerts_sudo, company))
        made._put_course({"opened_by_itself": True})
        if made.owner_id:
            made.activity_schedule(
                TODO, summary=self.env._("Incident opened by itself"), user_id=made.owner_id.id
            )
        return made

    def _is_same(self, opening, alerts_sudo):
        """Tell whether these alerts belong to it: the same rule on the same cluster or tenant."""
        if opening.rule not in self.alert_ids.rule_id.ids:
            return False
        if opening.cluster:
            return opening.cluster in self.alert_ids.mapped(_cluster_id)
        return not alerts_sudo.tenant_id or bool(alerts_sudo.tenant_id & self.alert_ids.tenant_id)

    def _join(self, alerts_sudo):
        self.write(
            {
                "alert_ids": [Command.link(one.id) for one in alerts_sudo],
                "tenant_ids": [Command.link(one.id) for one in alerts_sudo.tenant_id],
            }
        )

    def _prepare_opening_vals(self, opening, alerts_sudo, company):
        whole = opening.why == incident.SPREAD or bool(alerts_sudo.cluster_id)
        cluster = self.env["saas.cluster"].sudo().browse(opening.cluster or [])
        owner = alerts_sudo.owner_id[:1] or alerts_sudo.tenant_id.user_id[:1]
        return {
            "title": self._opening_title(opening, alerts_sudo, cluster),
            "severity": opening.severity,
            "company_id": company.id if len(company) == 1 else False,
            "owner_id": owner.id,
            "started_at": min(alerts_sudo.mapped("since")),
            "cluster_ids": [Command.set(cluster.ids if whole else [])],
            "tenant_ids": [Command.set(alerts_sudo.tenant_id.ids)],
            "alert_ids": [Command.set(alerts_sudo.ids)],
        }

    def _opening_title(self, opening, alerts_sudo, cluster):
        _ = self.env._
        rules = Counter(one.rule_id.display_name for one in alerts_sudo)
        rule = rules.most_common(1)[0][0]
        if opening.why == incident.SPREAD:
            count = len(alerts_sudo.tenant_id)
            return _(
                "%(count)s tenants of %(cluster)s: %(rule)s",
                count=count,
                cluster=cluster.name,
                rule=rule,
            )
        where = alerts_sudo.tenant_id.name if len(alerts_sudo.tenant_id) == 1 else cluster.name
        return f"{rule}: {where}" if where else rule


def _cluster_id(alert):
    return (alert.cluster_id or alert.tenant_id.cluster_id).id
