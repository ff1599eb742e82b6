"""One line of a cluster's last connection test.

Owns: the lines. Does not own: looking (`adapters/postgres/health.py`, job `test_cluster`), their
words (`messages_checks.py`).
"""

from typing import Any

from odoo import api, fields, models

from ..messages import check_text


class SaasClusterCheck(models.Model):
    _name = "saas.cluster.check"
    _description = "Cluster Test Line"
    _order = "cluster_id, rank, sequence, id"
    _rec_name = "text"

    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    ok = fields.Boolean(string="Passed", readonly=True)
    result = fields.Selection(
        [("failing", "Failed"), ("warning", "Warning"), ("ok", "Passed")],
        compute="_compute_result",
        store=True,
    )
    rank = fields.Integer(compute="_compute_result", store=True)
    text = fields.Char(string="What Was Tested", required=True, readonly=True)
    mend = fields.Text(string="How to Mend It", readonly=True)

    @api.depends("ok", "mend")
    def _compute_result(self) -> None:
        """A line that passed and still has something to mend is a warning."""
        for check in self:
            check.rank = 2 if check.ok and not check.mend else 1 if check.ok else 0
            check.result = ("failing", "warning", "ok")[check.rank]

    @api.model
    def _replace(self, cluster: models.Model, rows: list[dict[str, Any]]) -> None:
        """Put the outcome of a new test (`code, ok, facts, mend`) in the place of the last one."""
        cluster.check_ids.unlink()
        mends = self._mends()
        self.create(
            [
                {
                    "cluster_id": cluster.id,
                    "sequence": place,
                    "code": row["code"],
                    "ok": row["ok"],
                    "text": check_text(self.env, row["code"], right, row.get("facts") or {}),
                    "mend": row.get("mend") or (False if right else mends.get(row["code"], False)),
                }
                for place, row in enumerate(rows)
                for right in [row["ok"] and not (row.get("facts") or {}).get("warning")]
            ]
        )

    @api.model
    def _mends(self) -> dict[str, str]:
        """Return what mends the failures that the job itself looks for."""
        return {
            "filestore_writable": self.env._(
                "Let the user that runs the control worker write into the filestore folder, or "
                "correct the folder here."
            ),
            "odoo_found": self.env._(
                "Correct the Odoo command and the modules folders here: the control worker "
                "could not start them."
            ),
            "zone_wildcard": self.env._(
                "Add a wildcard record for the zone that points to the front proxy, or correct "
                "the zone and the front addresses here."
            ),
            "certificate_valid": self.env._(
                "Look into the log of the front proxy: it renews certificates by itself when it "
                "can be reached from outside on ports 80 and 443."
            ),
            "proxy_headers": self.env._(
                "Have the front proxy set X-Forwarded-Host itself and drop the client's; compare "
                "it with dev/compose/Caddyfile, and saas_trusted_proxies of the nodes with its "
                "address."
            ),
            "node_answers": self.env._("Start the runtime node, or correct the node address here."),
        }
