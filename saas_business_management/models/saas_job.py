"""Operations: work that takes time or touches the world, as rows that people can follow.

Owns: the order (what, for whom, how urgent), its course as people see it, the buttons. Does not
own: carrying it out
(`saas_job_run.py`, `jobs/`), the lease of the worker (`saas_job_lease`, written by the claim
alone).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..jobs.registry import JOBS
from ..kernel.work.states import OPEN

STATES = [
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("undoing", "Being Undone"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("dead", "Needs Attention"),
    ("cancelled", "Cancelled"),
]
# How a runner's own connection calls itself (`adapters/lease.py`).
LISTENER = "saas job lease"
TARGETS = {
    "support": "support_id",
    "tenant": "tenant_id",
    "template": "template_id",
    "version": "version_id",
    "cluster": "cluster_id",
    "database": "database_id",
    "target": "target_id",
    "backup": "backup_id",
    "export": "export_id",
    "restore": "restore_id",
    "copy": "copy_id",
    "move": "tenant_move_id",
    "upgrade": "upgrade_id",
    "subscription": "subscription_id",
    "billing": "run_id",
    "wallet": "wallet_id",
    "deferral": "deferral_id",
    "invoice": "move_id",
    "channel": "channel_id",
    "adoption": "adoption_id",
}
# What steps of the platform itself work on, by the name that jobs use.
PLATFORM = {
    "doctor": "saas.doctor",
    "watch": "saas.alert.watch",
    "machine": "saas.machine",
    "dependencies": "saas.dependency",
}


class SaasJob(models.Model):
    _name = "saas.job"
    _description = "Operation"
    _order = "id desc"
    _rec_name = "label"

    kind = fields.Selection(
        selection=lambda self: [(kind, job.label) for kind, job in JOBS.items()],
        string="Operation",
        required=True,
        readonly=True,
    )
    label = fields.Char(string="What", required=True, readonly=True)
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True, index=True)
    priority = fields.Integer(default=10, readonly=True, help="Smaller goes first.")
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    template_id = fields.Many2one("saas.template", readonly=True, index=True, ondelete="restrict")
    version_id = fields.Many2one(
        "saas.template.version", readonly=True, index=True, ondelete="restrict"
    )
    cluster_id = fields.Many2one("saas.cluster", readonly=True, index=True, ondelete="restrict")
    database_id = fields.Many2one("saas.database", readonly=True, index=True, ondelete="restrict")
    support_id = fields.Many2one(
        "saas.support.access", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Asked By", readonly=True, default=lambda self: self.env.user
    )
    spec = fields.Json(readonly=True, string="Order")
    facts = fields.Json(readonly=True)
    serial_key = fields.Char(
        readonly=True, help="Operations with the same key run one after the other."
    )
    dedupe_key = fields.Char(
        readonly=True, help="Asking twice for the same work gives the same operation."
    )
    due_at = fields.Datetime(
        readonly=True, required=True, default=lambda self: fields.Datetime.now()
    )
    fence = fields.Integer(readonly=True, string="Claim")
    worker = fields.Char(readonly=True)
    deaths = fields.Integer(
        readonly=True, default=0, help="How often the worker died in the middle of it."
    )
    attempts = fields.Integer(readonly=True, default=0, string="Attempt")
    blocked_at = fields.Datetime(readonly=True, help="Since when it waits for somebody else.")
    progress = fields.Float(readonly=True, default=0.0)
    progress_percent = fields.Integer(compute="_compute_progress_percent", string="Progress")
    step_now = fields.Char(readonly=True, string="Step Now")
    error_code = fields.Char(readonly=True)
    error_kind = fields.Char(readonly=True)
    error_text = fields.Text(readonly=True, string="Result")
    error_trace = fields.Text(
        readonly=True, string="Traceback", groups="saas_business_management.group_saas_operator"
    )
    started_at = fields.Datetime(readonly=True, string="Started")
    ended_at = fields.Datetime(readonly=True, string="Ended")
    seconds = fields.Float(readonly=True, string="Duration", help="Seconds from start to end.")
    step_ids = fields.One2many("saas.job.step", "job_id", readonly=True)
    line_ids = fields.One2many("saas.job.line", "job_id", readonly=True)

    _dedupe_uniq = models.UniqueIndex(
        "(dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('waiting', 'running', 'undoing')"
    )
    _serial_uniq = models.UniqueIndex(
        "(serial_key) WHERE serial_key IS NOT NULL AND state IN ('running', 'undoing') AND fence "
        "> 0"
    )
    _due_idx = models.Index("(priority, due_at, id) WHERE state = 'waiting'")
    _begun_idx = models.Index(
        "(serial_key) WHERE serial_key IS NOT NULL AND started_at IS NOT NULL AND state IN "
        "('waiting', 'undoing')"
    )
    _open_idx = models.Index("(state) WHERE state IN ('waiting', 'running', 'undoing')")

    def init(self):
        """Make the sequence of fences and the lease table, which the claim writes and the ORM
        never does.
        """
        self.env.cr.execute(SQL("CREATE SEQUENCE IF NOT EXISTS saas_fence_seq"))
        self.env.cr.execute(
            SQL(
                """
                CREATE TABLE IF NOT EXISTS saas_job_lease (
                    job_id integer PRIMARY KEY,
                    fence bigint NOT NULL,
                    worker text NOT NULL,
                    beat_at timestamptz NOT NULL DEFAULT clock_timestamp()
                )
                """
            )
        )
        self.env.cr.execute(
            SQL(
                """
                ALTER TABLE saas_job_lease
                    ADD COLUMN IF NOT EXISTS session_pid integer,
                    ADD COLUMN IF NOT EXISTS session_since timestamptz
                """
            )
        )

    @api.depends("progress")
    def _compute_progress_percent(self):
        for job in self:
            job.progress_percent = round(job.progress * 100)

    # Asking for work

    @api.model
    @api.private
    def _enqueue(self, kind, *, spec=None, dedupe_key=None, serial_key=None, priority=10, **links):
        """Return the operation for this work: a new one, or the open one that was asked for before.

        `links` are ids: support_id, tenant_id, template_id, version_id, cluster_id, database_id,
        target_id.
        Work starts after commit.
        """
        job_sudo = self.sudo()
        if dedupe_key:
            open_job = job_sudo.search(
                [("dedupe_key", "=", dedupe_key), ("state", "in", tuple(OPEN))], limit=1
            )
            if open_job:
                return open_job.with_env(self.env)
        job_sudo = job_sudo.create(
            {
                "kind": kind,
                "label": self._label_for(kind, links),
                "spec": spec or {},
                "facts": {},
                "dedupe_key": dedupe_key or False,
                "serial_key": serial_key or False,
                "priority": priority,
                "user_id": self.env.uid,
                "company_id": self._company_for(links).id,
                "step_ids": [
                    fields.Command.create(
                        {"sequence": place, "name": step.name, "label": step.label}
                    )
                    for place, step in enumerate(JOBS[kind].steps)
                ],
                **links,
            }
        )
        self._wake_runners()
        return job_sudo.with_env(self.env)

    @api.model
    @api.private
    def _exclusive_kinds(self):
        """Return the kinds during which the record they work for makes no other move."""
        return [kind for kind, job in JOBS.items() if job.exclusive]

    def _label_for(self, kind, links):
        record = self._first_linked(links)
        return f"{JOBS[kind].label}: {record.display_name}" if record else JOBS[kind].label

    def _company_for(self, links):
        record = self._first_linked(links)
        return (
            record.company_id
            if record and "company_id" in record._fields
            else self.env["res.company"]
        )

    def _first_linked(self, links):
        for name in TARGETS.values():
            if links.get(name):
                return self.sudo().env[self._fields[name].comodel_name].browse(links[name])
        return None

    def _wake_runners(self):
        """Tell idle runners as soon as this transaction is committed; when none listens, have
        their crons started.
        """
        self.env.cr.execute(SQL("NOTIFY saas_job"))
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = %s",
                LISTENER,
            )
        )
        if not self.env.cr.fetchone()[0]:
            for number in (1, 2, 3):
                self.env.ref(f"saas_business_management.ir_cron_run_{number}").sudo()._trigger()

    def _target(self, link):
        """Return the record of a link of this job, for the step that works on it; what is of
        the platform as a whole is no link.
        """
        self.ensure_one()
        if link in PLATFORM:
            return self.env[PLATFORM[link]]
        return self[TARGETS[link]]

    # Buttons

    def action_open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.job",
            "res_id": self.id,
            "view_mode": "form",
            "name": self.label,
        }

    def action_retry(self):
        """Go on where it stopped; what was undone is done again."""
        self._check_operator()
        for job in self:
            if job.state not in ("failed", "dead", "cancelled"):
                raise UserError(
                    self.env._(
                        "“%(job)s” has not failed, so there is nothing to retry.", job=job.label
                    )
                )
            job._target_for_retry()
        return True

    def _target_for_retry(self):
        """A dead operation goes on; one that was undone begins anew, through the button of its
        record when it has one.
        """
        job_sudo = self.sudo()
        if self.state == "dead":
            back = any(step.state == "undone" for step in job_sudo.step_ids)
            job_sudo.write(
                {
                    "state": "undoing" if back else "waiting",
                    "deaths": 0,
                    "attempts": 0,
                    "blocked_at": False,
                    "fence": 0,
                    "due_at": fields.Datetime.now(),
                    "ended_at": False,
                }
            )
            self._wake_runners()
        elif self.kind == "provision_tenant":
            self.tenant_id.action_provision()
        elif self.kind == "build_template":
            self.template_id.action_build()
        else:
            links = {name: self[name].id for name in TARGETS.values() if self[name]}
            self._enqueue(
                self.kind,
                spec=job_sudo.spec,
                dedupe_key=self.dedupe_key,
                serial_key=self.serial_key,
                **links,
            )

    def action_cancel(self):
        """Stop it at the next step and undo what it did."""
        self._check_operator()
        for job in self:
            if job.state not in ("waiting", "running"):
                raise UserError(
                    self.env._("“%(job)s” is over, so it cannot be cancelled.", job=job.label)
                )
            job._check_return()
            self.env["saas.job.request"].sudo().create({"job_id": job.id})
            self._wake_runners()
        return True

    def action_undo(self):
        """Take back what an operation that gave up has left."""
        self._check_operator()
        for job in self:
            if job.state != "dead":
                raise UserError(self.env._("Only an operation that needs attention can be undone."))
            job._check_return()
            job.sudo().write(
                {
                    "state": "undoing",
                    "deaths": 0,
                    "attempts": 0,
                    "blocked_at": False,
                    "fence": 0,
                    "due_at": fields.Datetime.now(),
                }
            )
            self._wake_runners()
        return True

    def _check_return(self):
        """Refuse to take back what is past the point of no return."""
        states = {step.name: step.state for step in self.sudo().step_ids}
        if JOBS[self.kind].past_return(states):
            raise UserError(
                self.env._(
                    "“%(job)s” has passed the point of no return and can only be finished.",
                    job=self.label,
                )
            )

    def _check_operator(self):
        if not self.env.user.has_group("saas_business_management.group_saas_operator"):
            raise UserError(self.env._("Only an operator can do this. Ask one of your operators."))
