"""Which tenant needs which outside service: one row for each pair, made from the dependencies.

Owns: the pairs. Does not own: dependencies (`saas_dependency.py`), what a tenant is.
"""

from odoo import fields, models
from odoo.tools import SQL

from ..kernel.lifecycle.states import SERVING
from .saas_dependency import CRITICALITIES, STATES

# A tenant that needs a service twice over is one row; a service of the platform has one without.
PAIRS = """
SELECT row_number() OVER (ORDER BY p.dependency_id, p.tenant_id) AS id, p.dependency_id,
       p.tenant_id, t.cluster_id, d.company_id, d.state, d.criticality, d.user_id
  FROM (SELECT d.id AS dependency_id, t.id AS tenant_id
          FROM saas_dependency AS d
          JOIN saas_tenant AS t
            ON d.serves = 'all' AND (d.company_id IS NULL OR t.company_id = d.company_id)
        UNION
        SELECT d.id, t.id
          FROM saas_dependency AS d
          JOIN saas_cluster_saas_dependency_rel AS r ON r.saas_dependency_id = d.id
          JOIN saas_tenant AS t ON t.cluster_id = r.saas_cluster_id
         WHERE d.serves = 'clusters'
        UNION
        SELECT d.id, r.saas_tenant_id
          FROM saas_dependency AS d
          JOIN saas_dependency_saas_tenant_rel AS r ON r.saas_dependency_id = d.id
         WHERE d.serves = 'tenants'
        UNION
        SELECT d.id, NULL FROM saas_dependency AS d WHERE d.serves = 'platform') AS p
  JOIN saas_dependency AS d ON d.id = p.dependency_id AND d.active
  LEFT JOIN saas_tenant AS t ON t.id = p.tenant_id
 WHERE t.id IS NULL OR t.state = ANY(%(open)s)
"""


class SaasDependencyMap(models.Model):
    _name = "saas.dependency.map"
    _description = "Dependency Map"
    _auto = False
    _order = "dependency_id, tenant_id"
    _rec_name = "dependency_id"

    dependency_id = fields.Many2one("saas.dependency", readonly=True)
    tenant_id = fields.Many2one("saas.tenant", readonly=True)
    cluster_id = fields.Many2one("saas.cluster", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    criticality = fields.Selection(CRITICALITIES, readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)

    @property
    def _table_query(self):
        for name in ("saas.dependency", "saas.tenant"):
            self.env[name].flush_model()
        return SQL(PAIRS, open=sorted(SERVING))
