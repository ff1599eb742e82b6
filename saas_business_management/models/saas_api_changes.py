"""What the customers' API tells of upgrades, moves and copies of a database.

Owns: one list of the three, the words for their states. Does not own: the records, HTTP.
"""

from odoo import api, models

from .saas_api import _instant

# State of a record → what customers read. Rehearsals are nobody's business but ours.
UPGRADES = {
    "running": "running",
    "watching": "watched",
    "done": "done",
    "failed": "failed",
    "rolled_back": "undone",
}
MOVES = {
    "copying": "running",
    "frozen": "running",
    "switched": "running",
    "done": "done",
    "failed": "failed",
    "undone": "undone",
}


class SaasApi(models.AbstractModel):
    _inherit = "saas.api"

    @api.model
    @api.private
    def _changes(self, tenant_sudo, page, per_page):
        """Return upgrades, moves and copies of a database, the newest first."""
        rows = [
            *map(self._upgrade_row, tenant_sudo.upgrade_ids.filtered(_told)),
            *map(self._move_row, tenant_sudo.move_ids),
            *map(self._copy_row, self._copies_of(tenant_sudo)),
        ]
        rows.sort(key=lambda row: row["started_at"] or "", reverse=True)
        offset = (page - 1) * per_page
        return {"data": rows[offset : offset + per_page], "page": page, "total": len(rows)}

    @api.model
    def _copies_of(self, tenant_sudo):
        return self.env["saas.copy"].sudo().search([("tenant_id", "=", tenant_sudo.id)])

    @api.model
    def _upgrade_row(self, one):
        version = one.to_version_id.number
        told = {"version": version, "outage_seconds": one.outage_seconds}
        return _row("upgrade", UPGRADES[one.state], one.started_at, one.ended_at, **told)

    @api.model
    def _move_row(self, one):
        told = {"outage_seconds": one.outage_seconds}
        return _row("move", MOVES[one.state], one.started_at, one.ended_at, **told)

    @api.model
    def _copy_row(self, one):
        copy = one.into_id.public_id
        return _row("copy", one.state, one.started_at, one.finished_at, copy=copy)


def _row(kind, state, began, ended, version=None, copy="", outage_seconds=0.0):
    return {
        "kind": kind,
        "state": state,
        "version": version,
        "copy": copy,
        "started_at": _instant(began),
        "ended_at": _instant(ended),
        "outage_seconds": outage_seconds,
    }


def _told(upgrade):
    return not upgrade.rehearsal and upgrade.state in UPGRADES
