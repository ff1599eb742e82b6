"""Usage in the portal: days as bars and as a table, and no query more for more databases."""

from datetime import timedelta

from odoo.tests import tagged

from .test_portal import PortalCase


@tagged("post_install", "-at_install")
class TestPortalUsage(PortalCase):
    def read(self, tenant, code, *quantities):
        """Have a meter read on the last days, the newest quantity last; None is a day unread."""
        meter = self.env["saas.meter"].search([("code", "=", code)])
        today = tenant._today()
        days = self.env["saas.usage.day"]
        rows = []
        for back, quantity in enumerate(reversed(quantities)):
            if quantity is None:
                continue
            day = today - timedelta(days=back)
            start, end = days._bounds(day, "UTC")
            rows.append(
                {
                    "tenant_id": tenant.id,
                    "meter_id": meter.id,
                    "day": day,
                    "start_at": start,
                    "end_at": end,
                    "quantity": quantity,
                }
            )
        days.sudo().create(rows)

    def test_the_last_30_days_are_bars_with_a_table(self):
        self.read(self.tenant, "api_calls", 100, None, 400)
        self.log_in(self.people["viewer"])
        page = self.url_open(self.path).text
        self.assertIn("Last 30 Days", page)
        self.assertEqual(page.count("<figure"), 1)
        self.assertIn('height="120"', page, "the highest day fills the drawing")
        self.assertIn('height="30"', page)
        table = page.split("As a table")[1].split("</table>")[0]
        self.assertEqual(table.count("<tr>"), 31)
        self.assertEqual(table.count(">—<"), 28, "a day nobody read is unknown, not zero")
        self.assertIn(">400<", table)

    def test_a_database_nobody_read_has_no_chart(self):
        self.log_in(self.people["viewer"])
        self.assertNotIn("<figure", self.url_open(self.path).text)

    def test_days_of_somebody_else_are_not_drawn(self):
        self.read(self.other_tenant, "api_calls", 77)
        self.assertFalse(self.tenant._portal_charts())

    def test_more_databases_cost_no_more_queries(self):
        for number in range(5):
            made = self.make_open_tenant(
                name=f"Shop {number}", subdomain=f"shop{number}", partner_id=self.account.id
            )
            self.read(made, "users", 3)
        counts = {}
        for number in (1, 6):
            self.env.flush_all()
            self.env.invalidate_all()
            tenants = self.env["saas.tenant"].sudo().search([], limit=number)
            before = self.env.cr.sql_log_count
            self.assertEqual(len(tenants._portal_usages()), number)
            counts[number] = self.env.cr.sql_log_count - before
        self.assertEqual(counts[1], counts[6])
