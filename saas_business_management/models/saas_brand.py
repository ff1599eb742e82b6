"""A brand: in whose name customers are spoken to, and how that looks.

Owns: name, colours, logo, support contact, sender of mails, legal name; one default brand. Does not
own: its own sentences (`saas_brand_text.py`), what nodes are told (`saas_route_brand.py`), how it
looks (`saas_brand_look.py`).
"""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, formataddr
from odoo.tools.image import ImageProcess

from ..kernel.gateway import brand as rules
from ..kernel.gateway.color import normal_color

UPLOAD_BYTES = 5_000_000
# From the size that looks best down to one that surely fits.
LOGO_SIZES = ((480, 160), (320, 107), (240, 80), (160, 54))
ADDRESSES = ("support_url", "terms_url", "privacy_url")
MAILBOXES = ("sender_email", "support_email")


class SaasBrand(models.Model):
    _name = "saas.brand"
    _description = "Brand"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_default desc, name, id"

    name = fields.Char(required=True, tracking=True, help="What customers know the service as.")
    active = fields.Boolean(default=True, tracking=True)
    is_default = fields.Boolean(
        string="Default Brand", tracking=True, copy=False, help="Of every tenant without its own."
    )
    company_id = fields.Many2one(
        "res.company", string="Company", index=True, help="Empty: for tenants of every company."
    )
    logo = fields.Binary(
        attachment=True, help="PNG, JPEG or GIF; it is made small and kept as PNG."
    )
    primary_color = fields.Char(
        string="Primary Colour", default=rules.PRIMARY, required=True, tracking=True
    )
    secondary_color = fields.Char(
        string="Secondary Colour", default=rules.SECONDARY, required=True, tracking=True
    )
    text_ids = fields.One2many("saas.brand.text", "brand_id", string="Own Sentences", copy=True)
    support_name = fields.Char(string="Support", help="Such as “Our team”.", tracking=True)
    support_email = fields.Char(string="Support E-Mail", tracking=True)
    support_phone = fields.Char(string="Support Phone", tracking=True)
    support_url = fields.Char(string="Support Page", tracking=True)
    sender_name = fields.Char(tracking=True, help="Whom mails come from. Empty: the brand's name.")
    sender_email = fields.Char(
        string="Sender E-Mail", tracking=True, help="Empty: the company's address."
    )
    legal_name = fields.Char(tracking=True)
    terms_url = fields.Char(string="Terms Page", tracking=True)
    privacy_url = fields.Char(string="Privacy Page", tracking=True)
    tenant_ids = fields.One2many("saas.tenant", "brand_id", string="Tenants")
    tenant_count = fields.Integer(string="Number of Tenants", compute="_compute_tenant_count")

    _default_uniq = models.UniqueIndex("(is_default) WHERE is_default", "One brand is the default.")

    def _compute_tenant_count(self):
        groups = self.env["saas.tenant"]._read_group(
            [("brand_id", "in", self.ids), ("state", "!=", "deleted")], ["brand_id"], ["__count"]
        )
        counts = {brand.id: count for brand, count in groups}
        for brand in self:
            brand.tenant_count = counts.get(brand._origin.id, 0)

    @api.constrains("primary_color", "secondary_color")
    def _check_colors(self):
        for brand in self:
            for name in ("primary_color", "secondary_color"):
                if not normal_color(brand[name] or ""):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” is no colour: write # and six digits, such as #0a4c8c.",
                            text=brand[name],
                        )
                    )

    @api.constrains(*ADDRESSES)
    def _check_addresses(self):
        for brand in self:
            for name in ADDRESSES:
                if brand[name] and not brand[name].startswith(("https://", "http://")):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” is no address of a page: begin it with https://.",
                            text=brand[name],
                        )
                    )

    @api.constrains(*MAILBOXES)
    def _check_mailboxes(self):
        for brand in self:
            for name in MAILBOXES:
                if brand[name] and not email_normalize(brand[name]):
                    raise ValidationError(
                        self.env._("“%(text)s” is no e-mail address.", text=brand[name])
                    )

    @api.constrains("is_default", "active")
    def _check_default_is_active(self):
        if any(brand.is_default and not brand.active for brand in self):
            raise ValidationError(
                self.env._("The default brand is needed. Make another one the default first.")
            )

    @api.constrains("is_default", "company_id")
    def _check_default_is_for_all(self):
        if any(brand.is_default and brand.company_id for brand in self):
            raise ValidationError(
                self.env._("The default brand is for every company: leave its company empty.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        brands = super().create([self._normal(vals) for vals in vals_list])
        brands._tell_nodes()
        for brand in brands:
            self.env["saas.audit.entry"]._note("brand_created", brand)
        return brands

    def write(self, vals):
        done = super().write(self._normal(vals))
        self._tell_nodes()
        for brand in self:
            self.env["saas.audit.entry"]._note("brand_changed", brand, fields=sorted(vals))
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        if any(brand.is_default for brand in self):
            raise ValidationError(
                self.env._("The default brand is needed. Make another one the default first.")
            )
        if any(brand.sudo().tenant_count for brand in self):
            raise ValidationError(
                self.env._("Tenants have this brand. Give them another one first, or archive it.")
            )

    def action_make_default(self):
        """Make this the brand of every tenant without its own."""
        self.ensure_one()
        self.check_access("write")
        before = self._default()
        if before != self:
            before.is_default = False
            before.flush_recordset()
            self.is_default = True
        return True

    def action_view_tenants(self):
        """Open the tenants with this brand."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(action, domain=[("brand_id", "=", self.id)], context={}, path=False)

    @api.model
    def _default(self):
        """Return the default brand; empty before there is one."""
        return self.sudo().search([("is_default", "=", True)], limit=1)

    @api.model
    def _logo_named(self, name):
        """Return the picture that is served under this name, or nothing."""
        wanted = f"{rules.LOGO_PATH}{name}.png"
        brands = self.with_context(active_test=False, bin_size=False).search(
            [("logo", "!=", False)]
        )
        pictures = (base64.b64decode(brand.logo) for brand in brands)
        return next((one for one in pictures if rules.logo_path(one) == wanted), b"")

    def _logo_path(self):
        """Return where the logo is served, empty without one."""
        self.ensure_one()
        logo = self.with_context(bin_size=False).logo
        return rules.logo_path(base64.b64decode(logo)) if logo else ""

    def _sender(self):
        """Return whom mails come from, empty to leave that to the company."""
        self.ensure_one()
        address = email_normalize(self.sender_email or "")
        return formataddr((self.sender_name or self.name, address)) if address else ""

    def _tell_nodes(self):
        self.env["saas.route.brand"]._put(self)

    @api.model
    def _normal(self, vals):
        """Return the values with colours in one form and the logo as a small PNG."""
        vals = dict(vals)
        for name in ("primary_color", "secondary_color"):
            if name in vals:
                vals[name] = normal_color(vals[name] or "") or vals[name]
        if vals.get("logo"):
            vals["logo"] = self._small_logo(vals["logo"])
        return vals

    @api.model
    def _small_logo(self, content):
        """Return the picture as a PNG that fits into every page and mail."""
        try:
            source = base64.b64decode(content, validate=False)
        except (binascii.Error, ValueError):
            source = b""
        if len(source) > UPLOAD_BYTES:
            raise UserError(
                self.env._("This logo has more than 5 MB. Use a picture of some hundred kB.")
            )
        for width, height in LOGO_SIZES:
            for quality in (0, 1):
                small = self._drawn(source).resize(width, height).image_quality(quality, "PNG")
                if len(small) <= rules.LOGO_BYTES:
                    return base64.b64encode(small)
        raise UserError(
            self.env._("This logo cannot be made small enough. Use one with fewer details.")
        )

    @api.model
    def _drawn(self, source):
        """Return the picture to work on; a drawing with code in it, such as SVG, is none."""
        try:
            picture = ImageProcess(source)
        except ValueError:
            picture = None
        if picture is None or not picture.image:
            raise UserError(
                self.env._(
                    "A logo is a PNG, JPEG or GIF picture. Save an SVG or WebP file as PNG first."
                )
            )
        picture.operationsCount += 1  # a PNG is written anew too: what is hidden in it goes
        return picture
