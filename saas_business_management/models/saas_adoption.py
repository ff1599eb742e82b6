"""An adoption: a database that stands on a cluster without us, what was read in it, what became of
it.

Owns: its row, what people may ask of it. Does not own: what its operations note
(`saas_adoption_work.py`), the judgement (`kernel/migration/adoption.py`), the dialog
(`wizards/saas_adoption_confirm.py`).

Rows are written by operations alone; they stay, because they say who took which database over.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import messages
from ..const import GB
from ..kernel.errors import Refused
from ..kernel.migration import adoption

STATES = [
    ("found", "Found"),
    ("ready", "May Be Adopted"),
    ("blocked", "Blocked"),
    ("running", "Being Adopted"),
    ("done", "Adopted"),
    ("undone", "Given Back"),
    ("gone", "Not There Any More"),
]
OPEN = ("found", "ready", "blocked", "undone")


class SaasAdoption(models.Model):
    _name = "saas.adoption"
    _inherit = ["saas.ledger", "saas.operations"]
    _description = "Adoption of a Database"
    _order = "state, name, id desc"
    _job_link = "adoption_id"

    name = fields.Char(string="Database", required=True, readonly=True, index=True)
    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="cluster_id.company_id", store=True, index=True)
    oid = fields.Integer(readonly=True, string="OID")
    owner = fields.Char(readonly=True, string="Belongs to Role")
    state = fields.Selection(STATES, default="found", required=True, readonly=True, index=True)
    size_gb = fields.Float(readonly=True, string="Size (GB)", digits=(12, 3))
    sessions = fields.Integer(readonly=True, string="Open Connections")
    version = fields.Char(readonly=True, string="Odoo Version")
    user_count = fields.Integer(readonly=True, string="Users")
    module_count = fields.Integer(readonly=True, string="Modules Installed")
    file_count = fields.Integer(readonly=True, string="Files")
    files_found = fields.Boolean(readonly=True, string="Files Found")
    look = fields.Json(readonly=True)
    here = fields.Json(readonly=True, help="Modules of the cluster's Odoo when it was looked at.")
    looked_at = fields.Datetime(readonly=True, string="Looked At")
    blockers = fields.Text(compute="_compute_verdict", string="What Stands in the Way")
    advice = fields.Text(compute="_compute_verdict", string="Good to Know")
    changes = fields.Text(compute="_compute_verdict", string="What Will Change")
    modules_told = fields.Text(compute="_compute_verdict", string="Modules")
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", string="Adopted By", readonly=True)
    started_at = fields.Datetime(readonly=True, string="Started")
    finished_at = fields.Datetime(readonly=True, string="Finished")
    error_text = fields.Char(readonly=True, string="Why It Was Given Back")
    job_ids = fields.One2many("saas.job", "adoption_id", readonly=True, string="Operations Log")

    _database_uniq = models.UniqueIndex(
        "(cluster_id, oid) WHERE state NOT IN ('done', 'gone')",
        "This database is listed already.",
    )

    @api.depends("look", "here")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for one in self:
            verdict = one._verdict()
            one.blockers = one._told(verdict and verdict.blockers)
            one.advice = one._told(verdict and verdict.advice)
            one.changes = one._told(verdict and verdict.changes)
            one.modules_told = one._module_lines()

    def _module_lines(self):
        """Return a line for each module: its version there and here, and who has not approved."""
        here, unapproved = self.here or {}, self._unapproved()
        lines = []
        for name, version in sorted(((self.look or {}).get("modules") or {}).items()):
            note = (
                self.env._("not on this cluster")
                if name not in here
                else self.env._("not approved")
                if name in unapproved
                else self.env._("approved")
            )
            lines.append(f"{name} {version or ''} → {here.get(name, '—')} · {note}")
        return "\n".join(lines) or False

    def _told(self, remarks):
        texts = [messages.text(self.env, one) for one in remarks or ()]
        return "\n".join(texts) or False

    @api.private
    def _verdict(self, look=None, here=None):
        """Return the kernel's judgement over what was read, None before it was."""
        look, here = look or self.look, here or self.here or {}
        if not look:
            return None
        unapproved = self._unapproved(look)
        place = adoption.Place(here.get("base", ""), tuple(here), unapproved)
        return adoption.judge(look, place)

    def _unapproved(self, look=None):
        """Return which installed modules nobody has approved for the cluster."""
        names = sorted((look or self.look or {}).get("modules") or {})
        return self._modules_missing_approval(self.cluster_id, names)

    @api.model
    def _modules_missing_approval(self, cluster, names):
        """Return the names that are not approved there."""
        return self.env["saas.module.approval"]._missing(cluster, names)

    # Buttons

    @api.model
    @api.private
    def _find(self, clusters):
        """Have the databases of these clusters listed."""
        for cluster in clusters:
            self.env["saas.job"]._enqueue(
                "find_foreign",
                dedupe_key=f"find_foreign:{cluster.id}",
                priority=5,
                cluster_id=cluster.id,
            )

    def action_look(self):
        """Have it read once more; nothing of it changes."""
        self._check_administrator()
        for one in self.filtered(lambda row: row.state in OPEN):
            one._enqueue_work("look_adoption", priority=5)
        return True

    def action_adopt(self):
        """Open the dialog in which a person confirms."""
        self.ensure_one()
        self._check_administrator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adopt %(name)s", name=self.name),
            "res_model": "saas.adoption.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_adoption_id": self.id},
        }

    def action_view_tenant(self):
        """Open the tenant it became."""
        self.ensure_one()
        return self.tenant_id._get_records_action()

    @api.private
    def _order_adoption(self, values, typed):
        """Make the tenant and have the database adopted, all or nothing; return the operation.

        Raises: Refused (`adoption_typed`, `adoption_not_ready`, `subdomain_…`).
        """
        self.ensure_one()
        self._check_administrator()
        adoption.require_typed(self.name, typed)
        self.env["saas.adoption"]._wait(self)
        verdict = self._verdict()
        if verdict is None or verdict.blockers or self.state not in ("ready", "undone"):
            raise Refused("adoption_not_ready", name=self.name)
        tenant = self.tenant_id.filtered(lambda one: one.state == "failed")
        if tenant:
            tenant.write({key: values[key] for key in ("name", "plan_id") if key in values})
        else:
            tenant = self.env["saas.tenant"].create({**values, "cluster_id": self.cluster_id.id})
        now = {"tenant_id": tenant.id, "user_id": self.env.uid, "error_text": False}
        self._put({**now, "state": "running", "started_at": fields.Datetime.now()})
        tenant._set({"subdomain": tenant._checked_subdomain(), "adopted": True})
        tenant._reserve_host()
        tenant._fire("provisioning_started")
        self.env["saas.audit.entry"]._note("adoption_ordered", tenant, database=self.name)
        return self._enqueue_work("adopt_database", priority=2, tenant=tenant)

    @api.model
    def _wait(self, one):
        """Let one of two who press at the same moment go first."""
        one.lock_for_update()
        one.invalidate_recordset(["state"])

    def _enqueue_work(self, kind, priority, tenant=None):
        links = {"tenant_id": tenant.id} if tenant else {}
        return self.env["saas.job"]._enqueue(
            kind,
            dedupe_key=f"{kind}:{self.id}",
            serial_key=f"tenant:{tenant.id}" if tenant else f"adoption:{self.id}",
            priority=priority,
            adoption_id=self.id,
            cluster_id=self.cluster_id.id,
            **links,
        )

    def _check_administrator(self):
        if not self.env.su and not self.env.user.has_group(
            "saas_business_management.group_saas_admin"
        ):
            raise UserError(self.env._("Only an administrator adopts databases."))

    @api.private
    def _put_found(self, row, cluster):
        """Write down what a list of the server says of a database, and return its row."""
        known = self.search(
            [
                ("cluster_id", "=", cluster.id),
                ("oid", "=", row["oid"]),
                ("state", "not in", ("done", "gone")),
            ],
            limit=1,
        )
        values = {
            **{word: row[word] for word in ("name", "oid", "owner", "sessions")},
            "size_gb": row["size_bytes"] / GB,
        }
        if known:
            if known.state != "running":
                known._put(values)
            return known
        return self._at_work().create({**values, "cluster_id": cluster.id})._hands_off()

    def _by_hand_text(self):
        return self.env._("Adoptions are written by operations, never by hand.")

    def _stays_text(self):
        return self.env._("The record of an adoption stays: it says who took the database over.")
