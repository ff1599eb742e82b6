"""What people may do to a tenant's life: close, open, archive, delete, and take back.

Owns: the public actions, each with a reason, on one tenant or many. Does not own: which are
allowed (`kernel/lifecycle/transitions.py`), the dialog (`wizards/saas_tenant_change.py`).
"""

from odoo import api, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.lifecycle.machine import decide
from ..kernel.lifecycle.states import MIGRATING, PROVISIONING, SERVING

GONE = {"nothing_left": True, "has_database": False}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    # For people, the API and the command line; all tenants or none

    def action_suspend(self, reason: str, note: str = "") -> bool:
        """Close tenants for one of the known reasons; their data stays."""
        return self._change("suspended", reason=reason, note=note)

    def action_resume(self, note: str = "") -> bool:
        """Open suspended tenants again."""
        return self._change("resumed", note=note)

    def action_archive_tenant(self, note: str) -> bool:
        """Take tenants out of service; their data is kept as long as the policy says."""
        return self._change("archived", reason=note, note=note)

    def action_reactivate(self, note: str = "") -> bool:
        """Bring archived tenants back into service."""
        return self._change("reactivated", note=note)

    def action_convert_trial(self, note: str = "") -> bool:
        """Make tenants on trial active before their trial ends, or after it."""
        return self._change("trial_converted", note=note)

    def action_request_deletion(self, note: str) -> bool:
        """Mark tenants for deletion; until the day that is set it can be undone."""
        return self._change("deletion_requested", reason=note, note=note)

    def action_undo_deletion(self, note: str = "") -> bool:
        """Bring tenants back that were marked for deletion."""
        return self._change("deletion_undone", note=note)

    def action_discard(self) -> bool:
        """Close drafts that nobody wants; nothing of them is anywhere."""
        return self._change("discarded")

    def action_restrict(self, note: str) -> bool:
        """Leave tenants open, but without new users or apps."""
        return self._restrict(True, note)

    def action_lift_restriction(self, note: str = "") -> bool:
        """Let tenants have new users and apps again."""
        return self._restrict(False, note)

    def action_ask_change(self) -> dict:
        """Open the dialog for the change that the context names."""
        self.check_access("write")
        change = self.env.context.get("saas_change")
        return self.env["saas.tenant.change"]._open_for(self, change)

    # How

    @api.private
    def _make_change(self, change, reason, note):
        """Make one of the changes of the dialog."""
        {
            "suspended": lambda: self.action_suspend(reason, note),
            "resumed": lambda: self.action_resume(note),
            "archived": lambda: self.action_archive_tenant(note),
            "reactivated": lambda: self.action_reactivate(note),
            "trial_converted": lambda: self.action_convert_trial(note),
            "restricted": lambda: self.action_restrict(note),
            "unrestricted": lambda: self.action_lift_restriction(note),
            "deletion_requested": lambda: self.action_request_deletion(note),
            "deletion_undone": lambda: self.action_undo_deletion(note),
        }[change]()

    def _change(self, event, **known):
        """Fire an event for each of these tenants, in one transaction."""
        self.check_access("write")
        self._wait_for_turn()
        for tenant in self:
            try:
                tenant._fire(event, **known)
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
        return True

    def _hindrance(self, event, **known):
        """Return why an event cannot happen now, an empty text when it can."""
        self.ensure_one()
        try:
            decide(self.state, event, self._gather_facts(False, known))
        except SaasError as error:
            return messages.text(self.env, error)
        return ""

    def _restrict(self, restricted, note):
        self.check_access("write")
        self._wait_for_turn()
        for tenant in self:
            if tenant.state not in SERVING:
                raise UserError(
                    self.env._(
                        "%(tenant)s is not open, so there is nothing to restrict.",
                        tenant=tenant.name,
                    )
                )
            if tenant.restricted != restricted:
                tenant._set({"restricted": restricted})
                event = "restricted" if restricted else "unrestricted"
                tenant._journal(event, note)
                self.env["saas.audit.entry"]._note(f"tenant_{event}", tenant, note)
                tenant._sync_route()
        return True

    def _moved(self, move, why):
        super()._moved(move, why)
        self._apply_access(move)

    def _apply_access(self, move):
        """Have sessions ended or logins allowed when the tenant closed or opened."""
        if not self.database_id or {move.source, move.target} & {PROVISIONING, MIGRATING}:
            return
        if (move.source in SERVING) != (move.target in SERVING):
            self.env["saas.job"]._enqueue(
                "apply_state",
                serial_key=f"tenant:{self.id}",
                priority=2,
                tenant_id=self.id,
                cluster_id=self.cluster_id.id,
            )

    def _order_deletion(self):
        """Have a tenant destroyed whose time to undo is over."""
        self.env["saas.job"]._enqueue(
            "delete_tenant",
            dedupe_key=f"delete:{self.id}",
            serial_key=f"tenant:{self.id}",
            priority=30,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    # Steps of the operations

    @api.private
    def _step_access(self):
        database_sudo = self.database_id.sudo()
        return {
            "database": database_sudo.name or "",
            "generation": database_sudo.generation,
            "open": self.state in SERVING,
        }

    @api.private
    def _step_close_for_good(self):
        """Take the tenant out of the route map, when its deletion is due and was not undone.

        Raises: Refused (`transition_refused`).
        """
        decide(self.state, "deleted", self._gather_facts(True, GONE))
        database_sudo = self.database_id.sudo()
        if database_sudo:
            database_sudo.stage = "dropping"
            database_sudo._step_close()
        return {"database": database_sudo.name or ""}

    @api.private
    def _step_deleted(self):
        """Everything is destroyed: free the names, forget the links, keep the record."""
        if self.state == "deleted":
            return
        database_sudo = self.database_id.sudo()
        self._set({"database_id": False})
        if database_sudo:
            database_sudo._step_forget()
        self.env["saas.link"].sudo().search([("tenant_id", "=", self.id)]).unlink()
        self._fire("deleted", system=True, **GONE)
        self.host_ids._release()
