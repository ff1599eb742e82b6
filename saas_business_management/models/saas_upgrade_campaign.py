"""An upgrade that a campaign ordered.

Owns: the links, what a campaign shows of an upgrade, waking the campaign at its end. Does not own:
the upgrade (`saas_upgrade.py`), what the campaign does then (`saas_campaign_drive.py`).
"""

from odoo import api, fields, models

from ..kernel.work.states import OPEN

# The operation that takes an upgrade back.
UNDO = "undo_upgrade"


class SaasUpgrade(models.Model):
    _inherit = "saas.upgrade"

    campaign_id = fields.Many2one(
        "saas.campaign", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    wave_id = fields.Many2one(
        "saas.campaign.wave", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.private
    def _after_end(self):
        done = super()._after_end()
        if self.campaign_id:
            self.env["saas.campaign"]._look_soon()
        return done

    @api.private
    def _campaign_jobs(self):
        """Return the latest operation of each of these upgrades, by the id of the upgrade."""
        return {one.id: one.job_ids.sorted("id")[-1:] for one in self if one.job_ids}

    def _campaign_why(self):
        """Return why an upgrade failed or was rolled back, False when it was not."""
        bad = ("failed", "rolled_back", "cancelled")
        return (self.failure_text or False) if self.state in bad else False

    def _is_going_back(self):
        """Tell whether the way back was ordered and is under way."""
        undo = self.job_ids.filtered(lambda job: job.kind == UNDO)
        return any(job.state in OPEN for job in undo)
