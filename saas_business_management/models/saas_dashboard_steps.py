"""The first steps to the first tenant, each ticked by facts.

Owns: the steps and what ticks them. Does not own: how they look, whether a person put them away
(`res_users_settings.py`).
"""

from odoo import api, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import SERVING

OURS = "(company_id IS NULL OR company_id = ANY(%(companies)s))"
STEPS = {
    "cluster": f"SELECT FROM saas_cluster WHERE state = 'ready' AND {OURS}",
    "template": f"SELECT FROM saas_template_version WHERE state = 'published' AND {OURS}",
    "plan": f"SELECT FROM saas_plan WHERE active AND kind = 'plan' AND {OURS}",
    "mail": "SELECT FROM ir_mail_server WHERE active",
    "target": f"SELECT FROM saas_backup_target WHERE active AND state = 'ready' AND {OURS}",
    "tenant": (
        "SELECT FROM saas_tenant WHERE state = ANY(%(open)s) AND company_id = ANY(%(companies)s)"
    ),
    "payment": (
        "SELECT FROM payment_provider WHERE state <> 'disabled' AND company_id = ANY(%(companies)s)"
    ),
}
ACTIONS = {
    "cluster": "action_saas_cluster",
    "template": "action_saas_template",
    "plan": "action_saas_plan",
    "mail": "base.action_ir_mail_server_list",
    "target": "action_saas_backup_target",
    "tenant": "action_saas_tenant",
    "payment": "payment.action_payment_provider",
}
EVERY = "SELECT " + ", ".join(f"EXISTS ({query})" for query in STEPS.values())
# Nothing waits for these.
OPTIONAL = ("payment",)


class SaasDashboard(models.AbstractModel):
    _inherit = "saas.dashboard"

    @api.model
    def _steps(self, can):
        """Return `key, done, optional, action` of each step; None for who is no viewer."""
        if not can["tenants"]:
            return None
        facts = {"companies": self.env.companies.ids, "open": list(SERVING)}
        row = self.env.execute_query(SQL(EVERY, **facts))[0]
        return [
            {
                "key": key,
                "done": done,
                "optional": key in OPTIONAL,
                "action": name if "." in name else f"saas_business_management.{name}",
            }
            for (key, name), done in zip(ACTIONS.items(), row, strict=True)
        ]
