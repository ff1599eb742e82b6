"""Two workers that take from one wallet in the same moment, each over a connection of its own.

Owns: the moment, trying again as the runner of operations does. Does not own: the wallet (the
product).
"""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any

from odoo.addons.saas_business_management.kernel.billing.wallet import PROMO
from odoo.api import Environment
from psycopg2.errors import SerializationFailure

from tests.helpers.billing_stage import BillingStage

PURPOSE = ""
TRIES = 5
# The first one keeps its turn so long that the second one surely meets it.
HELD_SECONDS = 1.0


class Moment:
    """What two workers did."""

    def __init__(self, env: Environment, wallet: int, amount: str) -> None:
        self._registry, self._context = env.registry, dict(env.context)
        self._uid, self._wallet, self._amount = env.uid, wallet, amount
        self._took_turn = threading.Event()
        self.cut_off = 0
        self.errors: list[str] = []

    def first(self) -> None:
        """Take, and keep the turn while the other one comes for it."""
        with self._registry.cursor() as cr:
            self._burn(cr)
            self._took_turn.set()
            time.sleep(HELD_SECONDS)

    def second(self) -> None:
        """Look before the first one has ended; whoever is cut off begins anew."""
        self._took_turn.wait()
        for _try in range(TRIES):
            with self._registry.cursor() as cr:
                try:
                    self._burn(cr)
                except SerializationFailure:
                    self.cut_off += 1
                    cr.rollback()
                else:
                    return
        self.errors.append("it never had its turn")

    def _burn(self, cr: Any) -> None:
        env = Environment(cr, self._uid, self._context)
        wallet = env["saas.wallet"].browse(self._wallet)
        # What was read before somebody else took of it is what the turn is about.
        wallet.grant_ids.mapped("amount_left")
        wallet._burn(PROMO, {PURPOSE: Decimal(self._amount)}, wallet.grant_ids[0].granted_on)
        env.flush_all()


def play(env: Environment, grants: list[str], amount: str) -> dict[str, Any]:
    """Let two workers take an amount each; return what each row took and what is left."""
    stage = BillingStage(env)
    wallet = env["saas.wallet"]._open_for(
        stage.company, stage.customer(), stage.company.currency_id
    )
    for given in grants:
        wallet._give_promo(given, "Example")
    env.cr.commit()
    moment = Moment(env, wallet.id, amount)
    workers = [threading.Thread(target=one) for one in (moment.first, moment.second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # A transaction sees what was there when it began.
    env.cr.rollback()
    env.invalidate_all()
    burned = wallet.entry_ids.filtered(lambda row: row.kind == "burned").sorted("id")
    return {
        "taken": [str(stage.amount(-row.amount)) for row in burned],
        "left": [str(stage.amount(one.amount_left)) for one in wallet.grant_ids],
        "cut_off": moment.cut_off,
        "errors": moment.errors,
    }
