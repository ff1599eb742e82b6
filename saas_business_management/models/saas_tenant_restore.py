"""Restores as a tenant has them: what may be brought back, copies made of its backups, the undo.

Owns: the facts of a wish, the tenant that a copy becomes, the moment in which its address is
closed. Does not own: restores (`saas_restore.py`), what refuses one (`kernel/backup/restore.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import messages
from ..kernel.backup import restore
from ..kernel.provisioning import naming
from ..kernel.work.states import UNSETTLED
from .saas_backup import RESTORABLE

# Operations that may go on while a tenant is restored.
BESIDE = ("backup_tenant", "verify_backup", "prove_restore")


class SaasDatabase(models.Model):
    _inherit = "saas.database"

    @api.private
    def _keep_beside(self, live, name, oid):
        """Write down a database that stands beside a tenant's own, or find its row."""
        known = self.search([("name", "=", name)])
        return known or self.create(
            {
                "name": name,
                "kind": "kept",
                "stage": "ready",
                "cluster_id": live.cluster_id.id,
                "tenant_id": live.tenant_id.id,
                "oid": oid,
            }
        )


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    restore_ids = fields.One2many("saas.restore", "into_id", readonly=True, string="Restores")
    restore_count = fields.Integer(compute="_compute_restores", string="Restores Made")
    undo_restore_id = fields.Many2one("saas.restore", compute="_compute_restores")
    undo_restore_until = fields.Datetime(compute="_compute_restores", string="Undo Until")
    restore_undone = fields.Boolean(compute="_compute_restores")
    swapping = fields.Boolean(readonly=True, copy=False)

    @api.depends("restore_ids.state", "restore_ids.undo_until")
    def _compute_restores(self):
        for tenant in self:
            tenant.restore_count = len(tenant.restore_ids)
            last = tenant.restore_ids.filtered("can_undo")[:1]
            tenant.undo_restore_id = last
            tenant.undo_restore_until = last.undo_until
            tenant.restore_undone = last.state == "undone"

    def action_view_restores(self):
        """Open the restores of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_restore"
        )
        return dict(
            action,
            domain=["|", ("tenant_id", "=", self.id), ("into_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Restores of %(name)s", name=self.name),
        )

    def action_undo_restore(self):
        """Take the last restore back, or have it count again."""
        self.ensure_one()
        if not self.undo_restore_id:
            raise UserError(self.env._("There is no restore that could be taken back."))
        return self.undo_restore_id.action_undo_restore()

    def action_restore(self):
        """Open the dialog for a restore of this tenant."""
        self.ensure_one()
        self.check_access("write")
        return self.env["saas.tenant.restore"]._open_for(self)

    # For the mail

    def _mail_restored_at(self):
        """Return the instant that the newest restore brought back, as people write it."""
        return format_datetime(self.env, self.restore_ids[:1].taken_at, tz=self._mail_zone())

    def _mail_undo_until(self):
        """Return the last day of the undo, empty when there is none."""
        until = self.restore_ids[:1].undo_until
        return self._mail_date(until.date()) if until else ""

    def _mail_zone(self):
        return self.partner_id.tz or self.company_id.partner_id.tz or "UTC"

    # Whether one is possible

    @api.private
    def _restore_wish(self, backup, where, what, *, typed="", reason="", job=None):
        """Return what the kernel decides about; `job` is the operation that asks, if one does."""
        self.ensure_one()
        return restore.Wish(
            where=where,
            what=what,
            state=self.state,
            restorable=backup.sudo().state in RESTORABLE,
            busy=self._restore_busy(job),
            has_database=self.database_id.sudo().stage == "claimed",
            fatal_key=backup.sudo().tenant_id._backup_key_hindrance(
                backup.sudo().target_id, backup.sudo().key_id
            ),
            typed=(typed or "").strip().lower(),
            subdomain=self.subdomain or "",
            reason=reason or "",
        )

    @api.private
    def _restore_hindrances(self, backup, where, what):
        """Return what stands in the way of a restore, apart from what people type; for dialogs."""
        wish = self._restore_wish(backup, where, what, typed=self.subdomain, reason="asked")
        return [messages.text(self.env, error) for error in restore.hindrances(wish)]

    @api.private
    def _restore_busy(self, job=None):
        """Tell whether an operation is under way during which nothing may be swapped."""
        under_way = [
            *(("tenant_id", "=", self.id), ("state", "in", tuple(UNSETTLED))),
            *(("kind", "not in", BESIDE), ("id", "!=", job or 0)),
        ]
        jobs_sudo = self.env["saas.job"].sudo().search(under_way)
        return any(one.kind in self.env["saas.job"]._exclusive_kinds() for one in jobs_sudo)

    # Copies

    @api.private
    def _make_copy(self, where, name="", subdomain="", until=None):
        """Make the tenant that a copy of this one's backup becomes; return it, a draft. `until` is
        the last day of a sandbox.

        Raises: Refused (`sandbox_end`).
        """
        self.ensure_one()
        ends = self._sandbox_end(until) if where == restore.SANDBOX else False
        copy = self.create(
            {
                "name": name or self.env._("%(name)s, copy", name=self.name),
                "subdomain": subdomain,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "admin_name": self.admin_name,
                "admin_email": self.admin_email,
                "template_id": self.template_id.id,
                "plan_id": False if where == restore.SANDBOX else self.plan_id.id,
                "cluster_id": self.cluster_id.id,
                "user_id": self.env.uid,
            }
        )
        copy._set({"is_sandbox": bool(ends), "sandbox_until": ends})
        return copy

    @api.private
    def _start_copy(self, one):
        """Reserve a copy's name and order it; `one` is its restore.

        Raises: Refused (`subdomain_…`).
        """
        self._wait_for_turn()
        source_sudo = one.tenant_id.sudo()
        version_id = source_sudo.version_id.id
        self._set({"subdomain": self._checked_subdomain(), "version_id": version_id})
        self._reserve_host()
        self._fire("provisioning_started")
        one.sudo()._enqueue("restore_copy", self, priority=2)

    def _order_provisioning(self):
        """A copy that failed is made again as a copy, never as an empty tenant."""
        failed = self.restore_ids.filtered(lambda one: one.where != restore.IN_PLACE)[:1]
        if not failed:
            return super()._order_provisioning()
        failed.sudo()._put({"state": "running", "error_text": False})
        self._reserve_host()
        self._fire("provisioning_started")
        return failed.sudo()._enqueue("restore_copy", self, priority=2)

    @api.private
    def _proposed_copy(self, backup):
        """Return name and subdomain that a copy of a backup may have."""
        at = fields.Datetime.context_timestamp(self, backup.taken_at or backup.started_at)
        tail = f"-{at.day}{at:%b}".lower()
        shown = format_datetime(self.env, backup.taken_at or backup.started_at, dt_format="short")
        stem = (self.subdomain or "")[: naming.SUBDOMAIN_MAX - len(tail)].rstrip("-")
        return {"name": f"{self.name} · {shown}", "subdomain": f"{stem}{tail}"}

    @api.private
    def _step_claim_copy(self, fence):
        """Reserve the database of a copy; a second call finds the first one's choice."""
        one_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"]).restore_id
        source_sudo = one_sudo.tenant_id
        database_sudo = self.database_id.sudo()
        if not database_sudo:
            database_sudo = self.env["saas.database"]._reserve(
                "tenant",
                self.cluster_id,
                version_id=self.version_id.id,
                tenant_id=self.id,
                fence=fence,
            )
            self._set({"database_id": database_sudo.id})
        return {
            **one_sudo._source_facts(),
            "link": "tenant",
            "copy": database_sudo.name,
            "login": database_sudo.generation,
            "birth": database_sudo.birth,
            "host": self.host,
            "base_url": self.url,
            "admin": {
                "admin_user_id": source_sudo.admin_user_ref,
                "admin_partner_id": source_sudo.admin_partner_ref,
            },
        }

    def _step_failed(self):
        super()._step_failed()
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        if job_sudo.restore_id:
            job_sudo.restore_id.with_context(saas_job_id=job_sudo.id)._step_failed()

    # The moment in between

    @api.private
    def _set_swapping(self, swapping):
        """Have nodes answer that the tenant is away for a moment, or serve it again."""
        self._set({"swapping": swapping})
        self._sync_route()

    def _route_state(self):
        state = super()._route_state()
        return "migrating" if self.swapping and self._is_serving() else state

    @api.private
    def _step_order_access(self):
        """Have the role do what the state says, in turn with whatever else changes that."""
        self.env["saas.job"]._enqueue(
            "apply_state",
            serial_key=f"tenant:{self.id}",
            priority=2,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    @api.private
    def _step_close_for_good(self):
        told = super()._step_close_for_good()
        kept_sudo = (
            self.env["saas.database"]
            .sudo()
            .search(
                [("tenant_id", "=", self.id), ("kind", "=", "kept"), ("stage", "!=", "dropped")]
            )
        )
        return {**told, "kept": kept_sudo.mapped("name")}

    @api.private
    def _step_deleted(self):
        kept = [("tenant_id", "=", self.id), ("kind", "=", "kept")]
        self.env["saas.database"].sudo().search(kept).write({"stage": "dropped"})
        return super()._step_deleted()
