"""Counters of what strangers and programs ask for, each for one key and one window of time.

Owns: counting up, race-free; forgetting. Does not own: limits (`saas_signup_policy.py`). A key is
kept as a keyed hash: nobody reads from it who asked.
"""

from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

from ..kernel.signup.limits import wait_seconds, window_start

ADD = """
INSERT INTO saas_signup_count (kind, key, start, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (kind, key, start) DO UPDATE SET count = saas_signup_count.count + 1
RETURNING count
"""


class SaasSignupCount(models.Model):
    _name = "saas.signup.count"
    _description = "Counter of Sign-Ups"
    _order = "start desc, id"
    _rec_name = "kind"
    _log_access = False

    kind = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    start = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(required=True, readonly=True)

    _key_uniq = models.UniqueIndex("(kind, key, start)")

    @api.model
    @api.private
    def _add(self, kind, key, limit):
        """Count one more and return `(count, seconds until the window is over)`."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        start = window_start(now, limit.seconds).replace(tzinfo=None)
        hashed = hmac(self.env(su=True), "saas_signup", f"{kind}:{key}")
        self.env.cr.execute(SQL(ADD, kind, hashed, start))
        return self.env.cr.fetchone()[0], wait_seconds(now, limit.seconds)

    @api.model
    @api.private
    def _so_far(self, kind, key, limit):
        """Return `(count, seconds until the window is over)` without counting."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        start = window_start(now, limit.seconds).replace(tzinfo=None)
        hashed = hmac(self.env(su=True), "saas_signup", f"{kind}:{key}")
        wanted = [("kind", "=", kind), ("key", "=", hashed), ("start", "=", start)]
        return self.search(wanted, limit=1).count, wait_seconds(now, limit.seconds)
