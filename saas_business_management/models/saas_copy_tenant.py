"""Copies as a tenant has them: how many its plan gives, those it has, new data, the way out.

Owns: the facts of a wish, the tenant that a copy becomes, the buttons. Does not own: the row of a
copy (`saas_copy.py`), its last day (`saas_tenant_sandbox.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.migration import copying
from ..kernel.provisioning import naming
from .saas_copy import ADMIN, OPERATOR, USES

GONE = ("deleted", "deleting", "archived", "failed")
STAGING_DAYS = 90
# Operations that may go on while a tenant is copied.
BESIDE = ("copy_tenant", "preview_masking")


class SaasServiceTier(models.Model):
    _inherit = "saas.service.tier"

    stagings = fields.Integer(
        string="Staging Copies",
        help="Copies for the last look before a change goes live, at the same time.",
    )

    _stagings_positive = models.Constraint(
        "CHECK (stagings >= 0)", "The number of staging copies cannot be negative."
    )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    copy_use = fields.Selection(USES, string="Copy For", readonly=True, copy=False)
    copied_from_id = fields.Many2one(
        "saas.tenant",
        string="Copy Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_masked = fields.Boolean(readonly=True, copy=False, string="Personal Data Masked")
    copy_tenant_ids = fields.One2many(
        "saas.tenant", "copied_from_id", readonly=True, string="Copies"
    )
    copy_tenant_count = fields.Integer(compute="_compute_copies", string="Copies Open")
    made_copy_ids = fields.One2many("saas.copy", "into_id", readonly=True, string="Copies Made")
    data_of = fields.Datetime(compute="_compute_copies", string="Data Of")

    @api.depends("copy_tenant_ids.state", "made_copy_ids.state", "made_copy_ids.taken_at")
    def _compute_copies(self):
        for tenant in self:
            tenant.copy_tenant_count = len(
                tenant.copy_tenant_ids.filtered(lambda one: one.state not in GONE)
            )
            made = tenant.made_copy_ids.filtered(lambda one: one.state == "done")
            tenant.data_of = made.sorted("id")[-1:].taken_at

    @api.private
    def _last_copy(self):
        """Return the last order that made it, or gave it new data."""
        return self.env["saas.copy"].search([("into_id", "=", self.id)], limit=1)

    # How many

    @api.private
    def _copies_open(self, use):
        """Return its copies of a use that are open or being made."""
        mine = [("copied_from_id", "=", self.id), ("copy_use", "=", use)]
        return self.sudo().search([*mine, ("state", "not in", GONE)], order="id")

    @api.private
    def _copies_most(self, use):
        """Return how many copies of a use the plan gives at the same time; none to a copy."""
        if self.is_sandbox or self.state not in copying.COPIED:
            return 0
        version = self._portal_subscription().version_id or self.sudo().plan_id.version_id
        tier = (version.service_tier_id or self.sudo().plan_id.service_tier_id).sudo()
        return tier.stagings if use == copying.STAGING else tier.sandboxes

    @api.private
    def _copy_wish(self, use, *, masked=True, reason="", exempt=False, into=None):
        """Return what the kernel decides about; `into` is the copy that gets new data."""
        self.ensure_one()
        user = self.env.user
        busy = self._restore_busy() or (bool(into) and into._restore_busy())
        return copying.Wish(
            use=use,
            state=self.state,
            busy=busy,
            has_database=self.database_id.sudo().stage == "claimed",
            of_copy=self.is_sandbox,
            restricted=self.restricted,
            used=len(self._copies_open(use)),
            most=self._copies_most(use),
            masked=masked,
            may_unmask=self.env.su or user.has_group(ADMIN),
            exempt=exempt and (self.env.su or user.has_group(OPERATOR)),
            reason=reason or "",
            refresh_state=into.state if into else "",
        )

    @api.private
    def _copy_hindrances(self, use, masked, reason):
        """Return what stands in the way of a copy that an operator asks for; for dialogs."""
        wish = self._copy_wish(use, masked=masked, reason=reason, exempt=True)
        return copying.hindrances(wish)

    @api.private
    def _copy_end(self, use, until=None):
        """Return the last day of a copy that begins today.

        Raises: Refused (`sandbox_end`).
        """
        if not until and use == copying.STAGING:
            until = self._today() + timedelta(days=STAGING_DAYS)
        return self._sandbox_end(until)

    @api.private
    def _proposed_live_copy(self, use):
        """Return name and subdomain that a copy may have."""
        taken = (
            self.with_context(active_test=False)
            .sudo()
            .search_count([("copied_from_id", "=", self.id), ("copy_use", "=", use)])
        )
        tail = f"-{use}{taken + 1 if taken else ''}"
        stem = (self.subdomain or "")[: naming.SUBDOMAIN_MAX - len(tail)].rstrip("-")
        label = dict(self._fields["copy_use"]._description_selection(self.env))[use]
        return {"name": f"{self.name} · {label}", "subdomain": f"{stem}{tail}"}

    # Making one

    @api.private
    def _make_live_copy(self, use, masked, name="", subdomain="", until=None):
        """Make the tenant that a copy of this one becomes; return it, a draft.

        Raises: Refused (`sandbox_end`).
        """
        self.ensure_one()
        ends = self._copy_end(use, until)
        proposed = self._proposed_live_copy(use)
        copy = self.create(
            {
                "name": name or proposed["name"],
                "subdomain": subdomain or proposed["subdomain"],
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "admin_name": self.admin_name,
                "admin_email": self.admin_email,
                "template_id": self.template_id.id,
                "plan_id": False,
                "cluster_id": self.cluster_id.id,
                "user_id": self.env.uid,
            }
        )
        copy._set(
            {
                "is_sandbox": True,
                "sandbox_until": ends,
                "copy_use": use,
                "copied_from_id": self.id,
                "is_masked": masked,
            }
        )
        return copy

    @api.private
    def _make_copy(self, where, name="", subdomain="", until=None):
        """A sandbox made of a backup counts as one of its tenant's copies."""
        copy = super()._make_copy(where, name, subdomain, until)
        if copy.is_sandbox:
            told = {"copy_use": copying.SANDBOX, "copied_from_id": self.id, "is_masked": True}
            copy._set(told)
        return copy

    @api.private
    def _begin_copy(self, one):
        """Reserve the name and order the copy.

        Raises: Refused (`subdomain_…`).
        """
        self._wait_for_turn()
        version_id = one.tenant_id.sudo().version_id.id
        self._set({"subdomain": self._checked_subdomain(), "version_id": version_id})
        self._reserve_host()
        self._fire("provisioning_started")
        return one.sudo()._enqueue_copy()

    def _order_provisioning(self):
        """A copy that failed is made again as a copy, never as an empty tenant."""
        failed = self._last_copy().sudo()
        if not failed:
            return super()._order_provisioning()
        failed._put({"state": "running", "error_text": False, "database_id": False})
        self._reserve_host()
        self._fire("provisioning_started")
        return failed._enqueue_copy()

    # Buttons

    def action_copy_tenant(self):
        """Open the dialog for a copy of this tenant."""
        self.ensure_one()
        self.check_access("write")
        return self.env["saas.tenant.copy"]._open_for(self)

    def action_refresh_copy(self):
        """Have a copy get the data of its tenant as it is now; its address and last day stay."""
        self.ensure_one()
        if not self.copied_from_id or not self.made_copy_ids:
            raise UserError(self.env._("Only a copy made of a running tenant can get new data."))
        copies = self.env["saas.copy"]
        one = copies._or_say(copies._order_refresh, self, exempt=True)
        return one.action_view_operation()

    def action_view_copies(self):
        """Open the copies of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(
            action,
            domain=[("copied_from_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Copies of %(name)s", name=self.name),
        )

    def action_order_copy(self, use, subdomain, note="", until=False):
        """Have the tenant copied, masked; return the id of the copy's row. For the API."""
        self.ensure_one()
        copies = self.env["saas.copy"]
        told = {"reason": note or "", "exempt": bool(note), "subdomain": subdomain}
        return copies._or_say(copies._order_copy, self, use, until=until, **told).id

    def action_preview_masking(self):
        """Count what the rules of masking would meet in this tenant; nothing is changed."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in copying.COPIED:
            raise UserError(self.env._("Only an open tenant can be looked at."))
        job = self.env["saas.job"]._enqueue(
            "preview_masking",
            dedupe_key=f"preview_masking:{self.id}",
            priority=5,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )
        return job.action_open_form()

    # Words

    @api.private
    def _copy_told(self, use, until):
        """Return the sentences about what a copy is, for people."""
        told = [
            self.env._("%(tenant)s itself stays open, and nobody notices.", tenant=self.name),
            self.env._(
                "The copy sends and fetches no mail, runs no scheduled work and takes no payment."
            ),
        ]
        if until:
            ends = format_date(self.env, until)
            told.append(self.env._("It is open until %(date)s; then it is archived.", date=ends))
        return told
