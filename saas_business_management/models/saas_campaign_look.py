"""What screens tell of a campaign: figures by stage, for what it waits, the change set.

Owns: computed figures and sentences, the ways to its tenants. Does not own: the course.
"""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.migration import campaign, wave
from .saas_job_look import duration_text

COUNTS = {f"{stage}_count": stage for stage in wave.STAGES}


class SaasCampaign(models.Model):
    _inherit = "saas.campaign"

    tenant_count = fields.Integer(compute="_compute_counts", string="Tenants")
    todo_count = fields.Integer(compute="_compute_counts", string="To Do")
    blocked_count = fields.Integer(
        compute="_compute_counts", string="Blocked", search="_search_blocked_count"
    )
    updating_count = fields.Integer(compute="_compute_counts", string="Updating")
    watching_count = fields.Integer(compute="_compute_counts", string="Watching")
    done_count = fields.Integer(compute="_compute_counts", string="Done")
    rolled_back_count = fields.Integer(
        compute="_compute_counts", string="Rolled Back", search="_search_rolled_back_count"
    )
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    left_out_count = fields.Integer(compute="_compute_counts", string="Left Out")
    setback_count = fields.Integer(compute="_compute_counts", string="Failed or Rolled Back")
    percent = fields.Integer(compute="_compute_counts", string="Progress")
    outage_seconds = fields.Float(
        compute="_compute_timing", string="Longest Outage (Seconds)", digits=(12, 1)
    )
    usual_seconds = fields.Float(
        compute="_compute_timing", string="One Tenant Takes (Seconds)", digits=(12, 1)
    )
    timing_text = fields.Char(compute="_compute_timing", string="Timing")
    left_text = fields.Char(compute="_compute_timing", string="Time Left")
    wave_count = fields.Integer(compute="_compute_waves", string="Waves")
    next_wave = fields.Integer(compute="_compute_waves", string="Next Wave")
    can_start_wave = fields.Boolean(compute="_compute_waves")
    is_rehearsing = fields.Boolean(compute="_compute_rehearsing")
    status_text = fields.Char(compute="_compute_status_text", string="Now")
    changes = fields.Html(compute="_compute_changes", string="Change Set", sanitize=False)

    @api.depends("line_ids.stage")
    def _compute_counts(self):
        groups = self.env["saas.campaign.tenant"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "stage"], ["__count"]
        )
        counts = {(one.id, stage): count for one, stage, count in groups}
        for one in self:
            of = {stage: counts.get((one._origin.id, stage), 0) for stage in wave.STAGES}
            for name, stage in COUNTS.items():
                one[name] = of[stage]
            one.tenant_count = sum(of.values())
            one.setback_count = sum(of[stage] for stage in wave.SETBACKS)
            wanted = one.tenant_count - of[wave.BLOCKED] - of[wave.LEFT_OUT]
            through = wanted - of[wave.TODO] - of[wave.UPDATING]
            one.percent = round(100 * through / wanted) if wanted else 0

    def _search_blocked_count(self, operator, value):
        return self._search_stage(wave.BLOCKED, operator, value)

    def _search_rolled_back_count(self, operator, value):
        return self._search_stage(wave.ROLLED_BACK, operator, value)

    def _search_stage(self, stage, operator, value):
        """Campaigns with any tenant of a stage: `> 0`, or with none: `= 0`."""
        found = ("line_ids", "any", [("stage", "=", stage)])
        if (operator, value) == (">", 0):
            return [found]
        if operator == "in" and set(value) == {0}:
            return ["!", found]
        return NotImplemented

    @api.depends("line_ids.stage", "line_ids.rehearsal_id.state", "at_once")
    def _compute_timing(self):
        for one in self:
            lines = one.line_ids
            done = lines.upgrade_id.filtered("seconds") or lines.rehearsal_id.filtered("seconds")
            took = done.mapped("seconds")
            one.usual_seconds = sum(took) / len(took) if took else 0.0
            one.outage_seconds = max(lines.upgrade_id.mapped("outage_seconds"), default=0.0)
            one.timing_text = one._timing_text()
            one.left_text = one._left_text() or False

    def _timing_text(self):
        if not self.usual_seconds:
            return False
        left = self.todo_count + self.updating_count
        each = self.env._("About %(seconds)s s for one tenant.", seconds=round(self.usual_seconds))
        if not left:
            return each
        return self.env._(
            "%(each)s %(count)s to do: about %(time)s of work, without pauses and windows.",
            each=each,
            count=left,
            time=duration_text(self._seconds_left()),
        )

    def _left_text(self):
        """Return how long the rest takes while it runs, where something is left and known."""
        seconds = self._seconds_left() if self.state in campaign.HOLDING else 0
        return seconds and self.env._("About %(time)s left", time=duration_text(seconds))

    def _seconds_left(self):
        now = fields.Datetime.now()
        at_work = self.line_ids.filtered(lambda line: line.stage == wave.UPDATING)
        elapsed = [(now - at).total_seconds() for at in at_work.mapped("started_at") if at]
        return wave.seconds_left(self.usual_seconds, self.todo_count, self.at_once, elapsed)

    @api.depends("wave_ids", "wave_now", "line_ids.stage", "rests_since", "state")
    def _compute_waves(self):
        for one in self:
            todo = one.line_ids.filtered(lambda line: line.stage == wave.TODO)
            later = [line.wave_number for line in todo if line.wave_number > one.wave_now]
            one.wave_count = len(one.wave_ids)
            one.next_wave = min(later, default=0)
            one.can_start_wave = bool(
                one.state == campaign.RUNNING and one.rests_since and one.next_wave
            )

    @api.depends("line_ids.rehearsal_id.state")
    def _compute_rehearsing(self):
        for one in self:
            one.is_rehearsing = one._is_rehearsing()

    @api.depends("state", "waits", "wake_at", "halt_reason", "wave_now", "line_ids.stage")
    @api.depends_context("lang", "tz")
    def _compute_status_text(self):
        for one in self:
            one.status_text = one._status_text()

    def _status_text(self):
        _ = self.env._
        if self.halt_reason or self.state == campaign.PAUSED:
            return self.halt_reason or _("Paused. Tenants under way go on to their end.")
        if self.state == campaign.PREFLIGHT:
            return self._preflight_text()
        if self.state == campaign.REHEARSED:
            return _("The rehearsal went well. Start when you are ready.")
        return self._running_text() if self.state == campaign.RUNNING else False

    def _preflight_text(self):
        _ = self.env._
        if self.is_rehearsing:
            return _("Copies are being upgraded. Their tenants do not notice.")
        facts = {"ready": self.todo_count, "blocked": self.blocked_count}
        if self.blocked_count:
            return _(
                "%(ready)s tenants are ready, %(blocked)s are blocked: see why below.", **facts
            )
        return _("%(ready)s tenants are ready.", **facts)

    def _running_text(self):
        _ = self.env._
        at = format_datetime(self.env, self.wake_at, dt_format="short") if self.wake_at else ""
        facts = {"at": at, "next": self.next_wave, "now": self.wave_now}
        words = {
            "person": _("Wave %(now)s is through. Wave %(next)s waits for you.", **facts),
            "pause": _("Wave %(now)s is through. Wave %(next)s starts at %(at)s.", **facts),
            "window": _("Waits for a release window; the next opens at %(at)s.", **facts)
            if at
            else _("Waits for a release window. None is to come: see the release calendar."),
            "busy": _("Waits for other operations of its tenants to end."),
            "watch": _("Wave %(now)s is upgraded. Its watch period runs.", **facts),
        }
        return words.get(self.waits) or _("Wave %(now)s is under way.", **facts)

    @api.depends("to_version_id", "template_id", "line_ids.from_version_id", "everyone")
    def _compute_changes(self):
        for one in self:
            one.changes = one._changes_html() if one.to_version_id else False

    def _changes_html(self):
        """Return the change set from each version that tenants come from."""
        tenants = self._chosen()
        versions = self.line_ids.from_version_id or tenants.version_id
        parts = []
        for version in versions.sorted("number"):
            lines = self.line_ids.filtered(lambda line, v=version: line.from_version_id == v)
            count = len(lines) or len(tenants.filtered(lambda one, v=version: one.version_id == v))
            title = self.env._(
                "From %(version)s: %(count)s tenants", version=version.display_name, count=count
            )
            parts.append(Markup('<div class="fw-bold mt-2">{}</div>').format(title))
            parts.append(self.to_version_id._changes_html(version))
        return Markup("").join(parts) or False

    # Ways to its tenants

    def action_view_tenants(self):
        """Open the board of its tenants."""
        return self._show_tenants(self.env._("Tenants of %(name)s", name=self.display_name))

    def action_view_blocked(self):
        """Open what is blocked, with the reason."""
        title = self.env._("Blocked in %(name)s", name=self.display_name)
        return self._show_tenants(title, search_default_blocked=1)

    def action_view_setbacks(self):
        """Open what failed or was rolled back."""
        title = self.env._("Failed or Rolled Back in %(name)s", name=self.display_name)
        return self._show_tenants(title, search_default_setbacks=1)

    def action_view_report(self):
        """Open a row per tenant with its times, to be exported."""
        action = self._show_tenants(self.env._("Report of %(name)s", name=self.display_name))
        views = sorted(action["views"], key=lambda view: view[1] != "list")
        return dict(action, views=views, view_mode="list,kanban,form")

    def _show_tenants(self, title, **context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_campaign_tenant"
        )
        views = [(False, "kanban"), (False, "list"), (False, "form")]
        return dict(
            action,
            domain=[("campaign_id", "=", self.id)],
            context=context,
            path=False,
            display_name=title,
            views=views,
            view_mode="kanban,list,form",
        )


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    campaign_count = fields.Integer(compute="_compute_campaign_count", string="Campaigns")

    def _compute_campaign_count(self):
        groups = self.env["saas.campaign"]._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]
        )
        counts = {template.id: count for template, count in groups}
        for template in self:
            template.campaign_count = counts.get(template._origin.id, 0)

    def action_view_campaigns(self):
        """Open the campaigns over tenants of this template."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_campaign"
        )
        return dict(
            action,
            domain=[("template_id", "=", self.id)],
            context={"default_template_id": self.id},
            path=False,
        )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    campaign_count = fields.Integer(compute="_compute_campaign_count", string="Campaigns")

    def _compute_campaign_count(self):
        groups = self.env["saas.campaign.tenant"]._read_group(
            [("tenant_id", "in", self.ids)], ["tenant_id"], ["__count"]
        )
        counts = {tenant.id: count for tenant, count in groups}
        for tenant in self:
            tenant.campaign_count = counts.get(tenant._origin.id, 0)

    def action_view_campaigns(self):
        """Open what campaigns did to this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_campaign_tenant"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Campaigns of %(name)s", name=self.display_name),
        )
