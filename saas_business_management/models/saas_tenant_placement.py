"""Which cluster a tenant gets, by the rules of the platform, and why.

Owns: its facts for the kernel, the candidates, the sentence for people. Does not own: the rules
(`saas_placement_rule.py`), choosing (`kernel/provisioning/rule.py`).
"""

from dataclasses import replace

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import Refused
from ..kernel.provisioning.placement import Wish
from ..kernel.provisioning.rule import Subject, place


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    same_as_id = fields.Many2one(
        "saas.template",
        string="Same As",
        index=True,
        ondelete="set null",
        check_company=True,
        domain="[('id', '!=', id), ('same_as_id', '=', False)]",
        help="The same template on another cluster: placement chooses between both.",
    )

    @api.private
    def _siblings(self):
        """Return this template and those that stand for it on other clusters."""
        first = self.same_as_id or self
        return first | self.sudo().search([("same_as_id", "=", first.id)])


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    placement_text = fields.Text(
        compute="_compute_placement_text",
        string="Placement",
        groups="saas_business_management.group_saas_viewer",
    )

    @api.depends("template_id", "plan_id", "cluster_id", "partner_id", "region", "state")
    @api.depends("compliance_tag_ids", "company_id")
    def _compute_placement_text(self):
        """Say before it is provisioned where it would go; afterwards the cluster says it."""
        for tenant in self:
            waits = tenant.state in ("draft", "failed") and tenant.template_id
            tenant.placement_text = tenant._placement_told() if waits else False

    @api.private
    def _placement_subject(self):
        """Return what rules ask about the tenant."""
        tenant_sudo = self.sudo()
        return Subject(
            plan=tenant_sudo.plan_id._origin.id or 0,
            tier=tenant_sudo.plan_id.service_tier_id.id or 0,
            region=self._residency(),
            tags=frozenset(self._compliance()._origin.ids),
            modules=frozenset(tenant_sudo.template_id.module_ids.mapped("technical_name")),
        )

    def _placement_wish(self):
        return Wish(
            company_id=self.company_id.id,
            region=self._residency(),
            cluster=self.cluster_id.key or "",
            customer=self.partner_id.commercial_partner_id._origin.id or 0,
        )

    @api.private
    def _placed(self, clusters, with_rule=None, wish=None):
        """Return where the rules lead (`kernel.provisioning.rule.Placed`); `with_rule` is one that
        is being written.

        Raises:
            Refused: `no_cluster`.
        """
        rows = self.env["saas.placement.rule"]._of(self.company_id)
        rules = [row._to_rule() for row in rows]
        if with_rule is not None:
            rules = [rule for rule in rules if rule.key != with_rule._origin.id]
            before = rows.filtered(
                lambda row: (
                    (row.sequence, row.id)
                    < (with_rule.sequence, with_rule._origin.id or float("inf"))
                    and row != with_rule._origin
                )
            )
            rules.insert(len(before), with_rule._to_rule())
        facts = [cluster._placement_facts() for cluster in clusters]
        return place(facts, wish or self._placement_wish(), rules, self._placement_subject())

    def _published_versions(self):
        """Return the published versions of the template and of its like on other clusters."""
        templates_sudo = self.template_id.sudo()._siblings()
        return templates_sudo.version_ids.filtered(lambda one: one.state == "published")

    @api.private
    def _placement_told(self, with_rule=None):
        """Return which cluster the tenant would get now, and why, in words."""
        _ = self.env._
        clusters_sudo = self._published_versions().cluster_id
        if not clusters_sudo:
            return _("Its template has no published version yet.")
        wish = self._placement_wish()
        if self.state not in ("draft", "failed"):
            wish = replace(wish, cluster="")
        try:
            placed = self._placed(clusters_sudo, with_rule, wish)
        except Refused as error:
            return messages.text(self.env, error)
        name = clusters_sudo.filtered(lambda one: one.key == placed.cluster).name
        return " ".join([self._placement_why(name, placed, with_rule, wish), *self._passed(placed)])

    def _placement_why(self, name, placed, with_rule, wish):
        _ = self.env._
        rule_sudo = self.env["saas.placement.rule"].sudo().browse(placed.rule)
        if placed.rule:
            own = with_rule is not None and placed.rule == with_rule._rule_key()
            row = with_rule if own else rule_sudo
            return _(
                "%(cluster)s, by the rule “%(rule)s”: %(why)s.",
                cluster=name,
                rule=row.name or "",
                why=(row.reason or "").rstrip("."),
            )
        if wish.cluster:
            return _("%(cluster)s, as chosen.", cluster=name)
        return _("%(cluster)s: the least filled that fits; no rule is about it.", cluster=name)

    def _passed(self, placed):
        """Return a sentence about rules that matched but could not be kept."""
        rows_sudo = (
            self.env["saas.placement.rule"]
            .sudo()
            .browse(one for one in placed.passed if one > 0)
            .exists()
        )
        if not rows_sudo:
            return []
        names = ", ".join(f"“{row.name}”" for row in rows_sudo)
        return [self.env._("Passed over, as no cluster keeps it: %(rules)s.", rules=names)]
