"""What stands in the way of billing a subscription, each with the place that mends it.

Owns: looking before anything is written. Does not own: the sentences (`messages/errors.py`), what
Odoo itself refuses when a document is made or posted.
"""

from odoo import models

from ..kernel.errors import Refused

# What is mended on a product, or where one is chosen.
OF_PRODUCTS = ("no_fee_product", "no_income_account", "tax_missing")


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _check_billable(self):
        """Refuse what no document can be made from.

        Raises: Refused (`customer_archived`, `no_chart`, `no_sales_journal`, `no_currency_rate`,
            `currency_archived`, `no_fee_product`, `no_income_account`, `tax_missing`).
        """
        self.ensure_one()
        if not self.partner_id.active:
            raise Refused("customer_archived", customer=self.partner_id.name)
        self._check_books()
        self._check_currency()
        for home, _place in self._homes_of_products():
            self._check_product(home.product_id, home.display_name)

    def _homes_of_products(self):
        """Return what has a product that is invoiced, each with where that is chosen."""
        versions = self.phase_ids.version_id | self.addon_ids.version_id
        meters = versions._charges_in(self.currency_id).meter_id
        return [*((one, one.plan_id) for one in versions), *((one, one) for one in meters)]

    def _check_books(self):
        company_sudo = self.company_id.sudo()
        accounts = self.env["account.account"].sudo()
        ours = accounts._check_company_domain(company_sudo)
        if not accounts.search_count(ours, limit=1):
            raise Refused("no_chart", company=company_sudo.name)
        if not self._sales_journal():
            raise Refused("no_sales_journal", company=company_sudo.name)

    def _check_currency(self):
        """Refuse a currency that Odoo would silently take for worth as much as the company's."""
        mine, theirs = self.currency_id, self.company_id.currency_id
        if not mine.active:
            raise Refused("currency_archived", currency=mine.name)
        if mine == theirs:
            return
        known = (
            self.env["res.currency.rate"]
            .sudo()
            .search_count(
                [
                    ("currency_id", "=", mine.id),
                    ("company_id", "in", (False, self.company_id.root_id.id)),
                    ("name", "<=", self._today()),
                ],
                limit=1,
            )
        )
        if not known:
            raise Refused("no_currency_rate", currency=mine.name, company=self.company_id.name)

    def _check_product(self, product, sold):
        """Refuse what has no product, no income account, or lost its tax."""
        product_sudo = product.sudo().with_company(self.company_id)
        if not product_sudo or not product_sudo.active:
            raise Refused("no_fee_product", sold=sold)
        accounts = product_sudo.product_tmpl_id.get_product_accounts()
        if not accounts["income"] and not self._sales_journal().default_account_id:
            raise Refused("no_income_account", product=product_sudo.name)
        company_sudo = self.company_id.sudo()
        taxes = product_sudo.taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(company_sudo)
        )
        taxes |= accounts["income"].tax_ids
        if company_sudo.account_sale_tax_id and not taxes:
            raise Refused(
                "tax_missing", product=product_sudo.name, tax=company_sudo.account_sale_tax_id.name
            )

    def _product_to_mend(self):
        """Return the product that misses something, or the plan or meter that misses a product."""
        for home, place in self._homes_of_products():
            try:
                self._check_product(home.product_id, home.display_name)
            except Refused as error:
                return place if error.code == "no_fee_product" else home.product_id
        return self

    def action_mend(self) -> dict:
        """Open the place where that is mended for which this was not billed."""
        self.ensure_one()
        return self._place_to_mend(self.problem_code)

    def _place_to_mend(self, code):
        """Return the action that opens what has to be mended for a reason of these."""
        self.ensure_one()
        refused = self._moves().filtered(lambda move: move.state == "draft" and move.saas_made)
        places = {
            "customer_archived": (self.partner_id, ""),
            "no_sales_journal": (
                self.env["account.journal"],
                "account.action_account_journal_form",
            ),
            "no_chart": (self.env["account.account"], "account.action_account_form"),
            "no_currency_rate": (self.currency_id, ""),
            "currency_archived": (self.currency_id, ""),
            "document_refused": (refused[:1] or self, ""),
        }
        record, action = places.get(code, (self, ""))
        if code in OF_PRODUCTS:
            record = self._product_to_mend()
        if action:
            return dict(self.env["ir.actions.act_window"]._for_xml_id(action), path=False)
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
