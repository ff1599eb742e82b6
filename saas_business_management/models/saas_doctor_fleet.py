"""The doctor's checks of clusters, templates, plans, tenants and operations, from what records say."""

from collections.abc import Iterator
from typing import Any

from odoo import fields, models

OLD_TEST_HOURS = 48
OLD_AUDIT_HOURS = 6
FULL_RATIO = 0.9
WAIT_MINUTES = 5


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_at_fleet(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_at_fleet()
        yield from self._look_at_clusters()
        yield from self._look_at_templates()
        yield from self._look_at_plans()
        yield from self._look_at_operations()
        yield from self._look_at_tenants()

    def _look_at_clusters(self) -> Iterator[dict[str, Any]]:
        clusters = self.env["saas.cluster"].search([])
        if not clusters:
            yield self._told(
                "cluster_none", "cluster", "failing", self.env._("There is no cluster"),
                self.env._("Without one no template can be built and no tenant made."),
                self.env._("Run “odoo saas cluster-prepare” beside its PostgreSQL."),
            )  # fmt: skip
        for cluster in clusters:
            yield self._look_at_test(cluster)
            yield self._look_at_secrets(cluster)
            yield self._look_at_audit(cluster)
            yield self._look_at_room(cluster)
            yield self._look_at_zone(cluster)

    def _look_at_test(self, cluster: models.Model) -> dict[str, Any]:
        name = cluster.name
        if not cluster.checked_at:
            what = self.env._("%(cluster)s was never tested", cluster=name)
            mend = self.env._("Open it and choose Test Connection.")
            return self._told("cluster_test", "cluster", "unknown", what, "", mend, cluster)
        bad = cluster.check_ids.filtered(lambda check: check.result == "failing")
        if bad:
            what = self.env._("%(cluster)s: %(check)s", cluster=name, check=bad[0].text)
            why = self.env._("%(count)s of %(all)s tests failed.", count=len(bad), all=len(cluster.check_ids))
            return self._told("cluster_test", "cluster", "failing", what, why, bad[0].mend or "", cluster)
        warned = cluster.check_ids.filtered(lambda check: check.result == "warning")
        if warned:
            what = self.env._("%(cluster)s: %(check)s", cluster=name, check=warned[0].text)
            return self._told("cluster_test", "cluster", "warning", what, "", warned[0].mend, cluster)
        if self._age(cluster.checked_at) > OLD_TEST_HOURS:
            what = self.env._("%(cluster)s was not tested for %(hours)s hours", cluster=name, hours=round(self._age(cluster.checked_at)))
            mend = self.env._("Open it and choose Test Connection; look whether the control worker runs.")
            return self._told("cluster_test", "cluster", "unknown", what, "", mend, cluster)
        count = len(cluster.check_ids)
        what = self.env._("%(cluster)s passed all %(count)s tests", cluster=name, count=count)
        return self._told("cluster_test", "cluster", "ok", what, record=cluster)

    def _look_at_secrets(self, cluster: models.Model) -> dict[str, Any]:
        if cluster.has_secrets:
            what = self.env._("Secrets of %(cluster)s are stored", cluster=cluster.name)
            return self._told("cluster_secrets", "keys", "ok", what, record=cluster)
        return self._told(
            "cluster_secrets", "keys", "failing", self.env._("Secrets of %(cluster)s are missing", cluster=cluster.name),
            self.env._("No operation can reach it."),
            self.env._("Run “odoo saas cluster-prepare” for it."), cluster,
        )  # fmt: skip

    def _look_at_audit(self, cluster: models.Model) -> dict[str, Any]:
        found = cluster.audit_findings or []
        if found:
            first = found[0]
            return self._told(
                "cluster_audit", "cluster", "failing",
                self.env._("%(cluster)s and the records differ in %(count)s points", cluster=cluster.name, count=len(found)),
                self.env._("The first: %(what)s %(name)s, %(kind)s.", what=first["what"], name=first["name"], kind=first["kind"].replace("_", " ")),
                self.env._("Compare it with the operations of its tenant; nothing was removed by itself."), cluster,
            )  # fmt: skip
        if not cluster.audited_at or self._age(cluster.audited_at) > OLD_AUDIT_HOURS:
            what = self.env._("%(cluster)s was not audited lately", cluster=cluster.name)
            mend = self.env._("It is audited every hour once its test has passed and the control worker runs.")
            return self._told("cluster_audit", "cluster", "unknown", what, "", mend, cluster)
        what = self.env._("%(cluster)s holds what the records say", cluster=cluster.name)
        return self._told("cluster_audit", "cluster", "ok", what, record=cluster)

    def _look_at_room(self, cluster: models.Model) -> dict[str, Any]:
        facts = cluster._placement_facts()
        what = self.env._("%(cluster)s holds %(used)s of %(capacity)s tenants", cluster=cluster.name, used=facts.used, capacity=facts.capacity)
        if facts.used < FULL_RATIO * facts.capacity:
            return self._told("cluster_room", "cluster", "ok", what, record=cluster)
        return self._told(
            "cluster_room", "cluster", "warning", what, self.env._("Standby copies count, too."),
            self.env._("Raise its capacity if the machine allows it, or add a cluster."), cluster,
        )  # fmt: skip

    def _look_at_zone(self, cluster: models.Model) -> dict[str, Any]:
        zone = cluster.base_host
        if zone == "localhost" or zone.endswith(".localhost"):
            what = self.env._("Tenants of %(cluster)s open on this machine alone (*.%(zone)s)", cluster=cluster.name, zone=zone)
            return self._told("cluster_zone", "cluster", "ok", what, record=cluster)
        return self._told(
            "cluster_zone", "cluster", "unknown",
            self.env._("*.%(zone)s must lead to the nodes of %(cluster)s", zone=zone, cluster=cluster.name),
            self.env._("Visitors find a tenant by its host name; this cannot be seen from here."),
            self.env._("Add a wildcard record *.%(zone)s to the zone, pointing to the front proxy.", zone=zone), cluster,
        )  # fmt: skip

    def _look_at_templates(self) -> Iterator[dict[str, Any]]:
        templates = self.env["saas.template"].search([])
        published = templates.filtered("published_version_id")
        if not published:
            yield self._told(
                "template_none", "template", "warning", self.env._("No template has a published version"),
                self.env._("Tenants are copied from one."),
                self.env._("Open a template and choose Build."), templates[:1],
            )  # fmt: skip
        for template in templates:
            if template.latest_state == "failed":
                what = self.env._("The last build of %(template)s failed", template=template.name)
                why = template.latest_version_id.error_text or ""
                yield self._told("template_build", "template", "warning", what, why, self.env._("Open its log, mend the cause and choose Build."), template)
            if template.is_stale:
                what = self.env._("%(template)s is stale", template=template.name)
                yield self._told("template_stale", "template", "warning", what, template.stale_reason, self.env._("Open it and choose Build."), template)
            elif template.published_version_id:
                what = self.env._("%(version)s matches its modules and settings", version=template.published_version_id.display_name)
                yield self._told("template_stale", "template", "ok", what, record=template)
            if template.standby_low:
                what = self.env._("%(template)s has %(count)s of %(wanted)s standby copies", template=template.name, count=template.standby_count, wanted=template.standby_wanted)
                yield self._told("template_standby", "template", "warning", what, self.env._("Without one a new tenant takes about a second longer."), self.env._("They are refilled every 5 minutes; look at failed operations."), template)

    def _look_at_plans(self) -> Iterator[dict[str, Any]]:
        plans = self.env["saas.plan"].search([])
        if not plans:
            yield self._told("plan_none", "plan", "warning", self.env._("There is no billing plan"), self.env._("Tenants without one are free for ever."), self.env._("Create one under Configuration › Billing Plans."))
        for plan in plans:
            templates = plan.template_ids
            if templates and not templates.published_version_id:
                what = self.env._("Plan %(plan)s is sold with templates that were never published", plan=plan.name)
                yield self._told("plan_template", "plan", "warning", what, self.env._("Nobody can get it."), self.env._("Build one of its templates."), plan)
            else:
                what = self.env._("Plan %(plan)s can be sold", plan=plan.name)
                yield self._told("plan_template", "plan", "ok", what, record=plan)

    def _look_at_operations(self) -> Iterator[dict[str, Any]]:
        dead = self.env["saas.job"].search([("state", "=", "dead")])
        for job in dead:
            what = self.env._("“%(job)s” gave up", job=job.label)
            yield self._told("job_dead", "work", "failing", what, job.error_text or "", self.env._("Open it, mend the cause and choose Retry or Undo."), job)
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=WAIT_MINUTES)
        waiting = self.env["saas.job"].search([("state", "=", "waiting"), ("attempts", "=", 0), ("due_at", "<", limit)])
        if waiting:
            what = self.env._("%(count)s operations wait for a worker", count=len(waiting))
            yield self._told("job_waiting", "work", "failing", what, self.env._("The oldest has been due for over %(minutes)s minutes.", minutes=WAIT_MINUTES), self.env._("Look whether the control worker runs."), waiting[-1:])
        if not dead and not waiting:
            yield self._told("job_dead", "work", "ok", self.env._("No operation waits or needs a person"))

    def _look_at_tenants(self) -> Iterator[dict[str, Any]]:
        failed = self.env["saas.tenant"].search([("state", "=", "failed")])
        for tenant in failed:
            what = self.env._("%(tenant)s was not provisioned", tenant=tenant.name)
            yield self._told("tenant_failed", "tenant", "warning", what, self.env._("Its customer waits."), self.env._("Open it, mend what the operation says and choose Retry."), tenant)
        if not failed:
            yield self._told("tenant_failed", "tenant", "ok", self.env._("No tenant is left half-made"))
