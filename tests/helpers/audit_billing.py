"""What is right after billing was interrupted: one document for a period, whatever died meanwhile.

Owns: what the customers of `crash_billing_deeds.py` have to owe, to the cent. Does not own: the
orders.
"""

from collections import Counter

from odoo.models import Model

from .audit import differing

FEE, UNIT_PRICE, USED = 89.0, "0.01", "500"
USAGE = 5.0
# The months billed: all before the present one with their usage.
MONTHS = 3
INVOICES = [FEE, *[FEE + USAGE] * (MONTHS - 1)]
LOOSE = """
    SELECT count(*) FROM account_move_line l JOIN account_move m ON m.id = l.move_id
     WHERE m.saas_made AND l.display_type = 'product' AND l.saas_period_id IS NULL
"""
DOCUMENTS_OF_A_PERIOD = """
    SELECT l.saas_period_id, count(DISTINCT m.id)
      FROM account_move_line l JOIN account_move m ON m.id = l.move_id
     WHERE m.partner_id = %s AND m.move_type = 'out_invoice' AND m.state <> 'cancel'
       AND l.saas_period_id IS NOT NULL
     GROUP BY 1 HAVING count(DISTINCT m.id) > %s
"""


def subscriptions_of(customer: Model) -> Model:
    """The subscriptions of a customer."""
    return customer.env["saas.subscription"].search([("partner_id", "=", customer.id)], order="id")


def documents_of(customer: Model) -> Model:
    """The documents of a customer, in the order of their making."""
    return customer.env["account.move"].search([("partner_id", "=", customer.id)], order="id")


def billed(customer: Model) -> list[str]:
    """Every period has its one document, posted, numbered, mailed once; nothing waits."""
    return [*_whole(customer, per_period=1), *_invoiced(subscriptions_of(customer))]


def settled(customer: Model) -> list[str]:
    """An upgrade has its credit note and its invoice, each once, and gives back what it should."""
    found = documents_of(customer)
    given = found.filtered(lambda move: move.move_type == "out_refund")
    charged = found.filtered(lambda move: move.move_type == "out_invoice")[len(INVOICES) :]
    return [
        *_whole(customer, per_period=2),
        *differing(
            invoices=(len(charged), 1),
            credit_notes=(len(given), 1),
            sums=(round(sum(charged.mapped("amount_untaxed")), 2), _twice(given)),
        ),
    ]


def _twice(given: Model) -> float:
    """What is charged for the days that are left: twice the fee that is given back for them.

    Each is rounded once, so that the exact one is known from the other to a cent.
    """
    kept = given.invoice_line_ids.saas_period_id
    days = (kept.end_on - given.invoice_date).days
    return round(2 * FEE * days / (kept.end_on - kept.start_on).days + 1e-9, 2)


def not_billed(customer: Model) -> list[str]:
    """Nothing was billed."""
    found = subscriptions_of(customer)
    return differing(periods=(len(found.period_ids), 0), documents=(len(documents_of(customer)), 0))


def not_posted(customer: Model) -> list[str]:
    """What was drafted is a draft still."""
    return differing(states=(set(documents_of(customer).mapped("state")), {"draft"}))


def not_settled(customer: Model) -> list[str]:
    """The change has no document."""
    return differing(documents=(len(documents_of(customer)), len(INVOICES)))


def _invoiced(subscriptions: Model) -> list[str]:
    return differing(
        **{
            f"of {one.name}": (one._moves().sorted("id").mapped("amount_untaxed"), INVOICES)
            for one in subscriptions
        }
    )


def _whole(customer: Model, per_period: int) -> list[str]:
    """What holds of all documents of a customer."""
    found, env = documents_of(customer), customer.env
    periods = subscriptions_of(customer).period_ids
    keys = Counter((one.subscription_id.id, one.kind, one.start_on) for one in periods)
    mails = env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "in", found.ids)])
    env.cr.execute(DOCUMENTS_OF_A_PERIOD, (customer.id, per_period))
    several = env.cr.fetchall()
    env.cr.execute(LOOSE)
    loose = env.cr.fetchone()
    return differing(
        states=(set(found.mapped("state")), {"posted"}),
        numbers=(len(set(found.mapped("name"))), len(found)),
        periods=(set(keys.values()), {1}),
        period_states=(set(periods.mapped("state")), {"posted"}),
        several_documents=(several, []),
        lines_of_no_period=(loose, (0,)),
        mails=(Counter(mails.mapped("res_id")), Counter(found.ids)),
        totals=(
            {one.name for one in found if round(sum(one.line_ids.mapped("balance")), 2)},
            set(),
        ),
    )


def run_over(customer: Model) -> list[str]:
    """A run has ended with everything invoiced."""
    runs = documents_of(customer).saas_run_id
    open_ = runs.line_ids.filtered(lambda line: line.state != "posted")
    return [
        *billed(customer),
        *differing(
            runs=(len(runs), 1), run_states=(runs.mapped("state"), ["done"]), open=(len(open_), 0)
        ),
    ]


RULES = {
    "billing_done": billed,
    "billing_not_begun": not_billed,
    "billing_not_posted": not_posted,
    "billing_settled": settled,
    "billing_not_settled": not_settled,
    "billing_run_over": run_over,
}
