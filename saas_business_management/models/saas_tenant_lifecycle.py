"""The state of a tenant: one writer, one table, one timeline.

Owns: firing events, guarding the state against everybody else, the buttons that fire. Does not
own: the table
(`kernel/lifecycle/transitions.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.lifecycle import facts as lifecycle_facts
from ..kernel.lifecycle.machine import Facts, decide
from ..kernel.lifecycle.states import HOLDS_NAME
from ..kernel.lifecycle.states import SUSPEND as TRIAL_END_RULE
from ..kernel.work.states import OPEN

# Only who holds this very object may write the state.
_FIRE = object()
GUARDED = {
    "state",
    "reason",
    "state_since",
    "served_as",
    "restricted",
    "database_id",
    "trial_end_on",
    "deletion_on",
    "is_sandbox",
    "sandbox_until",
    "public_id",
}


class SaasTenantLifecycle(models.Model):
    _inherit = "saas.tenant"

    @api.model
    def _refuse_state(self, vals_list):
        """Refuse values that only events and operations may set."""
        if self._is_fired():
            return
        for vals in vals_list:
            guarded = {name for name in GUARDED & set(vals) if vals[name] not in (False, "draft")}
            if guarded:
                raise UserError(
                    self.env._(
                        "The %(field)s of a tenant is not written by hand: use its buttons.",
                        field=self._fields[sorted(guarded)[0]].string.lower(),
                    )
                )

    @api.model
    def _is_fired(self):
        """Tell whether an event or an operation is writing, and no person."""
        return self.env.context.get("saas_fire") is _FIRE

    def _set(self, vals):
        """Write guarded fields; for events and operations alone."""
        return self.with_context(saas_fire=_FIRE).write(vals)

    def _fire(self, event, *, system=False, note="", **known):
        """Let an event happen: decide by the table, write the state, the timeline and the route
        map together.

        Raises:
            Refused: `transition_refused`.
        """
        self.ensure_one()
        facts = self._gather_facts(system, known)
        move = decide(self.state, event, facts)
        self._set(
            {
                "state": move.target,
                "reason": move.reason or False,
                "served_as": move.served_as or False,
                "state_since": fields.Datetime.now(),
            }
        )
        plain = (str, int, float, bool)
        told = {name: value for name, value in known.items() if isinstance(value, plain)}
        self._journal(event, note or known.get("reason"), move.source, told)
        self._moved(move, note or known.get("reason") or "")
        self._sync_route()
        return move

    def _journal(self, event, note="", source="", facts=None):
        """Write into the timeline what happened; without a source no state has changed."""
        self.env["saas.tenant.event"].sudo().create(
            {
                "tenant_id": self.id,
                "event": event,
                "from_state": source or self.state,
                "to_state": self.state,
                "reason": note or False,
                "user_id": self._actor().id,
                "facts": facts or {},
            }
        )

    def _moved(self, move, why):
        """Do what else belongs to a move, in its transaction; each room adds its own."""
        self.ensure_one()

    def _gather_facts(self, system, known):
        user = self.env.user
        rights = {lifecycle_facts.SYSTEM} if system else set()
        if user.has_group("saas_business_management.group_saas_operator"):
            rights.add(lifecycle_facts.OPERATOR)
        if user.has_group("saas_business_management.group_saas_admin"):
            rights.add(lifecycle_facts.ADMINISTRATOR)
        values = {
            "actor_rights": frozenset(rights),
            "suspended_for": self.reason or "",
            "served_as": self.served_as or "",
            "has_database": bool(self.database_id),
            "nothing_left": not self.database_id,
            "operation_running": not system and bool(self._open_job()),
            "trial_days": self.plan_id.trial_days,
            "trial_end_rule": self.plan_id.trial_end_rule or TRIAL_END_RULE,
            "trial_over": bool(self.trial_end_on) and self.trial_end_on < self._today(),
            "state_before": self._state_before(),
            "undo_period_over": bool(self.deletion_on) and self.deletion_on <= self._today(),
            **known,
        }
        return Facts(**values)

    def _state_before(self):
        """Return the state in which the move or deletion that is under way began."""
        event = {"migrating": "migration_started", "deleting": "deletion_requested"}.get(self.state)
        found = self.event_ids.sudo().filtered(lambda one: one.event == event).sorted("id")[-1:]
        return found.from_state or ""

    def _today(self):
        """Return the day it is where the tenant's company is."""
        zone = self.company_id.partner_id.tz or self.env.user.tz
        return fields.Date.context_today(self.with_context(tz=zone))

    def _actor(self):
        """Return who stands behind the event: the person who asked for the operation when one is
        running.
        """
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        return job_sudo.user_id if job_sudo else self.env.user

    def _open_job(self):
        return (
            self.env["saas.job"]
            .sudo()
            .search(
                [
                    ("tenant_id", "=", self.id),
                    ("state", "in", tuple(OPEN)),
                    ("kind", "in", self.env["saas.job"]._exclusive_kinds()),
                ],
                limit=1,
                order="id",
            )
        )

    def _sync_route(self):
        """Let the route map say what the tenant says, in the same transaction."""
        routes_sudo = self.env["saas.route"].sudo()
        if self.database_id and routes_sudo._of(self.database_id):
            self._put_routes()

    def _put_routes(self):
        """Lead every host name of the tenant to its database, in the state it is in."""
        database_sudo = self.database_id.sudo()
        self.env["saas.route"]._put_hosts(database_sudo, self._route_hosts(), self._route_values())

    def _route_values(self):
        """Return what nodes are told about the tenant besides its names."""
        return {
            "state": self._route_state(),
            "reason": self.reason or False,
            "restricted": self.restricted,
            "since": self.state_since,
            "kept_until": self._kept_until(),
        }

    def _route_state(self):
        """Return the state visitors meet; while the last step of provisioning looks, the page is
        already served.
        """
        if self.state == "provisioning":
            return "trial" if self.plan_id.trial_days else "active"
        return self.state if self.state in HOLDS_NAME else "gone"

    # Buttons

    def action_provision(self):
        """Order the tenant; asking twice leads to the same operation."""
        self.check_access("write")
        self._wait_for_turn()
        jobs = self.env["saas.job"]
        for tenant in self:
            jobs |= (
                tenant._open_job()
                if tenant.state == "provisioning"
                else tenant._order_provisioning()
            )
        return jobs.action_open_form() if len(jobs) == 1 else True

    def _wait_for_turn(self):
        """Let one of two who press at the same moment go first; the other tries again after it."""
        rows = "SELECT id FROM saas_tenant WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
        self.env.cr.execute(SQL(rows, list(self.ids)))

    def _order_provisioning(self):
        """Check what can be checked now, reserve the name, start the operation; all or nothing."""
        try:
            return self._begin_provisioning()
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    def _begin_provisioning(self, system=False):
        """Reserve the name and start the operation; return it.

        Raises:
            Refused: the codes of `_preflight`, `subdomain_taken`, `transition_refused`.
        """
        self._preflight()
        self._reserve_host()
        self._fire("provisioning_started", system=system)
        return self.env["saas.job"]._enqueue(
            "provision_tenant",
            dedupe_key=f"provision:{self.id}",
            serial_key=f"tenant:{self.id}",
            priority=1,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    def action_undo(self):
        """Take a failed tenant back to a draft."""
        self.check_access("write")
        for tenant in self:
            try:
                tenant._fire("provisioning_undone")
            except Refused as error:
                raise UserError(messages.text(self.env, error)) from None
        return True
