"""The watch after an upgrade: whether the new version is served.

Owns: ordering the looks, what they lead to. Does not own: looking (`jobs/watch_upgrade.py`), how
many looks may fail (`kernel/migration/watch.py`).
"""

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.migration import watch


class SaasUpgrade(models.Model):
    _inherit = "saas.upgrade"

    @api.model
    def _cron_watch(self):
        """Order a look at each tenant that was upgraded a short while ago."""
        for one in self.search([("state", "=", "watching")]):
            one.sudo()._enqueue("watch_upgrade", priority=4, serial=False)

    @api.private
    def _step_watch_begin(self):
        """Return where to look; nowhere when the tenant was closed or it is over."""
        tenant_sudo = self.tenant_id.sudo()
        looked = self.state == "watching" and tenant_sudo._is_serving()
        return {"host": tenant_sudo._primary_host() if looked else ""}

    @api.private
    def _step_watched(self, problem=""):
        """Note a look; after several bad ones in a row everything goes back."""
        if self.state != "watching":
            return
        failures = self.watch_failures + 1 if problem else 0
        self._put({"watch_failures": failures, "failure_text": problem or False})
        verdict = watch.judge(failures, fields.Datetime.now(), self.watch_until)
        if verdict == watch.KEEP:
            self._end("done")
        elif verdict == watch.BACK:
            self._go_back(problem)

    def _go_back(self, problem):
        try:
            self._roll_back(problem)
        except SaasError as error:
            # The next look tries again.
            self._put({"failure_text": messages.text(self.env, error)})
