"""The stage of the tests of service: a tenant with a promise of 99.9 % and a fee of 89 a month."""

from datetime import timedelta

from odoo import fields

from ..kernel.service.spans import Span
from .billing_common import BillingCommon

SINCE = "2026-02-10 08:00:00"
MONTH = "2026-03-01"


def at(text):
    return fields.Datetime.to_datetime(text)


class ServiceCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levels = cls.env["saas.service.level"]
        cls.credits = cls.env["saas.service.credit"]
        cls.minutes = cls.env["saas.service.minute"]
        cls.intervals = cls.env["saas.status.interval"]
        cls.tier = cls.env.ref("saas_business_management.service_tier_standard")
        cls.tier.write({"availability_target": 99.9, "internal_target": 99.95})
        cls.promised = cls.make_plan("Promised", 89, service_tier_id=cls.tier.id)

    def setUp(self):
        super().setUp()
        with self.on(SINCE):
            self.tenant = self.make_open_tenant(
                subdomain="served", partner_id=self.partner.id, plan_id=self.promised.plan_id.id
            )
            # A plan that costs something brings its subscription along.
            self.subscription = self.tenant._service_subscription().with_env(self.env)
            self.subscription._set({"timezone": "UTC"})
            self.work()

    def served(self, *bad, since="2026-03-01 00:00:00", until="2026-04-02 00:00:00"):
        """Let service be good but for some pieces `(start, minutes, state)`; bad where none is
        said.
        """
        self.intervals._tell_from(
            "service", self.tenant.id, at(since), at(until), [Span(at(since), at(until), "ok")]
        )
        for start, length, *state in bad:
            end = at(start) + timedelta(minutes=length)
            what = state[0] if state else "critical"
            self.intervals._correct("service", self.tenant.id, what, at(start), end)
        self.judged(until)

    def judged(self, until):
        self.env.cr.execute("DELETE FROM saas_service_mark")
        self.env.cr.execute("INSERT INTO saas_service_mark VALUES ('judged', %s)", [until])

    def reckoned(self, day="2026-04-02 03:00:00", month=MONTH):
        """Let the month be reckoned by the cron's part; return its row."""
        with self.on(day):
            rows = self.levels._of(self.tenant, fields.Date.to_date(month))
            rows._reckon()
        return rows._hands_off().with_env(self.env)

    def credit(self):
        return self.credits.search([("tenant_id", "=", self.tenant.id)])
