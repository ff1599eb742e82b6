"""A system parameter that every tenant of a template begins with."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Written by provisioning for each tenant, or secrets of one database.
OWN_KEYS = ("database.", "web.base.url", "saas.", "mail.catchall.domain.alias")


class SaasTemplateParameter(models.Model):
    _name = "saas.template.parameter"
    _description = "System Parameter of a Template"
    _order = "template_id, key"
    _rec_name = "key"

    template_id = fields.Many2one("saas.template", required=True, index=True, ondelete="cascade")
    key = fields.Char(required=True)
    value = fields.Char(required=True)

    _key_unique = models.Constraint(
        "UNIQUE (template_id, key)", "This template sets the parameter already."
    )

    @api.constrains("key")
    def _check_key(self) -> None:
        for parameter in self:
            key = parameter.key.strip()
            if key != parameter.key or any(key.startswith(own) for own in OWN_KEYS):
                raise ValidationError(
                    self.env._(
                        "“%(key)s” cannot be set by a template: each tenant gets its own.",
                        key=parameter.key,
                    )
                    if key == parameter.key
                    else self.env._(
                        "“%(key)s” begins or ends with a blank: remove it.", key=parameter.key
                    )
                )
