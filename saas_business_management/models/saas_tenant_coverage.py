"""Coverage: what became of a tenant's backups on each of the last days, and how old they are.

Owns: the strip and its words, ages, the buttons of the screen. Does not own: what a day is called
(`kernel/backup/coverage.py`), badges (`saas_tenant_backup.py`), order and groups of the list
(`saas_tenant_coverage_order.py`).
"""

from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time
from odoo.tools.misc import babel_locale_parse, get_lang

from ..kernel.backup import coverage, evidence
from .saas_tenant_backup_policy import BACKED_UP

# Any other state is on its way out, or gone.
ATTEMPTS = {
    "running": coverage.RUNNING,
    "stored": coverage.KEPT,
    "expired": coverage.KEPT,
    "failed": coverage.BROKE,
}
EVIDENCE = ("backup_policy_effective_id", "backup_last_at", "backup_proven_at", "state")
NO_DAY = "—"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    backup_strip = fields.Json(compute="_compute_backup_strip", string="Last 14 Days")
    backup_gap_at = fields.Datetime(
        compute="_compute_backup_ages",
        string="Gap From",
        help="When its last backup becomes too old for its schedule; the worst gap comes first.",
    )
    backup_last_ago = fields.Char(compute="_compute_backup_ages", string="Last Backup Before")
    backup_proven_ago = fields.Char(compute="_compute_backup_ages", string="Proven Restore")
    backup_proven_short = fields.Char(compute="_compute_backup_ages", string="Proven")
    backup_gap_text = fields.Char(compute="_compute_backup_ages", string="Gap")
    backup_missing_text = fields.Char(compute="_compute_backup_ages", string="What Is Missing")

    @api.depends(*EVIDENCE, "backup_verified_at", "backup_badge")
    @api.depends_context("lang")
    def _compute_backup_ages(self):
        now = fields.Datetime.now()
        for tenant in self:
            made, told = tenant._backup_made(), tenant._backup_schedule()
            gap_at = made.fresh_at + told[0].gap_limit if told else None
            tenant.backup_gap_at = gap_at.replace(tzinfo=None) if gap_at else False
            is_gap = gap_at and tenant.backup_gap_at < now
            fresh_at = made.fresh_at.replace(tzinfo=None)
            tenant.backup_gap_text = self._ago(now - fresh_at) if is_gap else NO_DAY
            tenant.backup_missing_text = tenant._missing_text(now)
            last_at, proven_at = tenant.backup_last_at, tenant.backup_proven_at
            tenant.backup_last_ago = self._ago(now - last_at) if last_at else self.env._("Never")
            tenant.backup_proven_ago = tenant.backup_proven_short = self.env._("Never")
            if proven_at:
                age, seconds = self._ago(now - proven_at), round(tenant.backup_proven_seconds)
                tenant.backup_proven_short = age
                tenant.backup_proven_ago = self.env._(
                    "%(age)s · %(seconds)s s", age=age, seconds=seconds
                )

    def _missing_text(self, now):
        """Return since when there is no verified backup, or how old the last proof is."""
        if not self.backup_verified_at:
            return self.env._("No verified backup")
        if self.backup_badge == evidence.GAP:
            age = self._ago(now - self.backup_verified_at)
            return self.env._("No verified backup for %(age)s", age=age)
        if not self.backup_proven_at:
            return self.env._("Never restored to prove it")
        age = self._ago(now - self.backup_proven_at)
        return self.env._("No proven restore for %(age)s", age=age)

    @api.model
    def _ago(self, span):
        """Return an age in the shortest words of the reader's language: 2h, 26h, 3d."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_timedelta(
            max(span, timedelta()),
            granularity="minute",
            threshold=2,
            format="narrow",
            locale=locale,
        )

    # The strip

    @api.depends(*EVIDENCE, "backup_failure_at", "backup_tried_at")
    @api.depends_context("lang")
    def _compute_backup_strip(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        attempts = self._backup_attempts(now)
        say_day = cache(lambda day: format_date(self.env, day, date_format="d MMM"))
        say_time = cache(lambda time: format_time(self.env, time, time_format="short"))
        for tenant in self:
            plan = tenant._coverage_plan()
            cells = coverage.strip(plan, attempts[tenant._origin.id], now)

            def say(instant, day, zone=plan.zone):
                """Return the time in the zone of the strip, with its day when it is another."""
                local = instant.astimezone(zone)
                shown = say_time(local.time().replace(second=0, microsecond=0))
                return shown if local.date() == day else f"{say_day(local.date())} {shown}"

            tenant.backup_strip = [self._cell_shown(one, say_day, say) for one in cells]

    def _coverage_plan(self):
        """Return what the kernel measures the days by; the zone is that of its backups."""
        self.ensure_one()
        told = self._backup_schedule()
        if told:
            return coverage.Plan(*told, since_at=self._backup_made().since_at)
        return coverage.Plan(None, self._strip_zone())

    def _strip_zone(self):
        policy_sudo = self.backup_policy_effective_id.sudo()
        if policy_sudo:
            return ZoneInfo(policy_sudo._zone_name(self.sudo()))
        return ZoneInfo(self.sudo().company_id.partner_id.tz or "UTC")

    def _backup_attempts(self, now):
        """Return what was tried for these tenants in the days of the strip, by tenant id; two
        queries, however many there are.
        """
        ids = [one for one in self._origin.ids if one]
        since = (now - timedelta(days=coverage.DAYS + 1) - coverage.LOOK_BACK).replace(tzinfo=None)
        self.env["saas.backup"].flush_model()
        self.env["saas.backup.check"].flush_model()
        made = SQL(
            "SELECT id, tenant_id, state, started_at, taken_at FROM saas_backup"
            " WHERE tenant_id = ANY(%s) AND started_at >= %s",
            ids,
            since,
        )
        rows = self.env.execute_query(made) if ids else []
        checks = self._checks_of([row[0] for row in rows])
        attempts = defaultdict(list)
        for number, tenant_id, state, begun_at, taken_at in rows:
            attempts[tenant_id].append(
                coverage.Attempt(
                    ATTEMPTS.get(state, coverage.GONE),
                    _aware(begun_at),
                    _aware(taken_at),
                    tuple(checks[number]),
                )
            )
        return attempts

    @api.model
    def _checks_of(self, backup_ids):
        looked = SQL(
            "SELECT backup_id, level, outcome, at FROM saas_backup_check WHERE backup_id = ANY(%s)",
            backup_ids,
        )
        found = defaultdict(list)
        for number, level, outcome, at in self.env.execute_query(looked) if backup_ids else ():
            found[number].append(evidence.Check(int(level), outcome, _aware(at)))
        return found

    @api.model
    def _cell_shown(self, cell, say_day, say):
        """Return a cell as the screen draws it: its day, its state, what is said of it."""
        told = {"stored": cell.stored_at, "proven": cell.proven_at, "failed": cell.failed_at}
        facts = {name: say(at, cell.day) for name, at in told.items() if at}
        facts |= {"day": say_day(cell.day), "count": cell.stored, "turns": cell.turns}
        title = self._cell_title(cell) % facts
        return {"day": cell.day.isoformat(), "state": cell.state, "title": title}

    @api.model
    def _cell_title(self, cell):
        _ = self.env._
        if cell.state == coverage.PROVEN:
            return _("%(day)s: stored %(stored)s, proven %(proven)s")
        if cell.state == coverage.STORED and cell.is_gone:
            return _("%(day)s: stored %(stored)s, deleted since")
        if cell.state == coverage.STORED:
            return _("%(day)s: stored %(stored)s, not restored")
        if cell.state == coverage.FAILED:
            return _("%(day)s: failed %(failed)s")
        if cell.is_running:
            return _("%(day)s: running")
        if cell.state == coverage.MISSED and cell.stored:
            return _("%(day)s: missed, %(count)s of %(turns)s stored")
        return _("%(day)s: missed") if cell.state == coverage.MISSED else _("%(day)s: not due")

    # Buttons and links

    def action_view_backups_on(self, day):
        """Open the backups of one day (`2026-03-03`, in the zone of the tenant's backups)."""
        self.ensure_one()
        self.check_access("read")
        try:
            shown = date.fromisoformat(day)
        except (TypeError, ValueError):
            raise UserError(self.env._("This is no day.")) from None
        zone = self._coverage_plan().zone
        begin, end = (
            coverage.starts_at(one, zone).astimezone(timezone.utc).replace(tzinfo=None)
            for one in (shown, shown + timedelta(days=1))
        )
        within = lambda name: Domain(name, ">=", begin) & Domain(name, "<", end)  # noqa: E731
        of_day = within("taken_at") | (Domain("taken_at", "=", False) & within("started_at"))
        name = self.env._(
            "Backups of %(name)s on %(day)s", name=self.name, day=format_date(self.env, shown)
        )
        domain = Domain("tenant_id", "=", self.id) & of_day
        return self.env["saas.backup"]._show(list(domain), name)

    @api.model
    def get_empty_list_help(self, help_message):
        """An empty list of coverage says how things stand, not only that it is empty."""
        if self.env.context.get("saas_coverage"):
            help_message = self._coverage_news()
        return super().get_empty_list_help(help_message)

    @api.model
    def _coverage_news(self):
        _ = self.env._
        covered = Domain("state", "in", BACKED_UP) & Domain("database_id", "!=", False)
        week = fields.Datetime.now() - timedelta(days=7)
        unproven = Domain("backup_proven_at", "=", False) | Domain("backup_proven_at", "<", week)
        count = self.search_count(covered & unproven)
        face, said, next_step = "neutral_face", "", ""
        if not self.search_count(covered, limit=1):
            face, said = "smiling_face", _("No tenant has a database yet")
            next_step = _("Each one stands here with what became of its backups day by day.")
        elif not count:
            said = _("Every tenant has a proven restore younger than 7 days.")
        elif self.search_count(Domain("backup_badge", "=", "gap"), limit=1):
            face, said = "empty_folder", _("Nothing matches these filters")
        else:
            said = _("No gaps: every tenant with a backup policy is backed up in time.")
            next_step = _("Not proven by a restore in the last 7 days: %(count)s.", count=count)
        return f'<p class="o_view_nocontent_{face}">{said}</p><p>{next_step}</p>'


def _aware(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=timezone.utc) if instant else None
