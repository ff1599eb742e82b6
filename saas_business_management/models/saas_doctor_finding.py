"""What the doctor found the last time it looked."""

from typing import Any

from markupsafe import Markup
from odoo import api, fields, models

from .saas_doctor import LEVELS, RANKS

AREAS = [
    ("platform", "Installation"),
    ("keys", "Keys"),
    ("mail", "Mail"),
    ("work", "Operations"),
    ("cluster", "Clusters"),
    ("template", "Tenant Templates"),
    ("plan", "Billing Plans"),
    ("tenant", "Tenants"),
    ("backups", "Backups"),
    ("alerts", "Alerts"),
    ("webhooks", "Webhooks"),
    ("audit", "Audit Log"),
]


class SaasDoctorFinding(models.Model):
    _name = "saas.doctor.finding"
    _description = "Finding"
    _order = "sequence, area, id"
    _rec_name = "what"

    code = fields.Char(required=True, readonly=True)
    area = fields.Selection(AREAS, required=True, readonly=True)
    level = fields.Selection(LEVELS, required=True, readonly=True)
    what = fields.Text(string="Finding", required=True, readonly=True)
    why = fields.Text(string="Why It Matters", readonly=True)
    mend = fields.Text(string="How to Mend It", readonly=True)
    sequence = fields.Integer(readonly=True)
    checked_at = fields.Datetime(string="Checked", required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @api.model
    def _replace(self, found: list[dict[str, Any]]) -> None:
        """Put new findings in the place of the old ones."""
        self.search([]).unlink()
        now = fields.Datetime.now()
        self.create(
            [
                {
                    **{
                        name: one[name] for name in ("code", "area", "level", "what", "why", "mend")
                    },
                    "sequence": RANKS[one["level"]],
                    "checked_at": now,
                    "res_model": one["record"]._name if one["record"] else False,
                    "res_id": one["record"].id if one["record"] else False,
                }
                for one in found
            ]
        )

    @api.model
    @api.private
    def _note_audit(self, cluster: models.Model, found: list[Any]) -> None:
        """Keep on the cluster what an audit found and a sweep leaves alone; the doctor tells it."""
        kept = [
            {"audit": one.audit, "kind": one.kind, "what": one.what, "name": one.name}
            for one in found
            if not one.sweep
        ]
        cluster.sudo().write({"audit_findings": kept, "audited_at": fields.Datetime.now()})

    @api.model
    def get_empty_list_help(self, help_message: str) -> str:
        """Say that nothing was checked yet before saying that nothing is to mend."""
        if self.search_count([], limit=1):
            return super().get_empty_list_help(help_message)
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("Not checked yet"),
            self.env._("Choose Check Again: the whole installation is looked at in a few seconds."),
        )

    def action_open(self) -> dict:
        """Open what the finding is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
