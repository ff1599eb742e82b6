"""The documents of subscriptions: from periods and ratings to drafts of Odoo's invoices.

Owns: which document a line stands in, its values and words. Does not own: amounts
(`kernel/billing`), taxes, numbers and posting (Odoo), when (`saas_subscription_bill.py`).

Each line goes in as quantity 1 with its rounded amount; units and prices stand in its words. Odoo
rounds quantities to two decimals, so a product of both would not be the amount that was computed.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import groupby

from ..kernel.billing.agreement import RECURRING
from ..kernel.billing.fees import Credit, parts_of, settle
from ..kernel.billing.late import SEPARATE_DOCUMENT
from ..kernel.period import Period

INVOICE, REFUND = "out_invoice", "out_refund"
BILLED_ONCE = ("draft", "posted", "closed")


@dataclass
class Paper:
    """One document to draft: its lines as values, what it reverses, the periods it is the first of.

    `lines` hold values of `account.move.line` with the amount in `price_unit`; `burns` are rows of
    the wallet that lowered it.
    """

    subscription: models.BaseModel
    kind: str
    lines: list = field(default_factory=list)
    reverses: models.BaseModel | None = None
    periods: list = field(default_factory=list)
    burns: models.BaseModel | None = None

    @property
    def total(self):
        """The sum of the lines before tax, in the currency of the subscription."""
        return sum(line["price_unit"] for line in self.lines)


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _draft_documents(self, run):
        """Draft what is due and what changed; return the documents."""
        papers = []
        self._read_ahead()
        for one in self:
            one._drop_drafts()
            papers += one._papers()
        moves = self._create_together(papers, run)
        for paper, move in zip(papers, moves, strict=True):
            for period in paper.periods:
                period._with_document(move)
            if paper.burns:
                paper.burns._put({"move_id": move.id})
        run._note_drafts(zip(papers, moves, strict=True))
        for one in self:
            one._close_empty()
            if one.settle_from or one.problem_code:
                one._set({"settle_from": False, "problem_code": False, "problem_text": False})
        return self.env["account.move"].union(*moves)

    def _read_ahead(self):
        """Read at once what the papers of each will ask for; of one alone each is a query."""
        waiting = self.period_ids.filtered(lambda period: period.state == "rating")
        waiting.rating_ids.mapped("amount")
        for records, name in (
            (waiting, "line_ids"),
            (waiting.rating_ids, "line_ids"),
            (self, "coupon_ids"),
            (self.partner_id, "child_ids"),
        ):
            records.mapped(name)

    def _drop_drafts(self):
        """Take drafts away that a change has made wrong; their periods are drafted anew."""
        if not self.settle_from:
            return
        drafts = self.period_ids.line_ids.move_id.filtered(
            lambda move: move.state == "draft" and move.saas_made
        )
        drafts.unlink()

    def _papers(self):
        """Return the documents that bring everything in line with the facts."""
        self.ensure_one()
        agreement, unit = self._to_agreement(), self._unit()
        waiting = self.period_ids.filtered(lambda period: period.state == "rating")
        found = []
        for _due_at, group in groupby(waiting.sorted("due_at"), lambda period: period.due_at):
            paper = Paper(self, INVOICE)
            for period in sorted(group, key=lambda one: (one.kind, one.start_on)):
                lines = period._lines(agreement, unit)
                paper.lines += lines
                if lines or period._wants_zero():
                    paper.periods.append(period)
            if paper.periods:
                paper.lines += self._coupon_lines(paper, unit)
                paper.lines += self._promo_lines(paper, unit)
                found.append(paper)
        for period in waiting:
            for move, lines in period._late_credits().items():
                found.append(Paper(self, REFUND, lines, reverses=move))
        return found + self._late_papers(unit) + self._change_papers(agreement, unit)

    def _late_papers(self, unit):
        """Return an invoice of its own for each period whose usage came too late, where the plan
        wants that; one that was removed is made again.
        """
        found = []
        wanted = SEPARATE_DOCUMENT in self.phase_ids.version_id.mapped("late_policy")
        for period in self.period_ids.sorted("start_on") if wanted else ():
            ratings = period._unbilled().filtered(
                lambda one: one._stands_apart() and one.amount > 0
            )
            if ratings:
                paper = Paper(self, INVOICE, [period._usage_line(one) for one in ratings])
                paper.lines += self._promo_lines(paper, unit)
                found.append(paper)
        return found

    def _change_papers(self, agreement, unit):
        """Return the documents for what changed in periods that were billed before."""
        if not self.settle_from:
            return []
        invoice, credits_ = Paper(self, INVOICE), []
        for period, found in self._settlements(agreement, unit):
            invoice.lines += [period._charge_line(charge) for charge in found.charges]
            credits_ += [(period, credit) for credit in found.credits]
        given = sum(float(credit.amount) for _period, credit in credits_)
        if credits_ and self._wants_net() and invoice.total >= given:
            invoice.lines += [period._credit_line(credit) for period, credit in credits_]
            credits_ = []
        papers = self._credit_papers(credits_)
        if invoice.lines:
            invoice.lines += self._promo_lines(invoice, unit)
        return [*papers, invoice] if invoice.lines else papers

    def _settlements(self, agreement, unit):
        """Return for each billed fee period what is to be charged or credited of it now."""
        touched = self.period_ids.filtered(
            lambda period: (
                period.kind == RECURRING
                and period.state in ("posted", "closed")
                and period.whole_end_on > self.settle_from
            )
        ).sorted("start_on")
        ours, left = self._charged(touched)
        found = []
        for period in touched:
            parts = period._parts(agreement, unit)
            found.append((period, settle(parts, ours[period], unit, left[period])))
        return found

    def _credit_papers(self, credits_):
        """Return a credit note for each invoice that something is taken off, the newest first."""
        papers = {}
        for period, credit in credits_:
            rest = credit.amount
            for line in period._lines_of(credit.item):
                move = line.move_id
                paper = papers.get(move) or Paper(self, REFUND, reverses=move)
                share = min(rest, line._saas_creditable(), move._saas_left(paper.total))
                if share <= 0:
                    continue
                papers[move] = paper
                part = Credit(credit.item, share, credit.kept)
                paper.lines.append(period._credit_line(part, line))
                rest -= share
        return list(papers.values())

    def _wants_net(self):
        return self.version_id.documents == "net"

    def _close_empty(self):
        """Close the periods that came to nothing and want no document."""
        empty = self.period_ids.filtered(lambda one: one.state == "rating" and not one.move_id)
        empty.write({"state": "closed", "amount": 0, "skipped_for": "free"})

    def _moves(self):
        """Return the documents of these subscriptions."""
        domain = Domain("saas_subscription_ids", "in", self.ids)
        return self.env["account.move"].sudo().search(domain, order="id desc")

    def _invoice_partner(self):
        """Return to whom documents go."""
        if self.billing_contact_id:
            return self.billing_contact_id
        return self.partner_id.browse(self.partner_id.address_get(["invoice"])["invoice"])

    def _sales_journal(self):
        return self._sales_journal_of(self.company_id)

    def _sales_journal_of(self, company):
        """Return the sales journal of a company, the one that comes first."""
        journals_sudo = self.env["account.journal"].sudo()
        ours = journals_sudo._check_company_domain(company)
        return journals_sudo.search([*ours, ("type", "=", "sale")], limit=1)


def paper_vals(paper, run, journals):
    """Return the values of a document; `journals` holds the sales journal of each company."""
    one = paper.subscription
    partner = one._invoice_partner()
    values = {
        "move_type": paper.kind,
        "company_id": one.company_id.id,
        "journal_id": journals[one.company_id].id,
        "partner_id": partner.id,
        "currency_id": one.currency_id.id,
        # Without a salesperson customers would read the name of the machine's own user.
        "invoice_user_id": (partner.user_id or partner.commercial_partner_id.user_id).id,
        "invoice_date": one._today(),
        "invoice_origin": one.name,
        "ref": one.purchase_reference or False,
        "saas_subscription_ids": [Command.set(one.ids)],
        "saas_run_id": run.id,
        "saas_made": True,
        "invoice_line_ids": [Command.create(line) for line in paper.lines],
    }
    if one.payment_term_id:
        values["invoice_payment_term_id"] = one.payment_term_id.id
    if one.fiscal_position_id:
        values["fiscal_position_id"] = one.fiscal_position_id.id
    if paper.reverses:
        values |= {
            "reversed_entry_id": paper.reverses.id,
            "fiscal_position_id": paper.reverses.fiscal_position_id.id,
            "invoice_payment_term_id": False,
            "saas_settlement": one.settlement,
        }
    return values


class SaasBillingPeriod(models.Model):
    _inherit = "saas.billing.period"

    def _days(self):
        return Period(self.start_on, self.end_on)

    def _whole(self):
        return Period(self.whole_start_on, self.whole_end_on)

    def _parts(self, agreement, unit):
        """Return what is due of this fee period, less the percentages of coupons."""
        off = self.subscription_id._percents_off(self)
        return parts_of(agreement, self._days(), self._whole(), unit, off)

    def _wants_zero(self):
        """Tell whether a document is made although nothing is charged."""
        return self.kind == RECURRING and self.subscription_id.version_id.emit_zero_invoices

    def _lines(self, agreement, unit):
        """Return the lines of a period that has no document yet."""
        if self.kind != RECURRING:
            due = self._unbilled().filtered(lambda one: one.amount > 0 and not one._stands_apart())
            lines = [self._usage_line(one) for one in due]
            return lines + ([self._adjustment_line()] if self.adjustment else [])
        ours, _left = self.subscription_id._charged(self)
        found = settle(self._parts(agreement, unit), ours[self], unit)
        return [self._charge_line(charge) for charge in found.charges]

    def _charge_line(self, charge):
        """Return the line that charges an item."""
        version = self._version_of(charge.item)
        return {
            "product_id": version.product_id.id,
            "name": self._charge_words(version, charge),
            "quantity": 1,
            "price_unit": float(charge.amount),
            "saas_period_id": self.id,
            "saas_item": charge.item,
            "saas_start_on": charge.start,
            "saas_end_on": charge.end,
        }

    def _credit_line(self, credit, line=None):
        """Return the line that credits an item; it is negative on an invoice."""
        version = self._version_of(credit.item)
        values = {
            "product_id": version.product_id.id,
            "name": self._credit_words(version, credit, line),
            "quantity": 1,
            "price_unit": float(credit.amount if line else -credit.amount),
            "saas_period_id": self.id,
            "saas_item": credit.item,
            "saas_start_on": self.start_on,
            "saas_end_on": self.end_on,
        }
        if line:
            values |= {
                "account_id": line.account_id.id,
                "tax_ids": [Command.set(line.tax_ids.ids)],
            }
        return values

    def _usage_line(self, rating):
        meter = rating.meter_id
        return {
            "product_id": meter.product_id.id,
            "name": self._usage_words(rating),
            "quantity": 1,
            "price_unit": rating.amount,
            "saas_period_id": self.id,
            "saas_rating_id": rating.id,
            "saas_start_on": rating.counted_from or rating.start_on,
            "saas_end_on": rating.end_on,
        }

    def _adjustment_line(self):
        """Return the line that reaches the minimum, or leaves out beyond the maximum."""
        version = self.subscription_id._phase_on(self.start_on).version_id
        return {
            "product_id": version.product_id.id,
            "name": self._adjustment_words(version),
            "quantity": 1,
            "price_unit": self.adjustment,
            "saas_period_id": self.id,
            "saas_start_on": self.start_on,
            "saas_end_on": self.end_on,
        }

    def _unbilled(self):
        """Return the ratings of which no document has a line."""
        return self.rating_ids.filtered(
            lambda one: not one.line_ids.filtered(lambda line: line.parent_state != "cancel")
        )

    def _late_credits(self):
        """Return what is given back of earlier periods, by the invoice that charged it."""
        found = {}
        for rating in self._unbilled().filtered(lambda one: one.amount < 0):
            before = rating.corrects_id.line_ids.filtered(
                lambda line: line.parent_state == "posted" and line.move_id.move_type == INVOICE
            )[:1]
            line = self._usage_line(rating) | {"price_unit": -rating.amount}
            found.setdefault(before.move_id, []).append(line)
        return found

    def _version_of(self, item):
        return self.env["saas.plan.version"].browse(int(item.partition(":")[2]))

    def _lines_of(self, item):
        """Return the posted invoice lines that charged an item of this period, the newest first."""
        return self.line_ids.filtered(
            lambda line: (
                line.saas_item == item
                and line.move_id.state == "posted"
                and line.move_id.move_type == INVOICE
                and line.price_subtotal > 0
            )
        ).sorted(lambda line: (line.move_id.invoice_date, line.id), reverse=True)

    # What becomes of it

    def _with_document(self, move):
        """Note the document that was drafted for this period."""
        lines = move.invoice_line_ids.filtered(lambda line: line.saas_period_id == self)
        total = sum(lines.mapped("price_subtotal"))
        self.write({"state": "draft", "move_id": move.id, "amount": total})

    def _without_document(self, moves):
        """A document is gone: its periods are drafted again with the next run."""
        gone = self.filtered(lambda one: one.move_id in moves and one.state in ("draft", "posted"))
        gone.write({"state": "rating", "move_id": False})
        for subscription in gone.subscription_id:
            subscription._set({"next_bill_at": fields.Datetime.now()})

    def _posted_with(self, moves):
        """Note that the document of these periods was posted."""
        posted = self.filtered(lambda one: one.state == "draft" and one.move_id in moves)
        posted.write({"state": "posted"})


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_left(self, besides):
        """Return what credit notes may still take off this invoice, before tax; a coupon took its
        part already.
        """
        refunds = self.reversal_move_ids.filtered(lambda one: one.state != "cancel")
        left = self.amount_untaxed - sum(refunds.mapped("amount_untaxed")) - besides
        return self.currency_id._to_unit().round(Decimal(repr(round(left, 6))))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _saas_creditable(self):
        """Return what credit notes may still take off this line, before tax."""
        self.ensure_one()
        unit = self.currency_id._to_unit()
        taken = Decimal(0)
        for refund in self.move_id.reversal_move_ids.filtered(lambda one: one.state != "cancel"):
            for line in refund.invoice_line_ids:
                if line.saas_item == self.saas_item and line.saas_period_id == self.saas_period_id:
                    taken += Decimal(repr(line.price_subtotal))
        return unit.round(Decimal(repr(self.price_subtotal)) - taken)
