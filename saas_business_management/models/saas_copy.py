"""A copy of a running tenant: of whom, what for, masked or not, by whom, and what became of it.

Owns: its row, who may ask for one, new data for one. Does not own: the tenant it becomes
(`saas_copy_tenant.py`), what steps note (`saas_copy_work.py`), what refuses one
(`kernel/migration/copying.py`).

Rows are written by operations alone and stay: they say who got a customer's data, and how.
"""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.migration import copying
from ..kernel.work.states import UNSETTLED

USES = [(copying.SANDBOX, "Sandbox"), (copying.STAGING, "Staging")]
STATES = [("running", "Running"), ("done", "Made"), ("failed", "Failed")]
ADMIN = "saas_business_management.group_saas_admin"
OPERATOR = "saas_business_management.group_saas_operator"


class SaasCopy(models.Model):
    _name = "saas.copy"
    _inherit = "saas.ledger"
    _description = "Copy of a Tenant"
    _order = "started_at desc, id desc"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    into_id = fields.Many2one(
        "saas.tenant",
        string="Copy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The tenant that has the data now.",
    )
    use = fields.Selection(USES, string="What For", required=True, readonly=True)
    masked = fields.Boolean(readonly=True, string="Personal Data Masked")
    refresh = fields.Boolean(readonly=True, string="New Data")
    state = fields.Selection(STATES, default="running", required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True, string="Why")
    user_id = fields.Many2one("res.users", string="Ordered By", readonly=True)
    job_ids = fields.One2many("saas.job", "copy_id", readonly=True, string="Operations Log")
    database_id = fields.Many2one("saas.database", readonly=True, ondelete="restrict")
    former_id = fields.Many2one("saas.database", readonly=True, ondelete="restrict")
    taken_at = fields.Datetime(readonly=True, string="Shows")
    started_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="Started"
    )
    finished_at = fields.Datetime(readonly=True, string="Finished")
    seconds = fields.Float(readonly=True, string="Took (Seconds)", digits=(12, 1))
    tables = fields.Integer(readonly=True)
    rows = fields.Integer(readonly=True, string="Records")
    masked_rows = fields.Json(readonly=True, help="How many rows each rule met.")
    masked_values = fields.Integer(readonly=True, string="Values Masked")
    report = fields.Html(compute="_compute_report", string="What Was Masked")
    error_text = fields.Char(readonly=True, string="Why It Failed")

    _running_uniq = models.UniqueIndex(
        "(into_id) WHERE state = 'running'", "This copy is being made."
    )

    @api.depends("tenant_id", "taken_at", "started_at", "use")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for one in self:
            at = one.taken_at or one.started_at
            when = format_datetime(self.env, at, dt_format="short") if at else ""
            one.display_name = f"{one.into_id.name or one.tenant_id.name} · {when}"

    @api.depends("masked_rows")
    def _compute_report(self):
        row = Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>")
        for one in self:
            met = [(place, count) for place, count in (one.masked_rows or {}).items() if count]
            lines = Markup().join(row % (place, count) for place, count in sorted(met))
            table = Markup("<table class='table table-sm'><tbody>%s</tbody></table>")
            one.report = table % lines if met else False

    # Asking for one

    @api.model
    @api.private
    def _order_copy(self, tenant, use, *, masked=True, reason="", exempt=False, **copy):
        """Have a tenant copied as it is now; return the row. `copy` has `name`, `subdomain` and
        `until`, its last day.

        Raises: Refused (`kernel/migration/copying.py`, `approval_missing`, `subdomain_…`,
        `sandbox_end`).
        """
        tenant.check_access("write")
        tenant._wait_for_turn()
        wish = tenant._copy_wish(use, masked=masked, reason=reason, exempt=exempt)
        for hindrance in copying.hindrances(wish):
            raise hindrance
        if not masked and not self.env["saas.approval"]._is_granted(tenant, "unmasked_copy"):
            raise Refused("approval_missing", name=tenant.name)
        into = tenant._make_live_copy(use, masked, **copy)
        one = self._begin(tenant, into, use, masked, reason, refresh=False)
        into._begin_copy(one)
        return one

    @api.model
    @api.private
    def _order_refresh(self, into, *, exempt=False):
        """Have a copy get the data of its tenant as it is now; return the row.

        Raises: Refused (`kernel/migration/copying.py`).
        """
        into.check_access("write")
        into._wait_for_turn()
        tenant = into.copied_from_id
        former = into._last_copy()
        use, masked = into.copy_use, into.is_masked
        wish = tenant._copy_wish(
            use, masked=masked, reason=former.reason or "", exempt=exempt, into=into
        )
        for hindrance in copying.hindrances(wish):
            raise hindrance
        one = self._begin(tenant, into, use, masked, former.reason or "", refresh=True)
        one.sudo()._enqueue_copy()
        return one

    @api.model
    def _begin(self, tenant, into, use, masked, reason, refresh):
        # A row is written at once, what became of the one before perhaps not yet.
        self.flush_model(["state"])
        values = {"tenant_id": tenant.id, "into_id": into.id, "use": use, "masked": masked}
        values |= {"reason": reason, "refresh": refresh, "user_id": self.env.uid}
        one = self._at_work().create(values)
        action = "copy_ordered" if masked else "copy_unmasked_ordered"
        facts = {"use": use, "masked": masked, "refresh": refresh, "copy": into.subdomain}
        self.env["saas.audit.entry"]._note(action, tenant, reason, **facts)
        return one._hands_off().with_env(self.env)

    @api.private
    def _enqueue_copy(self):
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            "copy_tenant",
            dedupe_key=f"copy_tenant:{self.id}",
            serial_key=f"tenant:{self.into_id.id}",
            priority=2,
            tenant_id=self.into_id.id,
            copy_id=self.id,
            cluster_id=self.into_id.cluster_id.id,
        )

    def action_view_operation(self):
        """Open its operation."""
        self.ensure_one()
        job = self.job_ids.filtered(lambda one: one.state in UNSETTLED)[:1] or self.job_ids[-1:]
        return job.action_open_form()

    @api.private
    def _or_say(self, order, *arguments, **more):
        """Return what an order gives, or tell people why it is refused."""
        try:
            return order(*arguments, **more)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    # Nobody else writes

    def _expire(self):
        """Forget copies that are long gone; the retention rule's."""
        self._at_work()._drop()

    def _stays_text(self):
        return self.env._("The record of a copy stays: it says who got the data.")

    def _by_hand_text(self):
        return self.env._("Copies are noted by operations, never by hand.")
