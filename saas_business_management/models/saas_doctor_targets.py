"""The doctor's checks of backup targets, from their last tests; each is tested again every day.

Owns: these checks. Does not own: the test (job `test_target`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import api, models

HOURS_A_TEST_COUNTS = 36


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        for target in self.env["saas.backup.target"].search([]):
            yield self._look_at_target(target)

    def _look_at_target(self, target: models.Model) -> dict[str, Any]:
        _ = self.env._
        if target.state == "failing":
            what = _("Backup target %(target)s cannot be used", target=target.name)
            mend = _("Open it: each line of its test says what mends it.")
            return self._told(
                "backup_target", "backups", "failing", what, target.result, mend, target
            )
        tested = target.state == "ready" and target.checked_at
        if not tested or self._age(target.checked_at) > HOURS_A_TEST_COUNTS:
            what = _("Backup target %(target)s was not tested lately", target=target.name)
            why = _("Whether backups can be kept there is found out when one is needed.")
            mend = _("Open it and choose Test Connection.")
            return self._told("backup_target", "backups", "unknown", what, why, mend, target)
        what = _("Backup target %(target)s takes backups", target=target.name)
        return self._told("backup_target", "backups", "ok", what, record=target)

    @api.model
    def action_check_again(self) -> dict:
        told = super().action_check_again()
        self._test_targets()
        return told

    @api.model
    def _cron_check(self) -> None:
        self._test_targets()
        super()._cron_check()

    @api.model
    def _test_targets(self) -> None:
        """Test what can be tested; a target without its key is told by its form."""
        for target in self.env["saas.backup.target"].search([]):
            if target.kind == "local" or target.has_secret:
                target._test_connection()
