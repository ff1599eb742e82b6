"""Host names of tenants: subdomains, and names that customers bring along.

Owns: the rows, who holds a name, how long a released one rests, the buttons. Does not own: whether
the records of an own host name are right (`saas_tenant_host_proof.py`), where names lead
(`saas_tenant_address.py`, `saas_route.py`).

Several tenants may ask for one own host name; it is held by the one that proves it first.
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.errors import Refused
from ..kernel.hosts import own_host

STATES = [
    ("reserved", "Reserved"),
    ("waiting", "Waiting for Proof"),
    ("live", "Live"),
    ("change", "Needs a Change"),
    ("released", "Released"),
]


class SaasTenantHost(models.Model):
    _name = "saas.tenant.host"
    _description = "Host Name"
    _order = "host, id"
    _rec_name = "host"

    host = fields.Char(required=True, readonly=True, index=True)
    host_shown = fields.Char(
        compute="_compute_host_shown",
        string="As Written",
        help="In its own alphabet where it has one.",
    )
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [("subdomain", "Subdomain"), ("custom", "Own Host Name")],
        default="subdomain",
        required=True,
        readonly=True,
    )
    state = fields.Selection(STATES, default="reserved", required=True, readonly=True)
    holds = fields.Boolean(
        readonly=True,
        default=True,
        help="Nobody else can have it: it leads to this tenant, is reserved for it or rests.",
    )
    is_primary = fields.Boolean(
        string="Primary",
        readonly=True,
        help="Visitors of the tenant's other host names are sent to this one.",
    )
    wants_primary = fields.Boolean(readonly=True, help="It becomes the primary one once it works.")
    served = fields.Boolean(
        readonly=True,
        help="It has shown a page, so a stranger could mistake its next owner for this one.",
    )
    released_at = fields.Datetime(readonly=True)

    _holder_uniq = models.UniqueIndex("(host) WHERE holds", "This host name is taken.")
    _tenant_host_uniq = models.Constraint(
        "UNIQUE (tenant_id, host)", "The tenant has this host name already."
    )
    _primary_uniq = models.UniqueIndex(
        "(tenant_id) WHERE is_primary", "A tenant has one primary host name."
    )

    @api.depends("host")
    def _compute_host_shown(self):
        for one in self:
            one.host_shown = own_host.shown(one.host or "")

    # Adding and giving back

    @api.model
    @api.private
    def _add_own(self, tenant, text, wants_primary=True):
        """Add an own host name to a tenant and have its records looked up; return its row.

        Adding it twice gives the same row.
        Raises:
            Refused: the codes of `kernel.hosts.own_host`, `own_host_closed`.
        """
        tenant.check_access("write")
        host = own_host.normal_own_host(text, self._zones())
        if not tenant._can_have_hosts():
            raise Refused("own_host_closed", tenant=tenant.name)
        row_sudo = tenant.host_ids.sudo().filtered(lambda one: one.host == host)
        if row_sudo.state in ("waiting", "live", "change"):
            return row_sudo.with_env(self.env)
        now = fields.Datetime.now()
        values = {
            "state": "waiting",
            "holds": False,
            "wants_primary": wants_primary,
            "released_at": False,
            "asked_at": now,
            "next_check_at": now,
        }
        if row_sudo:
            row_sudo.write(values)
        else:
            named = {"host": host, "tenant_id": tenant.id, "kind": "custom"}
            token = {"token": self._token_for(tenant)}
            row_sudo = self.sudo().create({**named, **token, **values})
        self.env["saas.audit.entry"]._note("host_added", tenant, host=host)
        row_sudo._order_check()
        return row_sudo.with_env(self.env)

    @api.model
    def _token_for(self, tenant):
        known = tenant.host_ids.sudo().filtered("token")[:1].token
        return known or own_host.make_token(secrets.token_bytes(16))

    @api.model
    def _zones(self):
        """Return the host names that are ours: nobody brings one of them along."""
        clusters_sudo = self.env["saas.cluster"].sudo().with_context(active_test=False).search([])
        return [*filter(None, clusters_sudo.mapped("base_host")), self._control_host()]

    @api.private
    def _release(self):
        """Give names back: at once when they never served a page, after a rest otherwise."""
        served_sudo = self.sudo().filtered(lambda one: one.served and one.state != "released")
        served_sudo.write(
            {
                "state": "released",
                "holds": True,
                "is_primary": False,
                "wants_primary": False,
                "next_check_at": False,
                "grace_until": False,
                "released_at": fields.Datetime.now(),
            }
        )
        self.sudo().filtered(lambda one: not one.served).unlink()

    @api.private
    def _remove_own(self, reason):
        """Take an own host name from its tenant, which falls back to its subdomain."""
        self.ensure_one()
        self._check_own()
        tenant, host, was_primary = self.tenant_id, self.host, self.is_primary
        if self.state != "released":
            self.env["saas.audit.entry"]._note("host_removed", tenant, reason=reason, host=host)
            # One that lost its proof may be somebody else's by now and rests only with its holder.
            self.sudo().filtered(lambda one: not one.holds).served = False
            self._release()
            tenant._after_hosts_changed(was_primary)

    def _check_own(self):
        self.tenant_id.check_access("write")
        if self.kind != "custom":
            raise UserError(
                self.env._(
                    "The subdomain %(host)s is the tenant's own for good. Only own host names are "
                    "added and removed.",
                    host=self.host,
                )
            )

    @api.autovacuum
    def _gc_released(self):
        """Free the released names whose rest, as the policy of their company says, is over."""
        now = fields.Datetime.now()
        released_sudo = self.sudo().search([("state", "=", "released")])
        for company, names_sudo in released_sudo.grouped("company_id").items():
            policy = self.env["saas.lifecycle.policy"]._of(company)
            rest = {
                "subdomain": fields.Datetime.subtract(now, days=policy.released_subdomain_days),
                "custom": fields.Datetime.subtract(now, days=policy.released_host_days),
            }
            names_sudo.filtered(lambda one, rest=rest: one.released_at < rest[one.kind]).unlink()

    # Buttons

    def action_check(self):
        """Have the records looked up now; the row shows what was found."""
        for one in self:
            one._check_own()
            one._ask_again()
        return True

    def action_make_primary(self):
        """Send visitors of the tenant's other host names to this one."""
        self.ensure_one()
        self.tenant_id.check_access("write")
        if not self._is_routed():
            raise UserError(
                self.env._(
                    "%(host)s does not lead to the tenant yet, so it cannot be the primary one. "
                    "Set its records first.",
                    host=self.host_shown,
                )
            )
        self._make_primary()
        return True

    def action_remove(self):
        """Ask for a reason and show what happens."""
        self.ensure_one()
        self._check_own()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remove Host Name"),
            "res_model": "saas.tenant.host.remove",
            "view_mode": "form",
            "target": "new",
            "context": {"default_host_id": self.id},
        }

    def action_open_form(self):
        """Open the records to set."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _make_primary(self):
        tenant = self.tenant_id
        rows_sudo = tenant.host_ids.sudo()
        if self == tenant.host_ids.filtered(lambda one: one.host == tenant._primary_host()):
            return
        rows_sudo.filtered("is_primary").is_primary = False
        # The subdomain is primary when no other is; of two in one flush the index allows none.
        rows_sudo.flush_recordset(["is_primary"])
        if self.kind == "custom":
            self.sudo().is_primary = True
        self.env["saas.audit.entry"]._note("host_primary_set", tenant, host=self.host)
        tenant._after_hosts_changed(True)
