"""Which share of its cluster a tenant has, from where, and having it applied.

Owns: the tenant's own numbers over those of its service tier, what its nodes and its database are
told, the page. Does not own: the borders (`saas_workload.py`), holding back (nodes), setting limits
of the server (job `apply_limits`).
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.gateway.decide import SPARE_CONNECTIONS
from ..kernel.lifecycle.states import SERVING
from ..kernel.quota.share import Share
from .saas_workload import NUMBERS

NIGHT = (22, 6)
LAST_HOUR = """
SELECT coalesce(sum(held_requests), 0), coalesce(sum(cron_ms), 0), coalesce(sum(requests), 0)
  FROM saas_node_usage WHERE database = %s AND node_role = %s AND at > %s
"""


class SaasTenant(models.Model):
    _name = "saas.tenant"
    _inherit = ["saas.tenant", "saas.workload"]

    work_night = fields.Selection(
        [
            ("tier", "As the Service Tier Says"),
            ("any", "At Any Time"),
            ("night", "At Night Only"),
        ],
        string="Scheduled Work",
        default="tier",
        required=True,
        tracking=True,
        help="At night only: what is due less often than once an hour waits for the night. Mails "
        "and reminders do not wait, nor what somebody starts by hand.",
    )
    work_requests_text = fields.Char(compute="_compute_workload", string="Requests in Force")
    work_connections_text = fields.Char(compute="_compute_workload", string="Connections in Force")
    work_cron_minutes_text = fields.Char(
        compute="_compute_workload", string="Scheduled Work in Force"
    )
    work_temp_mb_text = fields.Char(compute="_compute_workload", string="Files in Force")
    work_statement_seconds_text = fields.Char(
        compute="_compute_workload", string="Statement in Force"
    )
    work_night_text = fields.Char(compute="_compute_workload", string="Time in Force")
    work_now = fields.Char(compute="_compute_work_now", string="In the Last Hour")
    work_busiest = fields.Text(compute="_compute_work_now", string="What Took the Most Time")
    share_ordered = fields.Boolean(
        readonly=True, copy=False, help="Its server was told a share that is not everybody's."
    )

    # What is in force

    def _workload(self):
        """Return `{field: (number, source)}`; the source is own, tier or empty for everybody's."""
        self.ensure_one()
        tier_sudo = self.sudo().plan_id.service_tier_id
        return {
            name: (self[name], "own")
            if self[name]
            else (tier_sudo[name], "tier" if tier_sudo[name] else "")
            for name in NUMBERS
        }

    def _works_at_night(self):
        """Tell whether its scheduled work waits for the night, and who says so."""
        tier_sudo = self.sudo().plan_id.service_tier_id
        if self.work_night != "tier":
            return self.work_night == "night", "own"
        return tier_sudo.work_night == "night", "tier" if tier_sudo else ""

    @api.depends(*NUMBERS, "work_night", "plan_id.service_tier_id")
    @api.depends_context("lang")
    def _compute_workload(self):
        for tenant in self:
            for name, (number, source) in tenant._workload().items():
                tenant[f"{name}_text"] = tenant._workload_text(number, source)
            at_night, source = tenant._works_at_night()
            said = self.env._("At night only") if at_night else self.env._("At any time")
            tenant.work_night_text = tenant._with_source(said, source)

    def _workload_text(self, number, source):
        return self._with_source(f"{number:,}", source) if number else self.env._("As everybody")

    def _with_source(self, said, source):
        if source == "own":
            return self.env._("%(limit)s, set here", limit=said)
        if source == "tier":
            tier = self.sudo().plan_id.service_tier_id.name
            return self.env._("%(limit)s, by service tier %(tier)s", limit=said, tier=tier)
        return said

    def _compute_work_now(self):
        """Tell what nodes counted; nothing counted is not zero."""
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        for tenant in self:
            database_sudo = tenant.sudo().database_id
            values = (database_sudo.name or "", database_sudo.cluster_id.node_role or "", since)
            held, cron_ms, requests = self.env.execute_query(SQL(LAST_HOUR, *values))[0]
            tenant.work_now = self.env._(
                "%(requests)s requests, %(held)s of them waited; %(minutes)s min of scheduled work",
                requests=f"{int(requests):,}",
                held=f"{int(held):,}",
                minutes=round(cron_ms / 60000, 1),
            )
            top = self.env["saas.node.usage"]._top_routes(tenant, since)
            tenant.work_busiest = "\n".join(
                self.env._(
                    "%(seconds)s s in %(count)s requests: %(route)s",
                    seconds=round(ms / 1000, 1),
                    count=count,
                    route=route,
                )
                for route, count, ms in top
            )

    # What those are told who enforce it

    def _work_values(self):
        """Return what nodes are told, empty when the tenant has what everybody has."""
        numbers = {name: number for name, (number, _source) in self._workload().items()}
        told = {}
        spare = numbers["work_connections"] and numbers["work_connections"] - SPARE_CONNECTIONS
        wanted = [number for number in (numbers["work_requests"], spare) if number]
        if wanted:
            told["requests"] = min(wanted)
        if numbers["work_cron_minutes"]:
            told["cron_seconds"] = 60 * numbers["work_cron_minutes"]
        if self._works_at_night()[0]:
            told["night"] = self._night()
        return told

    def _night(self):
        """Return the night of the platform as minutes of the company's day."""
        since, until = self._night_hours()
        zone = self.sudo().company_id.partner_id.tz or "UTC"
        return {"since": since * 60, "until": until * 60, "zone": zone}

    @api.model
    @api.private
    def _night_hours(self):
        """Return the hours at which the night begins and ends."""
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        told = (parameters_sudo.get_param(f"saas.night_{name}") for name in ("since", "until"))
        return tuple(
            int(hour) % 24 if hour not in (False, "") else usual
            for hour, usual in zip(told, NIGHT, strict=True)
        )

    @api.model
    @api.private
    def _tell_the_night(self):
        """Tell nodes of those who work at night, as the hours or the zone are now."""
        at_night = [
            "|",
            ("work_night", "=", "night"),
            "&",
            ("work_night", "=", "tier"),
            ("plan_id.service_tier_id.work_night", "=", "night"),
        ]
        for tenant in self.search(at_night):
            tenant._sync_route()

    def _route_values(self):
        values, work = super()._route_values(), self._work_values()
        if work:
            values["limits"] = {**(values.get("limits") or {}), "work": work}
        return values

    @api.private
    def _share(self):
        """Return the share of the server, None while it never was another than everybody's."""
        numbers = {name: number for name, (number, _source) in self._workload().items()}
        share = Share(
            numbers["work_connections"],
            numbers["work_temp_mb"],
            numbers["work_statement_seconds"],
        )
        return None if share.nothing and not self.share_ordered else share

    @api.private
    def _share_expected(self):
        """Return what the audit of rights has to find there."""
        numbers = self._workload() if self else {}
        return {
            name: numbers[field][0]
            for name, field in (("connections", "work_connections"), ("temp_mb", "work_temp_mb"))
            if self and numbers[field][0]
        }

    @api.private
    def _have_workload_applied(self):
        """Tell nodes now, and order that the server is told."""
        for tenant in self.filtered("database_id"):
            tenant._sync_route()
        shared = self.filtered(lambda one: one.state in SERVING and one._share() is not None)
        shared.share_ordered = True
        for cluster in shared.cluster_id:
            mine = shared.filtered(lambda one, at=cluster: one.cluster_id == at)
            if len(mine) == 1:
                mine._order_apply_limits()
            else:
                cluster._start("apply_limits", {"tenant_ids": mine.ids}, once=False)

    def _moved(self, move, why):
        """A tenant that opens has its share at once."""
        super()._moved(move, why)
        if self.state in SERVING and self._share() is not None:
            self._have_workload_applied()

    @api.private
    def _step_rotated(self, generation):
        """A new password brings everybody's limits with it."""
        done = super()._step_rotated(generation)
        if self._share() is not None:
            self._have_workload_applied()
        return done

    def write(self, vals):
        told = {name for name in (*NUMBERS, "work_night") if name in vals}
        before = {one: {name: one[name] for name in told} for one in self} if told else {}
        done = super().write(vals)
        if told:
            self._note_workload(before)
        if told or "plan_id" in vals:
            self._have_workload_applied()
        return done

    def _note_workload(self, before):
        for tenant, values in before.items():
            changed = {name: value for name, value in values.items() if tenant[name] != value}
            if changed:
                now = {name: tenant[name] for name in changed}
                self.env["saas.audit.entry"]._note("workload_changed", tenant, was=changed, now=now)
