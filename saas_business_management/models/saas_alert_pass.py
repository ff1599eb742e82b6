"""One pass a minute over the whole fleet: which alerts begin, fire, and are resolved.

Owns: the pass, its lock, writing what it found, rules that cannot be judged. Does not own: when an
alert changes (`kernel/alerting/course.py`), figures and subjects (`saas_alert_facts.py`), muting,
telling.
"""

import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2 import Error as DatabaseError

from ..kernel.alerting import course, label
from ..kernel.alerting.course import FLAP_WINDOW, Open
from ..kernel.monitoring import layers
from .saas_alert import RANKS
from .saas_alert_facts import Figures, Subjects

_logger = logging.getLogger(__name__)
# Pair (10, 0); named in `adapters/postgres/locks.py`.
WATCH_LOCK = 10
OPENED = """
SELECT id, rule_id, subject_id, state, since, clear_since FROM saas_alert
 WHERE state IN ('pending', 'firing')
"""
FLIPS = """
SELECT rule_id, subject_id,
       count(*) FILTER (WHERE fired_at > %(since)s) + count(*) FILTER (WHERE ended_at > %(since)s)
  FROM saas_alert WHERE fired_at > %(since)s OR ended_at > %(since)s
 GROUP BY rule_id, subject_id
"""
VALUES = """
UPDATE saas_alert AS a SET value = new.value
  FROM unnest(%(ids)s::int[], %(values)s::float8[]) AS new (id, value)
 WHERE a.id = new.id AND a.value IS DISTINCT FROM round(new.value::numeric, 3)
"""
# What a rule may stumble over without stopping the others.
STUMBLES = (DatabaseError, KeyError, ValueError, TypeError, ArithmeticError)


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    def _cron_pass(self):
        """Judge every rule, mute what is explained, then tell who has to know."""
        if not self._take_lock():
            return
        now = fields.Datetime.now()
        self._pass(now)
        self.env["ir.cron"]._commit_progress(1, remaining=1)
        if self._take_lock():
            self._notify(fields.Datetime.now())
        self._beat()
        self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _take_lock(self):
        """Tell whether nobody else is at a pass; held until the transaction ends."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, 0)", WATCH_LOCK))[
            0
        ][0]

    @api.model
    @api.private
    def _pass(self, now):
        """Judge every rule at a naive instant; return what began to fire and what ended."""
        self.env.flush_all()
        gap = self.env["saas.alert.watch"]._note(now)
        figures, subjects = Figures(self.env, now), Subjects(self.env)
        opened, flips = self._opened(), self._flips(now)
        rules = self.env["saas.alert.rule"].sudo().search([])
        fired = resolved = self.browse()
        for rule in rules:
            mine = {
                subject: (number, Open(state, since, clear, flips.get((rule.id, subject), 0)))
                for subject, (number, state, since, clear) in opened.get(rule.id, {}).items()
            }
            new, over = self._judge(rule, figures, subjects, mine, now, gap)
            fired |= new
            resolved |= over
        resolved |= self._end_archived(rules, now)
        self._mute(now)
        self.env["saas.alert.watch"]._judged(len(rules), len(rules.filtered("broken_text")))
        self._after_pass(fired, resolved)
        return fired, resolved

    def _judge(self, rule, figures, subjects, opened, now, gap):
        try:
            with self.env.cr.savepoint():
                found = self._judged(rule, figures, subjects, opened, now, gap)
        except STUMBLES as error:
            self.env.invalidate_all()
            if rule._broke(self._broken_words(error)):
                _logger.warning("rule %s cannot be judged", rule.code, exc_info=True)
            if isinstance(error, KeyError):
                rule._outlived(error.args[0])
            return self.browse(), self.browse()
        rule._broke("")
        return found

    def _broken_words(self, error):
        if isinstance(error, KeyError):
            return self.env._("Nobody keeps the metric “%(metric)s”.", metric=error.args[0])
        if isinstance(error, ValueError):
            return self.env._("It has no condition that can be judged.")
        return self.env._(
            "Judging it failed (%(kind)s). The log says why.", kind=type(error).__name__
        )

    def _judged(self, rule, figures, subjects, opened, now, gap):
        one = rule._to_rule()
        there = subjects.watched(one.scope, rule.layer)
        moves = defaultdict(list)
        seen = figures.by_subject(one)
        for move in course.run(
            one,
            there,
            seen,
            {subject: before for subject, (_number, before) in opened.items()},
            now,
            gap,
            subjects.thresholds(rule) if one.scope == layers.TENANT else None,
        ):
            known = opened.get(move.subject)
            moves[move.to, known is None].append((move, known and known[0]))
        numbers = lambda to: [number for _move, number in moves[to, False]]  # noqa: E731
        self._lose(numbers(course.DROPPED))
        self._change(numbers(course.CLEARING), clear_since=now)
        self._change(numbers(course.HOLDING), clear_since=None)
        self._change(numbers(course.RESTARTED), since=now)
        resolved = self._change(numbers(course.RESOLVED), state=course.RESOLVED, ended_at=now)
        fired = self._change(numbers(course.FIRING), state=course.FIRING, fired_at=now)
        for state in (course.PENDING, course.FIRING):
            made = self._make(rule, there, [move for move, _n in moves[state, True]], state, now)
            fired |= made if state == course.FIRING else self.browse()
        self._value({number: one.value(seen.get(at, {})) for at, (number, _b) in opened.items()})
        return fired, resolved

    # Writing, set by set

    def _opened(self):
        found = defaultdict(dict)
        for number, rule, subject, *rest in self.env.execute_query(SQL(OPENED)):
            found[rule][subject] = (number, *rest)
        return found

    def _flips(self, now):
        rows = self.env.execute_query(SQL(FLIPS, since=now - FLAP_WINDOW))
        return {(rule, subject): int(count) for rule, subject, count in rows}

    def _make(self, rule, there, moves, state, now):
        """Open alerts of a rule; who owns the tenant or nobody is their owner."""
        if not moves:
            return self.browse()
        rows = []
        for move in moves:
            about = there[move.subject]
            rows.append(
                {
                    **about.links,
                    "rule_id": rule.id,
                    "code": rule.code,
                    "severity": rule.severity,
                    "rank": RANKS[rule.severity],
                    "layer": rule.layer,
                    "scope": rule.scope,
                    "state": state,
                    "fingerprint": label.fingerprint(rule.code, about.labels),
                    "group_key": label.group(about.links.get("cluster_id") or 0, rule.code),
                    "subject_id": move.subject,
                    "since": now,
                    "fired_at": now if state == course.FIRING else False,
                    "value": move.value or 0.0,
                }
            )
        return self._at_work().create(rows)._hands_off()

    def _change(self, numbers, **values):
        """Write the same into many; the ORM's own update is one statement for them all."""
        rows = self.browse(numbers)
        if rows:
            rows._put({name: value or False for name, value in values.items()})
        return rows

    def _lose(self, numbers):
        """Forget what was pending and did not come true."""
        if numbers:
            self.browse(numbers)._at_work()._drop()

    def _value(self, values):
        known = {number: value for number, value in values.items() if value is not None}
        if known:
            self.flush_model()
            asked = {"ids": list(known), "values": list(known.values())}
            self.env.cr.execute(SQL(VALUES, **asked))
            self.browse(known).invalidate_recordset(["value"])

    def _end_archived(self, rules, now):
        """End what belongs to rules that nobody judges any more."""
        rows_sudo = self.sudo().search(
            [("state", "in", ("pending", "firing")), ("rule_id", "not in", rules.ids)]
        )
        pending = rows_sudo.filtered(lambda one: one.state == course.PENDING)
        self._lose(pending.ids)
        firing = rows_sudo - pending
        return self._change(firing.ids, state=course.RESOLVED, ended_at=now)
