"""Mail domains that are judged by themselves: thrown away after minutes, or shared by many people.

Owns: the list. Does not own: how a domain is compared (`kernel/signup/address.py`).
"""

import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

_FORM = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class SaasSignupDomain(models.Model):
    _name = "saas.signup.domain"
    _description = "Mail Domain"
    _order = "name"

    name = fields.Char(
        string="Mail Domain", required=True, help="Counts for everything below it too."
    )
    kind = fields.Selection(
        [("refused", "Refused"), ("shared", "Shared by Many")],
        default="refused",
        required=True,
        index=True,
        help="Refused: thrown away after minutes, or not wanted. Shared by many: the limit of one "
        "mail domain does not count.",
    )
    note = fields.Char(string="Why")

    _name_unique = models.Constraint("UNIQUE (name)", "This mail domain is in the list already.")

    @api.constrains("name")
    def _check_name(self):
        for one in self:
            if not _FORM.fullmatch(one.name):
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no mail domain. Write what stands behind the @, such as "
                        "example.com.",
                        text=one.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create([self._normal(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(self._normal(vals))

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("kind")
    def _names(self, kind):
        """Return the domains of a kind; every sign-up asks."""
        return frozenset(self.sudo().search([("kind", "=", kind)]).mapped("name"))

    @api.model
    def _normal(self, vals):
        if "name" not in vals:
            return vals
        return dict(vals, name=(vals["name"] or "").strip().lower().lstrip("@.") or False)
