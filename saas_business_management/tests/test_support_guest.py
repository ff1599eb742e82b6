"""The guest of a support access in a real Odoo: this database plays the tenant's."""

import time

from odoo.tests import HttpCase, tagged

from ..adapters.ports import Guest
from ..adapters.postgres import support_login
from ..kernel.provisioning import link
from ..kernel.secret import Secret

LOGIN = "support-0123456789ab"


@tagged("post_install", "-at_install")
class TestSupportGuest(HttpCase):
    def setUp(self):
        super().setUp()
        self.admin = self.env.ref("base.user_admin")
        self.made = self.open()

    def open(self, settings=False):
        self.env.flush_all()
        guest = Guest(LOGIN, "Support (Bob)", "bob@provider.example", settings)
        made = support_login.open_guest(self.env.cr._obj, guest)
        self.forget_caches()
        return made

    def close(self):
        self.env.flush_all()
        ended = support_login.close_guest(self.env.cr._obj, LOGIN, self.made["guest_user"])
        self.forget_caches()
        return ended

    def forget_caches(self):
        """What a node does when it sees the signal."""
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")

    @property
    def guest(self):
        return self.env["res.users"].browse(self.made["guest_user"])

    def page(self):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        token = link.signup_token(
            Secret(secret),
            self.made["guest_partner"],
            [self.made["guest_user"]],
            None,
            link.RESET,
            int(time.time()) + 60,
        )
        return f"/web/reset_password?token={token}"

    def choose_password(self, password):
        path = self.page()
        shown = self.url_open(path)
        csrf = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
        token = path.split("token=")[1]
        form = {"csrf_token": csrf, "token": token, "login": LOGIN, "name": "Support (Bob)"}
        form |= {"password": password, "confirm_password": password}
        return self.url_open("/web/reset_password", data=form)

    def log_in(self, password):
        shown = self.url_open("/web/login")
        csrf = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"csrf_token": csrf, "login": LOGIN, "password": password}
        return self.url_open("/web/login", data=form, allow_redirects=False).status_code

    def inside(self):
        return "/web/login" not in self.url_open("/odoo", allow_redirects=False).headers.get(
            "Location", ""
        )

    def test_odoo_takes_the_guest_as_an_internal_user_with_a_company(self):
        guest = self.guest
        self.assertTrue(guest._is_internal())
        self.assertEqual(guest.company_ids, self.admin.company_ids)
        self.assertEqual((guest.name, guest.login), ("Support (Bob)", LOGIN))
        self.assertTrue(guest.with_user(guest).context_get())
        guest._check_company()
        self.assertEqual(guest.partner_id.commercial_partner_id, guest.partner_id)

    def test_without_the_right_to_settings_it_reaches_no_users_and_no_settings(self):
        for group in ("base.group_system", "base.group_erp_manager"):
            self.assertFalse(self.guest.has_group(group))
        self.assertFalse(self.env["res.groups"].with_user(self.guest).has_access("write"))
        self.assertFalse(self.env["ir.config_parameter"].with_user(self.guest).has_access("read"))
        self.open(settings=True)
        self.assertTrue(self.guest.has_group("base.group_system"))

    def test_the_link_lets_it_choose_a_password_once_and_its_session_ends_with_the_visit(self):
        self.assertFalse(self.inside())
        self.assertIn("reset successfully", self.choose_password("chosen-by-bob-1").text)
        self.assertEqual(self.log_in("chosen-by-bob-1"), 303)
        self.assertTrue(self.inside())
        self.assertFalse(self.guest.partner_id.signup_type)
        self.assertIn("Invalid", self.url_open(self.page()).text)
        self.close()
        self.assertFalse(self.inside())
        self.assertFalse(self.guest.active)

    def test_the_password_it_chose_is_worth_nothing_afterwards(self):
        self.choose_password("chosen-by-bob-2")
        self.close()
        self.assertEqual(self.log_in("chosen-by-bob-2"), 200)
        self.guest.active = True
        self.env.flush_all()
        self.assertEqual(self.log_in("chosen-by-bob-2"), 200)
        self.assertFalse(self.inside())
