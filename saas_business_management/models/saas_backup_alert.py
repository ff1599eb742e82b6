"""Alerts of backups: one that failed, a gap, a proof that failed or is overdue; each told once.

Owns: rows that are open while their condition holds, the activity and the mail of each. Does not
own: the conditions (`kernel/backup/alert.py`), badges, alerts of other things, counting the backups
that a target lost (`saas_backup_lost.py`).

An alert is about a tenant, or about a target as a whole.

One writer: the look that runs every five minutes, and at once when an operation notes something
bad. Other parts read rows: an open one has no `ended_at`.
"""

from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import format_datetime, plaintext2html

from ..kernel.backup import alert, evidence
from .saas_backup import RESTORABLE
from .saas_tenant_backup_policy import BACKED_UP

EVENTS = [
    (alert.BACKUP_FAILED, "Backup Failed"),
    (alert.BACKUP_GAP, "Backup Gap"),
    (alert.PROOF_FAILED, "Proof Failed"),
    (alert.PROOF_OVERDUE, "Proof Overdue"),
    (alert.BACKUPS_LOST, "Many Backups Lost"),
]
assert [event for event, _label in EVENTS] == [*alert.EVENTS]
# A target that nothing was tried on for so long is told by its gap.
FAILED_WITHIN = timedelta(days=2)
MOST_NAMED = 20


class SaasBackupAlert(models.Model):
    _name = "saas.backup.alert"
    _inherit = "saas.ledger"
    _description = "Alert of Backups"
    _order = "since desc, id desc"
    _rec_name = "event"

    tenant_id = fields.Many2one(
        "saas.tenant", readonly=True, index=True, ondelete="cascade", help="Empty: of the target."
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )
    event = fields.Selection(EVENTS, required=True, readonly=True, string="What")
    target_id = fields.Many2one(
        "saas.backup.target", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    backup_id = fields.Many2one("saas.backup", readonly=True, ondelete="set null")
    text = fields.Char(readonly=True, string="Why")
    since = fields.Datetime(
        required=True, readonly=True, index=True, default=lambda self: fields.Datetime.now()
    )
    ended_at = fields.Datetime(readonly=True, string="Ended")
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open", string="Open")
    told_at = fields.Datetime(readonly=True, string="Mailed")
    user_id = fields.Many2one("res.users", readonly=True, string="Told", ondelete="set null")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _once = models.UniqueIndex(
        "(coalesce(tenant_id, 0), event, coalesce(target_id, 0)) WHERE ended_at IS NULL",
        "This alert is open already.",
    )
    _of_something = models.Constraint(
        "CHECK (tenant_id IS NOT NULL OR target_id IS NOT NULL)",
        "An alert is about a tenant or a target.",
    )

    @api.depends("tenant_id.company_id", "target_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row._about().company_id

    @api.depends("ended_at")
    def _compute_is_open(self):
        for row in self:
            row.is_open = not row.ended_at

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return []
        return [("ended_at", "=" if True in wanted else "!=", False)]

    @api.depends("tenant_id", "target_id", "event")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row._what()}: {row._about().name}"

    def _about(self):
        """Return the tenant it is about, or the target."""
        return self.tenant_id or self.target_id

    def _what(self):
        return dict(self._fields["event"]._description_selection(self.env)).get(self.event, "")

    # Looking

    @api.model
    def _cron_watch(self):
        """Open and end alerts as things stand, then mail what is new."""
        self._watch()
        self._mail_new()

    @api.model
    @api.private
    def _look_soon(self):
        """Have it looked at once; for operations that noted something bad."""
        self.env.ref("saas_business_management.ir_cron_watch_backups").sudo()._trigger()

    @api.model
    @api.private
    def _watch(self):
        """Compare what holds with what is open."""
        held = self._held()
        for row_sudo in self.sudo().search([("ended_at", "=", False)]):
            place = (row_sudo.tenant_id.id, row_sudo.event, row_sudo.target_id.id)
            if held.pop(place, None) is None:
                row_sudo._end()
        for (tenant, event, target), facts in held.items():
            self._open(tenant, event, target, facts)

    @api.model
    def _held(self):
        """Return every condition that holds: by tenant id, event and target id (False for none),
        the values of its alert.
        """
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        covered = [("state", "in", BACKED_UP), ("database_id", "!=", False)]
        tenants_sudo = self.env["saas.tenant"].sudo().search(covered)
        held = {}
        for tenant_sudo in tenants_sudo:
            for event in tenant_sudo._backup_conditions(now):
                held[tenant_sudo.id, event, False] = {"text": tenant_sudo._alert_text(event)}
        for one_sudo in self._failing(tenants_sudo):
            facts = {"text": one_sudo.error_text, "backup_id": one_sudo.id}
            held[one_sudo.tenant_id.id, alert.BACKUP_FAILED, one_sudo.target_id.id] = facts
        return held

    @api.model
    def _failing(self, tenants_sudo):
        """Return the newest failed backup of each tenant and target that no good one followed."""
        recent = fields.Datetime.now() - FAILED_WITHIN
        backups_sudo = self.env["saas.backup"].sudo()
        open_sudo = self.sudo().search([("ended_at", "=", False), ("backup_id", "!=", False)])
        failed_sudo = open_sudo.backup_id | backups_sudo.search(
            [("state", "=", "failed"), ("finished_at", ">=", recent), ("tenant_id", "!=", False)]
        )
        stored = {
            (tenant.id, target.id): at
            for tenant, target, at in backups_sudo._read_group(
                [("tenant_id", "in", failed_sudo.tenant_id.ids), ("state", "in", RESTORABLE)],
                ["tenant_id", "target_id"],
                ["finished_at:max"],
            )
        }
        newest = {}
        for one_sudo in failed_sudo.sorted("finished_at"):
            newest[one_sudo.tenant_id.id, one_sudo.target_id.id] = one_sudo
        return [
            one
            for place, one in newest.items()
            if one.tenant_id in tenants_sudo
            and one.target_id in one.tenant_id.backup_policy_effective_id.target_ids
            and alert.is_failing(one.finished_at, stored.get(place))
        ]

    # Opening and ending

    def _open(self, tenant_id, event, target_id, facts):
        vals = {"tenant_id": tenant_id, "event": event, "target_id": target_id, **facts}
        row_sudo = self._at_work().create(vals)
        user = row_sudo._people()[:1]
        note = plaintext2html(f"{row_sudo._what()}: {row_sudo.text or ''}")
        # Its mail is ours: one for all that came at once.
        about_sudo = row_sudo._about().with_context(mail_activity_quick_update=True)
        activity = about_sudo.activity_schedule(
            "mail.mail_activity_data_warning",
            note=note,
            summary=row_sudo._what(),
            user_id=(user or self.env.user).id,
        )
        row_sudo.write({"activity_id": activity.id, "user_id": user.id})
        return row_sudo

    def _end(self):
        """The condition no longer holds: its activity is done."""
        at_work_sudo = self._at_work()
        at_work_sudo.activity_id.filtered("active").action_feedback(
            feedback=self.env._("It is well again.")
        )
        at_work_sudo.write({"ended_at": fields.Datetime.now()})

    def _people(self):
        """Return who hears of it: who is responsible for the tenant, else every administrator of
        the platform who may see it."""
        self.ensure_one()
        if self.tenant_id.user_id:
            return self.tenant_id.user_id
        group = self.env.ref("saas_business_management.group_saas_admin")
        people_sudo = group.sudo().all_user_ids.filtered(lambda one: one.active and not one.share)
        return people_sudo.filtered(lambda one: self.company_id <= one.company_ids)

    # Mailing

    @api.model
    @api.private
    def _mail_new(self):
        """Mail what is open and not told yet: one mail for each person and kind, however many."""
        new_sudo = self._at_work().search([("told_at", "=", False), ("ended_at", "=", False)])
        heaps = defaultdict(self.browse)
        for row_sudo in new_sudo:
            for user in row_sudo._people().filtered("email"):
                heaps[user, row_sudo.event] |= row_sudo
        template_sudo = self.env.ref("saas_business_management.mail_template_backup_alert").sudo()
        for (user, _event), rows in heaps.items():
            spoken = {"saas_alert_ids": rows.ids, "lang": user.lang, "tz": user.tz or "UTC"}
            values = {"email_to": user.email_formatted, "saas_tenant_id": rows[0].tenant_id.id}
            template_sudo.with_context(**spoken).send_mail(rows[:1].id, email_values=values)
        new_sudo.write({"told_at": fields.Datetime.now()})
        if heaps:
            self.env["mail.mail"]._send_soon()

    # For the text of the mail

    def _told_together(self):
        """Return the alerts that one mail tells of."""
        return self.browse(self.env.context.get("saas_alert_ids") or self.ids)

    def _mail_subject(self):
        """Return what happened to which tenant, or to how many."""
        rows = self._told_together()
        if len(rows) == 1:
            return self.env._("%(what)s: %(name)s", what=self._spoken(), name=self._about().name)
        if self.tenant_id:
            return self.env._("%(what)s: %(count)s tenants", what=self._spoken(), count=len(rows))
        return self.env._("%(what)s: %(count)s targets", what=self._spoken(), count=len(rows))

    def _spoken(self):
        _ = self.env._
        return {
            alert.BACKUP_FAILED: _("Backup failed"),
            alert.BACKUP_GAP: _("Backup gap"),
            alert.PROOF_FAILED: _("Proof failed"),
            alert.PROOF_OVERDUE: _("Proof overdue"),
            alert.BACKUPS_LOST: _("Many backups lost"),
        }[self.event]

    def _mail_lines(self):
        """Return name and reason of each tenant or target, as many as one reads."""
        return [(row._about().name, row._mail_sentence()) for row in self._told_together()][
            :MOST_NAMED
        ]

    def _mail_more(self):
        return max(0, len(self._told_together()) - MOST_NAMED)

    def _mail_sentence(self):
        """Return what happened, in one or two sentences without any address or secret."""
        if self.event != alert.BACKUP_FAILED:
            return self.text or ""
        at = format_datetime(self.env, self.backup_id.started_at, dt_format="short")
        stopped = self.env._("The backup of %(at)s stopped.", at=at)
        return f"{stopped} {self.text or ''}".strip()

    def _mail_advice(self):
        """Return what the reader has to know or do beside the reason."""
        _ = self.env._
        if self.event == alert.BACKUPS_LOST:
            return _(
                "Was it one of you, on purpose? The audit log says who deleted them. If nobody "
                "knows of it: lock the accounts of those named there, give the target another key "
                "at the service, bring the objects back from its versions, and back up to another "
                "target."
            )
        return _("What was stored before stays as it is, and the next backup is tried by itself.")

    def _mail_proof(self):
        """Return when the tenant was last restored to prove its backup."""
        at = self.tenant_id.backup_proven_at
        return format_datetime(self.env, at, dt_format="short") if at else self.env._("Never")

    def _mail_last(self):
        at = self.tenant_id.backup_last_at
        return format_datetime(self.env, at, dt_format="short") if at else self.env._("Never")

    def _mail_url(self):
        """Return where it is mended: the tenant, the target, or the list of alerts."""
        if len(self._told_together()) == 1 and not self.tenant_id:
            return f"{self.get_base_url()}/odoo/saas-backup-targets/{self.target_id.id}"
        if len(self._told_together()) == 1:
            return f"{self.get_base_url()}/odoo/saas-tenants/{self.tenant_id.id}"
        return f"{self.get_base_url()}/odoo/saas-backup-alerts"

    # Nobody else writes

    @api.private
    def _expire(self):
        """Forget alerts that ended long ago; the retention rule's."""
        self._at_work()._drop()

    def _stays_text(self):
        return self.env._("Alerts cannot be deleted.")

    def _by_hand_text(self):
        return self.env._("Alerts open and end by themselves, never by hand.")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    backup_alert_ids = fields.One2many(
        "saas.backup.alert", "tenant_id", readonly=True, string="Alerts of Backups"
    )

    def _backup_conditions(self, now):
        """Return which alerts of its backups hold at an aware instant."""
        self.ensure_one()
        told = self._backup_schedule()
        policy_sudo = self.backup_policy_effective_id.sudo()
        # Whoever only has bytes read was not promised a restore.
        restored = int(policy_sudo.proof_level or 0) >= evidence.PROVEN_FROM
        within = timedelta(days=policy_sudo.proof_days) if restored else None
        standing = self._backup_standing(self._backup_made())
        return alert.conditions(told[0] if told else None, standing, now, within)

    def _alert_text(self, event):
        """Return in words why an alert is raised."""
        _ = self.env._
        at = lambda instant: format_datetime(self.env, instant, dt_format="short")  # noqa: E731
        if event == alert.BACKUP_GAP:
            if not self.backup_last_at:
                return _("There is no backup yet.")
            return _("There is no backup since %(at)s.", at=at(self.backup_last_at))
        if event == alert.PROOF_FAILED:
            check_sudo = self._newest_failed_check()
            said = _("A check failed on %(at)s.", at=at(self.backup_failure_at))
            return f"{said} {check_sudo.text or ''}".strip()
        if not self.backup_proven_at:
            return _("It was never restored to prove its backups.")
        return _("The last proven restore was on %(at)s.", at=at(self.backup_proven_at))

    def _newest_failed_check(self):
        failed = [("tenant_id", "=", self.id), ("outcome", "=", "failed")]
        return (
            self.env["saas.backup.check"].sudo().search(failed, order="at desc, id desc", limit=1)
        )


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _failed(self, code, text):
        super()._failed(code, text)
        if self.tenant_id:
            self.env["saas.backup.alert"]._look_soon()

    @api.private
    def _stored(self, *, taken_at, manifest_hash, **facts):
        super()._stored(taken_at=taken_at, manifest_hash=manifest_hash, **facts)
        if self.tenant_id.sudo().backup_alert_ids.filtered("is_open"):
            self.env["saas.backup.alert"]._look_soon()


class SaasBackupCheck(models.Model):
    _inherit = "saas.backup.check"

    @api.model
    @api.private
    def _told(self, backup, level, passed, *, failure="", **facts):
        made_sudo = super()._told(backup, level, passed, failure=failure, **facts)
        if backup.tenant_id and (
            not passed or backup.tenant_id.sudo().backup_alert_ids.filtered("is_open")
        ):
            self.env["saas.backup.alert"]._look_soon()
        return made_sudo
