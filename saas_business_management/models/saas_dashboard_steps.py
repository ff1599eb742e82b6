"""The first steps to the first tenant, each ticked by facts.

Owns: the steps and what ticks them. Does not own: how they look, whether a person put them away
(`res_users_settings.py`).
"""

from odoo import api, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import SERVING

OURS = "(company_id IS NULL OR company_id = ANY(%(companies)s))"
STEPS = {
    "cluster": "SELECT FROM saas_cluster WHERE state = 'ready' AND %(ours)s",
    "template": "SELECT FROM saas_template_version WHERE state = 'published' AND %(ours)s",
    "plan": "SELECT FROM saas_plan WHERE active AND kind = 'plan' AND %(ours)s",
    "mail": "SELECT FROM ir_mail_server WHERE active",
    "target": "SELECT FROM saas_backup_target WHERE active AND state = 'ready' AND %(ours)s",
    "tenant": (
        "SELECT FROM saas_tenant WHERE state = ANY(%(open)s) AND company_id = ANY(%(companies)s)"
    ),
    "payment": (
        "SELECT FROM payment_provider WHERE state <> 'disabled' AND company_id = ANY(%(companies)s)"
    ),
}
ANY = "SELECT FROM saas_tenant WHERE company_id = ANY(%(companies)s)"
ACTIONS = {
    "cluster": "action_saas_cluster",
    "template": "action_saas_template",
    "plan": "action_saas_plan",
    "mail": "base.action_ir_mail_server_list",
    "target": "action_saas_backup_target",
    "tenant": "action_saas_tenant",
    "payment": "payment.action_payment_provider",
}
# Nothing waits for these.
OPTIONAL = ("payment",)


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _steps(self, can):
        """Return `steps`, each with `key, done, optional, action`, and whether there is no tenant
        at all (`empty`); None and False for who is no viewer.
        """
        if not can["tenants"]:
            return {"steps": None, "empty": False}
        facts = {"companies": self.env.companies.ids, "open": list(SERVING)}
        facts["ours"] = SQL(OURS, companies=facts["companies"])
        asked = [SQL("EXISTS (%s)", SQL(query, **facts)) for query in (*STEPS.values(), ANY)]
        row = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(asked)))[0]
        steps = [
            {
                "key": key,
                "done": done,
                "optional": key in OPTIONAL,
                "action": name if "." in name else f"saas_business_management.{name}",
            }
            for (key, name), done in zip(ACTIONS.items(), row[:-1], strict=True)
        ]
        return {"steps": steps, "empty": not row[-1]}
