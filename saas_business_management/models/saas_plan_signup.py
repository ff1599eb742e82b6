"""A plan on the pricing page: who may see it, what its card says, what a trial of it is made from.

Owns: these. Does not own: prices (published versions), the page (`views/signup_pages.xml`).
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..kernel.signup.offer import a_month, first_currency

MOST_CARDS = 4


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    signup_template_id = fields.Many2one(
        "saas.template",
        string="Sign-Ups Get",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="What a database is made from when somebody signs up for this plan. Empty: the first "
        "of its templates that has a published version.",
    )

    @api.constrains("signup_template_id", "template_ids")
    def _check_signup_template(self):
        for plan in self.filtered("signup_template_id"):
            if plan.template_ids and plan.signup_template_id not in plan.template_ids:
                raise ValidationError(
                    self.env._(
                        "%(template)s is not sold with %(plan)s. Choose one of its templates.",
                        template=plan.signup_template_id.name,
                        plan=plan.name,
                    )
                )

    @api.model
    @api.private
    def _signup_plans(self, company):
        """Return the plans that a company shows to everybody, in order."""
        return self.sudo().search(
            [
                ("published", "=", True),
                ("kind", "=", "plan"),
                ("version_id", "!=", False),
                ("company_id", "in", (False, company.id)),
            ]
        )

    @api.private
    def _signup_template(self, company):
        """Return the template that a sign-up of this plan gets; empty when none is ready."""
        sudo = self.sudo()
        wished = sudo.signup_template_id or sudo.template_ids
        if not wished:
            wished = self.env["saas.template"].sudo().search([])
        ready = wished.filtered(
            lambda one: (
                one.company_id in (company, one.company_id.browse())
                and any(version.state == "published" for version in one.version_ids)
            )
        )
        return ready.sorted("sequence")[:1]

    @api.model
    @api.private
    def _signup_page(self, company, cycle, wishes):
        """Return what the pricing page shows: `cards`, `currencies`, `currency`, `cycle`, `cycles`.

        `wishes` are codes of currencies, the dearest first; `cycle` is `month` or `year`.
        """
        plans = self._signup_plans(company)
        by_cycle = {
            "month": plans.filtered(lambda one: one.version_id.cycle_unit not in ("year",)),
            "year": plans.filtered(lambda one: one.version_id.cycle_unit == "year"),
        }
        cycles = [name for name, found in by_cycle.items() if found]
        cycle = cycle if cycle in cycles else (cycles or ["month"])[0]
        sold = plans.version_id.price_ids.currency_id.sorted("name")
        code = first_currency(wishes, sold.mapped("name"))
        currency = sold.filtered(lambda one: one.name == code)
        shown = by_cycle[cycle].filtered(lambda one: one.version_id._price_in(currency))
        return {
            "cards": [plan._signup_card(currency) for plan in shown[:MOST_CARDS]],
            "currencies": sold,
            "currency": currency,
            "cycle": cycle,
            "cycles": cycles,
        }

    @api.private
    def _signup_card(self, currency):
        """Return what a card says of this plan in a currency."""
        version_sudo = self.sudo().version_id
        return {
            "plan": self,
            "price": self._signup_price(currency),
            "per": version_sudo.cycle_label,
            "a_month": self._signup_a_month(currency),
            "trial_days": version_sudo.trial_days,
            "trial_text": self.env._("Start %(days)s-Day Trial", days=version_sudo.trial_days),
            "trial_end": self._signup_trial_end(),
            "included": self._signup_included(),
            "at_limit": self._signup_at_limit(currency),
            "ready": bool(self._signup_template(self.company_id or self.env.company)),
        }

    def _signup_price(self, currency):
        """Return the fee for one cycle as people write it."""
        return self._signup_money(self.sudo().version_id._price_in(currency).amount, currency)

    def _signup_money(self, amount, currency):
        text = formatLang(self.env, amount, currency_obj=currency)
        return self.env._("Free") if not amount else text

    def _signup_a_month(self, currency):
        """Return what it comes to in a month; empty when that is the price itself."""
        version_sudo = self.sudo().version_id
        interval = version_sudo._interval()
        amount = Decimal(str(version_sudo._price_in(currency).amount))
        if interval.per_year == 12 or not amount:
            return ""
        a_month_text = a_month(amount, interval.per_year, currency.decimal_places)
        return formatLang(self.env, float(a_month_text), currency_obj=currency)

    def _signup_trial_end(self):
        _ = self.env._
        return {
            "convert": _("Then it goes on with this plan unless you cancel it."),
            "suspend": _("Then it is closed until you choose to pay; nothing is charged before."),
            "cancel": _("Then it is archived; nothing is charged."),
        }[self.sudo().version_id.trial_end_rule]

    def _signup_included(self):
        """Return lines on what is included."""
        _, version_sudo = self.env._, self.sudo().version_id
        number = lambda value: formatLang(  # noqa: E731
            self.env, value, digits=0 if float(value).is_integer() else 1
        )
        lines = []
        if version_sudo.limit_users:
            lines.append(_("%(count)s users", count=number(version_sudo.limit_users)))
        else:
            lines.append(_("Users without limit"))
        if version_sudo.limit_storage_gb:
            lines.append(_("%(size)s GB of storage", size=number(version_sudo.limit_storage_gb)))
        if version_sudo.limit_api_calls:
            lines.append(
                _("%(count)s API calls a month", count=number(version_sudo.limit_api_calls))
            )
        if version_sudo.limit_bandwidth_gb:
            size = number(version_sudo.limit_bandwidth_gb)
            lines.append(_("%(size)s GB of traffic a month", size=size))
        tier_sudo = version_sudo.service_tier_id
        if tier_sudo:
            hours = number(tier_sudo.support_response_hours)
            lines.append(_("Support answers within %(hours)s hours", hours=hours))
        return lines

    @api.private
    def _signup_zone(self, company):
        """Return what follows a subdomain of this plan, such as `.example.com`."""
        cluster_sudo = self._signup_template(company).cluster_id
        return f".{cluster_sudo.base_host}" if cluster_sudo.base_host else ""
