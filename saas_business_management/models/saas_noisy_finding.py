"""A noisy neighbour: a tenant that takes so much of its cluster that others suffer.

Owns: findings, what is done about each, undoing it. Does not own: naming
(`kernel/monitoring/noisy.py`), gathering figures (`saas_noisy_look.py`), the steps' effects
(`saas_noisy_step.py`).

Found → acting while a step is in force → over after half an hour of quiet; then what was done
without a person is undone.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.monitoring import noisy, noisy_steps
from ..messages.health import RESOURCE_WORDS, SIGN_WORDS

STATES = [
    (noisy_steps.FOUND, "Found"),
    (noisy_steps.ACTING, "Acting"),
    (noisy_steps.OVER, "Over"),
]
RESOURCES = [
    (noisy.SESSIONS, "Database Sessions"),
    (noisy.CPU, "Processor"),
    (noisy.BLOCKS, "Reading"),
    (noisy.TEMP, "Temporary Files"),
    (noisy.WAL, "Writing"),
    (noisy.GATEWAY, "Requests"),
]
assert tuple(one for one, _label in RESOURCES) == noisy.RESOURCES


class SaasNoisyFinding(models.Model):
    _name = "saas.noisy.finding"
    _inherit = "saas.ledger"
    _description = "Noisy Neighbour"
    _order = "ended_at desc nulls first, since desc, id desc"
    _rec_name = "tenant_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="tenant_id.partner_id", store=True, string="Customer")
    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        STATES, default=noisy_steps.FOUND, required=True, readonly=True, index=True
    )
    since = fields.Datetime(required=True, readonly=True)
    last_seen_at = fields.Datetime(required=True, readonly=True, string="Last Seen")
    ended_at = fields.Datetime(readonly=True, string="Over Since")
    windows = fields.Integer(
        readonly=True, aggregator=None, help="Minutes in which it was named; windows last 5."
    )
    signs = fields.Char(readonly=True, help="How the cluster showed that it was under stress.")
    resource = fields.Selection(RESOURCES, readonly=True, string="Mostly", index=True)
    share = fields.Float(readonly=True, digits=(5, 1), string="Share (%)", aggregator="max")
    share_sessions = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    share_cpu = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    share_blocks_read = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    share_temp = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    share_wal = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    share_gateway = fields.Float(readonly=True, digits=(5, 1), aggregator="max")
    victim_ids = fields.Many2many(
        "saas.tenant", "saas_noisy_victim_rel", "finding_id", "tenant_id", readonly=True
    )
    victim_count = fields.Integer(
        readonly=True, aggregator="max", string="Slowed Down", help="Tenants that became slow."
    )
    evidence = fields.Json(
        string="Figures",
        readonly=True,
        help="Statements, scheduled work, requests and modules that took most.",
    )
    signs_text = fields.Char(compute="_compute_texts", string="The Cluster")
    evidence_text = fields.Text(compute="_compute_texts", string="Evidence")
    summary = fields.Char(compute="_compute_texts")
    step_ids = fields.One2many("saas.noisy.step", "finding_id", readonly=True, string="Steps")
    limited = fields.Boolean(compute="_compute_limited", string="Held Back")
    at_night = fields.Boolean(compute="_compute_at_night", string="Works at Night")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _one_open = models.UniqueIndex(
        "(tenant_id) WHERE ended_at IS NULL", "This tenant is named already."
    )

    @api.depends("resource", "share", "victim_count", "evidence", "signs")
    @api.depends_context("lang")
    def _compute_texts(self):
        _ = self.env._
        for row in self:
            what = _(RESOURCE_WORDS[row.resource]) if row.resource else ""
            row.summary = _(
                "%(share)s %% of the cluster's %(what)s; tenants that became slow: %(count)s",
                share=round(row.share),
                what=what,
                count=row.victim_count,
            )
            signs = (row.signs or "").split(", ")
            row.signs_text = ", ".join(_(SIGN_WORDS[one]) for one in signs if one in SIGN_WORDS)
            row.evidence_text = "\n".join(row._evidence_lines()) or False

    @api.depends("step_ids.undone_at", "step_ids.kind")
    def _compute_limited(self):
        for row in self:
            row.limited = any(
                one.kind == noisy_steps.LIMIT and not one.undone_at for one in row.step_ids
            )

    @api.depends("tenant_id")
    def _compute_at_night(self):
        for row in self:
            row.at_night = row.tenant_id.sudo()._works_at_night()[0]

    def _mail_what(self):
        """Return for the mail to the customer what it takes most of."""
        return self.env._(RESOURCE_WORDS[self.resource])

    def _evidence_lines(self):
        """Return what took most, one line each."""
        _ = self.env._
        heads = {
            "statements": _("Statements"),
            "crons": _("Scheduled work"),
            "routes": _("Requests"),
            "modules": _("Modules"),
        }
        return [
            f"{head}: {one['what']}" + (f" — {one['much']}" if one.get("much") else "")
            for key, head in heads.items()
            for one in (self.evidence or {}).get(key) or ()
        ]

    # Named

    @api.model
    @api.private
    def _named(self, cluster, found, evidence, now):
        """Keep that a tenant is named now: open a finding, or carry on the open one."""
        rows_sudo = self._at_work()
        row = rows_sudo.search(
            [("tenant_id", "=", found.tenant), ("ended_at", "=", False)], limit=1
        )
        main = max(found.shares, key=lambda name: found.shares[name])
        vals = {
            "last_seen_at": now,
            "signs": ", ".join(found.signs),
            "resource": main,
            "share": found.shares[main] * 100,
            "evidence": evidence,
            **{f"share_{name}": found.shares.get(name, 0) * 100 for name in noisy.RESOURCES},
        }
        if row:
            victims = set(row.victim_ids.ids) | set(found.victims)
            row.write(vals | _victims(victims) | {"windows": row.windows + 1})
            return row
        row = rows_sudo.create(
            {
                **vals,
                **_victims(found.victims),
                "tenant_id": found.tenant,
                "cluster_id": cluster.id,
                "since": found.since.replace(tzinfo=None),
                "windows": 1,
            }
        )
        row._open_activity()
        self.env["saas.audit.entry"]._note(
            "tenant_named_noisy", row.tenant_id, resource=main, share=round(row.share)
        )
        return row

    def _open_activity(self):
        user = self.tenant_id.user_id or self.env.user
        tenant_sudo = self.tenant_id.sudo().with_context(mail_activity_quick_update=True)
        activity = tenant_sudo.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Noisy neighbour on %(name)s", name=self.cluster_id.name),
            note=self.summary,
            user_id=user.id,
        )
        self._put({"activity_id": activity.id})

    @api.private
    def _carry_on(self, now):
        """Take the next step that needs no person, or end what is over."""
        for row in self._at_work():
            if noisy_steps.is_over(row.last_seen_at, now):
                row._end(now)
                continue
            told = row.step_ids.filtered(lambda one: one.kind == noisy_steps.INFORM)
            stands = row.step_ids.filtered(lambda one: not one.ended_by_itself)
            step = noisy_steps.next_by_itself(
                row.cluster_id.noisy_automatic or noisy_steps.NOTHING,
                set(stands.mapped("kind")),
                min(told.mapped("at"), default=None),
                now,
            )
            if step:
                row._take(step, by_itself=True)

    def _end(self, now):
        """It is over: nobody is held back any more, and the activity is done.

        What was done without a person is undone; so is holding back, whoever did it.
        """
        self.step_ids.filtered(
            lambda one: (one.by_itself or one.kind == noisy_steps.LIMIT) and one._may_undo()
        )._undo(by_itself=True)
        self.activity_id.filtered("active").action_feedback(
            feedback=self.env._("Nobody was disturbed for half an hour.")
        )
        self._put({"state": noisy_steps.OVER, "ended_at": now})

    # Steps

    def action_inform(self):
        """Write to the customer that the database takes too much, and why."""
        return self._by_person(noisy_steps.INFORM)

    def action_limit(self):
        """Hold this tenant back: fewer calls, requests at once and connections, for a while."""
        return self._by_person(noisy_steps.LIMIT)

    def action_night(self):
        """Let its heavy scheduled work wait for the night."""
        return self._by_person(noisy_steps.NIGHT)

    def action_move(self):
        """Propose a cluster of its own in the fit report."""
        return self._by_person(noisy_steps.MOVE)

    def _by_person(self, kind):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for row in self:
            if row.state == noisy_steps.OVER:
                raise UserError(self.env._("This is over already. There is nothing to do."))
            row._take(kind)
        return True

    def _take(self, kind, by_itself=False):
        """Take a step unless it is in force already."""
        in_force = self.sudo().step_ids.filtered(lambda one: one.kind == kind and not one.undone_at)
        if in_force:
            return
        self.env["saas.noisy.step"]._begin(self.sudo(), kind, by_itself)
        self._put({"state": noisy_steps.ACTING})

    @api.private
    def _undone(self):
        """A step was undone: without any in force it is only found again."""
        for row in self._at_work():
            acting = any(not one.undone_at for one in row.step_ids)
            if row.state == noisy_steps.ACTING and not acting:
                row.write({"state": noisy_steps.FOUND})

    @api.private
    def _expire(self):
        """Forget findings that ended long ago; the retention rule's."""
        self._at_work().filtered("ended_at")._drop()

    def _by_hand_text(self):
        return self.env._("Noisy neighbours are named by measuring, never by hand.")

    def _stays_text(self):
        return self.env._("A finding cannot be deleted: it says why something was done.")


def _victims(numbers):
    kept = sorted(numbers)
    return {"victim_ids": [fields.Command.set(kept)], "victim_count": len(kept)}


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    noisy_automatic = fields.Selection(
        [
            (noisy_steps.NOTHING, "Nothing, only tell us"),
            (noisy_steps.INFORM, "Write to the customer"),
            (noisy_steps.LIMIT, "Write, then hold back"),
        ],
        string="Noisy Neighbours",
        default=noisy_steps.NOTHING,
        required=True,
        tracking=True,
        help="What is done without a person. Whatever was done so is undone when it is over.",
    )
