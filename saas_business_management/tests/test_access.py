"""Rights as a table: model × group × operation, companies, and nothing for anybody else."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SaasCommon

# Letters: read, write, create, unlink; in the order viewer, operator, administrator.
MATRIX = {
    "saas.cluster": ("r", "r", "rwcu"),
    "saas.cluster.check": ("r", "r", "r"),
    "saas.module": ("r", "r", "r"),
    "saas.template": ("r", "rwc", "rwcu"),
    "saas.template.parameter": ("r", "rwcu", "rwcu"),
    "saas.template.version": ("r", "r", "r"),
    "saas.plan": ("r", "r", "r"),
    "saas.plan.version": ("r", "r", "r"),
    "saas.plan.price": ("r", "r", "r"),
    "saas.plan.charge": ("r", "r", "r"),
    "saas.plan.charge.tier": ("r", "r", "r"),
    "saas.plan.publish": ("", "", ""),
    "saas.plan.publish.line": ("", "", ""),
    "saas.meter": ("r", "r", "rwcu"),
    "saas.service.tier": ("r", "r", "rwcu"),
    "saas.coupon": ("", "", ""),
    "saas.release.window": ("r", "r", "rwcu"),
    "saas.release.occurrence": ("r", "r", "r"),
    "saas.module.approval": ("r", "r", "rwc"),
    "saas.compliance.tag": ("r", "rwc", "rwcu"),
    "saas.placement.rule": ("r", "r", "rwcu"),
    "saas.placement.proposal": ("r", "r", "r"),
    "saas.placement.reject": ("", "rwc", "rwc"),
    "saas.approval.kind": ("r", "r", "rw"),
    "saas.approval": ("r", "r", "r"),
    "saas.reserved.name": ("r", "r", "rwcu"),
    "saas.tenant": ("r", "rwcu", "rwcu"),
    "saas.tenant.event": ("r", "r", "r"),
    "saas.customer.member": ("r", "rwcu", "rwcu"),
    "saas.api.key": ("r", "r", "r"),
    "saas.account.export": ("r", "r", "r"),
    "saas.account.closing": ("r", "r", "r"),
    "saas.tenant.host": ("r", "r", "r"),
    "saas.tenant.host.add": ("", "rwc", "rwc"),
    "saas.tenant.host.remove": ("", "rwc", "rwc"),
    "saas.database": ("r", "r", "r"),
    "saas.route": ("", "", "r"),
    "saas.brand": ("r", "r", "rwcu"),
    "saas.brand.text": ("r", "r", "rwcu"),
    "saas.route.brand": ("", "", "r"),
    "saas.node.event": ("", "", "r"),
    "saas.link": ("", "", ""),
    "saas.job": ("r", "r", "r"),
    "saas.job.step": ("r", "r", "r"),
    "saas.job.line": ("r", "r", "r"),
    "saas.job.request": ("", "", ""),
    "saas.doctor.finding": ("r", "r", "r"),
    "saas.lifecycle.policy": ("r", "r", "rwcu"),
    "saas.tenant.notice": ("r", "r", "r"),
    "saas.tenant.change": ("", "rwcu", "rwcu"),
    "saas.tenant.change.line": ("", "rwcu", "rwcu"),
    "saas.retention.rule": ("r", "r", "rw"),
    "saas.erasure": ("", "", "r"),
    "saas.customer.erasure": ("", "", "rwcu"),
    "saas.audit.entry": ("", "", "r"),
    "saas.audit.seal": ("", "", "r"),
    "saas.audit.check": ("", "", "r"),
    "saas.security.event": ("", "r", "r"),
    "saas.machine": ("r", "r", "rwu"),
    "saas.slow.statement": ("r", "r", "r"),
    "saas.probe": ("r", "r", "r"),
    "saas.dependency": ("r", "r", "rwcu"),
    "saas.dependency.map": ("r", "r", "r"),
    "saas.dependency.address": ("", "", "rc"),
    "saas.log.line": ("", "r", "r"),
    "saas.metrics.token": ("", "", "rc"),
    "saas.webhook.kind": ("r", "r", "r"),
    "saas.webhook.endpoint": ("r", "r", "rwcu"),
    "saas.webhook.event": ("r", "r", "r"),
    "saas.webhook.delivery": ("r", "r", "r"),
    "saas.webhook.attempt": ("r", "r", "r"),
    "saas.webhook.replay": ("", "rwcu", "rwcu"),
    "saas.webhook.secret": ("", "", "rc"),
    "saas.signup": ("r", "rw", "rwu"),
    "saas.signup.policy": ("r", "r", "rwcu"),
    "saas.signup.domain": ("r", "r", "rwcu"),
    "saas.signup.count": ("", "", "r"),
    "saas.support.access": ("r", "rwcu", "rwcu"),
    "saas.backup.target": ("r", "r", "rwcu"),
    "saas.backup.target.check": ("r", "r", "r"),
    "saas.evidence": ("r", "r", "r"),
    "saas.backup.policy": ("r", "r", "rwcu"),
    "saas.backup": ("r", "r", "r"),
    "saas.backup.check": ("r", "r", "r"),
    "saas.backup.alert": ("r", "r", "r"),
    "saas.restore": ("r", "r", "r"),
    "saas.upgrade": ("r", "r", "r"),
    "saas.template.check": ("r", "r", "rwcu"),
    "saas.adoption": ("", "", "r"),
    "saas.adoption.confirm": ("", "", "rwcu"),
    "saas.tenant.restore": ("", "rwcu", "rwcu"),
    "saas.copy": ("r", "r", "r"),
    "saas.masking.rule": ("r", "r", "rwcu"),
    "saas.tenant.copy": ("", "rwcu", "rwcu"),
    "saas.move": ("r", "r", "r"),
    "saas.tenant.move": ("", "rwcu", "rwcu"),
    "saas.backup.key": ("r", "r", "r"),
    "saas.backup.export": ("r", "r", "r"),
    "saas.backup.import": ("", "rwcu", "rwcu"),
    "saas.backup.download": ("", "rwcu", "rwcu"),
    "saas.backup.canary": ("r", "r", "r"),
    "saas.backup.key.destroy": ("", "", "rwcu"),
    "saas.backup.delete": ("", "", "rwcu"),
    "saas.recovery.sheet": ("", "", "rwc"),
    "saas.subscription": ("", "", ""),
    "saas.subscription.phase": ("", "", ""),
    "saas.subscription.addon": ("", "", ""),
    "saas.subscription.rest": ("", "", ""),
    "saas.subscription.coupon": ("", "", ""),
    "saas.subscription.event": ("", "", ""),
    "saas.subscription.change": ("", "", ""),
    "saas.subscription.change.line": ("", "", ""),
    "saas.billing.period": ("", "", ""),
    "saas.billing.rating": ("", "", ""),
    "saas.billing.run": ("", "", ""),
    "saas.billing.run.line": ("", "", ""),
    "saas.usage.bucket": ("", "", ""),
    "saas.usage.source": ("r", "r", "r"),
    "saas.usage.gap": ("r", "r", "r"),
    "saas.usage.reading": ("r", "r", "r"),
    "saas.usage.day": ("r", "r", "r"),
    "saas.top.user": ("r", "r", "r"),
    "saas.usage.correction": ("r", "r", "r"),
    "saas.status.interval": ("r", "r", "r"),
    "saas.service.level": ("r", "r", "r"),
    "saas.service.credit": ("", "", ""),
    "saas.service.credit.reject": ("", "", ""),
    "saas.service.exclusion": ("r", "rwc", "rwc"),
    "saas.service.review": ("r", "r", "r"),
    "saas.quota": ("r", "r", "r"),
    "saas.quota.event": ("r", "r", "r"),
    "saas.quota.override": ("r", "r", "r"),
    "saas.quota.setting": ("r", "r", "rwcu"),
    "saas.quota.rule": ("r", "r", "rwcu"),
    "saas.quota.raise": ("", "rwcu", "rwcu"),
    "saas.alert": ("r", "r", "r"),
    "saas.alert.rule": ("r", "r", "rwcu"),
    "saas.alert.condition": ("r", "r", "rwcu"),
    "saas.alert.override": ("r", "rwcu", "rwcu"),
    "saas.alert.silence": ("r", "rwc", "rwc"),
    "saas.alert.silence.add": ("", "rwcu", "rwcu"),
    "saas.alert.channel": ("r", "r", "rwcu"),
    "saas.alert.escalation": ("r", "r", "rwcu"),
    "saas.alert.escalation.step": ("r", "r", "rwcu"),
    "saas.alert.message": ("r", "r", "r"),
    "saas.alert.notification": ("r", "r", "r"),
    "saas.alert.watch": ("r", "r", "r"),
    "saas.monitoring.profile": ("r", "r", "rwcu"),
    "saas.monitoring.threshold": ("r", "r", "rwcu"),
    "saas.noisy.finding": ("r", "r", "r"),
    "saas.noisy.step": ("r", "r", "r"),
    "saas.module.impact": ("r", "r", "r"),
    "saas.wallet": ("", "", ""),
    "saas.wallet.grant": ("", "", ""),
    "saas.wallet.entry": ("", "", ""),
    "saas.wallet.add": ("", "", ""),
    "saas.deferral": ("", "", ""),
    "saas.deferral.row": ("", "", ""),
    "saas.deferral.entry": ("", "", ""),
    "saas.mrr.movement": ("", "", ""),
    "saas.aging": ("", "", ""),
    "saas.profitability": ("", "", ""),
    "saas.cost.rate": ("", "", ""),
    "saas.usage.import": ("", "", ""),
    "saas.usage.import.line": ("", "", ""),
    "saas.payment.attempt": ("", "", ""),
    "saas.dunning": ("", "", ""),
    "saas.dunning.step": ("", "", ""),
    "saas.dunning.profile": ("", "", ""),
    "saas.dunning.minimum": ("", "", ""),
    "saas.dunning.pause": ("", "", ""),
    "saas.incident": ("r", "rwc", "rwc"),
    "saas.incident.update": ("r", "r", "r"),
    "saas.incident.post": ("", "rwcu", "rwcu"),
    "saas.incident.post.line": ("", "rwcu", "rwcu"),
    "saas.campaign": ("r", "rwcu", "rwcu"),
    "saas.campaign.wave": ("r", "r", "r"),
    "saas.campaign.tenant": ("r", "r", "r"),
    "saas.campaign.stop": ("", "", "rwcu"),
    "saas.maintenance": ("r", "rwcu", "rwcu"),
    "saas.maintenance.notice": ("", "rwcu", "rwcu"),
    "saas.status.component": ("r", "r", "r"),
    "saas.status.period": ("r", "r", "r"),
    "saas.status.reader": ("r", "r", "ru"),
}
# The same for billing user, billing manager, billing approver; nothing where a model is missing.
BILLING = {
    "saas.template": ("r", "r", ""),
    "saas.plan": ("r", "rwcu", "r"),
    "saas.plan.version": ("r", "r", "r"),
    "saas.plan.price": ("r", "rwcu", "r"),
    "saas.plan.charge": ("r", "rwcu", "r"),
    "saas.plan.charge.tier": ("r", "rwcu", "r"),
    "saas.plan.publish": ("", "rwcu", ""),
    "saas.plan.publish.line": ("", "rwcu", ""),
    "saas.meter": ("r", "rwcu", "r"),
    "saas.service.tier": ("r", "rwcu", "r"),
    "saas.coupon": ("r", "rwcu", ""),
    "saas.tenant": ("r", "r", ""),
    "saas.job": ("r", "r", ""),
    "saas.job.step": ("r", "r", ""),
    "saas.job.line": ("r", "r", ""),
    "saas.subscription": ("rwcu", "rwcu", "r"),
    "saas.subscription.phase": ("r", "r", "r"),
    "saas.subscription.addon": ("r", "r", "r"),
    "saas.subscription.rest": ("r", "r", "r"),
    "saas.subscription.coupon": ("r", "r", "r"),
    "saas.subscription.event": ("r", "r", "r"),
    "saas.subscription.change": ("rwcu", "rwcu", ""),
    "saas.subscription.change.line": ("rwcu", "rwcu", ""),
    "saas.billing.period": ("r", "r", "r"),
    "saas.billing.rating": ("r", "r", "r"),
    "saas.billing.run": ("rwcu", "rwcu", "rw"),
    "saas.billing.run.line": ("r", "r", "r"),
    "saas.usage.bucket": ("rc", "rc", "r"),
    "saas.usage.source": ("r", "r", "r"),
    "saas.usage.gap": ("r", "r", "r"),
    "saas.usage.reading": ("r", "r", "r"),
    "saas.usage.day": ("r", "r", "r"),
    "saas.usage.correction": ("rc", "rc", "r"),
    "saas.quota": ("r", "r", ""),
    "saas.quota.event": ("r", "r", ""),
    "saas.quota.override": ("r", "r", ""),
    "saas.quota.setting": ("r", "r", ""),
    "saas.quota.rule": ("r", "r", ""),
    "saas.service.level": ("r", "r", "r"),
    "saas.service.credit": ("r", "r", "r"),
    "saas.service.credit.reject": ("", "", "rwcu"),
    "saas.service.exclusion": ("r", "r", "r"),
    "saas.monitoring.profile": ("r", "r", "r"),
    "saas.monitoring.threshold": ("r", "r", "r"),
    "saas.wallet": ("rwcu", "rwcu", "r"),
    "saas.wallet.grant": ("r", "r", "r"),
    "saas.wallet.entry": ("r", "r", "r"),
    "saas.wallet.add": ("rwcu", "rwcu", ""),
    "saas.deferral": ("r", "r", "r"),
    "saas.deferral.row": ("r", "r", "r"),
    "saas.deferral.entry": ("r", "r", "r"),
    "saas.mrr.movement": ("r", "r", "r"),
    "saas.aging": ("r", "r", "r"),
    "saas.profitability": ("r", "r", "r"),
    "saas.cost.rate": ("r", "rwc", "r"),
    "saas.usage.import": ("rwcu", "rwcu", ""),
    "saas.usage.import.line": ("rwcu", "rwcu", ""),
    "saas.payment.attempt": ("r", "r", "r"),
    "saas.dunning": ("rw", "rw", "r"),
    "saas.dunning.step": ("r", "r", "r"),
    "saas.dunning.profile": ("r", "rwcu", "r"),
    "saas.dunning.minimum": ("r", "rwcu", "r"),
    "saas.dunning.pause": ("rwcu", "rwcu", ""),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(SaasCommon):
    def test_every_stored_model_of_ours_is_in_the_table(self):
        ours = self.env["ir.model"].search([("model", "=like", "saas.%"), ("abstract", "=", False)])
        self.assertEqual(set(ours.mapped("model")), set(MATRIX))

    def test_each_group_may_what_the_table_says_and_nothing_else(self):
        people = (self.viewer, self.operator, self.admin)
        people += (self.biller, self.pricer, self.approver)
        for model, rights in MATRIX.items():
            rights += BILLING.get(model, ("", "", ""))
            for user, letters in zip(people, rights, strict=True):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, user=user.login, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, letter in letters)

    def test_employees_customers_and_visitors_may_nothing(self):
        for user in (self.employee, self.customer, self.env.ref("base.public_user")):
            for model in MATRIX:
                for operation in OPERATIONS.values():
                    with self.subTest(model=model, user=user.login, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    def test_groups_imply_each_other_and_the_first_administrator_has_them(self):
        self.assertTrue(self.admin.has_group("saas_business_management.group_saas_viewer"))
        self.assertFalse(self.operator.has_group("saas_business_management.group_saas_admin"))
        self.assertTrue(
            self.env.ref("base.user_admin").has_group("saas_business_management.group_saas_admin")
        )

    def test_another_company_sees_nothing_of_our_tenants_and_their_work(self):
        tenant = self.make_open_tenant()
        theirs_not = (
            *(tenant, tenant.job_ids, tenant.job_ids.step_ids, tenant.event_ids),
            *(tenant.host_ids, tenant.database_id, self.template, self.version),
        )
        for records in theirs_not:
            with self.subTest(model=records._name):
                self.assertTrue(records)
                theirs = self.env[records._name].with_user(self.stranger)
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    theirs.browse(records.ids).read(["display_name"])

    def test_work_of_the_platform_is_seen_by_every_company(self):
        self.cluster.company_id = False
        job = self.cluster._start("test_cluster", {})
        self.assertTrue(self.env["saas.job"].with_user(self.stranger).search([("id", "=", job.id)]))

    def test_a_plan_and_a_template_without_a_company_are_for_all(self):
        self.template.company_id = False
        for record in (self.plan, self.template):
            self.assertTrue(record.with_user(self.stranger).read(["name"]))

    def test_what_a_private_helper_does_cannot_be_called_from_outside(self):
        from odoo.service.model import get_public_method

        for model, method in (
            ("saas.cluster", "_to_spec"),
            ("saas.cluster", "_prepare_from_cli"),
            ("saas.keyring", "_open"),
            ("saas.backup.keyring", "_load"),
            ("saas.backup.key", "_data_key"),
            ("saas.backup", "_put"),
            ("saas.control.backup", "_keys"),
            ("saas.control.backup", "_to_spec"),
            ("saas.template", "_to_spec"),
            ("saas.template.version", "_step_publish"),
            ("saas.doctor", "_run"),
            ("saas.webhook.endpoint", "_secrets"),
            ("saas.webhook.event", "_emit"),
            ("saas.webhook.delivery", "_claim"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model], method)

    def test_no_operation_carries_a_secret(self):
        self.make_open_tenant()
        for job in self.env["saas.job"].search([]):
            told = str(job.spec) + str(job.facts)
            self.assertNotIn("provisioner-password", told)
            self.assertNotIn("secret-of-the-cluster", told)

    def test_a_viewer_cannot_press_any_button_that_starts_work(self):
        tenant = self.make_tenant(subdomain="viewed")
        buttons = (
            (tenant, "action_provision"),
            (self.template, "action_build"),
            (self.template, "action_fill_standby"),
            (self.cluster, "action_test_connection"),
            (self.cluster, "action_refresh_modules"),
            (self.env["saas.doctor"], "action_check_again"),
            (self.env["saas.control.backup"], "action_back_up_now"),
            (
                self.env["saas.backup.target"].create({"name": "Disk", "folder": "/var/backups"}),
                "action_test_connection",
            ),
        )
        count = self.env["saas.job"].search_count([])
        for record, button in buttons:
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(record.with_user(self.viewer), button)()
        self.assertEqual(self.env["saas.job"].search_count([]), count)
