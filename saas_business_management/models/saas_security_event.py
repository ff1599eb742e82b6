"""Security events: refused attacks and oddities, from the nodes and from the control plane.

Owns: the rows, one for each rule, tenant, source and hour, with a count. Does not own: noticing
(the nodes, the pages), what follows from it. People cannot change them.
"""

import json
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ..kernel.audit.kinds import severity_of
from ..kernel.audit.plain import one_line, plain
from ..messages.actions import RULES, codes_like, rule_label

SEVERITIES = [("grave", "Grave"), ("warning", "Warning"), ("info", "Information")]
RULE_LENGTH, SOURCE_LENGTH, FACTS_LENGTH = 64, 64, 4000
ADD = """
INSERT INTO saas_security_event
       (rule, severity, tenant_id, company_id, source, user_id, hour, first_at, last_at, count,
        facts)
VALUES (%s, %s, %s, %s, %s, %s, date_trunc('hour', %s::timestamp), %s, %s, %s, %s::jsonb)
ON CONFLICT (rule, coalesce(tenant_id, 0), source, hour) DO UPDATE
   SET count = saas_security_event.count + excluded.count,
       first_at = least(saas_security_event.first_at, excluded.first_at),
       last_at = greatest(saas_security_event.last_at, excluded.last_at),
       user_id = coalesce(excluded.user_id, saas_security_event.user_id),
       facts = excluded.facts
"""


class SaasSecurityEvent(models.Model):
    _name = "saas.security.event"
    _description = "Security Event"
    _inherit = ["saas.noted.export"]
    _order = "last_at desc, id desc"
    _rec_name = "rule_label"
    _log_access = False

    rule = fields.Char(required=True, readonly=True, index=True, string="Code")
    rule_label = fields.Char(
        compute="_compute_rule_label", search="_search_rule_label", string="What"
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True, index=True)
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    source = fields.Char(readonly=True, required=True, string="From")
    user_id = fields.Many2one("res.users", readonly=True, string="Who", ondelete="set null")
    hour = fields.Datetime(readonly=True, required=True)
    first_at = fields.Datetime(readonly=True, required=True, string="First Seen")
    last_at = fields.Datetime(readonly=True, required=True, string="Last Seen", index=True)
    count = fields.Integer(readonly=True, required=True, string="Times")
    facts = fields.Json(readonly=True)
    detail = fields.Char(compute="_compute_detail", string="Details")

    _group_uniq = models.UniqueIndex("(rule, coalesce(tenant_id, 0), source, hour)")

    @api.depends("rule")
    @api.depends_context("lang")
    def _compute_rule_label(self):
        for row in self:
            row.rule_label = rule_label(self.env, row.rule)

    @api.model
    def _search_rule_label(self, operator, value):
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        return Domain("rule", "in", codes_like(self.env, RULES, value)) | Domain(
            "rule", "ilike", value.replace(" ", "_")
        )

    @api.depends("facts")
    def _compute_detail(self):
        shown = self.env["saas.audit.entry"]._shown
        for row in self:
            facts = row.facts if isinstance(row.facts, dict) else {}
            row.detail = " · ".join(f"{name}: {shown(value)}" for name, value in facts.items())

    @api.model
    @api.private
    def _record(self, rule, tenant=None, source="", facts=None):
        """Write down one event of the control plane itself; the request tells source and person."""
        if request:
            source = source or request.httprequest.remote_addr or ""
        user = self.env.user if not self.env.user._is_public() else self.env["res.users"]
        self._add(rule, tenant, source, user.id, fields.Datetime.now(), 1, facts)

    @api.model
    @api.private
    def _record_many(self, rows):
        """Write down events of nodes: `{"rule", "database", "source", "at", "count", "facts"}`.

        What is unknown or malformed in a row counts as empty; a node's words never raise here.
        """
        names = {str(row.get("database") or "") for row in rows} - {""}
        databases_sudo = self.env["saas.database"].sudo().search([("name", "in", list(names))])
        tenants = {database.name: database.tenant_id for database in databases_sudo}
        for row in rows:
            tenant = tenants.get(str(row.get("database") or ""))
            at, count = self._instant(row.get("at")), self._times(row.get("count"))
            self._add(row.get("rule"), tenant, row.get("source"), None, at, count, row.get("facts"))

    def _add(self, rule, tenant, source, user_id, at, count, facts):
        rule = one_line(str(rule or "unknown"))[:RULE_LENGTH]
        values = (
            *(rule, severity_of(rule)),
            *(tenant.id if tenant else None, tenant.sudo().company_id.id if tenant else None),
            *(one_line(str(source or ""))[:SOURCE_LENGTH], user_id or None),
            *(at, at, at, count, self._facts_text(facts)),
        )
        self.env.cr.execute(SQL(ADD, *values))
        self.invalidate_model()

    @api.model
    def _facts_text(self, facts):
        text = json.dumps(plain(facts if isinstance(facts, dict) else {})).replace("\\u0000", "")
        return text if len(text) <= FACTS_LENGTH else json.dumps({"cut": text[:FACTS_LENGTH]})

    @api.model
    def _instant(self, told):
        """Return a node's instant (ISO text, Unix seconds or datetime) as naive UTC.

        One that cannot be read, or lies in the future, is now.
        """
        now = fields.Datetime.now()
        try:
            if isinstance(told, (int, float)):
                told = datetime.fromtimestamp(told, timezone.utc)
            elif isinstance(told, str):
                told = datetime.fromisoformat(told)
        except (ValueError, OverflowError, OSError):
            return now
        if not isinstance(told, datetime):
            return now
        naive = told.astimezone(timezone.utc).replace(tzinfo=None) if told.tzinfo else told
        return min(naive, now)

    @api.model
    def _times(self, told):
        return told if isinstance(told, int) and 0 < told < 10**9 else 1

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Security events are written by the platform alone."))

    def write(self, vals):
        raise UserError(self.env._("Security events cannot be changed."))

    @api.private
    def _expire(self):
        """Let go of events whose time is over."""
        super().unlink()

    def unlink(self):
        raise UserError(self.env._("Security events cannot be deleted."))
