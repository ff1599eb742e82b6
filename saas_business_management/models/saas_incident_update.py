"""What was written of an incident, and told: append-only, a row for each brand that says it in its
own words.

Owns: the rows, which of them a brand's customers read. Does not own: when one is written
(`saas_incident_course.py`), mails (`saas_incident_tell.py`).
"""

from odoo import api, fields, models

from .saas_incident import STATES

KINDS = [
    ("opened", "Opened"),
    ("update", "Update"),
    ("resolved", "Resolved"),
    ("note", "Note"),
]


class SaasIncidentUpdate(models.Model):
    _name = "saas.incident.update"
    _description = "Update of an Incident"
    _inherit = "saas.ledger"
    _order = "at desc, id desc"
    _rec_name = "text"

    incident_id = fields.Many2one(
        "saas.incident", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)
    at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: fields.Datetime.now(),
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, string="What")
    state = fields.Selection(STATES, required=True, readonly=True, string="State Then")
    text = fields.Text(required=True, readonly=True)
    is_public = fields.Boolean(string="Published", readonly=True)
    brand_id = fields.Many2one(
        "saas.brand", readonly=True, ondelete="restrict", help="Empty: of every other brand."
    )
    general_id = fields.Many2one(
        "saas.incident.update", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    own_ids = fields.One2many("saas.incident.update", "general_id", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")
    told_at = fields.Datetime(string="Mailed", readonly=True)

    _waiting = models.Index("(id) WHERE is_public AND told_at IS NULL AND general_id IS NULL")

    @api.private
    def _text_for(self, brand):
        """Return what customers of a brand read."""
        self.ensure_one()
        own = self.own_ids.filtered(lambda one: one.brand_id == brand)
        return (own[:1] or self).text

    @api.model
    @api.private
    def _public_of(self, incidents):
        """Return what was published of incidents, the newest first; a row each for all brands."""
        public = [("is_public", "=", True), ("general_id", "=", False)]
        return self.sudo().search([("incident_id", "in", incidents.ids), *public])

    def _by_hand_text(self):
        return self.env._("What is told of an incident is written by Post Update, never by hand.")

    def _stays_text(self):
        return self.env._("What was told of an incident stays. Post another update.")
