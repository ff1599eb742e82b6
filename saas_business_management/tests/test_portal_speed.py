"""Pages of the portal, and the click that confirms a sign-up, ask a bounded number of questions."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .signup_common import SignupCommon
from .test_portal_account import AccountCase

FEW, MANY = 2, 20
# Of a click on *Confirm*: customer, tenant and its operation are made.
CONFIRMATION = 150
# The most statements of a page once it was shown before; a page that asks for more is slower.
BOUNDS = {
    "": 65,
    "/plan": 35,
    "/addresses": 35,
    "/backups": 40,
    "/cancel": 85,
    "/service": 45,
    "/incidents": 35,
}
BESIDE = {
    "/my/team": 25,
    "/my/api-keys": 20,
    "/my/webhooks": 20,
    "/my/notifications": 20,
    "/my/account-data": 25,
}


@tagged("post_install", "-at_install")
class TestPortalSpeed(AccountCase):
    def setUp(self):
        super().setUp()
        self.log_in(self.people["owner"])

    def queries(self, path):
        """Return the statements of a page that was shown before."""
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 200, path)
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.assertEqual(self.url_open(path).status_code, 200, path)
        return self.env.cr.sql_log_count - start

    def more(self, places):
        for place in places:
            self.make_open_tenant(
                name=f"Shop {place}", subdomain=f"shop-{place}", partner_id=self.account.id
            )

    def test_a_list_of_twenty_costs_no_more_than_one_of_two(self):
        self.more(range(1, FEW))
        few = self.queries("/my/databases")
        self.more(range(FEW, MANY))
        self.assertEqual(self.url_open("/my/databases").text.count("shadow-sm"), MANY)
        self.assertLessEqual(self.queries("/my/databases"), few)

    def test_a_database_with_a_past_costs_no_more_than_a_new_one(self):
        bases = ("", "/backups", "/incidents")
        few = {page: self.queries(self.path + page) for page in bases}
        backups = [self.stored(self.tenant) for _one in range(10)]
        events = self.env["saas.tenant.event"].sudo()
        for days in range(40):
            at = fields.Datetime.now() - timedelta(days=days)
            events.create({"tenant_id": self.tenant.id, "event": "activated", "at": at})
        self.assertEqual(len(backups), 10)
        for page in bases:
            with self.subTest(page=page):
                # A page that has something to show may read what it shows, once.
                self.assertLessEqual(self.queries(self.path + page), few[page] + 8)

    def test_no_page_asks_more_than_it_may(self):
        pages = {f"{self.path}{page}": most for page, most in BOUNDS.items()} | BESIDE
        found = {page: self.queries(page) for page in pages}
        self.assertFalse(
            {page: (count, pages[page]) for page, count in found.items() if count > pages[page]},
            found,
        )


@tagged("post_install", "-at_install")
class TestSignupSpeed(SignupCommon):
    def test_a_confirmation_costs_the_same_however_many_signed_up(self):
        counts = []
        for name in ("first", "cedar", "maple", "birch"):
            signup = self.asked(email=f"nora@{name}.example", subdomain=name)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(self.confirm(signup)[0], "made")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[-1], counts[1], counts)
        self.assertLessEqual(counts[-1], CONFIRMATION, counts)
