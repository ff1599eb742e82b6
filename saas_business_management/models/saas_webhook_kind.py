"""The kinds of events that a webhook can be told, as people choose them.

Owns: their names and what they say about them. Does not own: the codes and versions, and when one
happens (`kernel/integration/kinds.py`).
"""

from odoo import api, fields, models

from ..kernel.integration.kinds import KINDS


class SaasWebhookKind(models.Model):
    _name = "saas.webhook.kind"
    _description = "Kind of Event"
    _order = "sequence, id"

    name = fields.Char(required=True, readonly=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    version = fields.Integer(compute="_compute_version")
    note = fields.Char(string="When It Happens", readonly=True, translate=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "There is such a kind already.")

    @api.depends("code")
    def _compute_version(self):
        for kind in self:
            kind.version = KINDS.get(kind.code, 0)
