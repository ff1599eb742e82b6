"""A webhook: an address of another system that is told what happens here.

Owns: where it is, what it wants to be told, whether it is told now. Does not own: its secrets
(`saas_webhook_secret.py`), events and deliveries, sending (`saas_job_webhook.py`), which addresses
may be called (`kernel/outgoing`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..kernel.errors import Refused
from ..kernel.integration.answer import DISABLE_DAYS
from ..kernel.integration.kinds import TEST
from ..kernel.outgoing.page import parse_page
from ..messages import text

MOST_PARALLEL = 8
STATES = [
    ("draft", "Draft"),
    ("enabled", "Enabled"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
]
REASONS = [("failing", "It took nothing for days"), ("gone", "It says it exists no more")]
# What changes where events go and which: noted in the audit log.
NOTED = ("url", "inside_allowed", "kind_ids", "company_id", "partner_id", "active")
# What only the product writes.
GUARDED = frozenset(
    {
        *("state", "disabled_for", "disabled_at", "failing_since", "ok_at", "slow"),
        *("secret_shown", "secret_at", "former_until"),
    }
)
_AT_WORK = object()


class SaasWebhookEndpoint(models.Model):
    _name = "saas.webhook.endpoint"
    _description = "Webhook"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    url = fields.Char(
        string="Address",
        required=True,
        tracking=True,
        help="Where events are sent by POST. https, on port 443, 8443 or 9000.",
    )
    inside_allowed = fields.Boolean(
        string="Inside Our Network",
        tracking=True,
        help="Allow an address of this machine or network, without TLS and on any port. Off: only "
        "public addresses over TLS.",
    )
    kind_ids = fields.Many2many(
        "saas.webhook.kind",
        string="Events",
        tracking=True,
        domain=[("code", "!=", TEST)],
        help="Empty: every kind, those of later versions too.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        index=True,
        tracking=True,
        help="Only events of this company. Empty: of every company.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="Only events about this customer's tenants, subscriptions and documents. Empty: of "
        "every customer.",
    )
    parallel = fields.Integer(
        string="At Once",
        default=1,
        required=True,
        tracking=True,
        help="How many deliveries may be under way at the same time, 1 to 8. With 1 all arrive in "
        "order; with more those about the same tenant, subscription or document still do.",
    )
    disable_days = fields.Integer(
        string="Disable After Days",
        default=DISABLE_DAYS,
        required=True,
        tracking=True,
        help="It is switched off when it took nothing for so many days. 0: never.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        default=lambda self: self.env.user,
        help="Hears of deliveries that were given up, and when it is switched off.",
    )
    note = fields.Html(string="Notes")
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True, index=True
    )
    disabled_for = fields.Selection(REASONS, readonly=True, copy=False, string="Disabled Because")
    disabled_at = fields.Datetime(readonly=True, copy=False, string="Disabled Since")
    failing_since = fields.Datetime(readonly=True, copy=False)
    ok_at = fields.Datetime(readonly=True, copy=False, string="Last Received")
    slow = fields.Boolean(readonly=True, copy=False)
    delivery_ids = fields.One2many("saas.webhook.delivery", "endpoint_id", readonly=True)
    delivery_count = fields.Integer(compute="_compute_counts", string="Deliveries")
    waiting_count = fields.Integer(compute="_compute_counts", string="Waiting")
    dead_count = fields.Integer(compute="_compute_counts", string="Given Up")

    _parallel_range = models.Constraint(
        f"CHECK (parallel BETWEEN 1 AND {MOST_PARALLEL})",
        "Between 1 and 8 deliveries may be under way at once.",
    )
    _days_range = models.Constraint(
        "CHECK (disable_days BETWEEN 0 AND 365)",
        "A webhook is disabled after 1 to 365 days of failing, or never with 0.",
    )

    def _compute_counts(self):
        groups = self.env["saas.webhook.delivery"]._read_group(
            [("endpoint_id", "in", self.ids)], ["endpoint_id", "state"], ["__count"]
        )
        counts = {(endpoint.id, state): count for endpoint, state, count in groups}
        for one in self:
            told = {state: n for (number, state), n in counts.items() if number == one.id}
            one.delivery_count = sum(told.values())
            one.waiting_count = told.get("waiting", 0)
            one.dead_count = told.get("dead_letter", 0)

    @api.constrains("url", "inside_allowed")
    def _check_url(self):
        for one in self:
            try:
                parse_page(one.url, one.inside_allowed)
            except Refused as error:
                raise ValidationError(text(self.env, error)) from None

    # Writing

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
        made = super().create(
            [{**vals, "url": (vals.get("url") or "").strip()} for vals in vals_list]
        )
        for one in made:
            self.env["saas.audit.entry"]._note("webhook_created", one, address=one.url)
        return made

    def write(self, vals):
        self._refuse_guarded(vals)
        if "url" in vals:
            vals = {**vals, "url": (vals["url"] or "").strip()}
        names = [name for name in NOTED if name in vals]
        before = {one.id: one._told(names) for one in self}
        done = super().write(vals)
        for one in self:
            now = one._told(names)
            changed = {
                name: [before[one.id][name], now[name]]
                for name in names
                if before[one.id][name] != now[name]
            }
            if changed:
                self.env["saas.audit.entry"]._note("webhook_changed", one, **changed)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self.sudo().delivery_ids:
            raise UserError(self.env._("This webhook was told something: archive it instead."))

    def _told(self, names):
        """Return fields as the audit log keeps them."""
        self.ensure_one()
        told = {}
        for name in names:
            value = self[name]
            if name == "kind_ids":
                value = ", ".join(sorted(self.sudo().kind_ids.mapped("code")))
            elif isinstance(value, models.Model):
                value = value.sudo().display_name or ""
            told[name] = value
        return told

    def _refuse_guarded(self, vals):
        if self.env.context.get("saas_webhook_at_work") is _AT_WORK:
            return
        if GUARDED & set(vals):
            raise UserError(
                self.env._("The state of a webhook is not written by hand: use its buttons.")
            )

    @api.private
    def _put(self, vals):
        """Write what only the product writes."""
        self.sudo().with_context(saas_webhook_at_work=_AT_WORK).write(vals)

    # Buttons

    def action_enable(self):
        """Tell it from now on; what waits is sent, and failing is forgotten."""
        self._check_admin()
        for one in self:
            if not one.active:
                raise UserError(self.env._("Unarchive this webhook first."))
            if not one.has_secret:
                one._make_secret()
            one._move("enabled", "webhook_enabled")
        self.env["saas.webhook.delivery"]._wake()
        return True

    def action_pause(self):
        """Send nothing more for now; what happens meanwhile is kept for it."""
        self._check_admin()
        for one in self.filtered(lambda one: one.state == "enabled"):
            one._move("paused", "webhook_paused")
        return True

    def action_send_test(self):
        """Send a test event to this webhook alone; the answer stands among its deliveries."""
        self._check_operator()
        self.ensure_one()
        if self.state != "enabled":
            raise UserError(self.env._("Enable this webhook first."))
        told = {"sent_by": self.env.user.name, "webhook": self.name}
        event_sudo = self.env["saas.webhook.event"]._emit(TEST, self, told, only=self)
        return event_sudo.delivery_ids.with_env(self.env)._show()

    def action_view_deliveries(self):
        """Open the deliveries of this webhook."""
        return self._show_deliveries({"search_default_endpoint_id": self.id})

    def action_view_dead(self):
        """Open the deliveries that were given up."""
        return self._show_deliveries(
            {"search_default_endpoint_id": self.id, "search_default_dead_letter": 1}
        )

    def action_replay(self):
        """Choose what is to be sent again."""
        self._check_operator()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay Events"),
            "res_model": "saas.webhook.replay",
            "view_mode": "form",
            "target": "new",
            "context": {"default_endpoint_id": self.id},
        }

    def _show_deliveries(self, context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_webhook_delivery"
        )
        return dict(action, context=context, path=False)

    def _move(self, state, action):
        """Go into a state by a person's wish."""
        fresh = {"disabled_for": False, "disabled_at": False, "failing_since": False, "slow": False}
        self._put({"state": state, **fresh})
        self.env["saas.audit.entry"]._note(action, self, address=self.url)

    def _check_admin(self):
        self.check_access("write")

    def _check_operator(self):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")

    # For events and deliveries

    @api.model
    @api.private
    def _that_want(self, kind, companies, partners):
        """Return the webhooks that are told such events; those that rest are told later."""
        return self.sudo().search(
            Domain("state", "in", ("enabled", "paused"))
            & (Domain("kind_ids", "=", False) | Domain("kind_ids.code", "=", kind))
            & Domain("company_id", "in", (False, *companies.ids))
            & Domain("partner_id", "in", (False, *partners.ids))
        )

    @api.model
    @api.private
    def _that_want_any(self, events):
        """Return the webhooks that are told each of some events, asked for at once."""
        found = {}
        for kind, some in events.grouped("code").items():
            asked = self._that_want(kind, some.company_id, some.partner_id)
            for event in some:
                found[event] = asked.filtered(
                    lambda one, event=event: (
                        (not one.company_id or one.company_id == event.company_id)
                        and (not one.partner_id or one.partner_id == event.partner_id)
                    )
                )
        return found

    @api.private
    def _failed(self, reason, now):
        """Note a delivery that failed; with a reason the webhook is switched off."""
        vals = {} if self.failing_since else {"failing_since": now}
        if not self.slow:
            vals["slow"] = True
        if vals:
            self._put(vals)
        if reason and self.state == "enabled":
            self._put({"state": "disabled", "disabled_for": reason, "disabled_at": now})
            self.env["saas.audit.entry"]._note("webhook_disabled", self, reason, address=self.url)
            self._tell(self.env._("Disabled by itself"), self._disabled_text())

    @api.private
    def _received(self, slow, now):
        """Note a delivery that arrived."""
        vals = {}
        if self.failing_since:
            vals["failing_since"] = False
        if self.slow != slow:
            vals["slow"] = slow
        if vals or not self.ok_at or (now - self.ok_at).total_seconds() > 60:
            self._put({**vals, "ok_at": now})

    def _disabled_text(self):
        if self.disabled_for == "gone":
            return self.env._(
                "The address answered 410: it exists no more. Enter the new one and enable it. "
                "Events of the meantime can be replayed."
            )
        return self.env._(
            "It took nothing for %(days)s days. Mend the receiver, then enable it. Events of the "
            "meantime can be replayed.",
            days=self.disable_days,
        )

    @api.private
    def _tell(self, summary, note):
        """Have a person look: one open activity for each summary, however much happens."""
        user = self.user_id if self.user_id.active else self.create_uid
        sudo = self.sudo()
        if not sudo.activity_ids.filtered(lambda one: one.summary == summary):
            sudo.activity_schedule(
                "mail.mail_activity_data_warning", note=note, summary=summary, user_id=user.id
            )
