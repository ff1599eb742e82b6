"""How long backups stay: by the policy that counts, else by what everybody is promised.

Owns: the rule for a tenant to whom no policy counts, and when nothing of his may go. Does not own:
deciding by the rule (`kernel/backup/retention.py`), writing it down (`saas_backup_retention.py`).
"""

from zoneinfo import ZoneInfo

from odoo import api, models

from ..const import BACKUP_KEPT_DAYS
from ..kernel.backup import retention
from .saas_tenant_backup_policy import BACKED_UP

SETTING = "saas.backup_kept_days"


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.model
    @api.private
    def _rule_for(self, tenant, backups, now):
        """Return rule, zone and whether nothing may go, for backups of a tenant or of the control
        plane on one target; None when none of them expires by itself.
        """
        owner = tenant or self.env["saas.control.backup"]
        told = owner._backup_schedule()
        if told:
            _plan, zone, _key = told
            return self._policy_of(tenant)._to_rule(), zone, owner._backup_failing(now)
        days = self._kept_days()
        if not days or not tenant._keeps_by_age():
            return None
        zone = ZoneInfo(tenant.company_id.partner_id.tz or "UTC")
        return self._promised_rule(backups, days), zone, tenant._last_backup_failed()

    @api.model
    @api.private
    def _kept_days(self):
        """Return for how many days a backup stays when no policy counts; 0 = for good."""
        told = self.env["ir.config_parameter"].sudo().get_param(SETTING) or ""
        return min(int(told), retention.MOST) if told.isdecimal() else BACKUP_KEPT_DAYS

    @api.private
    def _promised_rule(self, backups, days):
        """Return the rule by age, not shorter than the policies under which they were made."""
        former = [one._to_rule() for one in backups.sudo().policy_id]
        return retention.promise(days, former)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _keeps_by_age(self):
        """Tell whether this is an open tenant to whom no policy counts; others keep what they
        have.
        """
        return bool(self) and self.state in BACKED_UP and not self.backup_policy_effective_id

    @api.private
    def _last_backup_failed(self):
        """Tell whether the newest try failed: nothing goes before one succeeded again."""
        ended = [("tenant_id", "=", self.id), ("state", "!=", "running")]
        newest_sudo = self.env["saas.backup"].sudo().search(ended, order="id desc", limit=1)
        return newest_sudo.state == "failed"
