"""The status page of a brand: whether there is one, and what stands on it.

Owns: these settings, the address. Does not own: the page (`saas_status_page.py`), states of the
parts (`saas_status_period.py`).
"""

from odoo import api, fields, models


class SaasBrand(models.Model):
    _inherit = "saas.brand"

    status_published = fields.Boolean(
        string="Publish Status Page",
        copy=False,
        tracking=True,
        help="Anybody can read it then, at the host of the public pages.",
    )
    status_intro = fields.Char(
        string="First Line", translate=True, help="Shown under the name. Empty: nothing."
    )
    status_url = fields.Char(compute="_compute_status_url", string="Status Page")
    status_reader_count = fields.Integer(
        compute="_compute_status_reader_count", string="People Who Read Along"
    )

    @api.depends("public_host", "status_published")
    def _compute_status_url(self):
        for brand in self:
            brand.status_url = brand._status_url()

    def _compute_status_reader_count(self):
        for brand in self:
            brand.status_reader_count = len(
                self.env["saas.status.reader"].sudo()._confirmed_of(brand)
            )

    def write(self, vals):
        done = super().write(vals)
        if vals.get("status_published"):
            self.env["saas.status.period"].sudo()._judge(self)
        return done

    @api.private
    def _status_url(self):
        """Return where the page is, empty when it is not published."""
        if not self or not self.status_published:
            return ""
        base = self._public_url() or self.get_base_url()
        return f"{base}/saas/status"

    def action_open_status(self):
        """Open the page in a new tab."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._status_url(), "target": "new"}

    @api.private
    def _status_tenants(self):
        """Return the open tenants whose customers this brand speaks to."""
        wanted = [("state", "in", ("trial", "active")), ("is_sandbox", "=", False)]
        own = [("brand_id", "=", self.id)]
        if self.is_default:
            own = [("brand_id", "in", (False, self.id))]
        return self.env["saas.tenant"].sudo().search([*wanted, *own])
