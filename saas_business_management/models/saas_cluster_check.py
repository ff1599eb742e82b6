"""One line of a cluster's last connection test."""

from typing import Any

from odoo import api, fields, models


class SaasClusterCheck(models.Model):
    _name = "saas.cluster.check"
    _description = "Cluster Test Line"
    _order = "cluster_id, ok, sequence, id"
    _rec_name = "text"

    cluster_id = fields.Many2one("saas.cluster", required=True, readonly=True, index=True, ondelete="cascade")
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    ok = fields.Boolean(string="Passed", readonly=True)
    result = fields.Selection([("ok", "Passed"), ("failing", "Failed")], compute="_compute_result")
    text = fields.Char(string="What Was Tested", required=True, readonly=True)
    mend = fields.Text(readonly=True, help="What mends it, ready to be copied.")

    @api.depends("ok")
    def _compute_result(self) -> None:
        for check in self:
            check.result = "ok" if check.ok else "failing"

    @api.model
    def _replace(self, cluster: models.Model, rows: list[dict[str, Any]]) -> None:
        """Put the lines of a new test in the place of the last one."""
        cluster.check_ids.unlink()
        self.create([dict(row, cluster_id=cluster.id, sequence=place) for place, row in enumerate(rows)])
