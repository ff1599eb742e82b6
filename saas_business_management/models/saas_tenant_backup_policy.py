"""Which backup policy counts for a tenant, why that one, and what follows from it.

Owns: the order tenant, plan, template, default of the company; the turns of a tenant. Does not own:
the policy (`saas_backup_policy.py`), turns in general (`kernel/backup/schedule.py`), making backups
(operations).

A policy that is off or archived counts for nobody: the next in the order does.
"""

from dataclasses import replace
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.backup import schedule

SOURCES = [
    ("tenant", "Chosen for This Tenant"),
    ("plan", "From the Plan"),
    ("template", "From the Template"),
    ("default", "Default of the Company"),
    ("none", "No Policy"),
]
# What changes nothing any more needs no further backup; what it has stays.
BACKED_UP = ("trial", "active", "suspended")


class SaasBackupPolicy(models.Model):
    _inherit = "saas.backup.policy"

    def write(self, vals):
        """A default counts for tenants that no path leads to from here: they are read anew."""
        done = super().write(vals)
        if {"state", "active", "is_default", "company_id"} & set(vals):
            self.env["saas.tenant"].invalidate_model()
        return done


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    backup_policy_id = fields.Many2one(
        "saas.backup.policy",
        string="Own Backup Policy",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        copy=False,
        help="Empty: the policy of its plan, of its template, or the company's default.",
    )
    backup_policy_effective_id = fields.Many2one(
        "saas.backup.policy",
        string="Backup Policy",
        compute="_compute_backup_policy",
        search="_search_backup_policy",
        compute_sudo=True,
    )
    backup_policy_source = fields.Selection(
        SOURCES, compute="_compute_backup_policy", compute_sudo=True, string="Because"
    )
    backup_since = fields.Datetime(
        readonly=True, copy=False, help="Since when a backup can be missing."
    )
    backup_next_at = fields.Datetime(compute="_compute_backup_next", string="Next Backup")

    # Which one counts

    @api.depends(
        "backup_policy_id.state",
        "backup_policy_id.active",
        "plan_id.backup_policy_id.state",
        "plan_id.backup_policy_id.active",
        "template_id.backup_policy_id.state",
        "template_id.backup_policy_id.active",
        "company_id",
    )
    def _compute_backup_policy(self):
        defaults = self._backup_defaults()
        for tenant in self:
            choices = {
                "tenant": tenant.backup_policy_id,
                "plan": tenant.plan_id.backup_policy_id,
                "template": tenant.template_id.backup_policy_id,
                "default": defaults.get(tenant.company_id.id) or defaults.get(False),
            }
            counting = {
                source: policy
                for source, policy in choices.items()
                if policy and policy.active and policy.state == "on"
            }
            source = next(iter(counting), "none")
            tenant.backup_policy_source = source
            tenant.backup_policy_effective_id = counting.get(source, False)

    @api.model
    def _backup_defaults(self):
        """Return the default policy that is on, by company id; False for every company."""
        found_sudo = self.env["saas.backup.policy"].sudo()
        wanted = [("is_default", "=", True), ("state", "=", "on")]
        return {one.company_id.id: one for one in found_sudo.search(wanted)}

    def _search_backup_policy(self, operator, value):
        """The same order, as a search."""
        if operator != "in":
            return NotImplemented
        counts = [("active", "=", True), ("state", "=", "on")]
        policies_sudo = self.env["saas.backup.policy"].sudo().search(counts)
        wanted = policies_sudo.filtered(lambda one: one.id in value)
        found, passed = Domain.FALSE, Domain.TRUE
        for name in ("", "plan_id", "template_id"):
            found |= passed & self._carries(name, wanted)
            passed &= ~self._carries(name, policies_sudo)
        own = policies_sudo.filtered("is_default")
        covered = own.company_id.ids
        for policy in own & wanted:
            companies = Domain("company_id", "=", policy.company_id.id)
            found |= passed & (
                companies if policy.company_id else Domain("company_id", "not in", covered)
            )
        if False in value:
            rest = Domain.FALSE if own.filtered(lambda one: not one.company_id) else passed
            found |= rest & Domain("company_id", "not in", covered)
        return found

    @api.model
    def _carries(self, name, policies):
        """Return which tenants, or tenants of which plans or templates, have one of the policies.

        The ids of plans and templates, not a path: one that is empty carries none.
        """
        if not name:
            return Domain("backup_policy_id", "in", policies.ids)
        carriers_sudo = self.env[self._fields[name].comodel_name].sudo()
        having = [("backup_policy_id", "in", policies.ids)]
        found_sudo = carriers_sudo.with_context(active_test=False).search(having)
        return Domain(name, "in", found_sudo.ids)

    # Its turns

    def _backup_made(self):
        """Return what the kernel reckons with: since when it counts, what was made, what tried."""
        self.ensure_one()
        policy = self.backup_policy_effective_id
        begun = self.backup_since or self.create_date or fields.Datetime.now()
        since = [begun, policy.switched_on_at]
        stored_at, tried_at = self._backup_times()
        return schedule.Made(
            since_at=max(_aware(one) for one in since if one),
            stored_at=_aware(stored_at),
            tried_at=_aware(tried_at),
        )

    def _backup_times(self):
        """Return the snapshot of the newest stored backup, and when the newest one was begun."""
        return self.backup_last_at, self.backup_tried_at

    def _backup_schedule(self):
        """Return schedule, zone and key of a tenant; None when it is not backed up."""
        self.ensure_one()
        policy_sudo = self.backup_policy_effective_id.sudo()
        if not policy_sudo or self.state not in BACKED_UP or not self.database_id:
            return None
        zone = ZoneInfo(policy_sudo._zone_name(self.sudo()))
        return policy_sudo._to_schedule(), zone, self.public_id

    @api.private
    def _backup_due_targets(self, now=None, newest=None):
        """Return the targets on which a scheduled backup is missing at an instant (UTC, now by
        default).

        A target that never had one of this tenant waits for the next turn, so that a new one does
        not bring a fleet out of its windows. `newest` are known instants by (tenant, target).
        """
        self.ensure_one()
        told = self._backup_schedule()
        if told is None:
            return self.env["saas.backup.target"]
        now = _aware(now or fields.Datetime.now())
        newest = self._backup_newest() if newest is None else newest
        made = self._backup_made()

        def due(target):
            stored_at = _aware(newest.get((self.id, target.id))) or made.stored_at
            return schedule.is_due(*told, replace(made, stored_at=stored_at), now)

        return self.backup_policy_effective_id.sudo().target_ids.filtered(due)

    @api.private
    def _backup_due(self, now=None):
        """Tell whether a scheduled backup has to be begun at an instant."""
        return bool(self._backup_due_targets(now))

    @api.model
    @api.private
    def _backups_due(self, now=None):
        """Return every tenant whose scheduled backup has to be begun, the longest waiting first."""
        found = self.search([("state", "in", BACKED_UP), ("database_id", "!=", False)])
        newest = found._backup_newest()
        due = found.filtered(lambda one: one._backup_due_targets(now, newest))
        return due.sorted(lambda one: one._backup_made().fresh_at)

    def _backup_newest(self):
        """Return what the newest stored backup on each target shows, by (tenant id, target id)."""
        kept = [("tenant_id", "in", self.ids), ("state", "in", ("stored", "expired"))]
        groups = (
            self.env["saas.backup"]
            .sudo()
            ._read_group(kept, ["tenant_id", "target_id"], ["taken_at:max"])
        )
        return {(tenant.id, target.id): at for tenant, target, at in groups}

    @api.private
    def _backup_failing(self, now=None):
        """Tell whether its schedule has had no success in time: then nothing expires."""
        told = self._backup_schedule()
        now = _aware(now or fields.Datetime.now())
        return bool(told) and schedule.is_gap(told[0], self._backup_made(), now)

    @api.depends("backup_policy_effective_id", "state", "backup_last_at", "backup_since")
    def _compute_backup_next(self):
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        for tenant in self:
            told = tenant._backup_schedule()
            due = schedule.next_due(*told, tenant._backup_made(), now) if told else None
            tenant.backup_next_at = due.replace(tzinfo=None) if due else False


def _aware(instant):
    return instant.replace(tzinfo=timezone.utc) if instant else None
