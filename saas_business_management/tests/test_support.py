"""Support access: consent, its links, the visit, its end; who may what; and what leaks nowhere."""

from datetime import timedelta
from email import message_from_bytes
from urllib.parse import parse_qs, urlparse

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from .common import SaasCommon


class SupportCase(SaasCommon):
    """A tenant, and what bob's access to it goes through."""

    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="acme")
        self.operator.email = "bob@provider.example"

    def access(self, user=None, **values):
        vals = {"tenant_id": self.tenant.id, "reason": "Invoice numbers skip one", **values}
        return self.env["saas.support.access"].with_user(user or self.operator).create(vals)

    def ask(self, **values):
        """Ask; return the access and the path of the customer's page."""
        access = self.access(**values)
        access.action_ask()
        url = access.sudo()._make_page_url()
        return access, urlparse(url).path

    def enter(self, access):
        """Carry the operation through as the worker would; the guest gets these ids."""
        access.action_enter()
        at_work = access.sudo().with_context(saas_job_id=access.sudo().job_ids[:1].id)
        facts = at_work._step_ready()
        at_work._step_enter(user=107, partner=207)
        access.sudo().job_ids.write({"state": "done"})
        return facts

    def inside(self, **values):
        access = self.access(**values)
        self.tenant.support_rule = "always"
        access.action_ask()
        self.enter(access)
        return access

    def leave(self, access, users_made=0):
        at_work = access.sudo().with_context(saas_job_id=access.sudo().job_ids[:1].id)
        facts = at_work._step_leave()
        at_work._step_left(users_made=users_made)
        return facts

    def actions(self, access):
        found = self.env["saas.audit.entry"].search(
            [("res_model", "=", "saas.support.access"), ("res_id", "=", access.id)], order="id"
        )
        return found.mapped("action")

    def mails(self, subject):
        return self.env["mail.mail"].sudo().search([("subject", "=", subject)])

    def age(self, access, **moments):
        """Turn the clock back for an access."""
        self.env.flush_all()
        for name, moment in moments.items():
            statement = "UPDATE saas_support_access SET %s = %s WHERE id = %s"
            self.env.cr.execute(SQL(statement, SQL.identifier(name), moment, access.id))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSupport(SupportCase):
    def test_asking_mails_the_tenants_administrator_who_why_and_how_long(self):
        access = self.access(minutes=90)
        access.action_ask()
        mail = self.mails(f"Support asks to enter {self.tenant.name}")
        reached = mail.recipient_ids.mapped("email") or [mail.email_to]
        self.assertEqual(reached, [self.tenant.admin_email])
        for told in (self.operator.name, "Invoice numbers skip one", "90"):
            self.assertIn(told, mail.body_html)
        self.assertFalse(mail.model or mail.res_id)
        self.assertEqual(access.state, "asked")
        self.assertEqual(self.actions(access), ["support_asked"])

    def test_the_question_goes_to_the_tenants_administrator_whoever_is_the_customer(self):
        self.tenant.partner_id.email = "board@acme.example"
        self.access().action_ask()
        mail = self.mails(f"Support asks to enter {self.tenant.name}")
        reached = mail.recipient_ids.mapped("email") or [mail.email_to]
        self.assertEqual(reached, [self.tenant.admin_email])

    def test_a_visit_from_asking_to_leaving_is_noted_and_told(self):
        access = self.inside(minutes=30)
        self.assertEqual(access.state, "inside")
        self.assertEqual(access.until_at - access.entered_at, timedelta(minutes=30))
        access.action_end()
        self.assertEqual(access.state, "leaving")
        job = access.job_ids.sorted("id")[-1]
        self.assertEqual((job.kind, job.state), ("close_support", "waiting"))
        facts = self.leave(access, users_made=2)
        self.assertEqual(facts["login"], access.guest_login)
        self.assertEqual(facts["user"], 107)
        self.assertEqual((access.state, access.users_made), ("over", 2))
        steps = ["allowed", "entered", "ended", "left"]
        self.assertEqual(self.actions(access), [f"support_{step}" for step in steps])
        left = self.mails(f"Support has left {self.tenant.name}")
        self.assertIn("made 2 other users", " ".join(left.body_html.replace("</t>", "").split()))
        self.assertTrue(self.mails(f"Support is in {self.tenant.name}"))
        self.assertGreaterEqual(len(self.tenant.message_ids), 4)

    def test_the_guest_has_a_name_that_says_who_it_is_and_settings_only_if_granted(self):
        self.operator.name = "Bob\nBerg"
        for settings in (False, True):
            access = self.access(settings=settings)
            self.tenant.support_rule = "always"
            access.action_ask()
            guest = self.enter(access)["guest"]
            self.assertRegex(guest["login"], r"^support-[0-9a-f]{12}$")
            self.assertEqual((guest["name"], guest["settings"]), ("Support (Bob Berg)", settings))

    def test_an_operation_that_is_late_meets_a_consent_that_was_ended(self):
        access, _path = self.ask()
        access.sudo()._fire("allowed", "customer")
        access.action_enter()
        access.action_end()
        self.assertEqual(access.state, "over")
        from ..kernel.errors import Refused

        with self.assertRaises(Refused) as told:
            access.sudo()._step_ready()
        self.assertEqual(told.exception.code, "support_move")
        with self.assertRaises(Refused):
            access.sudo()._step_enter(user=1, partner=1)
        self.assertFalse(access.entered_at)

    def test_time_ends_what_nobody_ends(self):
        now = fields.Datetime.now()
        asked, _path = self.ask()
        allowed, _path = self.ask()
        allowed.sudo()._fire("allowed", "customer")
        inside = self.inside()
        self.age(asked, asked_at=now - timedelta(days=7))
        self.age(allowed, answered_at=now - timedelta(hours=24))
        self.age(inside, until_at=now)
        self.env["saas.support.access"]._cron_end()
        self.assertEqual((asked.state, allowed.state), ("lapsed", "lapsed"))
        self.assertEqual((inside.state, inside.ended_by), ("leaving", "system"))
        self.assertIn("close_support", inside.job_ids.mapped("kind"))
        self.assertIn("support_expired", self.actions(inside))

    def test_a_guest_in_a_closed_tenant_is_archived_when_it_opens(self):
        access = self.inside()
        self.env["saas.job"].search([("tenant_id", "=", self.tenant.id)]).write({"state": "done"})
        self.tenant._fire("suspended", reason="manual")
        access.action_end()
        self.assertNotIn("close_support", access.job_ids.mapped("kind"))
        self.env["saas.support.access"]._cron_end()
        self.assertEqual(access.state, "leaving")
        self.tenant._fire("resumed")
        self.assertIn("close_support", access.job_ids.mapped("kind"))

    def test_an_operator_asks_only_for_a_tenant_that_is_open_and_wants_it(self):
        self.tenant.support_rule = "never"
        with self.assertRaises(UserError):
            self.access().action_ask()
        self.tenant.support_rule = "ask"
        draft = self.make_tenant(name="Draft", subdomain="draft")
        with self.assertRaises(UserError):
            self.access(tenant_id=draft.id).action_ask()

    def test_minutes_and_reason_are_checked(self):
        for values in ({"minutes": 0}, {"minutes": 481}, {"reason": "  "}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.access(**values)
                self.env.flush_all()

    def test_only_an_administrator_changes_the_rule_and_that_is_noted(self):
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.operator).support_rule = "always"
        with self.assertRaises(AccessError):
            values = {"name": "Own", "subdomain": "own", "admin_name": "A", "admin_email": "a@b.co"}
            values |= {"template_id": self.template.id, "support_rule": "always"}
            self.env["saas.tenant"].with_user(self.operator).create(values)
        self.tenant.with_user(self.admin).support_rule = "always"
        entry = self.env["saas.audit.entry"].search([("action", "=", "support_rule_changed")])
        self.assertEqual((entry.user_id, entry.facts["rule"]), (self.admin, ["ask", "always"]))
        self.tenant.with_user(self.operator).write({"support_rule": "always"})
        self.assertEqual(len(entry.search([("action", "=", "support_rule_changed")])), 1)

    def test_nobody_writes_the_course_by_hand_or_changes_what_was_asked(self):
        access = self.access()
        forged = ({"state": "allowed"}, {"until_at": fields.Datetime.now()}, {"user_id": 2})
        for values in (*forged, {"guest_user_ref": 2}):
            with self.subTest(values=values), self.assertRaises(UserError):
                access.write(values)
        with self.assertRaises(UserError):
            self.access(state="inside")
        access.action_ask()
        for values in ({"minutes": 480}, {"settings": True}, {"reason": "x"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                access.write(values)
        with self.assertRaises(ValidationError):
            access.unlink()

    def test_whoever_did_not_ask_cannot_enter_but_can_end(self):
        other = self.admin
        access = self.inside()
        for button in ("action_ask", "action_enter", "action_log_in", "action_withdraw"):
            with self.subTest(button=button), self.assertRaises(UserError):
                getattr(access.with_user(other), button)()
        for button in ("action_ask", "action_enter", "action_log_in", "action_end"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(access.with_user(self.viewer), button)()
        access.with_user(other).action_end()
        self.assertEqual(access.state, "leaving")

    def test_another_company_sees_none_of_it(self):
        access, _path = self.ask()
        theirs = self.env["saas.support.access"].with_user(self.stranger)
        self.assertFalse(theirs.search([("id", "=", access.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(access.id).action_end()

    def test_no_operation_or_note_carries_a_link_or_a_password(self):
        access = self.inside()
        url = access.sudo()._make_entry_url()
        token = url.rsplit("/", 1)[1]
        told = str(access.job_ids.mapped("spec")) + str(access.job_ids.mapped("facts"))
        told += str(self.env["saas.audit.entry"].search([]).mapped("facts"))
        told += str(self.env["mail.message"].search([]).mapped("body"))
        told += str(self.env["saas.link"].search([]).mapped("token_hash"))
        self.assertNotIn(token, told)
        self.assertNotIn("secret-of-the-cluster", told)

    def test_names_and_reasons_add_no_header_and_no_markup_to_mails_and_chatter(self):
        self.tenant.name = "Acme\r\nBcc: eve@example.com <script>alert(1)</script>"
        self.env.flush_all()
        evil = "<img src=x onerror=alert(1)>\r\nBcc: eve@example.com"
        access = self.access(reason=evil)
        access.action_ask()
        mail = self.mails(f"Support asks to enter {self.tenant.name}")
        self.assertEqual(len(mail), 1)
        self.assertNotIn("<img src=x", mail.body_html)
        self.assertNotIn("<script>", mail.body_html)
        self.assertNotIn("<img", " ".join(self.tenant.message_ids.mapped("body")))
        built = self.env["ir.mail_server"]._build_email__(
            email_from="office@provider.example",
            email_to=[self.tenant.admin_email],
            subject=mail.subject,
            body=mail.body_html,
        )
        message = message_from_bytes(built.as_bytes())
        self.assertFalse(message["Bcc"])
        self.assertNotIn("eve@example.com", message["To"])

    def test_the_doctor_tells_a_guest_that_outstays_its_time(self):
        access = self.inside()
        levels = {one["code"]: one["level"] for one in self.env["saas.doctor"]._run()}
        self.assertEqual(levels["support_late"], "ok")
        self.age(access, until_at=fields.Datetime.now() - timedelta(minutes=11))
        found = [one for one in self.env["saas.doctor"]._run() if one["code"] == "support_late"]
        self.assertEqual([(one["level"], one["record"]) for one in found], [("failing", access)])


@tagged("post_install", "-at_install")
class TestSupportPages(SupportCase, HttpCase):
    def post(self, path, **form):
        page = self.url_open(path).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0] if "csrf" in page else ""
        return self.url_open(path, data={"csrf_token": token, **form}, allow_redirects=False)

    def csrf(self):
        _access, path = self.ask(reason="for a token")
        return self.url_open(path).text.split('name="csrf_token" value="')[1].split('"')[0]

    def events(self, rule):
        return self.env["saas.security.event"].search([("rule", "=", rule)])

    def test_opening_the_page_changes_nothing_and_tells_who_why_and_how_long(self):
        access, path = self.ask(minutes=45, reason="<b>bold</b> reason")
        for _time in range(2):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
        for told in (self.operator.name, "&lt;b&gt;bold&lt;/b&gt; reason", "45", self.tenant.host):
            self.assertIn(told, answer.text)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(access.state, "asked")

    def test_allowing_works_once_and_the_page_then_shows_how_it_goes(self):
        access, path = self.ask()
        self.assertEqual(self.post(path, answer="allow").status_code, 303)
        self.assertEqual((access.state, access.answered_by), ("allowed", "customer"))
        self.assertIn("You allowed it", self.url_open(path).text)
        entry = self.env["saas.audit.entry"].search([("action", "=", "support_allowed")])
        self.assertEqual((entry.facts["by"], entry.source), ("customer", "127.0.0.1"))
        again = self.post(path, answer="refuse")
        self.assertEqual((again.status_code, access.state), (200, "allowed"))
        self.assertTrue(self.events("link_used"))

    def test_refusing_keeps_everybody_out(self):
        access, path = self.ask()
        self.post(path, answer="refuse")
        self.assertEqual(access.state, "refused")
        with self.assertRaises(UserError):
            access.action_enter()

    def test_the_customer_ends_a_visit_on_the_same_page(self):
        access, path = self.ask()
        self.post(path, answer="allow")
        self.enter(access)
        self.assertIn("End Access", self.url_open(path).text)
        self.assertEqual(self.post(path, answer="end").status_code, 303)
        self.assertEqual((access.state, access.ended_by), ("leaving", "customer"))
        self.leave(access)
        self.assertIn("Support access is over", self.url_open(path).text)

    def test_without_the_token_of_the_form_or_with_unknown_words_nothing_happens(self):
        access, path = self.ask()
        self.assertEqual(self.url_open(path, data={"answer": "allow"}).status_code, 400)
        self.assertEqual(self.post(path, answer="allow", minutes="480").status_code, 400)
        self.assertEqual(self.post(path, answer="own").status_code, 400)
        self.assertEqual(access.state, "asked")

    def test_an_expired_link_allows_nothing_and_is_an_event(self):
        access, path = self.ask()
        csrf = self.csrf()
        link = self.env["saas.link"].search([("support_id", "=", access.id)], limit=1)
        link.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.url_open(path).status_code, 410)
        answer = self.url_open(path, data={"csrf_token": csrf, "answer": "allow"})
        self.assertEqual((answer.status_code, access.state), (410, "asked"))
        self.assertEqual(self.events("link_expired").tenant_id, self.tenant)
        self.assertGreaterEqual(self.events("link_expired").count, 2)

    def test_a_former_link_is_replaced_by_the_newest(self):
        access, former = self.ask()
        newest = urlparse(access.sudo()._make_page_url()).path
        self.assertEqual(self.url_open(former).status_code, 410)
        self.assertEqual(self.url_open(newest).status_code, 200)

    def test_unknown_links_and_those_of_another_purpose_answer_alike(self):
        access = self.inside()
        entry = access.sudo()._make_entry_url()
        welcome = urlparse(self.tenant._send_welcome()).path
        tokens = ["x" * 43, entry.rsplit("/", 1)[1], welcome.rsplit("/", 1)[1]]
        answers = [self.url_open(f"/saas/support/{token}") for token in tokens]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text.count(self.tenant.name) for answer in answers}), 1)
        self.assertNotIn(self.tenant.name, answers[1].text)
        self.assertEqual(self.events("link_unknown").count, 3)

    def test_the_login_link_leads_its_owner_to_the_tenants_own_page_once(self):
        access = self.inside(minutes=10)
        self.authenticate("bob", "bob")
        path = access.action_log_in()["url"]
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn(access.guest_login, page.text)
        first = self.post(path)
        self.assertEqual(first.status_code, 303)
        target = urlparse(first.headers["Location"])
        self.assertEqual((target.hostname, target.path), (self.tenant.host, "/web/reset_password"))
        self.assertTrue(parse_qs(target.query)["token"][0])
        self.assertIn("support_opened", self.actions(access))
        csrf = self.csrf()
        second = self.url_open(path, data={"csrf_token": csrf}, allow_redirects=False)
        self.assertEqual(second.status_code, 410)
        self.assertTrue(self.events("link_used"))

    def test_the_login_link_of_somebody_else_answers_like_one_that_never_was(self):
        access = self.inside()
        path = access.action_log_in()["url"]
        self.authenticate("ada", "ada")
        foreign = self.url_open(path)
        unknown = self.url_open("/saas/support/enter/" + "x" * 43)
        self.assertEqual((foreign.status_code, unknown.status_code), (404, 404))
        self.assertNotIn(self.tenant.name, foreign.text)
        event = self.events("link_foreign")
        self.assertEqual((event.severity, event.user_id), ("grave", self.admin))
        link = self.env["saas.link"].search([("purpose", "=", "support_entry")])
        self.assertFalse(link.used_at)

    def test_the_login_link_ends_with_its_fifteen_minutes_and_with_the_visit(self):
        access = self.inside()
        self.authenticate("bob", "bob")
        old, ended = access.action_log_in()["url"], access.action_log_in()["url"]
        self.assertEqual(self.url_open(old).status_code, 410)
        csrf = self.csrf()
        access.action_end()
        answer = self.url_open(ended, data={"csrf_token": csrf}, allow_redirects=False)
        self.assertEqual(answer.status_code, 410)
        with self.assertRaises(UserError):
            access.action_log_in()

    def test_a_visitor_without_a_login_is_sent_to_log_in_first(self):
        path = self.inside().action_log_in()["url"]
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
