"""Using a wallet: promotions lower an invoice before tax, paid money settles it when it is posted.

Owns: what of an invoice each grant pays, taking it under the wallet's lock, giving it back when the
document goes. Does not own: the order (`kernel/billing/wallet.py`), the entries in the books
(`saas_wallet_books.py`).

Paid money comes last, after discounts, tax and credit notes, so what the customer keeps lasts
longest.
"""

from decimal import Decimal

from odoo import api, fields, models

from ..kernel.billing.discount import less_fixed
from ..kernel.billing.wallet import PAID, PROMO, Due, burn

NO_PURPOSE = ""


class SaasWallet(models.Model):
    _inherit = "saas.wallet"

    def _usable(self, kind, on):
        """Return the grants of a kind that something can be taken of on a day."""
        return self.grant_ids.filtered(lambda one: one.kind == kind and one._is_usable(on))

    def _burn(self, kind, dues, on, **links):
        """Take amounts from the grants of a kind; return the rows by purpose.

        `dues` maps a purpose (`kind:plan`) to an amount. What the grants cannot pay stays due.
        """
        self._take_turn()
        grants = self._usable(kind, on)
        specs = tuple(grant._to_spec(set(dues)) for grant in grants)
        unit, rows = self.currency_id._to_unit(), {}
        for purpose, amount in dues.items():
            burned = burn(specs, Due(amount, on, unit, purpose))
            specs = burned.wallet
            rows[purpose] = self.env["saas.wallet.entry"].union(
                *(
                    grants.browse(int(grant))._book("burned", -part, moved_on=on, **links)
                    for grant, part in burned.applied
                )
            )
        return rows


class SaasWalletEntry(models.Model):
    _inherit = "saas.wallet.entry"

    def _total(self):
        """Return what these rows took, as a positive amount."""
        return -sum((one.currency_id._exactly(one.amount) for one in self), Decimal(0))

    @api.model
    def _give_back(self, moves):
        """Put back what documents took that are about to go; twice puts back once."""
        taken = self.sudo().search([("move_id", "in", moves.ids), ("kind", "=", "burned")])
        done = self.sudo().search([("returns_id", "in", taken.ids)]).returns_id
        for row in taken - done:
            row.wallet_id._take_turn()
            row.grant_id._book(
                "returned",
                row.currency_id._exactly(-row.amount),
                moved_on=fields.Date.context_today(self),
                move_id=row.move_id.id,
                subscription_id=row.subscription_id.id,
                returns_id=row.id,
            )
        for entry in (taken - done).settlement_id:
            entry._reverse_moves([{"date": fields.Date.context_today(self)}], cancel=True)


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _wallet(self):
        """Return the wallet that pays the invoices of this subscription, or none."""
        # By way of the customers, so that those of a whole run are read at once.
        return self.partner_id.sudo().commercial_partner_id.saas_wallet_ids.filtered(
            lambda one: one.company_id == self.company_id and one.currency_id == self.currency_id
        )[:1]

    def _promo_lines(self, paper, unit):
        """Return lines that take promotions off an invoice; what they took is noted on the paper.

        A line bears its part after the coupons, so that each tax loses its part too.
        """
        wallet = self._wallet()
        # No wallet, or none that holds promotions: the invoice stays as it is.
        if not wallet._usable(PROMO, self._today()):
            return []
        nets = _nets(paper.lines)
        dues = {}
        for (_product, period, *_days), net in nets.items():
            purpose = self._purpose(period)
            dues[purpose] = dues.get(purpose, Decimal(0)) + net
        dues = {purpose: unit.round(max(due, Decimal(0))) for purpose, due in dues.items()}
        rows = wallet._burn(PROMO, dues, self._today(), subscription_id=self.id)
        paper.burns = self.env["saas.wallet.entry"].union(*rows.values())
        found = []
        for purpose, taken in rows.items():
            keys = [key for key in nets if self._purpose(key[1]) == purpose]
            after, _left = less_fixed([nets[key] for key in keys], taken._total(), unit)
            found += [
                self._promo_line(key, taken.grant_id, less - nets[key])
                for key, less in zip(keys, after, strict=True)
                if less < nets[key]
            ]
        return found

    def _promo_line(self, key, grants, amount):
        product, period, start, end = key
        reader = self._invoice_partner()
        me = self.with_context(lang=reader.lang or self.env.lang)
        return {
            "product_id": product,
            "name": me.env._("Promotion: %(names)s", names=", ".join(grants.mapped("name"))),
            "quantity": 1,
            "price_unit": float(amount),
            "saas_period_id": period,
            "saas_start_on": start,
            "saas_end_on": end,
        }

    @api.model
    def _purpose(self, period):
        """Return what grants may be limited to: the kind of a line and the plan."""
        row = self.env["saas.billing.period"].browse(period)
        return f"{row.kind}:{row.subscription_id.plan_id.id}" if row else NO_PURPOSE


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_use_wallet(self):
        """Let paid money of the customer settle what credit notes left of these invoices."""
        owed = self.filtered(
            lambda one: (
                one.move_type == "out_invoice" and one.amount_residual and one.saas_subscription_ids
            )
        )
        wallets_sudo = owed._saas_paid_wallets_sudo()
        for invoice in owed.sorted(lambda one: (one.invoice_date_due, one.id)):
            mine = wallets_sudo.filtered(lambda one, invoice=invoice: one._is_of(invoice))
            for wallet_sudo in mine:
                wallet_sudo._settle(invoice)
        for wallet_sudo in wallets_sudo:
            wallet_sudo._fill_when_low()

    def _saas_paid_wallets_sudo(self):
        """Return the wallets with paid money of the customers of these invoices."""
        customers = self.saas_subscription_ids.partner_id.commercial_partner_id
        if not customers:
            return self.env["saas.wallet"]
        grants_sudo = self.env["saas.wallet.grant"].sudo()
        return grants_sudo.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "in", self.company_id.ids),
                ("kind", "=", PAID),
                ("state", "=", "open"),
            ]
        ).wallet_id

    def _saas_dues(self):
        """Return by purpose what is still to be paid, with tax; credit paid the last ones first."""
        gross, dues = {}, {}
        for line in self.invoice_line_ids.filtered(lambda one: one.display_type == "product"):
            purpose = self.env["saas.subscription"]._purpose(line.saas_period_id.id)
            gross[purpose] = gross.get(purpose, 0.0) + line.price_total
        left = self.currency_id._exactly(self.amount_residual)
        for place, (purpose, amount) in enumerate(gross.items(), start=1):
            due = self.currency_id._exactly(max(amount, 0.0))
            # Taxes of a document are rounded together: the last purpose takes that cent.
            dues[purpose] = left if place == len(gross) else min(due, left)
            left -= dues[purpose]
        return dues


def _nets(lines):
    """Return what lines come to by what they are for; coupons are taken off already."""
    found = {}
    for line in lines:
        key = tuple(
            line.get(name)
            for name in ("product_id", "saas_period_id", "saas_start_on", "saas_end_on")
        )
        found[key] = found.get(key, Decimal(0)) + Decimal(repr(float(line["price_unit"])))
    return found
