"""The modules a cluster's Odoo offers, as its manifests describe them."""

from typing import Any

from odoo import api, fields, models


class SaasModule(models.Model):
    _name = "saas.module"
    _description = "Module on a Cluster"
    _order = "application desc, title, technical_name"
    _rec_names_search = ["title", "technical_name"]

    title = fields.Char(required=True, readonly=True, string="Name")
    technical_name = fields.Char(required=True, readonly=True, index=True)
    summary = fields.Char(readonly=True)
    version = fields.Char(readonly=True)
    category = fields.Char(readonly=True)
    application = fields.Boolean(readonly=True, string="App")
    depends_on = fields.Char(readonly=True, help="Modules that come along with it.")
    cluster_id = fields.Many2one(
        "saas.cluster",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty until a cluster takes over the templates that name this module.",
    )
    active = fields.Boolean(default=True, help="Off when the cluster no longer has it.")

    _name_unique = models.Constraint(
        "UNIQUE (cluster_id, technical_name)", "A cluster offers each module once."
    )
    _orphan_unique = models.UniqueIndex("(technical_name) WHERE cluster_id IS NULL")

    @api.depends("title", "technical_name")
    def _compute_display_name(self) -> None:
        for module in self:
            module.display_name = f"{module.title} ({module.technical_name})"

    @api.model
    @api.private
    def _apply_modules(self, cluster: models.Model, rows: list[dict[str, Any]]) -> None:
        """Make the catalogue of a cluster equal to what was read there; modules that are gone are
        archived.
        """
        known = {
            module.technical_name: module
            for module in self.with_context(active_test=False).search(
                [("cluster_id", "=", cluster.id)]
            )
        }
        offered = {
            row["name"]: self._prepare_module_vals(cluster, row)
            for row in rows
            if row["installable"]
        }
        for name in known.keys() & offered.keys():
            known[name]._write_changed(offered[name])
        self.create([offered[name] for name in sorted(offered.keys() - known.keys())])
        gone = self.browse(known[name].id for name in known.keys() - offered.keys())
        gone.filtered("active").write({"active": False})

    def _prepare_module_vals(self, cluster: models.Model, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "cluster_id": cluster.id,
            "technical_name": row["name"],
            "title": row["title"] or row["name"],
            "summary": row["summary"],
            "version": row["version"],
            "category": row["category"],
            "application": row["application"],
            "depends_on": ", ".join(row.get("depends") or ()),
            "active": True,
        }

    def _write_changed(self, vals: dict[str, Any]) -> None:
        """Write only what differs: most of six hundred rows are as they were."""
        now = self._convert_to_write({name: self[name] for name in vals})
        changed = {
            name: value for name, value in vals.items() if (now[name] or False) != (value or False)
        }
        if changed:
            self.write(changed)

    @api.model
    @api.private
    def _adopt(self, cluster: models.Model) -> None:
        """Hand modules that no cluster owns yet to this one, together with the templates that name
        them.
        """
        orphans = self.with_context(active_test=False).search([("cluster_id", "=", False)])
        owned = {
            module.technical_name: module
            for module in self.with_context(active_test=False).search(
                [("cluster_id", "=", cluster.id)]
            )
        }
        for orphan in orphans:
            twin = owned.get(orphan.technical_name)
            if not twin:
                orphan.cluster_id = cluster
                continue
            for template in self.env["saas.template"].search([("module_ids", "in", orphan.ids)]):
                template.module_ids = [
                    fields.Command.unlink(orphan.id),
                    fields.Command.link(twin.id),
                ]
            orphan.unlink()
