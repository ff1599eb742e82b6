"""What players of worked examples need of money besides a plan and a customer.

Owns: accounts of prepaid and of deferred revenue and what stands on them, saved payment methods of
the demo provider and what it answers, ladders, figures. Does not own: plans, subscriptions,
invoices (`billing_stage.py`), what is played (`tests/vectors/records`). Imports without Odoo.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from tests.vectors.reading import month

LIABILITY, REVENUE = "liability_current", "income"
# What the demo provider can be made to answer besides its own states.
TIMEOUT, HARD, DECLINED = "timeout", "hard_decline", "declined"
HARD_WORDS = "Declined (lost_card)"
NO_ANSWER = "Could not establish the connection to the payment provider."


@dataclass(frozen=True)
class Books:
    """Accounts made for one example: revenue of fees, what is owed, what expired."""

    income: Any
    owed: Any
    breakage: Any = None


def income_account(stage: Any) -> Any:
    """Return an account of its own for the revenue of the stage's service."""
    income = _account(stage, "409911", REVENUE)
    stage.product().property_account_income_id = income
    return income


def wallet_books(stage: Any) -> Books:
    """Choose accounts and a journal of prepaid money."""
    stage.work_also("tend_wallets")
    owed = _account(stage, "209911", LIABILITY, reconcile=True)
    books = Books(income_account(stage), owed, _account(stage, "409912", "income_other"))
    stage.company.write(
        {
            "saas_wallet_account_id": owed.id,
            "saas_breakage_account_id": books.breakage.id,
            "saas_wallet_journal_id": _journal(stage, "WALV").id,
        }
    )
    return books


def deferral_books(stage: Any, method: str) -> Books:
    """Choose accounts and a journal of deferred revenue, and how it is spread."""
    stage.work_also("recognize_revenue")
    books = Books(income_account(stage), _account(stage, "209912", LIABILITY))
    stage.company.write(
        {
            "saas_deferral_method": method,
            "saas_deferred_account_id": books.owed.id,
            "saas_deferral_journal_id": _journal(stage, "DEFV").id,
        }
    )
    return books


def recognize(stage: Any, day: date) -> None:
    """Let revenue be recognized on a day."""
    stage.go_to(day)
    stage.env["saas.deferral"]._order_recognition(stage.company)
    stage.work()


def stands_on(stage: Any, account: Any) -> Any:
    """Return what stands on an account, revenue and debts above zero."""
    stage.env.flush_all()
    lines = stage.env["account.move.line"].search(_of(account))
    return stage.amount(-sum(lines.mapped("balance")))


def by_month(stage: Any, account: Any) -> list[list[Any]]:
    """Return what came onto an account in each month."""
    stage.env.flush_all()
    lines = stage.env["account.move.line"]
    found = lines._read_group(_of(account), ["date:month"], ["balance:sum"], order="date:month")
    return [[month(day), stage.amount(-balance)] for day, balance in found]


def _of(account: Any) -> list[Any]:
    return [("account_id", "=", account.id), ("parent_state", "=", "posted")]


def _account(stage: Any, code: str, kind: str, **more: Any) -> Any:
    values = {"name": f"Example {code}", "code": code, "account_type": kind, **more}
    return stage.env["account.account"].create(values)


def _journal(stage: Any, code: str) -> Any:
    values = {"name": f"Example {code}", "code": code, "type": "general"}
    return stage.env["account.journal"].create(values)


# Payment methods


def demo_provider(stage: Any) -> Any:
    """Return Odoo's provider for demonstrations, switched on."""
    provider = stage.env.ref("payment.payment_provider_demo")
    provider.state = "test"
    return provider


def saved_method(stage: Any, customer: Any, answer: str) -> Any:
    """Return a payment method of a customer, whose charges end as `answer` says.

    A state of the demo provider, or one of this module's words.
    """
    provider = demo_provider(stage)
    return stage.env["payment.token"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[:1].id,
            "partner_id": customer.id,
            "provider_ref": answer,
            "demo_simulated_state": "done",
        }
    )


@contextmanager
def answering(stage: Any) -> Iterator[None]:
    """Let charges be made, and the demo provider answer as its saved methods say."""
    stage.work_also("charge_invoice", "dun_subscription")
    transactions = type(stage.env["payment.transaction"])
    with patch.object(transactions, "_send_payment_request", _answer):
        yield


def _answer(transaction: Any) -> None:
    from odoo.exceptions import ValidationError

    answer = transaction.token_id.provider_ref
    if answer == TIMEOUT:
        transaction.saas_attempt_ids._put({"unclear": True})
        raise ValidationError(NO_ANSWER)
    if answer == HARD:
        transaction._set_error(HARD_WORDS)
    else:
        tell(transaction, "error" if answer == DECLINED else answer)


def tell(transaction: Any, state: str) -> None:
    """Let the demo provider tell what became of a transaction."""
    transaction._process("demo", {"reference": transaction.reference, "simulated_state": state})


def pay_online(stage: Any, move: Any, amount: str) -> Any:
    """Let a customer pay an invoice without a saved method; return the payment."""
    provider = demo_provider(stage)
    transaction = stage.env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[:1].id,
            "operation": "online_direct",
            "reference": f"{move.name}-{len(move.transaction_ids)}",
            "amount": amount,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "invoice_ids": [(6, 0, move.ids)],
        }
    )
    tell(transaction, "done")
    transaction._post_process()
    return transaction.payment_id


# Ladders


def dunning_profile(stage: Any, **values: Any) -> Any:
    """Return a ladder that the company follows."""
    made = stage.env["saas.dunning.profile"].create({"name": "Example", **values})
    stage.company.saas_dunning_profile_id = made
    return made


def ladder_days(days: Any) -> str:
    """Return days as a profile has them."""
    return ", ".join(map(str, days))


def look(stage: Any) -> None:
    """Let the cron that charges and follows ladders look, and do what it orders."""
    ladders = stage.env["saas.dunning"]
    for collect in (ladders._charge_due, ladders._begin_overdue, ladders._look_due):
        collect()
    stage.work()


def days_of(first: date, count: int) -> list[date]:
    """Return a day and so many that follow."""
    return [first + timedelta(days=number) for number in range(count + 1)]


def look_daily(stage: Any, first: date, count: int) -> Iterator[date]:
    """Look at noon of a day and of so many that follow; yield each before it is looked at."""
    for day in days_of(first, count):
        stage.go_to(f"{day} 12:00:00")
        yield day
        look(stage)


# Figures


def figures(stage: Any) -> dict[str, Any]:
    """Return the figures of billing, the ledger of recurring revenue brought up to date."""
    stage.work_also("note_revenue")
    stage.env["saas.subscription"]._order_mrr()
    stage.work()
    return stage.env["saas.analytics"].get_figures()
