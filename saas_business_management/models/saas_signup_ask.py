"""Taking a sign-up: judging the form, the limits, the one row and the one mail.

Owns: these. Does not own: what follows the click in that mail (`saas_signup_confirm.py`). Nothing
else is made here: no contact, no tenant, no reserved name. Who has an account already gets a mail
about it, and the page says the same as to everybody.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get

from .. import messages
from ..kernel.errors import Refused
from ..kernel.signup.address import checked, counted, is_listed, mail_domain
from ..kernel.signup.limits import network
from ..kernel.signup.words import checked_name

AGAIN_SECONDS = 60


class SaasSignup(models.Model):
    _inherit = "saas.signup"

    @api.model
    @api.private
    def _ask(self, form, brand, company, source):
        """Take a form. Return `(sign-up, errors)`: errors are sentences by field, `` for the whole.

        `form` holds texts by the names of its fields; `source` is the IP address of the visitor.
        """
        policy = self.env["saas.signup.policy"]._of(company)
        values, errors = self._judged(form, brand, company, policy)
        if errors:
            return self.browse(), errors
        late = self._held_back(values, policy, network(source))
        if late:
            return self.browse(), {"": messages.text(self.env, late), "wait": late.facts["wait"]}
        made = self.sudo().create({**values, "network": network(source)})
        made._send()
        return made, {}

    # Judging

    def _judged(self, form, brand, company, policy):
        values = {"company_id": company.id, "brand_id": brand.id}
        values["lang"] = self.env.lang or False
        zone = form.get("timezone")
        values["timezone"] = zone if zone in dict(_tz_get(self)) else False
        values["country_id"] = self._country(form.get("country")).id
        errors = {}
        for name, judge in (
            ("", lambda: self._check_open(policy, form)),
            ("plan", lambda: self._judged_plan(form, company)),
            ("name", lambda: {"name": checked_name(form.get("name", ""))}),
            ("company_name", lambda: {"company_name": checked_name(form.get("company_name", ""))}),
            ("email", lambda: self._judged_email(form)),
            ("terms", lambda: self._judged_terms(form, brand, policy)),
        ):
            try:
                values.update(judge())
            except Refused as error:
                errors[name] = messages.text(self.env, error)
        if "plan" not in errors:
            try:
                plan = self.env["saas.plan"].sudo().browse(values["plan_id"])
                values["subdomain"] = self._free_subdomain(form.get("subdomain", ""), plan, company)
            except Refused as error:
                errors["subdomain"] = messages.text(self.env, error)
        return values, errors

    def _check_open(self, policy, form):
        if not policy.is_open:
            raise Refused("signup_closed")
        if form.get("fax"):
            self.env["saas.security.event"]._record("signup_robot")
            raise Refused("signup_trap")
        return {}

    def _judged_plan(self, form, company):
        plan, currency = self._offer(form.get("plan"), form.get("currency"), company)
        if not plan:
            raise Refused("signup_plan_unknown")
        if not currency:
            raise Refused("signup_currency_unknown")
        if not plan._signup_template(company):
            raise Refused("signup_plan_unready")
        return {"plan_id": plan.id, "currency_id": currency.id}

    @api.model
    @api.private
    def _offer(self, code, currency_code, company):
        """Return the plan and the currency that a visitor chose; empty what is not sold."""
        plans = self.env["saas.plan"]._signup_plans(company)
        plan = plans.filtered(lambda one: one.code == code)[:1]
        sold = plan.version_id.price_ids.currency_id
        return plan, sold.filtered(lambda one: one.name == currency_code)[:1]

    @api.model
    def _country(self, code):
        countries_sudo = self.env["res.country"].sudo()
        return countries_sudo.search([("code", "=", (code or "-").upper()[:2])], limit=1)

    def _judged_email(self, form):
        address = checked(form.get("email", ""))
        domain = mail_domain(address)
        if is_listed(domain, self.env["saas.signup.domain"]._names("refused")):
            raise Refused("signup_email_refused")
        return {"email": address, "counted_email": counted(address), "mail_domain": domain}

    def _judged_terms(self, form, brand, policy):
        url = brand.terms_url or policy.terms_url
        if not url:
            return {}
        if not form.get("terms"):
            raise Refused("signup_terms_open")
        return {"terms_url": url, "terms_at": fields.Datetime.now()}

    @api.model
    @api.private
    def _free_subdomain(self, text, plan, company):
        """Return the normal form of a subdomain that can be had.

        Raises:
            Refused: the codes of subdomains, `signup_plan_unready`.
        """
        template = plan._signup_template(company)
        if not template:
            raise Refused("signup_plan_unready")
        drafted = (
            self.env["saas.tenant"]
            .sudo()
            .new({"subdomain": text[:200], "template_id": template.id, "company_id": company.id})
        )
        return drafted._checked_subdomain()

    # Limits

    def _held_back(self, values, policy, net):
        """Count this one everywhere; return why it has to wait, or nothing."""
        kinds = {"address": values["counted_email"], "network": net, "total": ""}
        domain = values["mail_domain"]
        if not is_listed(domain, self.env["saas.signup.domain"]._names("shared")):
            kinds["domain"] = domain
        company, longest = policy.company_id, 0
        for kind, key in sorted(kinds.items()):
            longest = max(longest, self._wait(kind, f"{company.id}:{key}", policy))
        if not longest:
            return None
        self.env["saas.security.event"]._record("signup_limited", source=net)
        return Refused("signup_limit", minutes=-(-longest // 60), wait=longest)

    @api.model
    def _wait(self, kind, key, policy):
        """Count one more; return the seconds to wait, 0 when it is within the limit."""
        limit = policy._limit(kind)
        count, wait = self.env["saas.signup.count"].sudo()._add(kind, key, limit)
        if kind == "total" and count == limit.most + 1:
            policy.sudo()._tell_flood()
        return 0 if limit.allows(count) else wait

    @api.model
    @api.private
    def _look(self, text, plan_code, company, source):
        """Say whether a subdomain can be had: `{"free", "text", "subdomain"}`."""
        policy = self.env["saas.signup.policy"]._of(company)
        try:
            if self._wait("check", f"{company.id}:{network(source)}", policy):
                raise Refused("signup_checks")
            plans = self.env["saas.plan"]._signup_plans(company)
            plan = plans.filtered(lambda one: one.code == plan_code)[:1]
            if not plan:
                raise Refused("signup_plan_unknown")
            name = self._free_subdomain(text, plan, company)
        except Refused as error:
            return {"free": False, "text": messages.text(self.env, error), "subdomain": ""}
        told = self.env._("“%(subdomain)s” is free.", subdomain=name)
        return {"free": True, "text": told, "subdomain": name}

    # Mails

    def _account_exists(self):
        """Tell whether the address has a login here, or a database."""
        self.ensure_one()
        users_sudo = self.env["res.users"].sudo()
        login = [("login", "=ilike", self.email.replace("_", r"\_").replace("%", r"\%"))]
        if users_sudo.search_count(login, limit=1):
            return True
        alive = ("state", "not in", ("draft", "deleted", "failed"))
        tenants_sudo = self.env["saas.tenant"].sudo()
        return bool(tenants_sudo.search_count([("admin_email", "=", self.email), alive], limit=1))

    @api.private
    def _send(self):
        """Queue the mail: with a fresh link, or about the account that there is."""
        self.ensure_one()
        known = self._account_exists()
        self.write(
            {
                "state": "known" if known else "waiting",
                "sent_at": fields.Datetime.now(),
                "sent_count": self.sent_count + 1,
            }
        )
        told = {}
        if not known:
            path = self.env["saas.link"].sudo()._make_for_signup(self)
            told["signup_url"] = f"{self.get_base_url()}{path}"
        self._mail("known" if known else "confirm", **told)

    def _mail(self, what, **told):
        template = self.env.ref(f"saas_business_management.mail_signup_{what}")
        # Not on the record: whoever may read that could use the link.
        apart = {"model": False, "res_id": False, "saas_signup_id": self.id}
        template.sudo().with_context(**told).send_mail(
            self.id, force_send=False, email_values=apart
        )
        self.env["mail.mail"]._send_soon()

    @api.private
    def _send_again(self):
        """Mail once more when the visitor may ask for it: a minute later, within the limits."""
        self.ensure_one()
        waits = self.sent_at and self.sent_at > fields.Datetime.now() - timedelta(
            seconds=AGAIN_SECONDS
        )
        if self.state not in ("waiting", "known", "expired") or waits:
            return False
        policy = self.env["saas.signup.policy"]._of(self.company_id)
        if self._wait("address", f"{self.company_id.id}:{self.counted_email}", policy):
            return False
        self._send()
        return True

    def _mail_databases(self):
        """Return the open databases of the address, for the mail about its account."""
        alive = ("state", "in", ("trial", "active", "suspended", "migrating"))
        return self.env["saas.tenant"].sudo().search([("admin_email", "=", self.email), alive])
