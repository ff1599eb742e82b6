"""A tenant: one customer's own Odoo, as people order it and look at it.

Owns: who it is for, its name and address, what it is made from. Does not own: its state
(`saas_tenant_lifecycle.py`),
making it (`saas_tenant_provision.py`, `jobs/`).
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from .. import messages
from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused
from ..kernel.lifecycle.states import HOLDS_NAME, SERVING
from ..kernel.provisioning import naming

STATES = [
    ("draft", "Draft"),
    ("provisioning", "Provisioning"),
    ("trial", "Trial"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("archived", "Archived"),
    ("migrating", "Migrating"),
    ("deleting", "Deleting"),
    ("deleted", "Deleted"),
    ("failed", "Failed"),
]
REASONS = [
    ("payment", "Unpaid invoice"),
    ("quota", "Over a limit"),
    ("trial_end", "Trial ended"),
    ("manual", "Closed by an operator"),
    ("security", "Security check"),
]
FIXED_AFTER_DRAFT = {
    "subdomain",
    "template_id",
    "cluster_id",
    "company_id",
    "admin_email",
    "admin_name",
}


class SaasTenant(models.Model):
    _name = "saas.tenant"
    _description = "Tenant"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations"]
    _order = "name, id"
    _job_link = "tenant_id"
    _rec_names_search = ["name", "subdomain", "host"]
    _check_company_auto = True

    name = fields.Char(
        required=True, tracking=True, help="What people call it, such as Acme Retail."
    )
    subdomain = fields.Char(
        required=True, copy=False, tracking=True, help="First part of its web address."
    )
    subdomain_hint = fields.Char(compute="_compute_subdomain_hint")
    subdomain_free = fields.Boolean(compute="_compute_subdomain_hint")
    host = fields.Char(compute="_compute_host", store=True, string="Host Name")
    url = fields.Char(compute="_compute_host", store=True, string="Address")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        tracking=True,
        check_company=True,
        help="Empty: made from the administrator when it is provisioned.",
    )
    admin_name = fields.Char(string="Administrator", required=True, tracking=True)
    admin_email = fields.Char(string="Administrator E-Mail", required=True, tracking=True)
    template_id = fields.Many2one(
        "saas.template",
        string="Tenant Template",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
        check_company=True,
    )
    version_id = fields.Many2one(
        "saas.template.version",
        string="Template Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    plan_id = fields.Many2one(
        "saas.plan",
        string="Plan",
        index=True,
        tracking=True,
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "plan")],
    )
    cluster_id = fields.Many2one(
        "saas.cluster",
        string="Cluster",
        index=True,
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="Empty: chosen when it is provisioned.",
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    reason = fields.Selection(
        REASONS, readonly=True, copy=False, tracking=True, string="Closed Because"
    )
    state_since = fields.Datetime(
        string="Since", readonly=True, copy=False, default=lambda self: fields.Datetime.now()
    )
    served_as = fields.Char(readonly=True, copy=False)
    restricted = fields.Boolean(readonly=True, copy=False)
    database_id = fields.Many2one("saas.database", readonly=True, copy=False, ondelete="restrict")
    public_id = fields.Char(
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.token_urlsafe(16),
        string="Reference",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        default=lambda self: self.env.user,
        check_company=True,
    )
    trial_end_on = fields.Date(string="Trial Ends", readonly=True, copy=False, tracking=True)
    deletion_on = fields.Date(
        string="Deleted On",
        readonly=True,
        copy=False,
        tracking=True,
        help="From this day on the deletion cannot be undone.",
    )
    admin_user_ref = fields.Integer(
        readonly=True, copy=False, string="Administrator's Id in the Tenant"
    )
    admin_partner_ref = fields.Integer(readonly=True, copy=False, string="Contact Id in the Tenant")
    job_ids = fields.One2many("saas.job", "tenant_id", readonly=True, string="Operations Log")
    event_ids = fields.One2many("saas.tenant.event", "tenant_id", readonly=True, string="Timeline")
    host_ids = fields.One2many("saas.tenant.host", "tenant_id", readonly=True, string="Host Names")
    host_count = fields.Integer(compute="_compute_host_count", string="Hosts")
    note = fields.Html(string="Notes")

    _public_id_uniq = models.Constraint(
        "UNIQUE (public_id)", "Two tenants cannot share a reference."
    )
    _subdomain_uniq = models.UniqueIndex(
        "(subdomain, cluster_id) WHERE state IN "
        "('provisioning','trial','active','suspended','archived','migrating','deleting')",
        "This subdomain is taken.",
    )

    # Names and addresses

    @api.depends(
        "subdomain",
        "cluster_id.base_host",
        "cluster_id.public_url_pattern",
        "template_id.cluster_id",
        "host_ids.is_primary",
        "host_ids.holds",
        "host_ids.state",
    )
    def _compute_host(self):
        for tenant in self:
            cluster_sudo = (tenant.cluster_id or tenant.template_id.cluster_id).sudo()
            tenant.host, tenant.url = False, False
            if tenant.subdomain and cluster_sudo.base_host:
                tenant.host = naming.host_name(tenant.subdomain, cluster_sudo.base_host)
                tenant.url = cluster_sudo.public_url_pattern.replace(
                    "{host}", tenant._primary_host()
                )

    @api.depends("subdomain", "template_id", "cluster_id", "state")
    def _compute_subdomain_hint(self):
        """Say while it is typed whether the subdomain can be had, and what else is free when it
        cannot.
        """
        for tenant in self:
            tenant.subdomain_hint, tenant.subdomain_free = False, False
            if not tenant.subdomain or tenant.state not in ("draft", "failed"):
                continue
            try:
                subdomain = tenant._checked_subdomain()
            except Refused as error:
                tenant.subdomain_hint = messages.text(self.env, error)
            else:
                tenant.subdomain_hint = self.env._("“%(subdomain)s” is free.", subdomain=subdomain)
                tenant.subdomain_free = True

    def _checked_subdomain(self):
        """Return the normal form of the subdomain when it may be used and nobody has it.

        Raises:
            Refused: the codes of `kernel.provisioning.naming` and `subdomain_taken`.
        """
        self.ensure_one()
        reserved = self.env["saas.reserved.name"]._names()
        subdomain = naming.normalise_subdomain(self.subdomain or "", reserved)
        cluster_sudo = (self.cluster_id or self.template_id.cluster_id).sudo()
        zone = "." + (cluster_sudo.base_host or "").lower()
        hosts = (
            self.env["saas.tenant.host"]
            .sudo()
            .search(
                [
                    ("tenant_id", "!=", self._origin.id),
                    ("host", "=like", f"{subdomain[:20]}%{zone}"),
                ]
            )
        )
        names = {host.removesuffix(zone) for host in hosts.mapped("host")}
        if subdomain in names:
            raise naming.taken(subdomain, names, reserved)
        return subdomain

    @api.depends("host_ids")
    def _compute_host_count(self):
        for tenant in self:
            tenant.host_count = len(tenant.host_ids)

    @api.onchange("name")
    def _onchange_name(self):
        if self.name and not self.subdomain:
            self.subdomain = naming.propose(self.name) or False

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        if self.plan_id and not self.template_id and len(self.plan_id.template_ids) == 1:
            self.template_id = self.plan_id.template_ids

    # Keeping it right

    @api.constrains("subdomain")
    def _check_subdomain(self):
        """A draft may wish for a name that is taken later; its form must be right at once."""
        for tenant in self:
            try:
                naming.normalise_subdomain(tenant.subdomain or "")
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    @api.constrains("admin_email")
    def _check_admin_email(self):
        for tenant in self:
            if not email_normalize(tenant.admin_email):
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is not an e-mail address. Write one, such as ana@example.com.",
                        email=tenant.admin_email,
                    )
                )

    @api.constrains("plan_id", "template_id")
    def _check_plan_template(self):
        for tenant in self:
            if tenant.plan_id.kind == "addon":
                raise ValidationError(
                    self.env._(
                        "%(plan)s is an add-on: it is sold on top of a plan. Choose a plan.",
                        plan=tenant.plan_id.name,
                    )
                )
            offered = tenant.plan_id.template_ids
            if offered and tenant.template_id not in offered:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s is not sold with template %(template)s. Choose one of: "
                        "%(offered)s.",
                        plan=tenant.plan_id.name,
                        template=tenant.template_id.name,
                        offered=", ".join(offered.mapped("name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_state(vals_list)
        return super().create([self._normal(vals) for vals in vals_list])

    def write(self, vals):
        self._refuse_state([vals])
        fixed = FIXED_AFTER_DRAFT & set(vals)
        if fixed and not self.env.context.get("saas_job_id") and not self._is_fired():
            for tenant in self.filtered(lambda one: one.state not in ("draft", "failed")):
                changed = [name for name in fixed if tenant._differs(name, vals[name])]
                if changed:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(tenant)s is fixed since it was provisioned.",
                            field=self._fields[changed[0]].string,
                            tenant=tenant.name,
                        )
                    )
        return super().write(self._normal(vals))

    def _differs(self, name, value):
        return self[name] != self._fields[name].convert_to_record(
            self._fields[name].convert_to_cache(value, self), self
        )

    @api.model
    def _normal(self, vals):
        """Return the values with the subdomain and the e-mail in their normal forms where they
        have one.
        """
        vals = dict(vals)
        if vals.get("subdomain"):
            try:
                vals["subdomain"] = naming.normalise_subdomain(vals["subdomain"])
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None
        for name in ("name", "admin_name"):
            if vals.get(name):
                vals[name] = one_line(vals[name])
        if vals.get("admin_email"):
            vals["admin_email"] = email_normalize(vals["admin_email"]) or vals["admin_email"]
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(tenant.state != "draft" or tenant.job_ids or tenant.event_ids for tenant in self):
            raise ValidationError(
                self.env._(
                    "Only a draft that was never provisioned can be removed. Archive the others "
                    "instead."
                )
            )

    # Looking at it

    def action_open(self):
        """Open the tenant in a new tab."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _is_serving(self):
        return self.state in SERVING

    def _holds_name(self):
        return self.state in HOLDS_NAME

    @api.model
    def _not_over(self):
        return Domain("state", "not in", ("archived", "deleted"))
