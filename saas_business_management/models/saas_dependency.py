"""An outside service that tenants or the platform need: a payment provider, a carrier, a partner.

Owns: where it is, how it is checked, who needs it, how it stands. Does not own: checking
(`saas_dependency_check.py`), what a check means (`kernel/monitoring/dependency.py`), calls of
services that call us (`saas_dependency_beat.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import messages
from ..kernel.errors import Refused
from ..kernel.monitoring import dependency
from ..kernel.outgoing.address import parse_door
from ..kernel.outgoing.page import parse_page
from ..messages.dependency import REASONS

KINDS = [
    (dependency.HTTP, "Web Page or API"),
    (dependency.TCP, "Connection to a Port"),
    (dependency.HEARTBEAT, "It Calls Us"),
]
STATES = [(dependency.UP, "Up"), (dependency.DOWN, "Down"), (dependency.UNKNOWN, "Unknown")]
SERVES = [
    ("all", "Every Tenant"),
    ("clusters", "Tenants of Clusters"),
    ("tenants", "Chosen Tenants"),
    ("platform", "The Platform Itself"),
]
CRITICALITIES = [
    ("low", "Low: Nobody Notices for a Day"),
    ("medium", "Medium: Work Is Slower"),
    ("high", "High: Work Stops"),
]
# Changes of these are noted in the audit log.
NOTED = ("kind", "address", "inside_allowed", "status", "marker", "minutes", "active")
# What only checks write.
GUARDED = frozenset(
    {
        *("state", "reason", "state_since", "misses", "checked_at", "response_ms"),
        *("beat_at", "beat_hash", "state_rank"),
    }
)
_AT_WORK = object()


class SaasDependency(models.Model):
    _name = "saas.dependency"
    _description = "Dependency"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state_rank desc, name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    kind = fields.Selection(
        KINDS, string="Checked By", required=True, default=dependency.HTTP, tracking=True
    )
    address = fields.Char(
        tracking=True,
        help="A page such as https://api.example.com/status, or a host and port such as "
        "smtp.example.com:587.",
    )
    inside_allowed = fields.Boolean(
        string="Inside Our Network",
        tracking=True,
        help="Allow an address of this machine or network, without TLS and on any port. Off: only "
        "public addresses.",
    )
    status = fields.Integer(
        string="Expected Status",
        tracking=True,
        help="The HTTP status of a good answer. 0: any from 200 to 399.",
    )
    marker = fields.Char(
        string="Expected Text",
        tracking=True,
        help="Has to stand in the first 64 KB of the answer. Empty: whatever is there.",
    )
    minutes = fields.Integer(
        string="Every (min)",
        required=True,
        default=5,
        tracking=True,
        help="How often it is checked, or how often it calls us. Two calls may be missed.",
    )
    criticality = fields.Selection(CRITICALITIES, required=True, default="medium", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        default=lambda self: self.env.user,
        help="Who speaks with the provider of this service.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Provider",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one("res.company", string="Company", index=True, tracking=True)
    serves = fields.Selection(
        SERVES, string="Needed By", required=True, default="all", tracking=True
    )
    cluster_ids = fields.Many2many("saas.cluster", string="Clusters", check_company=True)
    tenant_ids = fields.Many2many("saas.tenant", string="Tenants", check_company=True)
    map_ids = fields.One2many("saas.dependency.map", "dependency_id", readonly=True)
    tenant_count = fields.Integer(compute="_compute_tenant_count", string="Tenants Affected")
    note = fields.Html(string="Notes", help="What to do and whom to call when it is down.")
    state = fields.Selection(
        STATES,
        default=dependency.UNKNOWN,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    # Down before unknown before up; what was never checked is unknown.
    state_rank = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    state_since = fields.Datetime(readonly=True, copy=False, string="Since")
    reason = fields.Char(
        readonly=True, copy=False, default=dependency.NEVER, string="Code of the Reason"
    )
    reason_text = fields.Char(compute="_compute_reason_text", string="Why")
    misses = fields.Integer(readonly=True, copy=False, string="Misses in a Row")
    checked_at = fields.Datetime(readonly=True, copy=False, string="Last Checked")
    response_ms = fields.Integer(readonly=True, copy=False, string="Answer (ms)", aggregator="avg")

    _minutes_range = models.Constraint(
        "CHECK (minutes BETWEEN 1 AND 1440)",
        "A dependency is checked every 1 to 1440 minutes.",
    )
    _status_range = models.Constraint(
        "CHECK (status = 0 OR status BETWEEN 100 AND 599)",
        "The expected status is between 100 and 599, or 0 for any good one.",
    )

    @api.depends("reason")
    def _compute_reason_text(self):
        for one in self:
            if not one.reason:
                one.reason_text = False
            elif one.reason in REASONS:
                one.reason_text = self.env._(REASONS[one.reason])
            else:
                one.reason_text = messages.code_text(self.env, one.reason)

    @api.depends("serves", "cluster_ids", "tenant_ids")
    def _compute_tenant_count(self):
        counts = dict(
            self.env["saas.dependency.map"]._read_group(
                [("dependency_id", "in", self.ids), ("tenant_id", "!=", False)],
                ["dependency_id"],
                ["tenant_id:count_distinct"],
            )
        )
        for one in self:
            one.tenant_count = counts.get(one, 0)

    @api.constrains("kind", "address", "inside_allowed")
    def _check_address(self):
        for one in self.filtered(lambda one: one.kind != dependency.HEARTBEAT):
            try:
                parse = parse_page if one.kind == dependency.HTTP else parse_door
                parse(one.address or "", one.inside_allowed)
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    # Writing

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
        made = super().create(
            [{**vals, "address": (vals.get("address") or "").strip()} for vals in vals_list]
        )
        for one in made:
            told = {"address": one.address or ""}
            self.env["saas.audit.entry"]._note("dependency_created", one, **told)
        return made

    def write(self, vals):
        self._refuse_guarded(vals)
        if "address" in vals:
            vals = {**vals, "address": (vals["address"] or "").strip()}
        names = [name for name in NOTED if name in vals]
        before = {one.id: {name: one[name] for name in names} for one in self}
        done = super().write(vals)
        for one in self:
            changed = {
                name: [before[one.id][name], one[name]]
                for name in names
                if before[one.id][name] != one[name]
            }
            if changed:
                self.env["saas.audit.entry"]._note("dependency_changed", one, **changed)
        return done

    def _refuse_guarded(self, vals):
        if self.env.context.get("saas_dependency_at_work") is _AT_WORK:
            return
        if GUARDED & set(vals):
            raise UserError(
                self.env._("How a dependency stands is found by checks, not written by hand.")
            )

    @api.private
    def _put(self, vals):
        """Write what only checks write."""
        self.sudo().with_context(saas_dependency_at_work=_AT_WORK).write(vals)

    # Buttons

    def action_check(self):
        """Have these checked now."""
        self._check_operator()
        for one in self:
            if not one.active:
                raise UserError(self.env._("Unarchive this dependency first."))
            self.env["saas.job"].sudo()._enqueue(
                "check_dependencies",
                spec={"only": one.id},
                dedupe_key=f"check_dependencies:{one.id}",
                priority=1,
            )
        return True

    def action_view_tenants(self):
        """Open the tenants that need it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        numbers = self.map_ids.tenant_id.ids
        return {**action, "domain": [("id", "in", numbers)], "context": {}, "path": False}

    def _check_operator(self):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
