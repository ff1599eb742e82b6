"""What differs between two template versions, as people read it.

Owns: handing versions to the comparison, its table. Does not own: the comparison
(`kernel/migration/change_set.py`).
"""

from markupsafe import Markup
from odoo import api, fields, models

from ..kernel.migration import change_set

BUILT = ("healthy", "published", "retired")
ROW = Markup(
    '<tr><td class="text-nowrap pe-3"><span class="badge rounded-pill {color}">{kind}</span></td>'
    '<td class="text-break pe-3">{name}</td><td class="text-break">{told}</td></tr>'
)
TABLE = Markup('<table class="table table-sm mb-2"><tbody>{rows}</tbody></table>')


class SaasTemplateVersion(models.Model):
    _inherit = "saas.template.version"

    former_id = fields.Many2one(
        "saas.template.version", compute="_compute_changes", string="Version Before"
    )
    changes = fields.Html(compute="_compute_changes", string="Change Set", sanitize=False)

    @api.depends("modules", "spec", "fingerprint", "number", "template_id")
    def _compute_changes(self):
        for version in self:
            version.former_id = version._former()
            version.changes = (
                version._changes_html(version.former_id) if version.former_id else False
            )

    def _former(self):
        """Return the version that was published before this one."""
        return self.search(
            [
                ("template_id", "=", self.template_id.id),
                ("number", "<", self.number),
                ("state", "in", BUILT),
            ],
            order="number desc",
            limit=1,
        )

    @api.private
    def _to_build(self):
        """Return the version as the comparison takes it."""
        self.ensure_one()
        return change_set.Build(self.modules or {}, self.spec or {}, self.fingerprint or "")

    @api.private
    def _changes_from(self, former):
        """Return what differs between an older version and this one."""
        return change_set.compare(former._to_build(), self._to_build())

    @api.private
    def _changes_html(self, former):
        """Return the table of what differs between an older version and this one."""
        rows = Markup("").join(
            ROW.format(color=color, kind=kind, name=name, told=told)
            for color, kind, name, told in self._change_rows(self._changes_from(former))
        )
        if rows:
            return TABLE.format(rows=rows)
        return Markup('<p class="text-muted mb-2">{}</p>').format(self.env._("Nothing differs."))

    def _change_rows(self, found):
        """Return colour, kind, name and values of each difference."""
        _ = self.env._
        kinds = (
            (found.removed, "text-bg-danger", _("Removed")),
            (found.lowered, "text-bg-danger", _("Lowered")),
            (found.added, "text-bg-success", _("Added")),
            (found.updated, "text-bg-info", _("Updated")),
        )
        rows = [
            (color, kind, one.name, self._change_text(one))
            for changes, color, kind in kinds
            for one in changes
        ]
        rows += [
            (
                "text-bg-secondary",
                _("Setting"),
                self._setting_name(one.name),
                self._told_change(one),
            )
            for one in found.settings
        ]
        if found.code_changed and not (found.updated or found.lowered):
            told = _("changed without a new version number of a module")
            rows.append(("text-bg-secondary", _("Code"), _("Modules of the cluster"), told))
        return rows

    @api.model
    def _change_text(self, change):
        return " → ".join(filter(None, (change.before, change.after)))

    def _told_change(self, change):
        if change.name.rpartition(".")[2] in change_set.HIDDEN:
            return self.env._("changed")
        return f"{change.before or '—'} → {change.after or '—'}"

    def _setting_name(self, name):
        part, _dot, rest = name.partition(".")
        label = self.env["saas.template"]._part_labels().get(part, part).capitalize()
        return f"{label}: {rest}" if rest else label

    @api.private
    def _change_list(self, former):
        """Return what differs as plain rows: kind, name, before, after; for the command line."""
        found = self._changes_from(former)
        kinds = ("removed", "lowered", "added", "updated")
        rows = [(kind, one) for kind in kinds for one in getattr(found, kind)]
        rows += [("setting", one) for one in found.settings]
        told = [
            {
                "kind": kind,
                "name": one.name,
                "before": "" if one.name.endswith(".logo") else one.before,
                "after": "changed" if one.name.endswith(".logo") else one.after,
            }
            for kind, one in rows
        ]
        if found.code_changed:
            told.append({"kind": "code", "name": "fingerprint", "before": "", "after": "changed"})
        return told

    def action_upgrade_tenants(self):
        """Begin a campaign that brings tenants to this version."""
        self.ensure_one()
        self.env["saas.campaign"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upgrade Tenants"),
            "res_model": "saas.campaign",
            "views": [(False, "form")],
            "context": {
                "default_template_id": self.template_id.id,
                "default_to_version_id": self.id,
            },
        }
