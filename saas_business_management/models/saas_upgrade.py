"""An upgrade: one tenant is brought to one published version of its template, or that is rehearsed.

Owns: its row, its course, who may ask for one, what stands in the way. Does not own: what steps
note (`saas_upgrade_work.py`), the watch afterwards (`saas_upgrade_watch.py`), what is done outside
(`jobs/upgrade_tenant.py`, `jobs/undo_upgrade.py`).

Rows are written by operations alone and stay: they say what was done with a customer's data.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import Refused, SaasError
from ..kernel.migration import preflight
from ..kernel.work.states import UNSETTLED
from .saas_job_look import duration_text

MODES = [
    (preflight.STAGED, "On a Copy, Then Swapped"),
    (preflight.IN_PLACE, "In Place"),
]
STATES = [
    ("draft", "To Do"),
    ("running", "Running"),
    ("watching", "Watched"),
    ("done", "Done"),
    ("rolled_back", "Rolled Back"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
UNDER_WAY = ("running", "watching")


class SaasUpgrade(models.Model):
    _name = "saas.upgrade"
    _inherit = ["saas.ledger", "saas.swap"]
    _description = "Upgrade"
    _order = "id desc"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    from_version_id = fields.Many2one(
        "saas.template.version", string="From", readonly=True, index=True, ondelete="restrict"
    )
    to_version_id = fields.Many2one(
        "saas.template.version",
        string="To",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    template_id = fields.Many2one(related="to_version_id.template_id", store=True, index=True)
    mode = fields.Selection(
        MODES,
        default=preflight.STAGED,
        required=True,
        readonly=True,
        string="How",
        help="Tried on a copy first: the customer works meanwhile, and a change that fails is "
        "never noticed. At once: for small changes; the address is closed until it is done.",
    )
    rehearsal = fields.Boolean(
        readonly=True, help="Done on a copy that can do no harm and is dropped afterwards."
    )
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True, string="Why")
    user_id = fields.Many2one("res.users", string="Ordered By", readonly=True)
    job_ids = fields.One2many("saas.job", "upgrade_id", readonly=True, string="Operations Log")
    safety_id = fields.Many2one(
        "saas.backup", string="Safety Backup", readonly=True, ondelete="set null"
    )
    kept_id = fields.Many2one("saas.database", readonly=True, ondelete="set null")
    started_at = fields.Datetime(readonly=True, string="Started")
    opened_at = fields.Datetime(
        readonly=True,
        string="Point of No Return",
        help="From here on people work in the new version: going back loses what they do.",
    )
    watch_until = fields.Datetime(readonly=True, string="Watched Until")
    watch_failures = fields.Integer(readonly=True)
    ended_at = fields.Datetime(readonly=True, string="Ended")
    undo_until = fields.Datetime(readonly=True, string="Undo Until")
    can_undo = fields.Boolean(compute="_compute_can_undo", search="_search_can_undo")
    outage_seconds = fields.Float(
        readonly=True,
        string="Outage (Seconds)",
        digits=(12, 1),
        help="How long the address was closed.",
    )
    seconds = fields.Float(
        readonly=True,
        string="Took (Seconds)",
        digits=(12, 1),
        help="Until the new version was in place, without the watch afterwards.",
    )
    duration = fields.Char(compute="_compute_duration", string="Took")
    report = fields.Json(readonly=True, string="Figures")
    report_text = fields.Text(compute="_compute_report_text", string="Report")
    failure_code = fields.Char(readonly=True)
    failure_text = fields.Text(readonly=True, string="Why It Failed")

    _under_way_uniq = models.UniqueIndex(
        "(tenant_id) WHERE state IN ('running', 'watching') AND NOT coalesce(rehearsal, false)",
        "An upgrade of this tenant is under way.",
    )

    @api.depends("tenant_id.name", "to_version_id", "rehearsal")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            name = f"{one.tenant_id.name} → {one.to_version_id.display_name}"
            rehearsal = self.env._("%(upgrade)s (rehearsal)", upgrade=name)
            one.display_name = rehearsal if one.rehearsal else name

    @api.depends("seconds")
    def _compute_duration(self):
        for one in self:
            one.duration = duration_text(one.seconds) if one.seconds else ""

    @api.depends("report")
    def _compute_report_text(self):
        for one in self:
            one.report_text = "\n".join(one._report_lines())

    def _report_lines(self):
        """Return what was changed and how long it took, a line each."""
        report = self.report or {}
        labels = {
            "install": self.env._("Modules added"),
            "update": self.env._("Modules updated"),
            "remove": self.env._("Modules removed"),
            "parameters": self.env._("Settings written"),
            "languages": self.env._("Languages added"),
            "checks": self.env._("Checks passed"),
            "errors": self.env._("Errors in the log"),
        }
        lines = [
            f"{label}: {', '.join(report[name])}"
            for name, label in labels.items()
            if report.get(name)
        ]
        if report.get("again"):
            lines.append(
                self.env._(
                    "The customer worked meanwhile, so it was done again in the "
                    "closed moment and nothing is lost."
                )
            )
        took = {
            "update_seconds": self.env._("Update: %(seconds)s s"),
            "check_seconds": self.env._("Checks: %(seconds)s s"),
        }
        lines += [text % {"seconds": report[name]} for name, text in took.items() if name in report]
        return lines

    @api.depends("kept_id.stage", "undo_until", "state")
    def _compute_can_undo(self):
        now = fields.Datetime.now()
        for one in self:
            one.can_undo = (
                one.state in ("watching", "done")
                and one.kept_id.sudo().stage == "ready"
                and bool(one.undo_until)
                and one.undo_until > now
                and one._is_last_swap()
            )

    def _is_last_swap(self):
        """Tell whether nothing else took the tenant's database's place since."""
        later = [("into_id", "=", self.tenant_id.id), ("kept_id", "!=", False)]
        later += [("finished_at", ">", self.opened_at)]
        upgrades = [("tenant_id", "=", self.tenant_id.id), ("opened_at", ">", self.opened_at)]
        return not (
            self.env["saas.restore"].sudo().search_count(later, limit=1)
            or self.sudo().search_count(upgrades, limit=1)
        )

    def _search_can_undo(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [
            *(("state", "in", ("watching", "done")), ("kept_id.stage", "=", "ready")),
            ("undo_until", ">", fields.Datetime.now()),
        ]
        found = [("id", "in", self.sudo().search(wanted).filtered("can_undo").ids)]
        return found if True in value else ["!", *found]

    # Asking for one

    @api.model
    @api.private
    def _propose(self, tenant, version=None, *, mode="staged", rehearsal=False, reason="", **links):
        """Write down an upgrade of a tenant, not begun yet; return it. Without a version it is the
        published one of its template. `links` are values of other rooms' fields.
        """
        tenant.check_access("write")
        template_sudo = tenant.sudo().template_id
        version = version or template_sudo.published_version_id
        if not version:
            raise Refused("upgrade_not_published")
        values = {
            "tenant_id": tenant.id,
            "from_version_id": tenant.sudo().version_id.id,
            "to_version_id": version.id,
            "mode": mode,
            "rehearsal": rehearsal,
            "reason": reason or False,
            "user_id": self.env.uid,
            **links,
        }
        return self._at_work().create(values)._hands_off().with_env(self.env)

    @api.private
    def _blockers(self):
        """Return what stands in the way as (code, sentence), the weightiest first; what only the
        cluster knows (space, half done modules) is looked at by the operation."""
        self.ensure_one()
        found = preflight.blockers(self._wish())
        return [(error.code, messages.text(self.env, error)) for error in found]

    def _wish(self, job=None, **seen):
        """Return what the kernel decides about; `job` is the operation that asks, if one does."""
        self.ensure_one()
        tenant_sudo = self.tenant_id.sudo()
        version_sudo = self.to_version_id.sudo()
        wanted = tenant_sudo._safety_backup_wanted("upgrade")
        return preflight.Wish(
            state=tenant_sudo.state,
            same_template=tenant_sudo.template_id == version_sudo.template_id,
            from_number=tenant_sudo.version_id.number or 0,
            to_number=version_sudo.number,
            to_state=version_sudo.state,
            busy=tenant_sudo._restore_busy(job) or self._other_under_way(),
            sandbox=tenant_sudo.is_sandbox,
            has_database=tenant_sudo.database_id.stage == "claimed",
            safety_wanted=tenant_sudo._wants_upgrade_safety(),
            safety_possible=wanted,
            rehearsal=self.rehearsal,
            unapproved=self._unapproved(),
            **(seen or self._seen_of_catalogue()),
        )

    def _other_under_way(self):
        domain = [("tenant_id", "=", self.tenant_id.id), ("state", "in", UNDER_WAY)]
        return bool(self.sudo().search_count([*domain, ("id", "not in", self.ids)], limit=1))

    def _unapproved(self):
        """Return the modules of the version that nobody approved for the tenant's cluster."""
        names = self.to_version_id.sudo().modules or {}
        cluster_sudo = self.tenant_id.sudo().cluster_id
        return self.env["saas.module.approval"]._missing(cluster_sudo, names)

    def _seen_of_catalogue(self):
        """Return which modules of the version's order the cluster was last seen to have; nothing
        when nobody looked."""
        modules_sudo = self.env["saas.module"].sudo()
        found = modules_sudo.search([("cluster_id", "=", self.tenant_id.sudo().cluster_id.id)])
        named = (self.to_version_id.sudo().spec or {}).get("modules", ())
        return {"needed": named, "offered": set(found.mapped("technical_name"))} if found else {}

    @api.private
    def _start(self):
        """Have it begin; what it needs is enqueued.

        Raises: Refused (`kernel/migration/preflight.py`).
        """
        for one in self:
            one.tenant_id.check_access("write")
            if one.state != "draft":
                raise Refused("upgrade_begun")
            one.tenant_id._wait_for_turn()
            for blocker in preflight.blockers(one._wish()):
                raise blocker
            one._put({"state": "running", "started_at": fields.Datetime.now()})
            one.sudo()._enqueue("upgrade_tenant")
            self.env["saas.audit.entry"]._note(
                "upgrade_ordered",
                one.tenant_id,
                one.reason or "",
                version=one.to_version_id.display_name,
                mode=one.mode,
                rehearsal=one.rehearsal,
            )

    @api.private
    def _roll_back(self, reason=""):
        """Have what was live before in place again.

        Raises: Refused (`upgrade_undo_missing`, `upgrade_busy`).
        """
        for one in self:
            one.tenant_id.check_access("write")
            if not one.can_undo:
                raise Refused("upgrade_undo_missing")
            if one.tenant_id.sudo()._restore_busy():
                raise Refused("upgrade_busy")
            one._put({"reason": reason or one.reason})
            one.sudo()._enqueue("undo_upgrade")
            self.env["saas.audit.entry"]._note("upgrade_undo_ordered", one.tenant_id, reason or "")

    @api.private
    def _cancel(self):
        """Give up one that has not begun."""
        for one in self:
            if one.state != "draft":
                raise Refused("upgrade_begun")
            one._end("cancelled")

    @api.private
    def _enqueue(self, kind, priority=6, serial=True):
        self.ensure_one()
        return self.env["saas.job"]._enqueue(
            kind,
            dedupe_key=f"{kind}:{self.id}",
            serial_key=f"tenant:{self.tenant_id.id}" if serial else f"{kind}:{self.id}",
            priority=priority,
            tenant_id=self.tenant_id.id,
            upgrade_id=self.id,
            cluster_id=self.tenant_id.sudo().cluster_id.id,
        )

    @api.private
    def _end(self, state, **values):
        """Note how it ended; the first time whoever waits for it is told."""
        self.ensure_one()
        first = not self.ended_at
        if first:
            values |= {"ended_at": fields.Datetime.now(), "seconds": self.seconds or self._took()}
        self._put({"state": state, **values})
        if first:
            self._after_end()

    def _took(self):
        """Return the seconds since it began."""
        began = self.started_at
        return (fields.Datetime.now() - began).total_seconds() if began else 0.0

    def _after_end(self):
        """Do what waits for its end, once, whichever way it ended; each room adds its own."""

    # Buttons

    def action_start(self):
        """Begin."""
        return self._or_say(self._start)

    def action_roll_back(self):
        """Have what was live before in place again."""
        return self._or_say(self._roll_back, self.env._("taken back by hand"))

    def action_cancel(self):
        """Give it up before it begins."""
        self.tenant_id.check_access("write")
        return self._or_say(self._cancel)

    def _or_say(self, act, *values):
        try:
            act(*values)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
        return True

    def action_view_operation(self):
        """Open its operation."""
        self.ensure_one()
        job = self.job_ids.filtered(lambda one: one.state in UNSETTLED)[:1] or self.job_ids[-1:]
        return job.action_open_form()

    # Nobody else writes

    def _stays_text(self):
        return self.env._("The record of an upgrade stays: it says what was done.")

    def _by_hand_text(self):
        return self.env._("Upgrades are written by operations, never by hand.")
