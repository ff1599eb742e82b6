"""The doctor's checks of templates and plans.

Owns: these checks. Does not own: staleness (`saas_template_spec.py`).
"""

from collections.abc import Iterator
from typing import Any

from odoo import models


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        _ = self.env._
        templates = self.env["saas.template"].search([])
        if not templates.published_version_id:
            what = _("No template has a published version")
            why = _("Tenants are copied from one.")
            mend = _("Open a template and choose Build.")
            yield self._told("template_none", "template", "warning", what, why, mend, templates[:1])
        for template in templates:
            yield from self._look_at_template(template)
        plans = self.env["saas.plan"].search([("kind", "=", "plan")])
        if not plans:
            what = _("There is no billing plan")
            why = _("Tenants without one are free for ever.")
            mend = _("Create one under Configuration › Billing Plans.")
            yield self._told("plan_none", "plan", "warning", what, why, mend)
        for plan in plans:
            yield self._look_at_plan(plan)

    def _look_at_template(self, template: models.Model) -> Iterator[dict[str, Any]]:
        _ = self.env._
        if template.latest_state == "failed":
            what = _("The last build of %(template)s failed", template=template.name)
            mend = _("Open its log, mend the cause and choose Build.")
            why = template.latest_error or ""
            yield self._told("template_build", "template", "warning", what, why, mend, template)
        if template.is_stale:
            what = _("%(template)s is stale", template=template.name)
            why, mend = template.stale_reason, _("Open it and choose Build.")
            yield self._told("template_stale", "template", "warning", what, why, mend, template)
        elif template.published_version_id:
            version = template.published_version_id.display_name
            what = _("%(version)s matches its modules and settings", version=version)
            yield self._told("template_stale", "template", "ok", what, record=template)
        if template.standby_low:
            what = _("%(template)s has too few standby copies", template=template.name)
            why = _("Without one a new tenant takes about a second longer.")
            mend = _("They are made anew every 5 minutes; look at failed operations.")
            yield self._told("template_standby", "template", "warning", what, why, mend, template)

    def _look_at_plan(self, plan: models.Model) -> dict[str, Any]:
        _ = self.env._
        if plan.template_ids and not plan.template_ids.published_version_id:
            what = _("No template of plan %(plan)s was ever published", plan=plan.name)
            why = _("Nobody can get it.")
            mend = _("Build one of its templates.")
            return self._told("plan_template", "plan", "warning", what, why, mend, plan)
        what = _("Plan %(plan)s can be sold", plan=plan.name)
        return self._told("plan_template", "plan", "ok", what, record=plan)
