"""Which limits are in force for a tenant, and letting those know who enforce them.

Owns: limits by meter, what the tenant's own database is told, what its nodes are told, closing and
restricting a tenant for a quota and lifting both. Does not own: the judgement
(`saas_quota_judge.py`), putting limits into the database (job `apply_limits`), refusing calls
(nodes), texts of the banner (`saas_quota_banner.py`).
"""

import json

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import Refused
from ..kernel.lifecycle.states import SERVING
from ..kernel.quota.enforcement import (
    METERS,
    STORAGE,
    database_limits,
    node_limits,
    room_differs,
    wants_restriction,
    wants_suspension,
)
from .saas_plan_apps import app_names

QUOTA = "quota"


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    quota_wanted = fields.Json(
        readonly=True, copy=False, help="The limits that its database was last told."
    )
    quota_route = fields.Json(
        readonly=True, copy=False, help="What its nodes refuse, slow down and show."
    )
    quota_restricted = fields.Boolean(
        readonly=True, copy=False, help="Restricted until its use is below the limit again."
    )
    quota_closed = fields.Boolean(
        readonly=True, copy=False, help="Closed until its use is below the limit again."
    )

    # For those who enforce

    @api.private
    def _effective_limits(self):
        """Return `{meter code: (limit or None, source)}` as they are in force now."""
        self.ensure_one()
        facts = self.env["saas.quota"]._facts(self)[self.id]
        return {code: (facts.limits[code].amount, facts.limits[code].source) for code in METERS}

    @api.private
    def _wanted_limits(self):
        """Return what the tenant's database is to enforce: `users`, the most internal ones, and
        `storage_room`, the bytes by which its files may still grow. None is no limit.
        """
        self.ensure_one()
        return database_limits(self.env["saas.quota"]._states_of(self))

    # What follows from a judgement

    @api.private
    def _apply_quotas(self, states, apps):
        """Let nodes, the databases and the states of these tenants follow; `states` and the names
        of the `apps` that may be installed, as the plan has them, by id.
        """
        for tenant in self:
            found = states[tenant.id]
            tenant._order_limits(found)
            tenant._tell_nodes(found, app_names(apps[tenant.id]))
            if tenant.state in SERVING or tenant.quota_closed:
                tenant._close_or_open(found)

    def _order_limits(self, states):
        """Order the operation that tells the database, when something of weight changed."""
        wanted, before = database_limits(states), self.quota_wanted or {}
        storage = next((one.limit for one in states if one.meter == STORAGE), None)
        same = wanted["users"] == before.get("users") and not room_differs(
            before.get("storage_room"), wanted["storage_room"], storage
        )
        if same or not self.database_id or self.state not in SERVING:
            return
        self.quota_wanted = wanted
        self._order_apply_limits()

    def _tell_nodes(self, states, apps):
        wanted = node_limits(states) | self._banner(states)
        if apps:
            wanted["apps"] = {"allowed": apps}
        if json.dumps(wanted, sort_keys=True) == json.dumps(self.quota_route or {}, sort_keys=True):
            return
        self.quota_route = wanted or False
        self._sync_route()

    def _route_values(self):
        return {**super()._route_values(), "limits": self.quota_route or False}

    def _close_or_open(self, states):
        meter = wants_suspension(states)
        if meter and self.state in SERVING:
            self._close_for_quota(meter)
        elif not meter and self.quota_closed:
            self._open_again()
        if self.state not in SERVING:
            return
        if wants_restriction(states) != self.quota_restricted:
            self._restrict_for_quota(wants_restriction(states))

    def _close_for_quota(self, meter):
        """Suspend it; what stands in the way is tried again with the next change, or told."""
        note = self._quota_note(meter)
        try:
            with self.env.cr.savepoint():
                busy = bool(self._open_job())
                self._fire(
                    "suspended", system=True, reason=QUOTA, note=note, operation_running=busy
                )
                self.quota_closed = True
        except Refused as error:
            self._look_again(error)

    def _open_again(self):
        """Lift the suspension that a quota made, and no other."""
        if self.state != "suspended" or self.reason != QUOTA:
            self.quota_closed = False
            return
        try:
            with self.env.cr.savepoint():
                busy, note = bool(self._open_job()), self.env._("Below its limits again")
                self._fire("resumed", system=True, note=note, operation_running=busy)
                self.quota_closed = False
        except Refused as error:
            self._look_again(error)

    def _look_again(self, error):
        """Have it judged with the next round although nothing changed; a person hears of it."""
        self.env["saas.quota"]._forget_facts(self)
        self._note_hindrance(messages.text(self.env, error))

    def _restrict_for_quota(self, wanted):
        """Restrict it, or lift what a quota alone restricted."""
        note = self.env._("Over a limit") if wanted else self.env._("Below its limits again")
        if wanted or not self._is_restricted_otherwise():
            self._restrict(wanted, note)
        self.quota_restricted = wanted

    def _is_restricted_otherwise(self):
        ladders_sudo = self.sudo().subscription_ids.dunning_ids
        return any(one.has_restricted and one.state != "closed" for one in ladders_sudo)

    def _quota_note(self, meter):
        quota_sudo = self.env["saas.quota"].sudo()
        domain = [("tenant_id", "=", self.id), ("meter_id.code", "=", meter)]
        return quota_sudo.search(domain, limit=1).summary or ""

    def _moved(self, move, why):
        super()._moved(move, why)
        if move.target not in SERVING and self.quota_restricted:
            self.quota_restricted = False
        if move.target != "suspended" and self.quota_closed:
            self.quota_closed = False
        self.env["saas.quota"]._judge_soon()

    def write(self, vals):
        done = super().write(vals)
        if "plan_id" in vals:
            self.env["saas.quota"]._judge_soon()
        return done
