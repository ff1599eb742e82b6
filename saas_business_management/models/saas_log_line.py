"""Lines of logs that are worth a person's look: warnings, requests that failed or were slow.

Owns: the table of docs/internals.md §3, its grants, whose tenant a line is of, lines of operations.
Does not own: which lines nodes tell (`gateway/journal.py`), the log files, how long lines are kept
(`saas_retention_log.py`).

Nodes add rows and nothing else; whatever they wrote, a message is scrubbed once more here.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.gateway.log_line import MESSAGE_LENGTH, short
from ..kernel.gateway.reference import LENGTH, asked_for
from .saas_route_brand import EACH_NODE

SOME = 1000
LEVELS = [
    ("DEBUG", "Debug"),
    ("INFO", "Information"),
    ("WARNING", "Warning"),
    ("ERROR", "Error"),
    ("CRITICAL", "Critical"),
]
COLUMNS = (
    "node_role, process, sequence, at, level, logger, message, database, request, status, ms, count"
)
TABLE_SQL = """
ALTER TABLE saas_log_line ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS saas_log_line_node ON saas_log_line;
CREATE POLICY saas_log_line_node ON saas_log_line FOR INSERT
    WITH CHECK (node_role = current_user
                AND at <= (now() AT TIME ZONE 'UTC') + interval '1 minute');
"""
GRANT_SQL = EACH_NODE.replace("ORDER", f"GRANT INSERT ({COLUMNS}) ON saas_log_line")
SEQUENCE_SQL = EACH_NODE.replace("ORDER", "GRANT USAGE ON SEQUENCE saas_log_line_id_seq")
WAITING = """
SELECT id, message FROM saas_log_line WHERE folded IS NOT TRUE
 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# A node tells of databases of its own cluster alone; another's name is nobody's.
PLACE = """
UPDATE saas_log_line AS l
   SET folded = true, message = told.message, cluster_id = told.cluster_id,
       tenant_id = told.tenant_id, company_id = told.company_id
  FROM (SELECT i.id, i.message, c.id AS cluster_id, t.id AS tenant_id,
               coalesce(t.company_id, c.company_id) AS company_id
          FROM unnest(%s::int[], %s::text[]) AS i (id, message)
          JOIN saas_log_line AS r ON r.id = i.id
          LEFT JOIN saas_cluster AS c ON c.node_role = r.node_role
          LEFT JOIN saas_database AS d ON d.name = r.database AND d.cluster_id = c.id
          LEFT JOIN saas_tenant AS t ON t.id = d.tenant_id) AS told
 WHERE l.id = told.id
"""


class SaasLogLine(models.Model):
    _name = "saas.log.line"
    _description = "Log Line"
    _inherit = ["saas.noted.export"]
    _order = "at desc, id desc"
    _rec_name = "message"
    _log_access = False

    node_role = fields.Char(readonly=True, required=True, string="Node")
    process = fields.Char(readonly=True, required=True)
    sequence = fields.Integer(readonly=True, required=True)
    at = fields.Datetime(readonly=True, required=True, index=True, string="When")
    level = fields.Selection(LEVELS, readonly=True, required=True, index=True)
    logger = fields.Char(readonly=True, required=True, string="Part")
    message = fields.Char(readonly=True, required=True)
    database = fields.Char(readonly=True, string="Database Name")
    request = fields.Char(readonly=True, index="btree_not_null", string="Request")
    reference = fields.Char(
        compute="_compute_reference",
        search="_search_reference",
        help="The number of a request, as its answer and the pages of a node show it.",
    )
    status = fields.Integer(readonly=True, string="Answer")
    ms = fields.Float(readonly=True, string="Took (ms)", digits=(12, 0))
    count = fields.Integer(readonly=True, default=1, string="Times")
    folded = fields.Boolean(readonly=True)
    tenant_id = fields.Many2one(
        "saas.tenant", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    cluster_id = fields.Many2one(
        "saas.cluster", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    job_id = fields.Many2one(
        "saas.job", string="Operation", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    # A flush that is repeated because its answer was lost counts once.
    _told_once = models.Constraint("UNIQUE (node_role, process, sequence)", "It was told before.")
    _waiting_idx = models.Index("(id) WHERE folded IS NOT TRUE")
    _sizes = models.Constraint(
        "CHECK (count BETWEEN 1 AND 1000000000 AND char_length(process) <= 40 AND"
        f" char_length(message) <= {MESSAGE_LENGTH} AND char_length(logger) <= 200 AND"
        f" char_length(database) <= 63 AND char_length(request) <= {LENGTH} AND"
        " char_length(level) <= 10)",
        "A line is small.",
    )

    def init(self):
        """Complete the table with what the ORM cannot declare: who may add which row."""
        self.env.cr.execute(SQL(TABLE_SQL))
        self.env.cr.execute(SQL(GRANT_SQL))
        self.env.cr.execute(SQL(SEQUENCE_SQL))

    @api.depends("request")
    def _compute_reference(self):
        for line in self:
            line.reference = line.request

    @api.model
    def _search_reference(self, operator, value):
        """Find by a number alone, and by the whole of what a page shows."""
        if not isinstance(value, str):
            return NotImplemented
        return [("request", operator, asked_for(value))]

    @api.model
    @api.private
    def _place_some(self):
        """Say whose the next lines of nodes are; return how many there were."""
        self.env["saas.database"].flush_model()
        self.env["saas.tenant"].flush_model()
        rows = self.env.execute_query(SQL(WAITING, SOME))
        if rows:
            ids, messages = zip(*rows, strict=True)
            told = [short(message) for message in messages]
            self.env.cr.execute(SQL(PLACE, list(ids), told))
            self.invalidate_model()
        return len(rows)

    @api.model
    @api.private
    def _add_of_job(self, job_sudo, lines):
        """Write down what an operation warned of: `(level, text)` in the words of its own log."""
        known = dict(LEVELS)
        first = self._next_of_job(job_sudo)
        rows = [
            {
                "node_role": "control",
                "process": f"operation-{job_sudo.id}",
                "sequence": first + place,
                "at": fields.Datetime.now(),
                "level": level.upper(),
                "logger": f"operation.{job_sudo.kind}",
                "message": short(text),
                "request": job_sudo.request_ref or False,
                "folded": True,
                "tenant_id": job_sudo.tenant_id.id,
                "cluster_id": job_sudo.cluster_id.id,
                "company_id": job_sudo.company_id.id,
                "job_id": job_sudo.id,
            }
            for place, (level, text) in enumerate(lines)
            if level.upper() in known
        ]
        super().create(rows)

    @api.model
    def _next_of_job(self, job_sudo):
        last_sudo = self.sudo().search(
            [("job_id", "=", job_sudo.id)], order="sequence desc", limit=1
        )
        return last_sudo.sequence + 1

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Lines of the log are written by the platform alone."))

    def write(self, vals):
        raise UserError(self.env._("Lines of the log cannot be changed."))

    @api.private
    def _expire(self):
        """Let go of lines whose time is over."""
        super().unlink()

    def unlink(self):
        raise UserError(self.env._("Lines of the log cannot be deleted."))


class SaasNodeEvent(models.Model):
    _inherit = "saas.node.event"

    @api.model
    def _cron_fold(self):
        """Whatever nodes told is looked at in one go."""
        super()._cron_fold()
        while count := self.env["saas.log.line"].sudo()._place_some():
            self.env["ir.cron"]._commit_progress(count)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    log_count = fields.Integer(
        string="Log Lines", compute="_compute_log_count", help="Warnings and errors of a day."
    )

    def _compute_log_count(self):
        """Count the last day, for whoever may read the log."""
        lines = self.env["saas.log.line"]
        counts = {}
        if lines.has_access("read"):
            since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
            domain = [("tenant_id", "in", self.ids), ("at", ">=", since)]
            counts = dict(lines._read_group(domain, ["tenant_id"], ["__count"]))
        for tenant in self:
            tenant.log_count = counts.get(tenant, 0)

    def action_view_log(self):
        """Open the lines of the log that tell of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_log_line"
        )
        name = self.env._("Log of %(name)s", name=self.display_name)
        domain = [("tenant_id", "=", self.id)]
        return dict(action, domain=domain, context={}, path=False, display_name=name)
