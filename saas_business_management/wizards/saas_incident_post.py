"""The dialog that posts an update: what is said, to whom, and how it looks before it is out.

Owns: what is asked and shown. Does not own: the move and the rows
(`models/saas_incident_course.py`).
"""

from markupsafe import Markup
from odoo import api, fields, models

EVENTS = [
    ("investigate", "Investigating"),
    ("identify", "Identified"),
    ("watch", "Monitoring"),
    ("resolve", "Resolved"),
    ("reopen", "Open Again"),
]


class SaasIncidentPost(models.TransientModel):
    _name = "saas.incident.post"
    _description = "Update of an Incident to Post"

    incident_id = fields.Many2one("saas.incident", required=True, readonly=True, ondelete="cascade")
    state = fields.Selection(related="incident_id.state", string="State Now")
    event = fields.Selection(EVENTS, string="New State", help="Empty: the state stays as it is.")
    text = fields.Text(required=True, string="What Happened")
    is_public = fields.Boolean(
        string="Publish",
        default=True,
        help="Customers read it on pages and by mail. Off: only your colleagues do.",
    )
    public_title = fields.Char(
        string="Public Title", compute="_compute_public_title", store=True, readonly=False
    )
    line_ids = fields.One2many("saas.incident.post.line", "post_id", string="Own Words of Brands")
    preview_brand_id = fields.Many2one(
        "saas.brand", string="Preview of", default=lambda self: self.env["saas.brand"]._default()
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")

    @api.depends("incident_id")
    def _compute_public_title(self):
        for dialog in self:
            dialog.public_title = dialog.incident_id.public_title

    @api.depends(
        "text", "event", "public_title", "preview_brand_id", "line_ids.text", "line_ids.brand_id"
    )
    def _compute_preview(self):
        for dialog in self:
            dialog.preview = dialog._preview_html()

    def _preview_html(self):
        """Return title, state and text as customers of the chosen brand will read them."""
        brand = self.preview_brand_id
        own = self.line_ids.filtered(lambda line: line.brand_id == brand and line.text)[:1]
        state = self.incident_id._state_after(self.event)
        color = brand.primary_color or "#0a4c8c"
        return Markup(
            '<div style="border-left:4px solid {color};padding:.5rem 1rem">'
            '<div class="fw-bold">{title}</div><div class="text-muted">{state}</div>'
            '<p style="white-space:pre-line;margin:.5rem 0 0">{text}</p></div>'
        ).format(
            color=color,
            title=self.public_title or "—",
            state=state,
            text=(own.text if own else self.text) or "—",
        )

    @api.depends("is_public", "incident_id", "event")
    def _compute_effect(self):
        for dialog in self:
            dialog.effect = dialog._effect_text()

    def _effect_text(self):
        _, one = self.env._, self.incident_id
        lines = []
        if self.is_public:
            people = self.env["saas.status.mail"]._people(one.affected_ids, one._brands())
            pages = one._brands().filtered("status_published")
            lines.append(
                _(
                    "%(count)s people get a mail; %(tenants)s tenants are affected.",
                    count=len(people),
                    tenants=one.affected_count,
                )
            )
            if pages:
                lines.append(
                    _(
                        "Shown on the status page of %(names)s.",
                        names=", ".join(pages.mapped("name")),
                    )
                )
            else:
                lines.append(_("No status page shows it: none of these brands publishes one."))
        else:
            lines.append(_("Only your colleagues read it."))
        if self.event == "resolve":
            lines.append(_("The affected tenants are kept as they are now."))
        return "\n".join(lines)

    def action_apply(self) -> dict:
        """Post it."""
        self.ensure_one()
        one = self.incident_id
        one.check_access("write")
        if self.is_public and (self.public_title or "").strip() != (one.public_title or ""):
            one.public_title = (self.public_title or "").strip()
        own = {line.brand_id.id: line.text for line in self.line_ids if line.text}
        one._post(self.text, self.event or "", self.is_public, own)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class SaasIncidentPostLine(models.TransientModel):
    _name = "saas.incident.post.line"
    _description = "Own Words of a Brand"

    post_id = fields.Many2one("saas.incident.post", required=True, ondelete="cascade")
    brand_id = fields.Many2one("saas.brand", required=True, ondelete="cascade")
    text = fields.Text(required=True)
