"""Who is told of firing alerts, and when: groups, channels, steps, one digest where it is too much.

Owns: finding what is due and writing message and log in one transaction. Does not own: when
something is due (`kernel/alerting/grouping.py`), who is chosen (`kernel/alerting/routing.py`), the
form of messages (`saas_alert_hand_over.py`).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..kernel.alerting import grouping, routing
from ..kernel.alerting.grouping import Member, Told
from .saas_alert_message import MOST_NAMED

CHANNEL_FAILING = "channel_failing"
FIRING = """
SELECT id, group_key, rule_id, code, severity, layer, cluster_id, company_id, partner_id, fired_at,
       coalesce(acknowledged_until > %(now)s, false), muted IS NOT NULL,
       incident_wanted_at IS NOT NULL
  FROM saas_alert WHERE state = 'firing' ORDER BY rank, fired_at, id
"""
LAST = """
SELECT group_key, channel_id, at, hash, why = 'ended', number, rule_id, cluster_id, severity
  FROM saas_alert_notification WHERE is_last
"""
ENDED = """
SELECT id FROM saas_alert
 WHERE group_key = %(key)s AND state = 'resolved' AND ended_at > %(since)s AND fired_at <= %(since)s
 ORDER BY ended_at, id
"""
SENT = "SELECT channel_id, count(*) FROM saas_alert_message WHERE at > %s GROUP BY channel_id"


@dataclass
class Group:
    """The firing alerts of a rule on a cluster; `muted` counts those that wake nobody."""

    key: str
    rule: int
    code: str
    severity: str
    layer: str = ""
    cluster: int = 0
    members: list[tuple[Member, int, int, bool]] = field(default_factory=list)
    muted: int = 0

    def of(self, company: int) -> list[Member]:
        """Return the members that a channel of a company hears of; 0 hears of all."""
        return [one for one, mine, _p, _w in self.members if not company or mine in (0, company)]


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    @api.private
    def _notify(self, now):
        """Tell what is due at a naive instant: each group once on each channel of its step."""
        self.env.flush_all()
        self.env["saas.alert.channel"]._note_failures(now)
        groups, last = self._groups(now), self._last_told()
        self._complete(groups, last)
        routes = self.env["saas.alert.escalation"].sudo().search([])
        wanted, incidents = defaultdict(list), []
        for group in groups.values():
            escalation = self._escalation(group, routes)
            for channel, delays in self._receivers(group, escalation):
                told = self._due(group, channel, delays, last.get((group.key, channel.id)), now)
                if told:
                    wanted[channel].append((group.severity, told))
            incidents += self._for_incident(group, escalation, now)
        sent = dict(self.env.execute_query(SQL(SENT, now - timedelta(minutes=1))))
        for channel, items in wanted.items():
            for bundle in routing.bundle(items, sent.get(channel.id, 0), channel.per_minute):
                self.env["saas.alert.message"]._begin(channel, bundle, now)
        self._note_told(wanted, now)
        if incidents:
            rows = self.browse(incidents)
            rows._put({"incident_wanted_at": now})
            self._want_incident(rows)

    # What there is

    def _groups(self, now):
        groups = {}
        for row in self.env.execute_query(SQL(FIRING, now=now)):
            number, key, rule, code, severity, layer, cluster, company, partner, *rest = row
            fired_at, in_hand, muted, wanted = rest
            group = groups.setdefault(key, Group(key, rule, code, severity, layer, cluster or 0))
            if muted:
                group.muted += 1
                continue
            member = Member(number, fired_at, in_hand)
            group.members.append((member, company or 0, partner or 0, wanted))
        return groups

    def _last_told(self):
        found = {}
        for key, channel, at, told, ended, number, *rest in self.env.execute_query(SQL(LAST)):
            found[key, channel] = (Told(at, told, ended), number, *rest)
        return found

    def _complete(self, groups, last):
        """Add the groups of which somebody was told and that fire no more."""
        rules = {}
        for (key, _channel), (told, _number, rule, cluster, severity) in last.items():
            if not told.ended and key not in groups:
                known = rules.setdefault(rule, self.env["saas.alert.rule"].sudo().browse(rule))
                groups[key] = Group(key, rule, known.code, severity, known.layer, cluster or 0)

    # Who is told

    def _escalation(self, group, routes):
        labels = {"layer": group.layer, "cluster_id": group.cluster, "rule_id": group.rule}
        partners = {partner for _m, _c, partner, _w in group.members}
        labels["partner_id"] = partners.pop() if len(partners) == 1 else 0
        known = [routing.Route(one.id, one.least_severity, one._matchers()) for one in routes]
        return routes.browse(routing.choose(known, group.severity, labels) or None)

    def _receivers(self, group, escalation):
        """Return pairs of channel and the delays of its steps: it hears at each of them."""
        found = {}
        for step in escalation.step_ids:
            for channel in step.channel_ids.filtered("active"):
                found.setdefault(channel, []).append(timedelta(minutes=step.delay_minutes))
        if group.code == CHANNEL_FAILING:
            well = {one for one in found if not one.failing_since}
            found = {one: [timedelta(0)] for one in found if one in well or not well}
        return found.items()

    def _due(self, group, channel, delays, last, now):
        """Return the values of a notification that is due now on a channel, or nothing."""
        members = group.of(channel.company_id.id)
        if not members and group.muted:
            return None
        told, number = (last[0], last[1]) if last else (None, 0)
        message = grouping.due(group.severity, members, told, now, *delays)
        if not message:
            return None
        if not routing.may_tell(group.severity, channel._hours(), channel._local(now)):
            return None
        ended = self._ended_since(group.key, told)
        return {
            "group_key": group.key,
            "rule_id": group.rule,
            "cluster_id": group.cluster or False,
            "severity": group.severity,
            "why": message.why,
            "hash": message.hash,
            "number": number + 1,
            "alert_count": len(members),
            "ended_count": len(ended),
            "firing_ids": [one.id for one in members[:MOST_NAMED]],
            "ended_ids": ended[:MOST_NAMED],
        }

    def _ended_since(self, key, told):
        if not told or told.ended:
            return []
        return [number for (number,) in self.env.execute_query(SQL(ENDED, key=key, since=told.at))]

    def _note_told(self, wanted, now):
        keys = {one["group_key"] for items in wanted.values() for _severity, one in items}
        if keys:
            fresh = [("group_key", "in", sorted(keys)), ("state", "=", "firing")]
            rows_sudo = self.sudo().search([*fresh, ("muted", "=", False), ("told_at", "=", False)])
            if rows_sudo:
                rows_sudo._put({"told_at": now})

    def _for_incident(self, group, escalation, now):
        """Return the alerts for which the step is due that opens an incident."""
        steps = escalation.step_ids.filtered("opens_incident")
        if not steps:
            return []
        limit = now - timedelta(minutes=min(steps.mapped("delay_minutes")))
        return [
            one.id
            for one, _company, _partner, wanted in group.members
            if not wanted and not one.acknowledged and one.fired_at <= limit
        ]
