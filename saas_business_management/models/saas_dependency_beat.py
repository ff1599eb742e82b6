"""Services that call us: the address they call, and when they last did.

Owns: making the address, shown once; writing down a call. Does not own: the page
(`controllers/heartbeat.py`), what a missing call means (`kernel/monitoring/dependency.py`).

The address holds a random token of which only the SHA-256 is kept. Whoever knows it can say that
the service lives, and nothing else.
"""

import secrets
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.monitoring import dependency

TOKEN_BYTES = 32
LONGEST = 64
# A service that calls without end costs one write in so many seconds.
SECONDS = 10
HEAR = """
UPDATE saas_dependency SET beat_at = %(now)s
 WHERE beat_hash = %(hash)s AND active AND kind = %(kind)s
   AND (beat_at IS NULL OR beat_at < %(now)s - %(seconds)s * interval '1 second')
"""
KNOWN = """
SELECT EXISTS (SELECT FROM saas_dependency
                WHERE beat_hash = %(hash)s AND active AND kind = %(kind)s)
"""


class SaasDependency(models.Model):
    _inherit = "saas.dependency"

    beat_hash = fields.Char(copy=False, groups=fields.NO_ACCESS)
    beat_at = fields.Datetime(readonly=True, copy=False, string="Last Call")
    has_beat_address = fields.Boolean(compute="_compute_has_beat_address", compute_sudo=True)

    _beat_unique = models.UniqueIndex("(beat_hash) WHERE beat_hash IS NOT NULL")

    @api.depends("beat_hash")
    def _compute_has_beat_address(self):
        for one in self:
            one.has_beat_address = bool(one.beat_hash)

    def action_make_beat_address(self):
        """Make an address for the service to call, and show it the only time; the one before leads
        nowhere from now on.
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != dependency.HEARTBEAT:
            raise UserError(self.env._("Only a service that calls us has an address to call."))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._put({"beat_hash": _hashed(token)})
        self.env["saas.audit.entry"]._note("dependency_address_made", self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.dependency.address",
            "name": self.env._("Address to Call"),
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_url": f"{self.get_base_url()}/saas/heartbeat/{token}",
                "default_minutes": self.minutes,
                "dialog_size": "medium",
            },
        }

    @api.model
    @api.private
    def _hear(self, token):
        """Write down a call; return whether the address is one of ours."""
        if not token or len(token) > LONGEST:
            return False
        self.flush_model(["beat_hash", "beat_at", "active", "kind"])
        asked = {"hash": _hashed(token), "kind": dependency.HEARTBEAT}
        self.env.cr.execute(SQL(HEAR, now=fields.Datetime.now(), seconds=SECONDS, **asked))
        if self.env.cr.rowcount:
            self.invalidate_model(["beat_at"])
            return True
        return self.env.execute_query(SQL(KNOWN, **asked))[0][0]


def _hashed(token):
    return sha256(token.encode("utf-8", "replace")).hexdigest()
