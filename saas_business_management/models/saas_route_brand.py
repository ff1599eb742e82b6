"""The brands as runtime nodes read them, all nodes all of them.

Owns: the narrow table of docs/internals.md §3, its trigger, its grants. Does not own: brands
(`saas_brand.py`).
"""

from odoo import api, fields, models
from odoo.tools import SQL

TABLE_SQL = """
ALTER TABLE saas_route_brand ADD COLUMN IF NOT EXISTS changed_xid xid8 NOT NULL DEFAULT
pg_current_xact_id();
CREATE INDEX IF NOT EXISTS saas_route_brand_changed_xid_idx ON saas_route_brand (changed_xid);
CREATE OR REPLACE TRIGGER saas_route_brand_changed BEFORE INSERT OR UPDATE ON saas_route_brand
    FOR EACH ROW EXECUTE FUNCTION saas_route_changed();
CREATE OR REPLACE TRIGGER saas_route_brand_announce
    AFTER INSERT OR UPDATE OR DELETE ON saas_route_brand
    FOR EACH STATEMENT EXECUTE FUNCTION saas_route_announce();
"""
# Whoever reads routes is a node: a role made before a table gets what it needs there.
EACH_NODE = """
DO $$
DECLARE node name;
BEGIN
    FOR node IN
        SELECT r.rolname FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
         WHERE c.oid = 'public.saas_route'::regclass AND r.oid = a.grantee
           AND a.privilege_type = 'SELECT' AND left(r.rolname, 10) = 'saas_node_'
    LOOP
        EXECUTE 'ORDER TO ' || quote_ident(node);
    END LOOP;
END $$;
"""
GRANT_SQL = EACH_NODE.replace("ORDER", "GRANT SELECT ON saas_route_brand")


class SaasRouteBrand(models.Model):
    _name = "saas.route.brand"
    _description = "Brand as Nodes Know It"
    _rec_name = "name"
    _log_access = False

    brand_id = fields.Many2one("saas.brand", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    is_default = fields.Boolean(readonly=True)
    primary_color = fields.Char(readonly=True)
    secondary_color = fields.Char(readonly=True)
    logo = fields.Text(readonly=True, help="A PNG in base64.")
    texts = fields.Text(readonly=True, help="Page → sentences, as JSON.")
    support_name = fields.Char(readonly=True)
    support_email = fields.Char(readonly=True)
    support_phone = fields.Char(readonly=True)
    support_url = fields.Char(readonly=True)
    legal_name = fields.Char(readonly=True)
    terms_url = fields.Char(readonly=True)
    privacy_url = fields.Char(readonly=True)

    _brand_uniq = models.UniqueIndex("(brand_id)", "A brand is told once.")

    def init(self):
        """Complete the table with what the ORM cannot declare: change marks, the announcement, who
        may read it.
        """
        self.env.cr.execute(SQL(TABLE_SQL))
        self.env.cr.execute(SQL(GRANT_SQL))

    @api.model
    @api.private
    def _put(self, brands):
        """Write what nodes are told about these brands, where it changed."""
        rows_sudo = self.sudo().search([("brand_id", "in", brands.ids)])
        known = {row.brand_id.id: row for row in rows_sudo}
        for brand in brands.sudo():
            values = self._told(brand)
            row_sudo = known.get(brand.id)
            if not row_sudo:
                self.sudo().create({"brand_id": brand.id, **values})
            elif any((row_sudo[name] or "") != (value or "") for name, value in values.items()):
                row_sudo.write(values)

    @api.model
    def _told(self, brand):
        values = brand._node_values()
        values["primary_color"] = values.pop("primary")
        values["secondary_color"] = values.pop("secondary")
        return values
