"""One invoice for several subscriptions of a customer, where the customer wants that.

Owns: which documents become one, its lines by subscription, keeping such a customer in one
operation. Does not own: what each subscription is charged (`saas_subscription_document.py`).

Only what is due on the same day and would be written alike otherwise goes together: currency,
address, payment terms and taxes. Credit notes stay apart, each with the invoice that it corrects.
"""

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import groupby

from .saas_subscription_document import INVOICE, paper_vals

# What of several documents is put together; all else has to be the same.
JOINED = {"invoice_line_ids", "saas_subscription_ids", "invoice_origin", "ref"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_one_invoice = fields.Boolean(
        string="One Invoice for All Subscriptions",
        groups="saas_business_management.group_saas_billing_user",
        help="What is due on the same day comes as one invoice, a section for each subscription.",
    )


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    def _create_together(self, papers, run):
        """Draft documents, fewer where customers want one invoice; return the one of each paper."""
        journals = {company: self._sales_journal_of(company) for company in self.company_id}
        values = [paper_vals(paper, run, journals) for paper in papers]
        groups = {}
        for place, (paper, vals) in enumerate(zip(papers, values, strict=True)):
            groups.setdefault(paper.subscription._together_key(paper, vals) or place, []).append(
                place
            )
        # That a draft was made stands in its run: it needs no line of history of its own.
        moves = (
            self.env["account.move"]
            .with_context(tracking_disable=True)
            .create(
                [
                    self._joined([papers[place] for place in places], [values[at] for at in places])
                    for places in groups.values()
                ]
            )
        )
        moves = moves.with_env(self.env)
        found = {
            place: move
            for move, places in zip(moves, groups.values(), strict=True)
            for place in places
        }
        return [found[place] for place in range(len(papers))]

    def _together_key(self, paper, vals):
        """Return what has to be the same for one invoice, None for a document of its own."""
        customer_sudo = self._together_customer()
        if paper.kind != INVOICE or paper.reverses or not customer_sudo:
            return None
        due = paper.periods[0].due_at.date() if paper.periods else None
        alike = sorted((name, value) for name, value in vals.items() if name not in JOINED)
        return (customer_sudo.id, due, repr(alike))

    def _together_customer(self):
        """Return the customer whose subscriptions are invoiced together, an empty one otherwise."""
        return self.sudo().partner_id.commercial_partner_id.filtered("saas_one_invoice")

    def _joined(self, papers, values):
        """Return the values of one document for several papers, a section for each subscription."""
        if len(papers) == 1:
            return values[0]
        ones = self.browse().union(*(paper.subscription for paper in papers))
        lines = []
        for one, group in groupby(
            zip(papers, values, strict=True), lambda row: row[0].subscription
        ):
            lines.append(
                Command.create({"display_type": "line_section", "name": one._section_words()})
            )
            for _paper, vals in group:
                lines += vals["invoice_line_ids"]
        references = dict.fromkeys(filter(None, ones.mapped("purchase_reference")))
        return values[0] | {
            "saas_subscription_ids": [Command.set(ones.ids)],
            "invoice_origin": ", ".join(ones.mapped("name")),
            "ref": ", ".join(references) or False,
            "invoice_line_ids": lines,
        }

    def _section_words(self):
        """Return how an invoice for several subscriptions calls this one."""
        tenant = self.tenant_id.name
        return f"{self.name} · {tenant}" if tenant else self.name

    def _in_chunks(self, size):
        """Yield these in parts of about a size; who wants one invoice is not split."""
        part = self.browse()
        by_customer = groupby(self, lambda one: one._together_customer().id or -one.id)
        for _customer, ones in by_customer:
            if part and len(part) + len(ones) > size:
                yield part
                part = self.browse()
            part |= self.browse().union(*ones)
        if part:
            yield part


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_share_of(self, subscription):
        """Return what a document charges for one of its subscriptions, before tax."""
        lines = self.invoice_line_ids.filtered(
            lambda line: line.saas_period_id.subscription_id == subscription
        )
        return sum(lines.mapped("price_subtotal"))
