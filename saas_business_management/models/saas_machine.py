"""Machines: computers that run nodes or the control plane, with what they tell of themselves.

Owns: the records, one for each computer that has told anything, and what screens show of it. Does
not own: reading figures (`adapters/machine.py`), what nodes write down
(`saas_machine_report.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.monitoring.forecast import MOST_DAYS, days_until_full
from ..kernel.monitoring.layers import MACHINE

SHOWN = (
    *("cpu_percent", "load_per_core", "memory_used_percent", "disk_used_percent"),
    *("disk_free_bytes", "disk_full_in_days", "pressure_io_percent", "clock_skew_s"),
)
# What is older says nothing about now.
EVIDENCE = timedelta(minutes=5)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
GIGABYTE = 1e9


class SaasMachine(models.Model):
    _name = "saas.machine"
    _description = "Machine"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True, help="As you call it; its host name at first.")
    host = fields.Char(string="Host Name", required=True, readonly=True, copy=False)
    node_role = fields.Char(readonly=True, copy=False)
    active = fields.Boolean(default=True, tracking=True)
    cluster_id = fields.Many2one(
        "saas.cluster", readonly=True, index=True, ondelete="set null", help="Its nodes serve it."
    )
    company_id = fields.Many2one(related="cluster_id.company_id", store=True, index=True)
    use = fields.Selection(
        [("node", "Nodes"), ("control", "Control Plane"), ("database", "Database Server")],
        required=True,
        readonly=True,
    )
    seen_at = fields.Datetime(string="Last Heard Of", readonly=True, copy=False, index=True)
    answers = fields.Boolean(compute="_compute_figures", string="Tells Figures")
    cpu_percent = fields.Float(string="Processor %", compute="_compute_figures", digits=(5, 1))
    load_per_core = fields.Float(string="Load per Core", compute="_compute_figures")
    memory_used_percent = fields.Float(string="Memory %", compute="_compute_figures", digits=(5, 1))
    disk_used_percent = fields.Float(string="Disk %", compute="_compute_figures", digits=(5, 1))
    disk_free_gb = fields.Float(string="Free (GB)", compute="_compute_figures", digits=(12, 1))
    disk_text = fields.Char(string="Disk Lasts", compute="_compute_figures")
    pressure_io_percent = fields.Float(
        string="Waiting for Disk %",
        compute="_compute_figures",
        digits=(5, 1),
        help="Share of the last minute in which some work waited for a disk.",
    )
    clock_skew_s = fields.Float(
        string="Clock Off By (s)", compute="_compute_figures", digits=(12, 2)
    )

    _once = models.UniqueIndex("(host, coalesce(node_role, ''))", "A machine is one record.")

    @api.depends("seen_at")
    @api.depends_context("lang")
    def _compute_figures(self):
        latest = self.env["saas.metric"]._latest(SHOWN, self.ids)
        fresh = fields.Datetime.now() - EVIDENCE
        for machine in self:
            known = {
                code: value
                for code, (value, at) in latest.get(machine.id, {}).items()
                if at >= fresh
            }
            machine.answers = bool(known)
            for code in set(SHOWN) & set(self._fields):
                machine[code] = known.get(code, 0.0)
            machine.disk_free_gb = known.get("disk_free_bytes", 0.0) / GIGABYTE
            machine.disk_text = machine._disk_text(known.get("disk_full_in_days"))

    def _disk_text(self, days):
        if days is None:
            return self.env._("Not known yet")
        if days >= MOST_DAYS / 10:
            return self.env._("Over a year")
        if days < 1:
            return self.env._("Less than a day")
        return self.env._("%(days)s days", days=round(days))

    def action_view_metrics(self):
        """Open its metrics over time."""
        self.ensure_one()
        return self.env["saas.metric"]._open_chart(MACHINE, self)

    @api.private
    def _step_seen(self, name, figures, spent=None):
        """Keep what the control plane's own machine tells, and of databases that run there."""
        now, machine = fields.Datetime.now(), self._of(name, "")
        machine._keep([(now, figures)])
        named = [("name", "in", list(spent or {})), ("tenant_id", "!=", False)]
        rows = [
            (now, one.tenant_id.id, {"database_cpu_ms": spent[one.name]})
            for one in self.env["saas.database"].sudo().search(named)
        ]
        self.env["saas.metric"]._add("database", rows)
        return {"machine": machine.id}

    @api.model
    @api.private
    def _of(self, host, node_role, most=0):
        """Return the record of a computer; who tells for the first time gets one, unless there are
        `most` of that role already.
        """
        domain = [("host", "=", host), ("node_role", "=", node_role or False)]
        machine = self.sudo().with_context(active_test=False).search(domain, limit=1)
        if machine:
            return machine
        known = [("node_role", "=", node_role or False)]
        everyone = self.sudo().with_context(active_test=False)
        if most and everyone.search_count(known, limit=most) >= most:
            return self.browse()
        cluster_sudo = self.env["saas.cluster"].sudo().browse()
        if node_role:
            cluster_sudo = cluster_sudo.search([("node_role", "=", node_role)], limit=1)
        return self.sudo().create(
            {
                "name": host,
                "host": host,
                "node_role": node_role or False,
                "cluster_id": cluster_sudo.id,
                "use": "node" if node_role else "control",
            }
        )

    def _keep(self, looks):
        """Keep looks `(at, figures)`; what is no metric of a machine is left out."""
        self.ensure_one()
        allowed = self.env["saas.metric"]._codes("machine")
        rows = [
            (at, self.id, {code: figures[code] for code in allowed if code in figures})
            for at, figures in looks
        ]
        self.env["saas.metric"]._add("machine", rows)
        self.seen_at = max(at for at, _figures in looks)

    @api.model
    @api.private
    def _forecast_disks(self):
        """Compute for every machine when its disk is full; nothing where too little is known."""
        metrics, now = self.env["saas.metric"], fields.Datetime.now()
        rows = []
        for machine in self.sudo().search([("seen_at", ">=", now - EVIDENCE)]):
            line = metrics._series("disk_free_bytes", machine.id, now - WEEK, now, HOUR)
            days = days_until_full([(at, free) for at, free, _top in line], now)
            rows.append((now, machine.id, {"disk_full_in_days": days}))
        metrics._add("machine", rows)
        return len(rows)
