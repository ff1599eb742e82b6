"""Lives billed with real records inside Odoo: subscriptions, runs, `account.move`, the demo
provider of payments; operations that are cut off and done again.

Owns: living through the days, paying, adding up the books. Does not own: what happens (`life.py`),
billing (the product).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from odoo.api import Environment
from odoo.models import Model

from tests.helpers.billing_stage import REFUND, BillingStage

from .life import FIRST, LAST, PLANS, SEED, Event, Life, life

DIES, TWICE = 0.1, 0.1
TAX_PERCENT = "20"
WHY = "Two years of a subscription"
UNBALANCED = """
SELECT move_id FROM account_move_line WHERE parent_state = 'posted'
 GROUP BY move_id HAVING round(sum(balance), 2) <> 0
"""
SEVERAL = """
SELECT l.saas_period_id FROM account_move_line l JOIN saas_billing_period p
    ON p.id = l.saas_period_id JOIN account_move m ON m.id = l.move_id
 WHERE p.kind = 'usage' AND m.state <> 'cancel'
 GROUP BY 1 HAVING count(DISTINCT m.id) > 1
"""
BY_TYPE = """
SELECT a.account_type, round(sum(l.balance), 2) FROM account_move_line l
  JOIN account_account a ON a.id = l.account_id
 WHERE l.parent_state = 'posted' GROUP BY 1
"""


class Worker(BillingStage):
    """Works operations off; it is cut off before a commit now and then, or does one twice."""

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self.dice = random.Random(SEED)
        self.deaths = self.repeats = 0

    def carry(self, job: Model) -> None:
        if self.dice.random() < DIES:
            steps = ("close", "draft") if job.kind == "bill_subscription" else ("post",)
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False) as kept:
                self.play(job.kind, job.sudo().spec, job, self.dice.choice(steps))
                kept.rollback()
            self.env.invalidate_all(flush=False)
            self.deaths += 1
        super().carry(job)
        if self.dice.random() < TWICE:
            self.play(job.kind, job.sudo().spec, job)
            self.repeats += 1


class Payers:
    """Customers that pay with a token of the demo provider; some charges fail at first."""

    def __init__(self, stage: Worker) -> None:
        self._stage, env = stage, stage.env
        self._provider = env.ref("payment.payment_provider_demo")
        self._provider.state = "test"
        self._method = env.ref("payment_demo.payment_method_demo", raise_if_not_found=False)
        self._method = self._method or self._provider.payment_method_ids[:1]
        self._tokens: dict[int, Model] = {}
        self._charges: dict[int, int] = defaultdict(int)

    def pay(self, one: Model, declines: frozenset[int]) -> None:
        """Charge what is open of a subscription's invoices."""
        for move in self._stage.papers(one):
            if move.move_type == REFUND or move.state != "posted" or not move.amount_residual:
                continue
            if move.payment_state == "in_payment":
                continue
            number = self._charges[one.id]
            self._charges[one.id] += 1
            self._charge(one, move, "error" if number in declines else "done", number)

    def _charge(self, one: Model, move: Model, state: str, number: int) -> None:
        token = self._token(one)
        token.demo_simulated_state = state
        transaction = self._stage.env["payment.transaction"].create(
            {
                "provider_id": self._provider.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "operation": "offline",
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "invoice_ids": [(6, 0, move.ids)],
                "reference": f"{move.name}-A{number}",
            }
        )
        transaction._charge_with_token()
        if transaction.state == "done":
            transaction._post_process()

    def _token(self, one: Model) -> Model:
        if one.id not in self._tokens:
            self._tokens[one.id] = self._stage.env["payment.token"].create(
                {
                    "provider_id": self._provider.id,
                    "payment_method_id": self._method.id,
                    "partner_id": one.partner_id.id,
                    "provider_ref": f"demo {one.id}",
                    "demo_simulated_state": "done",
                }
            )
        return self._tokens[one.id]


def play(env: Environment, count: int) -> dict[str, Any]:
    """Live through two years of so many subscriptions; return their sums and how the books stand.

    The demo provider's payments go through a bank journal's outstanding account.
    """
    with Worker(env) as stage:
        stage.go_to(FIRST)
        lives = [life(number) for number in range(count)]
        versions = _sell(stage)
        payers, ones = Payers(stage), {}
        day = FIRST
        while day < LAST:
            _live(stage, day, lives, versions, ones)
            for number, one in ones.items():
                payers.pay(one, lives[number].declines)
            day += timedelta(days=1)
        return _told(stage, ones)


def _sell(stage: Worker) -> Sequence[Model]:
    meter = stage.meter(product_id=stage.product(TAX_PERCENT).id)
    return [
        stage.offer(
            fee,
            charges=[{"meter_id": meter.id, "unit_price": price, "included": included}],
            tax_percent=TAX_PERCENT,
            grace_hours=0,
        )
        for fee, price, included in PLANS
    ]


def _live(
    stage: Worker,
    day: date,
    lives: Sequence[Life],
    versions: Sequence[Model],
    ones: dict[int, Model],
) -> None:
    """Let a day happen: the run of its first minute, what people do at noon, what was used."""
    stage.bill(day)
    stage.go_to(f"{day} 12:00:00")
    for life_ in lives:
        for event in life_.on(day):
            if event.what == "begin":
                ones[life_.number] = stage.subscription(
                    versions[event.plan], quantity=event.quantity
                )
            _happen(ones[life_.number], event, versions)
        units = life_.used_on(day)
        if units:
            stage.use(ones[life_.number], units, day, day + timedelta(days=1))
    stage.work()


def _happen(one: Model, event: Event, versions: Sequence[Model]) -> None:
    change = {"change_now": "now", "change_later": "period_end"}
    deeds = {
        "begin": one.action_activate,
        "pause": lambda: one.action_pause(WHY),
        "resume": one.action_resume,
        "cancel_now": lambda: one.action_cancel_now(WHY),
        "cancel_later": lambda: one.action_cancel_at_end(WHY),
        "nothing": lambda: None,
    }
    if event.what in change:
        one._change_plan(versions[event.plan], event.quantity, change[event.what])
    else:
        deeds[event.what]()


def _told(stage: Worker, ones: Mapping[int, Model]) -> dict[str, Any]:
    env = stage.env
    env.flush_all()
    sums: dict[int, dict[str, str]] = {}
    for number, one in ones.items():
        sums[number] = {}
        for move in stage.papers(one):
            before = Decimal(sums[number].get(move.move_type, "0"))
            sums[number][move.move_type] = str(before + stage.amount(move.amount_untaxed))
    moves = env["saas.subscription"].union(*ones.values())._moves()
    return {
        "sums": sums,
        "documents": len(moves),
        "drafts": len(moves.filtered(lambda move: move.state != "posted")),
        "deaths": stage.deaths,
        "repeats": stage.repeats,
        "unbalanced": _column(env, UNBALANCED),
        "several": _column(env, SEVERAL),
        "books": _books(env, moves),
        "payments": env["account.payment"].search_count([("state", "!=", "canceled")]),
    }


def _books(env: Environment, moves: Model) -> dict[str, list[str]]:
    """Return what accounts hold beside what documents and payments say, to the cent."""
    env.cr.execute(BY_TYPE)
    held = {kind: Decimal(str(total)) for kind, total in env.cr.fetchall()}
    signed = [(-1 if move.move_type == REFUND else 1, move) for move in moves]
    untaxed = sum(sign * _cents(move.amount_untaxed) for sign, move in signed)
    tax = sum(sign * _cents(move.amount_tax) for sign, move in signed)
    paid = sum(
        _cents(one.amount) for one in env["account.payment"].search([("state", "!=", "canceled")])
    )
    open_ = sum(sign * _cents(move.amount_residual) for sign, move in signed)
    owed = held.get("asset_receivable", Decimal(0))
    pairs = {
        "revenue": (-held.get("income", Decimal(0)), untaxed),
        "taxes": (-held.get("liability_current", Decimal(0)), tax),
        "receivable": (owed, untaxed + tax - paid),
        "open": (owed, open_),
    }
    return {name: [f"{one + 0:.2f}" for one in pair] for name, pair in pairs.items()}


def _cents(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def _column(env: Environment, statement: str) -> list[Any]:
    env.cr.execute(statement)
    return [row[0] for row in env.cr.fetchall()]
