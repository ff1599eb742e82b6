"""A step taken about a noisy neighbour, by whom, and undoing it.

Owns: the rows, the effect of each step. Does not own: the order of steps
(`kernel/monitoring/noisy_steps.py`), holding back (`saas_tenant_hold.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.monitoring import noisy_steps

KINDS = [
    (noisy_steps.INFORM, "Customer Informed"),
    (noisy_steps.LIMIT, "Held Back"),
    (noisy_steps.NIGHT, "Heavy Work at Night"),
    (noisy_steps.MOVE, "Cluster of Its Own Suggested"),
]
assert tuple(kind for kind, _label in KINDS) == noisy_steps.LADDER


class SaasNoisyStep(models.Model):
    _name = "saas.noisy.step"
    _inherit = "saas.ledger"
    _description = "Step About a Noisy Neighbour"
    _order = "at desc, id desc"
    _rec_name = "kind"

    finding_id = fields.Many2one(
        "saas.noisy.finding", required=True, readonly=True, index=True, ondelete="cascade"
    )
    tenant_id = fields.Many2one(related="finding_id.tenant_id", store=True, index=True)
    company_id = fields.Many2one(related="finding_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, string="What")
    at = fields.Datetime(required=True, readonly=True, string="When")
    user_id = fields.Many2one("res.users", readonly=True, string="Who", ondelete="set null")
    by_itself = fields.Boolean(readonly=True, string="Without a Person")
    detail = fields.Char(readonly=True, string="Details")
    rate = fields.Integer(readonly=True, string="Calls a Minute", aggregator=None)
    requests = fields.Integer(readonly=True, string="Requests at Once", aggregator=None)
    connections = fields.Integer(readonly=True, string="Database Connections", aggregator=None)
    until = fields.Datetime(
        readonly=True, string="At Most Until", help="It ends earlier when it has become quiet."
    )
    night_before = fields.Char(readonly=True, help="When its scheduled work ran before.")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    undone_at = fields.Datetime(readonly=True, string="Undone")
    undone_by_id = fields.Many2one(
        "res.users", readonly=True, string="Undone By", ondelete="set null"
    )
    ended_by_itself = fields.Boolean(readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("undone_at", "kind")
    def _compute_can_undo(self):
        for row in self:
            row.can_undo = row._may_undo()

    def _may_undo(self):
        """A mail that was sent stays sent."""
        return self.kind != noisy_steps.INFORM and not self.undone_at

    @api.model
    @api.private
    def _begin(self, finding, kind, by_itself):
        """Do a step and write it down."""
        done = {
            noisy_steps.INFORM: self._inform,
            noisy_steps.LIMIT: self._limit,
            noisy_steps.NIGHT: self._night,
            noisy_steps.MOVE: self._suggest,
        }[kind](finding)
        row = self._at_work().create(
            {
                "finding_id": finding.id,
                "kind": kind,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "by_itself": by_itself,
                **done,
            }
        )
        if kind == noisy_steps.LIMIT:
            hold = noisy_steps.Hold(row.rate, row.requests, row.connections)
            finding.tenant_id.sudo()._hold_back(hold, row.until)
        self.env["saas.audit.entry"]._note(
            f"tenant_noisy_{kind}", finding.tenant_id, detail=row.detail or "", alone=by_itself
        )
        return row

    # Effects

    @api.model
    def _inform(self, finding):
        tenant_sudo = finding.tenant_id.sudo()
        if not tenant_sudo.admin_email:
            raise UserError(self.env._("This tenant has no mail address to write to."))
        template_sudo = self.env.ref("saas_business_management.mail_template_noisy").sudo()
        lang = tenant_sudo.partner_id.lang or self.env.lang
        template_sudo.with_context(lang=lang).send_mail(finding.id)
        self.env["mail.mail"]._send_soon()
        return {"detail": tenant_sudo.admin_email}

    @api.model
    def _limit(self, finding):
        """Halve its calls a minute, its requests at once and its connections, for a day at most."""
        now = fields.Datetime.now()
        calls = self.env["saas.metric"]._aggregate("api_calls", "sum", finding.since, now)
        minutes = max(1, (now - finding.since).total_seconds() / 60)
        made = (calls.get(finding.tenant_id.id) or 0) / minutes
        hold = noisy_steps.hold(made, *finding.tenant_id.sudo()._room_now())
        detail = self.env._(
            "%(calls)s calls a minute, %(requests)s requests at once, %(connections)s connections",
            calls=hold.calls,
            requests=hold.requests,
            connections=hold.connections,
        )
        return {
            "rate": hold.calls,
            "requests": hold.requests,
            "connections": hold.connections,
            "until": now + noisy_steps.LONGEST_HOLD,
            "detail": detail,
        }

    @api.model
    def _night(self, finding):
        """Let its heavy scheduled work wait for the night, and have the customer told."""
        tenant_sudo = finding.tenant_id.sudo()
        if tenant_sudo._works_at_night()[0]:
            raise UserError(
                self.env._("Heavy scheduled work of this tenant waits for the night already.")
            )
        before = tenant_sudo.work_night
        tenant_sudo.work_night = "night"
        crons = (finding.evidence or {}).get("crons") or ()
        named = "; ".join(one["what"] for one in crons)
        said = self.env._("What is due less often than once an hour waits for the night now.")
        note = f"{said} {named}".strip()
        asked = self._ask(finding, self.env._("Tell the customer of work at night"), note)
        return {**asked, "night_before": before}

    @api.model
    def _suggest(self, finding):
        """Have it stand in the fit report, where moves are decided."""
        row = self.env["saas.placement.proposal"]._suggested(finding)
        return {"detail": row.reason_text or self.env._("It was rejected before; see Fit Report.")}

    @api.model
    def _ask(self, finding, summary, note):
        tenant_sudo = finding.tenant_id.sudo()
        activity = tenant_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=(tenant_sudo.user_id or self.env.user).id,
        )
        return {"activity_id": activity.id, "detail": note}

    # Undoing

    def action_undo(self):
        """Take this step back."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for row in self:
            if row.undone_at:
                raise UserError(self.env._("This was undone already."))
            if not row._may_undo():
                raise UserError(self.env._("A mail that was sent cannot be taken back."))
        self._undo()
        return True

    @api.private
    def _undo(self, by_itself=False):
        now = fields.Datetime.now()
        who = False if by_itself else self.env.uid
        for row in self._at_work():
            if row.kind == noisy_steps.LIMIT:
                row.tenant_id.sudo()._let_go()
            if row.kind == noisy_steps.MOVE:
                self.env["saas.placement.proposal"]._taken_back(row.tenant_id)
            if row.kind == noisy_steps.NIGHT:
                row._day_again()
            row.activity_id.sudo().unlink()
            row.write({"undone_at": now, "undone_by_id": who, "ended_by_itself": by_itself})
            self.env["saas.audit.entry"]._note(
                "tenant_noisy_undone", row.tenant_id, step=row.kind, alone=by_itself
            )
            row.finding_id._undone()

    def _day_again(self):
        """Give back when scheduled work ran, unless somebody decided otherwise since."""
        tenant_sudo = self.tenant_id.sudo()
        if self.night_before and tenant_sudo.work_night == "night":
            tenant_sudo.work_night = self.night_before

    @api.model
    @api.private
    def _end_holds(self, now):
        """Let go whoever was held back long enough, or is held back for what is over."""
        held = [("kind", "=", noisy_steps.LIMIT), ("undone_at", "=", False)]
        for row in self.sudo().search(held):
            if row.finding_id.ended_at or noisy_steps.hold_is_over(row.at, row.until, now):
                row._undo(by_itself=True)

    def _by_hand_text(self):
        return self.env._("Steps are taken with the buttons of a finding.")

    def _stays_text(self):
        return self.env._("A step cannot be deleted; it can be undone.")
