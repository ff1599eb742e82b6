"""A campaign: one template version for many tenants, in waves.

Owns: the record, its terms, which tenants were chosen. Does not own: its course
(`saas_campaign_course.py`), looking at tenants before (`saas_campaign_check.py`), what runs
(`saas_campaign_drive.py`), figures and sentences of its screens (`saas_campaign_look.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..kernel.migration import campaign
from .saas_upgrade import MODES

STATES = [
    (campaign.DRAFT, "Draft"),
    (campaign.PREFLIGHT, "Preflight"),
    (campaign.REHEARSED, "Rehearsed"),
    (campaign.RUNNING, "Running"),
    (campaign.PAUSED, "Paused"),
    (campaign.DONE, "Done"),
    (campaign.STOPPED, "Stopped"),
]
assert [state for state, _label in STATES] == [*campaign.STATES]
GUARDED = {
    *("state", "wave_now", "rests_since", "forgiven", "waits", "wake_at", "halt_reason"),
    *("started_at", "ended_at", "line_ids", "wave_ids"),
}
# What was looked at in preflight; changing it makes that worthless.
CHECKED = {
    *("template_id", "to_version_id", "everyone", "tenant_ids", "canary_ids", "canary_count"),
    *("wave_size", "mode"),
}
MOST_AT_ONCE = 20
_COURSE = object()


class SaasCampaign(models.Model):
    _name = "saas.campaign"
    _description = "Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.noted.export"]
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
    )
    template_id = fields.Many2one(
        "saas.template",
        string="Tenant Template",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    to_version_id = fields.Many2one(
        "saas.template.version",
        string="New Version",
        compute="_compute_to_version_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('template_id', '=', template_id), ('state', '=', 'published')]",
        help="Tenants are brought to it.",
    )
    state = fields.Selection(
        STATES,
        default=campaign.DRAFT,
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        copy=False,
        group_expand=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        index=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        ondelete="set null",
        help="Is told when the campaign waits for a person or stopped by itself.",
    )

    # Which tenants
    everyone = fields.Boolean(
        string="All Older Tenants",
        default=True,
        help="Every open tenant of the template whose version is older.",
    )
    tenant_ids = fields.Many2many(
        "saas.tenant", "saas_campaign_chosen_rel", string="Chosen Tenants", copy=False
    )
    canary_ids = fields.Many2many(
        "saas.tenant",
        "saas_campaign_canary_rel",
        string="Canaries",
        copy=False,
        help="They go first and alone. Empty: the smallest ones, of each version they come from.",
    )

    # Terms
    mode = fields.Selection(
        MODES,
        string="How",
        default="staged",
        required=True,
        help="On a copy: the tenant works on until the updated copy is swapped in.",
    )
    canary_count = fields.Integer(string="Number of Canaries", default=1)
    wave_size = fields.Integer(string="Tenants per Wave", default=10)
    at_once = fields.Integer(string="At Once", default=2, tracking=True)
    stop_after = fields.Integer(
        string="Stop After",
        default=3,
        tracking=True,
        help="So many tenants that failed or were rolled back stop the campaign. No more than "
        "these can fail: so many are under way at most.",
    )
    pause_minutes = fields.Integer(
        string="Pause Between Waves (Minutes)", default=60, tracking=True
    )
    by_itself = fields.Boolean(
        string="Waves Follow by Themselves",
        tracking=True,
        help="After the pause. Off: a person starts each wave.",
    )
    start_at = fields.Datetime(string="Not Before", tracking=True, copy=False)
    needs_rehearsal = fields.Boolean(string="Rehearse First", default=True, tracking=True)
    sample_count = fields.Integer(
        string="Tenants to Rehearse",
        default=1,
        help="The largest ones, of each version they come from, on copies that send nothing.",
    )
    tell_customers = fields.Boolean(
        string="Tell Customers",
        default=True,
        tracking=True,
        help="By mail: when it is planned, and what came of it.",
    )
    note = fields.Html(string="Notes")

    # Course
    line_ids = fields.One2many("saas.campaign.tenant", "campaign_id", readonly=True, copy=False)
    wave_ids = fields.One2many("saas.campaign.wave", "campaign_id", readonly=True, copy=False)
    wave_now = fields.Integer(string="Wave Now", readonly=True, copy=False)
    rests_since = fields.Datetime(readonly=True, copy=False)
    forgiven = fields.Integer(readonly=True, copy=False)
    waits = fields.Char(readonly=True, copy=False)
    wake_at = fields.Datetime(readonly=True, copy=False)
    halt_reason = fields.Char(string="Why It Stopped", readonly=True, copy=False)
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended", readonly=True, copy=False)

    _terms_positive = models.Constraint(
        "CHECK (wave_size > 0 AND at_once > 0 AND stop_after > 0 AND canary_count >= 0 "
        "AND sample_count > 0 AND pause_minutes >= 0)",
        "Waves, rehearsals and the number to stop after begin at 1; a pause is not negative.",
    )

    @api.depends("template_id", "to_version_id")
    def _compute_name(self):
        for one in self:
            if not one.name or one.to_version_id != one._origin.to_version_id:
                one.name = self.env._(
                    "Upgrade to %(version)s",
                    version=one.to_version_id.display_name or one.template_id.name or "",
                )

    @api.depends("template_id")
    def _compute_to_version_id(self):
        for one in self:
            if one.to_version_id.template_id != one.template_id:
                one.to_version_id = one.template_id.published_version_id

    @api.constrains("at_once")
    def _check_at_once(self):
        for one in self:
            if one.at_once > MOST_AT_ONCE:
                raise ValidationError(
                    self.env._("At most %(count)s tenants go at once.", count=MOST_AT_ONCE)
                )

    @api.constrains("template_id", "to_version_id", "tenant_ids", "canary_ids")
    def _check_template(self):
        for one in self:
            if one.to_version_id.template_id != one.template_id:
                raise ValidationError(self.env._("Choose a version of the campaign's template."))
            strange = (one.tenant_ids | one.canary_ids).filtered(
                lambda tenant, one=one: tenant.template_id != one.template_id
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(tenant)s was made from another template. Take it out of this campaign.",
                        tenant=strange[:1].display_name,
                    )
                )

    # Who writes

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_guarded(vals)
        if not self._is_course() and CHECKED & set(vals):
            for one in self:
                if one.state != campaign.DRAFT:
                    raise UserError(
                        self.env._(
                            "These terms were looked at in preflight. Choose Change first; it "
                            "brings the campaign back to draft."
                        )
                    )
        done = super().write(vals)
        if not self._is_course() and any(one.state in campaign.HOLDING for one in self):
            self._look_soon()
        return done

    def _is_course(self):
        return self.env.context.get("saas_course") is _COURSE

    def _refuse_guarded(self, vals):
        if self._is_course():
            return
        if any(
            vals[name] not in (False, campaign.DRAFT, 0, [], None) for name in GUARDED & {*vals}
        ):
            raise UserError(
                self.env._("The course of a campaign is not written by hand: use its buttons.")
            )

    def _put_course(self, vals):
        self.with_context(saas_course=_COURSE).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(one.state != campaign.DRAFT or one.line_ids for one in self):
            raise UserError(
                self.env._("Only a draft can be deleted. Others stay: they say what was done.")
            )

    # Which tenants

    @api.private
    def _chosen(self):
        """Return the tenants it is for: those chosen, or all open ones with an older version."""
        self.ensure_one()
        if not self.everyone:
            return self.tenant_ids
        found = self.env["saas.tenant"].search(self._older_domain(), order="id")
        return found | self.canary_ids.filtered(lambda one: one.version_id != self.to_version_id)

    def _older_domain(self):
        return [
            ("template_id", "=", self.template_id.id),
            ("state", "in", ("trial", "active", "suspended", "migrating")),
            ("version_id.number", "<", self.to_version_id.number),
        ]
