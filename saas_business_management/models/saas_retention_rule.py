"""How long each kind of record is kept, and removing what is older.

Owns: the rules and their screen. Does not own: what a kind is (each room adds its own to
`_kinds`), the data of tenants (`saas_lifecycle_policy.py`), erasing a person (`saas_erasure.py`).
"""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..const import OPERATION_LOG_DAYS

_lt = LazyTranslate(__name__)
BATCH = 1000


@dataclass(frozen=True)
class Kind:
    """Records that grow old: where they are, what tells their age, how long they stay by default.

    `least_days` is what nobody may go below; `only` narrows the records.
    """

    label: str
    what: str
    model: str
    dated_by: str
    days: int
    least_days: int = 1
    only: tuple = ()


class SaasRetentionRule(models.Model):
    _name = "saas.retention.rule"
    _description = "Retention Rule"
    _inherit = ["mail.thread"]
    _order = "kind"
    _rec_name = "label"

    kind = fields.Char(required=True, readonly=True, string="Code")
    label = fields.Char(compute="_compute_label", string="Kind")
    what = fields.Char(compute="_compute_label", string="What It Holds")
    days = fields.Integer(required=True, tracking=True, string="Kept for Days")
    least_days = fields.Integer(compute="_compute_label", string="At Least")
    record_count = fields.Integer(compute="_compute_record_count", string="Records Now")
    oldest_on = fields.Date(compute="_compute_record_count", string="Oldest")
    applied_at = fields.Datetime(readonly=True, string="Last Applied")
    removed_count = fields.Integer(readonly=True, string="Removed Then")

    _kind_uniq = models.Constraint("UNIQUE (kind)", "This kind has its rule already.")

    @api.model
    @api.private
    def _kinds(self):
        """Return every kind by its code; rooms add theirs."""
        return {
            "operations": Kind(
                _lt("Finished operations"),
                _lt("The Operations Log with its steps and lines; what needs a person stays."),
                "saas.job",
                "ended_at",
                OPERATION_LOG_DAYS,
                7,
                (("state", "in", ("done", "failed", "cancelled")),),
            ),
            "links": Kind(
                _lt("One-time links"),
                _lt("Hashes of links that were used or have expired."),
                "saas.link",
                "expires_at",
                30,
            ),
            "security_events": Kind(
                _lt("Security events"),
                _lt("What nodes and pages refused, counted by the hour."),
                "saas.security.event",
                "last_at",
                400,
                30,
            ),
            "notices": Kind(
                _lt("Notices to customers"),
                _lt("Which notice went out when, and to which address."),
                "saas.tenant.notice",
                "sent_on",
                730,
                90,
            ),
        }

    @api.depends("kind")
    def _compute_label(self):
        kinds = self._kinds()
        for rule in self:
            kind = kinds.get(rule.kind)
            rule.label = self.env._(kind.label) if kind else rule.kind
            rule.what = self.env._(kind.what) if kind else False
            rule.least_days = kind.least_days if kind else 1

    def _compute_record_count(self):
        kinds = self._kinds()
        for rule in self:
            kind = kinds.get(rule.kind)
            rule.record_count, rule.oldest_on = 0, False
            if kind:
                records_sudo = self.env[kind.model].sudo()
                domain = list(kind.only)
                rule.record_count = records_sudo.search_count(domain)
                oldest = records_sudo.search(
                    [*domain, (kind.dated_by, "!=", False)], order=kind.dated_by, limit=1
                )
                rule.oldest_on = fields.Date.to_date(oldest[kind.dated_by]) if oldest else False

    @api.constrains("days")
    def _check_days(self):
        for rule in self:
            if not rule.least_days <= rule.days <= 36500:
                raise ValidationError(
                    self.env._(
                        "%(kind)s are kept for at least %(least)s days and at most a century.",
                        kind=rule.label,
                        least=rule.least_days,
                    )
                )

    def write(self, vals):
        before = {rule: rule.days for rule in self}
        done = super().write(vals)
        for rule, days in before.items():
            if rule.days != days:
                change = [days, rule.days]
                self.env["saas.audit.entry"]._note("retention_changed", rule, days=change)
        return done

    @api.model
    @api.private
    def _complete(self):
        """Make the rules that are missing, with their usual days."""
        known = set(self.sudo().search([]).mapped("kind"))
        self.sudo().create(
            [
                {"kind": code, "days": kind.days}
                for code, kind in self._kinds().items()
                if code not in known
            ]
        )

    def _register_hook(self):
        super()._register_hook()
        self._complete()

    @api.model
    def _cron_apply(self):
        """Remove what is older than its rule says, a batch at a time."""
        now = fields.Datetime.now()
        for rule in self.search([("kind", "in", [*self._kinds()])]):
            removed = 0
            while count := rule._remove_batch(now):
                removed += count
                self.env["ir.cron"]._commit_progress(count)
            rule.write({"applied_at": now, "removed_count": removed})
            self.env["ir.cron"]._commit_progress(1)

    def _remove_batch(self, now):
        """Remove some of what is too old; return how many there were."""
        kind = self._kinds()[self.kind]
        limit = fields.Datetime.subtract(now, days=self.days)
        old = Domain(list(kind.only)) & Domain(kind.dated_by, "<", limit)
        found_sudo = self.env[kind.model].sudo().search(old, limit=BATCH, order="id")
        count = len(found_sudo)
        if hasattr(found_sudo, "_expire"):
            found_sudo._expire()
        else:
            found_sudo.unlink()
        return count
