"""Wallets: promotions and prepaid money that pay invoices, what expires, what fills one."""

from saas_business_management.kernel.billing.wallet import PAID, PROMO
from tests.helpers.money_stage import stands_on, wallet_books

from .reading import code
from .registry import plays

SOME_DAY = "2027-05-01"


def wallet_of(stage, customer, currency):
    unit = stage.currency(currency)
    return stage.env["saas.wallet"]._open_for(stage.company, customer, unit)


def granted(stage, wallet, one):
    """Give a promotion, or sell prepaid money and have it paid."""
    terms = {"priority": one["priority"], "expires_on": one.get("expires")}
    if one["kind"] == PROMO:
        return wallet._give_promo(one["amount"], one["id"], **terms)
    return bought(stage, wallet, one["amount"], one["id"], **terms)


def bought(stage, wallet, amount, name="", **terms):
    grant = wallet._top_up(amount, name, **terms)
    stage.work()
    stage.pay(grant.move_id)
    return grant


def invoiced(stage, customer, amount, currency, on):
    """Return the invoice of a new subscription that begins on a day."""
    one = stage.begin(stage.offer(amount, currency), on, partner_id=customer.id)
    (move,) = stage.papers(one)
    return move


def used_by(stage, move, currency):
    """Return what an invoice took of each grant, and what is left to pay."""
    rows = stage.env["saas.wallet.entry"].search(
        [("move_id", "=", move.id), ("kind", "=", "burned")], order="id"
    )
    return {
        "applied": [(row.grant_id.name, stage.amount(-row.amount, currency)) for row in rows],
        "due": stage.residual([move], currency),
    }


@plays("wallet_burn")
def wallet_burn(stage, asked):
    books, customer, grants, results = wallet_books(stage), stage.customer(), [], []
    for one in sorted(asked["grants"], key=lambda grant: grant["created"]):
        stage.go_to(one["created"])
        grants.append(granted(stage, wallet_of(stage, customer, code({**asked, **one})), one))
    for one in asked["charges"]:
        unit = code({**asked, **one})
        move = invoiced(stage, customer, one["amount"], unit, one["date"])
        results.append(used_by(stage, move, unit))
    stage.env["saas.wallet"]._order_tending(stage.company)
    stage.work()
    lost = stage.env["saas.wallet.entry"].search([("kind", "=", "expired")])
    return {
        "results": results,
        "remaining": {
            one.name: stage.amount(one.amount_left, one.currency_id.name) for one in grants
        },
        "breakage_revenue": stands_on(stage, books.breakage),
        "promo_forfeited": stage.amount(
            lost.filtered(lambda row: row.grant_kind != PAID)._total(), code(asked)
        ),
    }


@plays("wallet_topup")
def wallet_topup(stage, asked):
    wallet_books(stage)
    customer, balances, topups = stage.customer(), [], []
    stage.go_to(SOME_DAY)
    wallet = wallet_of(stage, customer, code(asked))
    bought(stage, wallet, asked["balance"])
    wallet.write(
        {
            "topup_kind": "threshold",
            "topup_threshold": asked["threshold"],
            "topup_target": asked["target"],
        }
    )
    for place, amount in enumerate(asked["ongoing_usage"]):
        invoiced(stage, customer, amount, code(asked), SOME_DAY)
        if not topups:
            balances.append(stage.amount(wallet.balance, code(asked)))
        waiting = wallet.grant_ids.filtered(lambda grant: grant.state == "waiting")
        if waiting:
            due = stage.amount(waiting.amount, code(asked))
            topups.append({"after_usage_index": place, "amount": due})
            stage.pay(waiting.move_id)
    return {
        "balances_before_topup": balances,
        "topups": topups,
        "final_balance": stage.amount(wallet.balance, code(asked)),
    }
