"""Support access at work: the operator's buttons, the steps of its operations, the clock.

Owns: what starts which operation, and that a guest never outstays its time. Does not own: the
course (`saas_support_access.py`), the user inside the tenant (`jobs/`, adapters).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.support import course


class SaasSupportAccess(models.Model):
    _inherit = "saas.support.access"

    # Buttons

    def action_ask(self):
        """Ask the customer, or take the consent that the tenant's rule gives beforehand."""
        self._as_operator(lambda access: access._ask())
        return True

    def action_withdraw(self):
        """Take back what was not answered yet."""
        self._as_operator(lambda access: access._fire("withdrawn", course.OPERATOR))
        return True

    def action_enter(self):
        """Start the operation that makes the guest; asking twice leads to the same one."""
        self._as_operator(lambda access: access._enter())
        return True

    def action_end(self):
        """End it before its time. Any operator may: leaving needs nobody's consent."""
        self.check_access("write")
        try:
            for access in self:
                access._end(course.OPERATOR)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return True

    def action_log_in(self):
        """Lead the operator to the page with the one-time login link."""
        self.ensure_one()
        urls = []
        self._as_operator(lambda access: urls.append(access._make_entry_url()))
        return {"type": "ir.actions.act_url", "url": urls[0], "target": "new"}

    def _as_operator(self, work):
        """Do something that only the person who asks may do; our errors become sentences."""
        self.check_access("write")
        try:
            for access in self:
                if access.user_id != self.env.user:
                    raise Refused("support_not_yours", who=access.user_id.name)
                work(access)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    def _ask(self):
        if not self.tenant_id._is_serving():
            raise Refused("support_tenant_closed", tenant=self.tenant_id.name)
        event, actor = course.first_event(self.tenant_id.support_rule)
        self._fire(event, actor)
        if event == "asked":
            self._send_question()

    def _enter(self):
        if self.state != course.ALLOWED or self._overdue(fields.Datetime.now()):
            raise Refused("support_move", state=self.state)
        if not self.tenant_id._is_serving():
            raise Refused("support_tenant_closed", tenant=self.tenant_id.name)
        self._enqueue_work("open_support")

    def _end(self, actor):
        """End it now; where a guest is inside, the operation that archives it starts."""
        if self._fire("ended", actor) == course.LEAVING:
            self._enqueue_leaving()

    def _enqueue_work(self, kind):
        tenant_sudo = self.tenant_id.sudo()
        return self.env["saas.job"]._enqueue(
            kind,
            dedupe_key=f"{kind}:{self.id}",
            serial_key=f"support:{tenant_sudo.id}",
            priority=1,
            support_id=self.id,
            cluster_id=tenant_sudo.cluster_id.id,
        )

    def _enqueue_leaving(self):
        """Have guests archived whose time is over, as far as their tenants can be entered.

        Nobody can log in to a tenant that is closed, and as the tenant's role neither can we; it is
        done as soon as the tenant opens again.
        """
        for access in self.filtered(lambda one: one.state == course.LEAVING):
            tenant_sudo = access.tenant_id.sudo()
            if tenant_sudo._is_serving():
                access._enqueue_work("close_support")
            elif tenant_sudo.state == "deleted" or not tenant_sudo.database_id:
                access._fire("left", course.SYSTEM)

    # Steps of operations

    def _step_ready(self):
        """Look again whether consent stands, and keep the guest's login before it is made.

        Raises:
            Refused: `support_move`, `support_tenant_closed`.
        """
        if self.state != course.ALLOWED:
            raise Refused("support_move", state=self.state)
        if not self.tenant_id._is_serving():
            raise Refused("support_tenant_closed", tenant=self.tenant_id.name)
        if not self.guest_login:
            self._keep_login()
        return {**self._where(), "guest": self._guest()}

    def _step_enter(self, user, partner):
        """The guest is there: start the clock, tell the customer."""
        vals = {"guest_user_ref": user, "guest_partner_ref": partner}
        self._fire("entered", course.SYSTEM, **vals)
        self._send_entered()

    def _step_not_entered(self):
        """Everything was undone: no guest is left, the consent stands."""
        self.message_post(
            body=self.env._("Entering did not work, and nothing of it is left in the tenant.")
        )

    def _step_leave(self):
        """Return where the guest is; one that entered with this very moment counts too."""
        return {**self._where(), "login": self.guest_login or "", "user": self.guest_user_ref}

    def _step_left(self, users_made):
        """The guest is archived: write down when, tell the customer. May run twice."""
        if self.state == course.LEAVING:
            self._fire("left", course.SYSTEM, users_made=users_made)
            self._send_left()

    def _where(self):
        database_sudo = self.tenant_id.database_id.sudo()
        return {"database": database_sudo.name, "generation": database_sudo.generation}

    # The clock

    @api.model
    def _cron_end(self):
        """Every minute: what time has ended, and guests that could not be archived yet."""
        now = fields.Datetime.now()
        for access in self.search([("state", "in", ("asked", "allowed", "inside"))]):
            event = access._overdue(now)
            if event and not (event == "lapsed" and access._is_entering()):
                access._fire(event, course.SYSTEM)
        self.search([("state", "=", "leaving")])._enqueue_leaving()

    def _is_entering(self):
        """Tell whether the operation that enters is under way; its own check decides then."""
        return self.operation_state in ("waiting", "running", "undoing")
