"""By which host name the public pages of a brand are reached.

Owns: the host name, finding a brand by it. Does not own: how the front proxy leads there.
"""

from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.errors import Refused
from ..kernel.provisioning import naming


class SaasBrand(models.Model):
    _inherit = "saas.brand"

    public_host = fields.Char(
        string="Host of the Public Pages",
        copy=False,
        tracking=True,
        help="Such as start.example.com: pricing and sign-up show this brand there. The front "
        "proxy has to lead it to the control plane.",
    )

    _public_host_uniq = models.UniqueIndex(
        "(public_host) WHERE public_host IS NOT NULL", "Another brand has this host name."
    )

    @api.constrains("public_host")
    def _check_public_host(self):
        for brand in self.filtered("public_host"):
            try:
                naming.host_name("a", brand.public_host)
            except Refused:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no host name. Write it without https://, such as "
                        "start.example.com.",
                        text=brand.public_host,
                    )
                ) from None

    @api.model
    def _normal(self, vals):
        vals = super()._normal(vals)
        if "public_host" in vals:
            vals["public_host"] = (vals["public_host"] or "").strip().lower() or False
        return vals

    @api.model
    @api.private
    def _of_host(self, host):
        """Return the brand whose pages are reached by a host name, else the default one."""
        name = (host or "").rpartition(":")[0] or host or ""
        wanted = [("public_host", "=", name.lower())]
        return (self.sudo().search(wanted, limit=1) if name else self.sudo()) or self._default()

    @api.private
    def _public_url(self):
        """Return the address of its pages, empty when it has no host of its own.

        Scheme and port are those of the control plane: what a visitor's request says of itself
        never gets into a mail.
        """
        if not self.public_host:
            return ""
        base = urlsplit(self.env["ir.config_parameter"].sudo().get_param("web.base.url") or "")
        port = f":{base.port}" if base.port else ""
        return f"{base.scheme or 'https'}://{self.public_host}{port}"
