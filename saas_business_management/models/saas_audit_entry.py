"""The audit log: every sensitive action, who did it, on what, why. Append-only, and chained.

Owns: its rows, how they are searched, the trigger that refuses changes whoever makes them. Does not
own: the timeline of a tenant (`saas_tenant_event.py`), the chain (`saas_audit_seal.py`).

The table has no `create_uid`: the database would empty it when a user is removed.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ..kernel.audit.kinds import KINDS, kind_of
from ..kernel.audit.plain import one_line, plain
from ..messages.actions import ACTIONS, action_label, codes_like

APPEND_ONLY = """
    CREATE OR REPLACE FUNCTION saas_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',
             ERRCODE = 'insufficient_privilege'; END $$
"""
GUARD = """
    DROP TRIGGER IF EXISTS saas_append_only ON %(table)s;
    CREATE TRIGGER saas_append_only BEFORE UPDATE OR DELETE ON %(table)s
    FOR EACH ROW EXECUTE FUNCTION saas_append_only();
    DROP TRIGGER IF EXISTS saas_append_only_all ON %(table)s;
    CREATE TRIGGER saas_append_only_all BEFORE TRUNCATE ON %(table)s
    FOR EACH STATEMENT EXECUTE FUNCTION saas_append_only()
"""
WAITING = """
    CREATE TABLE IF NOT EXISTS saas_audit_waiting (
        entry_id integer PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE OR REPLACE FUNCTION saas_audit_wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO saas_audit_waiting (entry_id) VALUES (NEW.id); RETURN NULL; END $$;
    DROP TRIGGER IF EXISTS saas_audit_wait ON saas_audit_entry;
    CREATE TRIGGER saas_audit_wait AFTER INSERT ON saas_audit_entry
    FOR EACH ROW EXECUTE FUNCTION saas_audit_wait()
"""
KIND_LABELS = [
    ("state", "State"),
    ("rights", "Rights"),
    ("secrets", "Secrets"),
    ("hosts", "Host Names"),
    ("deletions", "Deletions"),
    ("downloads", "Downloads"),
    ("support", "Support Access"),
    ("prices", "Prices"),
    ("settings", "Settings"),
]
assert {kind for kind, _label in KIND_LABELS} == set(KINDS)


class SaasAuditEntry(models.Model):
    _name = "saas.audit.entry"
    _description = "Audit Log Entry"
    _inherit = ["saas.noted.export"]
    _order = "id desc"
    _rec_name = "action_label"
    _log_access = False

    at = fields.Datetime(
        required=True,
        readonly=True,
        index=True,
        default=lambda self: fields.Datetime.now(),
        string="When",
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, string="Who", index=True, ondelete="restrict"
    )
    user_name = fields.Char(readonly=True, string="Name at That Time")
    source = fields.Char(readonly=True, string="From", help="Address the request came from.")
    action = fields.Char(required=True, readonly=True, index=True, string="Code")
    action_label = fields.Char(
        compute="_compute_action_label", search="_search_action_label", string="Action"
    )
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True, index=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    res_name = fields.Char(readonly=True, string="On")
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    reason = fields.Char(readonly=True)
    facts = fields.Json(readonly=True, help="What was before and after, and where it came from.")
    detail = fields.Char(compute="_compute_detail", string="Details")
    seal_ids = fields.One2many("saas.audit.seal", "entry_id", readonly=True)
    number = fields.Integer(
        compute="_compute_number", help="Place in the chain; 0 for the few seconds before it is."
    )

    def init(self):
        """Refuse every change by SQL too, and note each new entry for the sealer."""
        self.env.cr.execute(SQL(APPEND_ONLY))
        self.env.cr.execute(SQL(GUARD, table=SQL.identifier(self._table)))
        self.env.cr.execute(SQL(WAITING))

    @api.depends("action")
    @api.depends_context("lang")
    def _compute_action_label(self):
        for row in self:
            row.action_label = action_label(self.env, row.action)

    @api.model
    def _search_action_label(self, operator, value):
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        return Domain("action", "in", codes_like(self.env, ACTIONS, value)) | Domain(
            "action", "ilike", value.replace(" ", "_")
        )

    @api.depends("facts")
    def _compute_detail(self):
        for row in self:
            facts = row.facts if isinstance(row.facts, dict) else {}
            row.detail = " · ".join(
                f"{name.replace('_', ' ')}: {self._shown(value)}" for name, value in facts.items()
            )

    @api.model
    def _shown(self, value):
        """Return a fact in one line; a pair is what was before and after."""
        if isinstance(value, dict):
            return ", ".join(f"{name} {self._shown(one)}" for name, one in value.items())
        if isinstance(value, list):
            parts = ["—" if one in (None, False, "") else self._shown(one) for one in value]
            return (" → " if len(parts) == 2 else ", ").join(parts)
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        return one_line(str(value))[:200]

    @api.depends("seal_ids")
    def _compute_number(self):
        for row in self:
            row.number = row.sudo().seal_ids[:1].number

    # Writing it

    @api.model
    @api.private
    def _note(self, action, record, reason="", **facts):
        """Write down a sensitive action; `facts` are plain values, never secrets.

        `action` is a past-tense code such as `tenant_suspended`; `record` is what it was done to.
        """
        record.ensure_one()
        tenant = record if record._name == "saas.tenant" else record.env["saas.tenant"]
        if "tenant_id" in record._fields:
            tenant = record.tenant_id
        company = record.company_id if "company_id" in record._fields else self.env["res.company"]
        if record._name == "res.users":
            company = self.env["res.company"]
        actor_sudo = self._actor()
        return self.sudo().create(
            {
                "user_id": actor_sudo.id,
                "user_name": one_line(actor_sudo.name or ""),
                "source": self._source(),
                "action": action,
                "kind": kind_of(action),
                "res_model": record._name,
                "res_id": record.id,
                "res_name": one_line(record.sudo().display_name or ""),
                "tenant_id": tenant.id,
                "company_id": (company or tenant.company_id).id,
                "reason": one_line(reason) if reason else False,
                "facts": plain(facts),
            }
        )

    def _actor(self):
        """Return who stands behind it: who asked for the operation when one is running."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        return job_sudo.user_id or self.env.user.sudo()

    @api.model
    def _source(self):
        return request.httprequest.remote_addr if request else False

    def write(self, vals):
        raise UserError(self.env._("The audit log cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The audit log cannot be deleted."))
