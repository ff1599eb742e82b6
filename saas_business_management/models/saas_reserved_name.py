"""Subdomains that nobody gets: names of services and roles a stranger must not pose as."""

from typing import Any

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..kernel.errors import Refused
from ..kernel.provisioning.naming import normalise_subdomain


class SaasReservedName(models.Model):
    _name = "saas.reserved.name"
    _description = "Reserved Name"
    _order = "name"

    name = fields.Char(
        string="Subdomain", required=True, help="No tenant gets it, whatever the cluster."
    )
    note = fields.Char(string="Why")
    tenant_id = fields.Many2one("saas.tenant", string="Still Used By", compute="_compute_tenant_id")

    _name_unique = models.Constraint("UNIQUE (name)", "This name is reserved already.")

    @api.depends("name")
    def _compute_tenant_id(self) -> None:
        tenants = self.env["saas.tenant"].search(
            [("subdomain", "in", self.mapped("name")), ("state", "!=", "deleted")]
        )
        holders = {tenant.subdomain: tenant for tenant in tenants}
        for reserved in self:
            reserved.tenant_id = holders.get(reserved.name, False)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.Model:
        self.env.registry.clear_cache()
        return super().create([self._normal(vals) for vals in vals_list])

    def write(self, vals: dict[str, Any]) -> bool:
        self.env.registry.clear_cache()
        return super().write(self._normal(vals))

    def unlink(self) -> bool:
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _names(self) -> frozenset[str]:
        """Return all of them; every look at a subdomain asks."""
        return frozenset(self.sudo().search([]).mapped("name"))

    @api.model
    def _normal(self, vals: dict[str, Any]) -> dict[str, Any]:
        """Return the values with the name as subdomains are written."""
        return dict(vals, name=(vals["name"] or "").strip().lower()) if "name" in vals else vals

    @api.constrains("name")
    def _check_name(self) -> None:
        for reserved in self:
            try:
                normalise_subdomain(reserved.name)
            except Refused as error:
                if error.code == "subdomain_form":
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” could not be a subdomain anyway: it has other signs "
                            "than a–z, 0–9 and hyphens.",
                            name=reserved.name,
                        )
                    ) from None
