"""What a cluster has to do with host names: its front proxy's addresses, its zone, drift checks.

Owns: these. Does not own: host names of tenants (`saas_tenant_host.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.hosts import own_host
from ..kernel.lifecycle.states import SERVING


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    front_addresses = fields.Char(
        string="Front Addresses",
        help="IPv4 and IPv6 addresses of the front proxy, separated by commas. Customers set them "
        "for a root domain, which can have no CNAME.",
    )

    @api.constrains("front_addresses")
    def _check_front_addresses(self):
        for cluster in self:
            try:
                own_host.parse_addresses(cluster.front_addresses or "")
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a list of addresses: write them as 203.0.113.7, "
                        "2001:db8::7.",
                        text=cluster.front_addresses,
                    )
                ) from None

    @api.private
    def _front_addresses(self):
        """Return the addresses of the front proxy, in their one form."""
        return own_host.parse_addresses(self.front_addresses or "") if self else ()

    @api.private
    def _test_spec(self):
        """Return what a connection test needs to know of the zone (`jobs/test_cluster.py`)."""
        self.ensure_one()
        routed = [
            ("tenant_id.cluster_id", "=", self.id),
            ("state", "=", "live"),
            ("tenant_id.state", "in", ("trial", "active")),
        ]
        hosts_sudo = self.env["saas.tenant.host"].sudo()
        if (self.public_url_pattern or "").startswith("https://"):
            hosts_sudo = hosts_sudo.search(routed, limit=1)
        return {
            "base_host": self.base_host or "",
            "front_addresses": list(self._front_addresses()),
            "public_host": hosts_sudo.host or "",
        }

    @api.model
    def _cron_addresses(self):
        """Compare the address of every tenant's database with its primary host name."""
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            cluster._start("set_addresses", {})

    @api.private
    def _step_addresses(self, tenant_id=None):
        """Return the databases to compare and the address each of them should have."""
        wanted = [("cluster_id", "=", self.id), ("database_id", "!=", False)]
        wanted += [("id", "=", tenant_id)] if tenant_id else []
        tenants_sudo = (
            self.env["saas.tenant"]
            .sudo()
            .search([*wanted, ("state", "in", tuple(SERVING))], order="id")
        )
        return {
            "rows": [
                {
                    "tenant_id": tenant.id,
                    "database": tenant.database_id.name,
                    "generation": tenant.database_id.generation,
                    "base_url": tenant.url,
                }
                for tenant in tenants_sudo
            ]
        }

    @api.private
    def _step_addresses_set(self, changed, expected):
        """Note what was set; what nobody had ordered was changed inside and is put back."""
        action = "address_set" if expected else "address_put_back"
        for one in changed:
            tenant_sudo = self.env["saas.tenant"].sudo().browse(one["tenant_id"]).exists()
            if tenant_sudo:
                self.env["saas.audit.entry"]._note(action, tenant_sudo, was=one["was"])
