"""The route map: which host name leads to which database. Runtime nodes read this table and
nothing else.

Owns: the narrow table of docs/internals.md §3, its trigger, its row level security. Does not own:
what a node answers
in which state (`kernel/gateway`).
"""

from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    (state, state.title())
    for state in (
        "standby",
        "provisioning",
        "trial",
        "active",
        "suspended",
        "archived",
        "migrating",
        "deleting",
        "gone",
    )
]

TABLE_SQL = """
ALTER TABLE saas_route ADD COLUMN IF NOT EXISTS changed_xid xid8 NOT NULL DEFAULT
pg_current_xact_id();
CREATE INDEX IF NOT EXISTS saas_route_changed_xid_idx ON saas_route (changed_xid);
CREATE OR REPLACE FUNCTION saas_route_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION saas_route_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('saas_gateway', '');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER saas_route_changed BEFORE INSERT OR UPDATE ON saas_route
    FOR EACH ROW EXECUTE FUNCTION saas_route_changed();
CREATE OR REPLACE TRIGGER saas_route_announce AFTER INSERT OR UPDATE OR DELETE ON saas_route
    FOR EACH STATEMENT EXECUTE FUNCTION saas_route_announce();
ALTER TABLE saas_route ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS saas_route_node ON saas_route;
CREATE POLICY saas_route_node ON saas_route FOR SELECT USING (node_role = current_user);
"""


class SaasRoute(models.Model):
    _name = "saas.route"
    _description = "Route of a Host Name"
    _rec_name = "host"
    _log_access = False

    node_role = fields.Char(required=True, readonly=True, index=True)
    host = fields.Char(readonly=True)
    database = fields.Char(string="Database Name", required=True, readonly=True, index=True)
    database_id = fields.Many2one(
        "saas.database", required=True, readonly=True, index=True, ondelete="restrict"
    )
    generation = fields.Integer(required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    reason = fields.Char(readonly=True)
    tenant_uuid = fields.Char(readonly=True)
    tenant_name = fields.Char(readonly=True)
    redirect = fields.Char(readonly=True, help="Visitors are sent to this host name instead.")
    restricted = fields.Boolean(readonly=True)
    code = fields.Boolean(readonly=True, string="Python Code")
    brand = fields.Integer(readonly=True)
    since = fields.Datetime(readonly=True)
    kept_until = fields.Date(readonly=True)
    limits = fields.Json(readonly=True, help="What nodes hold back or say: see docs/internals.md.")

    _host_uniq = models.UniqueIndex(
        "(host) WHERE host IS NOT NULL", "A host name leads to one tenant."
    )

    def init(self):
        """Complete the table with what the ORM cannot declare: change marks, the announcement, who
        may read which row.
        """
        self.env.cr.execute(SQL(TABLE_SQL))

    @api.model
    @api.private
    def _put(self, database, values):
        """Write the routes of a database: all of them when they exist, else a new one, unless
        nothing says in which state.
        """
        values = {**self._known(database), **values}
        routes_sudo = self._of(database)
        if routes_sudo:
            routes_sudo.write(values)
        elif values.get("state", "gone") != "gone":
            self._add(database, values)

    @api.model
    @api.private
    def _put_hosts(self, database, hosts, values):
        """Lead exactly these host names to a database; rows are never deleted, only emptied.

        `hosts` maps a host name to the one its visitors are sent to, or to False.
        """
        values = {**self._known(database), **values}
        spare_sudo = self._of(database)
        rows_sudo = {row.host: row for row in spare_sudo if row.host in hosts}
        for row in rows_sudo.values():
            spare_sudo -= row
        # A name moves to another row only after its former one has let go of it.
        spare_sudo.write({**values, "host": False, "redirect": False})
        for host, redirect in hosts.items():
            row_sudo = rows_sudo.get(host) or spare_sudo[:1]
            spare_sudo -= row_sudo
            told = {**values, "host": host, "redirect": redirect}
            if row_sudo:
                row_sudo.write(told)
            else:
                self._add(database, told)

    @api.model
    def _of(self, database):
        return self.sudo().search([("database_id", "=", database.id)], order="id")

    @api.model
    def _known(self, database):
        return {
            "generation": database.generation,
            "tenant_uuid": database.tenant_id.public_id or False,
            "tenant_name": database.tenant_id.name or False,
        }

    @api.model
    def _add(self, database, values):
        fixed = {
            "node_role": database.cluster_id.node_role,
            "database": database.name,
            "database_id": database.id,
            "limits": self._known_limits(database),
        }
        return self.sudo().create({**fixed, **values})

    @api.model
    def _known_limits(self, database):
        """Return what the other rows of a tenant say: another host name is no way around it."""
        rows_sudo = self._of(database)
        if not rows_sudo and database.tenant_id:
            tenant = [("tenant_uuid", "=", database.tenant_id.public_id), ("state", "!=", "gone")]
            rows_sudo = self.sudo().search(tenant, order="id desc")
        return rows_sudo[:1].limits
