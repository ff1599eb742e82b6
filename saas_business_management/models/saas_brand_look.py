"""How a brand looks: a page of a closed tenant beside the form, as it is typed.

Owns: the preview. Does not own: the page (`kernel/gateway/page.py`).
"""

import json

from markupsafe import Markup
from odoo import api, fields, models

from ..kernel.gateway.answers import ALL
from ..kernel.gateway.brand import PRIMARY, Brand
from ..kernel.gateway.color import normal_color, text_on
from ..kernel.gateway.page import About, piece
from .saas_brand_text import PAGES

ANSWERS = {answer.code: answer for answer in ALL}
CLOSED = frozenset({"archived", "deleting", "closed"})


class SaasBrand(models.Model):
    _inherit = "saas.brand"

    preview_page = fields.Selection(PAGES, string="Page", default="closed_payment", store=False)
    ink_color = fields.Char(compute="_compute_ink_color", string="Text on the Primary Colour")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends(
        "name",
        "logo",
        "primary_color",
        "secondary_color",
        "text_ids.page",
        "text_ids.text",
        "support_name",
        "support_email",
        "support_phone",
        "support_url",
        "legal_name",
        "terms_url",
        "privacy_url",
        "preview_page",
    )
    def _compute_preview(self):
        today = fields.Date.context_today(self)
        for brand in self.with_context(bin_size=False):
            page = brand.preview_page or "closed_payment"
            told = About(
                "Acme Retail",
                "suspended" if page.startswith("closed") or page in CLOSED else "",
                today.isoformat(),
                fields.Date.add(today, days=30).isoformat(),
                brand._as_seen(),
                "preview",
            )
            brand.preview = Markup(piece(ANSWERS[page], told))

    @api.depends("primary_color")
    def _compute_ink_color(self):
        for brand in self:
            brand.ink_color = text_on(normal_color(brand.primary_color or "") or PRIMARY)

    def _as_seen(self):
        """Return the brand as nodes know it."""
        self.ensure_one()
        return Brand(id=self._origin.id or 0, **self._node_values())

    def _node_values(self):
        """Return what nodes are told, as plain texts."""
        self.ensure_one()
        logo = self.with_context(bin_size=False).logo or ""
        texts = {one.page: one.text for one in self.text_ids if one.page and one.text}
        plain = (
            *("name", "support_name", "support_email", "support_phone", "support_url"),
            *("legal_name", "terms_url", "privacy_url"),
        )
        return {
            "is_default": self.is_default,
            "primary": self.primary_color or "",
            "secondary": self.secondary_color or "",
            "logo": logo.decode() if isinstance(logo, bytes) else logo,
            "texts": json.dumps(texts, sort_keys=True) if texts else "",
            **{name: self[name] or "" for name in plain},
        }
