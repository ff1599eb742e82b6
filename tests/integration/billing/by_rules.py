"""Lives billed by the kernel alone: periods under the product's own constraints, documents as mere
rows, workers that die.

Owns: making rows of what the rules say, in the steps of the operation that bills. Does not own:
rules (`kernel/billing`), the constraints (copied from the product's table).

Nothing of the past is kept in memory: each step reads what there is, as a worker does that takes
over. One that dies loses its transaction; one whose end was not noted is done again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg2

from saas_business_management.kernel.billing.agreement import (
    PAUSED,
    RECURRING,
    USAGE,
    Agreement,
    Item,
    Known,
    Phase,
    Rest,
)
from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.fees import parts_of, settle
from saas_business_management.kernel.billing.interval import MONTH, Interval
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.schedule import due_periods, outlook
from saas_business_management.kernel.billing.segment import rate_segment
from saas_business_management.kernel.money import currency
from saas_business_management.kernel.period import Period, bounds, zone

from .life import LAST, PLANS, SEED, Event, Life

USD, UTC = currency("USD"), zone("UTC")
DAY = timedelta(days=1)
DIES, TWICE = 0.2, 0.2
CHARGES = [Charge(UnitPrice(Decimal(price)), Decimal(free)) for _fee, price, free in PLANS]
TABLES = """
DROP TABLE IF EXISTS played_line, played_document, played_period, played_subscription;
CREATE TABLE played_period (LIKE saas_billing_period INCLUDING ALL);
CREATE TABLE played_subscription (id int PRIMARY KEY, settle_from date);
CREATE TABLE played_document (
    id serial PRIMARY KEY, subscription_id int NOT NULL, kind text NOT NULL, posted boolean
);
CREATE TABLE played_line (
    document_id int NOT NULL REFERENCES played_document, period_id int NOT NULL,
    item text NOT NULL, amount numeric NOT NULL
);
"""
ROW = """
INSERT INTO played_period (subscription_id, kind, start_on, end_on, whole_start_on, whole_end_on,
                           start_at, end_at, timezone, due_at, state)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'UTC', %s, %s)
"""
ROWS = """
SELECT id, kind, start_on, end_on, whole_start_on, whole_end_on, due_at, state FROM played_period
 WHERE subscription_id = %s ORDER BY due_at, kind, start_on
"""
CHARGED = "SELECT item, sum(amount) FROM played_line WHERE period_id = %s GROUP BY item"
DRAFTS = "UPDATE played_document SET posted = true WHERE subscription_id = %s AND NOT posted"
STATES = """
UPDATE played_period SET state = 'posted' WHERE subscription_id = %s AND state = 'draft'
"""
SETTLE = """
UPDATE played_subscription SET settle_from = least(settle_from, %s) WHERE id = %s
"""
CUT = """
UPDATE played_period SET end_on = %(day)s, end_at = %(day)s
 WHERE subscription_id = %(one)s AND start_on < %(day)s AND %(day)s < end_on
"""
TOTALS = """
SELECT d.subscription_id, d.kind, count(DISTINCT d.id), sum(abs(l.amount))
  FROM played_document d JOIN played_line l ON l.document_id = d.id
 WHERE d.posted GROUP BY d.subscription_id, d.kind
"""
# More than one document that charges a period for the first time.
TWICE_BILLED = """
SELECT l.period_id FROM played_line l JOIN played_period p ON p.id = l.period_id
 WHERE p.kind = 'usage' GROUP BY l.period_id HAVING count(DISTINCT l.document_id) > 1
"""


class Died(Exception):
    """A worker died before its commit."""


@dataclass(frozen=True)
class Row:
    """A row of a period."""

    id: int
    kind: str
    period: Period
    whole: Period
    due_at: datetime
    state: str


@dataclass
class Facts:
    """What people have agreed to with one subscription."""

    phases: list[Phase] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)
    end: date | None = None

    def agreement(self, rows: Sequence[Row]) -> Agreement:
        known = tuple(Known(one.kind, one.period.start, one.period.end) for one in rows)
        return Agreement("UTC", tuple(self.phases), tuple(self.rests), self.end, known)

    # What may happen; each returns from which day on documents have to be set right, if any.

    def begin(self, event: Event) -> None:
        self._offer(event.on, event)

    def change_now(self, event: Event) -> date:
        self._offer(event.on, event)
        return event.on

    def change_later(self, event: Event) -> None:
        self._offer(self._period_end(event.on), event)

    def pause(self, event: Event) -> None:
        self.rests.append(Rest(event.on + DAY, None, PAUSED))

    def resume(self, event: Event) -> date:
        begun = self.rests.pop()
        self.rests.append(replace(begun, end=event.on))
        return begun.start

    def cancel_now(self, event: Event) -> date:
        self._close(event.on + DAY)
        return event.on

    def cancel_later(self, event: Event) -> None:
        self._close(self._period_end(event.on))

    def _offer(self, start: date, event: Event) -> None:
        """Let an offer be in force from a day on."""
        cycle = self.phases[0].cycle if self.phases else Cycle(start, Interval(MONTH))
        item = Item(str(event.plan), Decimal(PLANS[event.plan][0]), Decimal(event.quantity))
        fresh = Phase(item.key, start, None, cycle, (item,), usage_cycle=cycle, grace_hours=0)
        if self.phases and self.phases[-1].start == start:
            self.phases.pop()
        elif self.phases:
            self.phases[-1] = replace(self.phases[-1], end=start)
        self.phases.append(fresh)

    def _period_end(self, day: date) -> date:
        cycle = self.phases[0].cycle
        return cycle.period(cycle.number_at(day)).end

    def _close(self, day: date) -> None:
        self.end = day
        self.phases = [one for one in self.phases if one.start < day]
        self.phases[-1] = replace(self.phases[-1], end=day)


class Player:
    """Bills one life after the other; `dice` says who dies."""

    def __init__(self, cnx: Any, dice: random.Random) -> None:
        self._cnx, self._dice = cnx, dice
        self.deaths = self.repeats = self.documents = 0

    def play(self, life: Life) -> None:
        """Live through a life, day by day."""
        self.life, self.facts = life, Facts()
        self._run("INSERT INTO played_subscription VALUES (%s, NULL)", life.number)
        self._cnx.commit()
        day, due = life.events[0].on, None
        while day < LAST:
            if due and due <= midnight(day):
                due = self._bill(midnight(day))
            for event in life.on(day):
                self._carry(lambda event=event: self._happen(event), twice=0)
                due = self._bill(midnight(day) + timedelta(hours=12))
            day += DAY

    # What people do

    def _happen(self, event: Event) -> None:
        """Write down what was agreed; a worker that dies over it leaves the facts as they were."""
        copy = replace(self.facts, phases=list(self.facts.phases), rests=list(self.facts.rests))
        since = getattr(copy, event.what)(event) if event.what != "nothing" else None
        if event.what == "cancel_now":
            self._run(CUT, day=copy.end, one=self.life.number)
        if since:
            self._run(SETTLE, since, self.life.number)
        self._agreed = copy

    # The steps of the operation that bills

    def _bill(self, now: datetime) -> datetime | None:
        for step in (lambda: self._close(now), self._draft, self._post):
            self._carry(step)
        found = outlook(self.facts.agreement(self._rows()), now)
        self._cnx.commit()
        return min((one.due_at for one in found if one.due_at > now), default=None)

    def _carry(self, step: Callable[[], None], twice: float = TWICE) -> None:
        """Do a step; now and then its worker dies before it commits, or before it says so."""
        self._agreed = self.facts
        if self._dice.random() < DIES:
            step()
            self._cnx.rollback()
            self.deaths += 1
        step()
        self._cnx.commit()
        self.facts = self._agreed
        if self._dice.random() < twice:
            step()
            self._cnx.commit()
            self.repeats += 1

    def _close(self, now: datetime) -> None:
        for due in due_periods(self.facts.agreement(self._rows()), now):
            span = bounds(due.period, UTC)
            state = "skipped" if due.skipped else "rating"
            days = (due.period.start, due.period.end, due.whole.start, due.whole.end)
            self._run(
                ROW, self.life.number, due.kind, *days, span.start, span.end, due.due_at, state
            )

    def _draft(self) -> None:
        rows = self._rows()
        agreement = self.facts.agreement(rows)
        waiting = [one for one in rows if one.state == "rating"]
        for due_at in dict.fromkeys(one.due_at for one in waiting):
            group = [one for one in waiting if one.due_at == due_at]
            lines = {one.id: self._lines(agreement, one) for one in group}
            self._document("out_invoice", [(one, *line) for one in lines for line in lines[one]])
            for one in group:
                self._run(
                    "UPDATE played_period SET state = %s WHERE id = %s",
                    "draft" if lines[one.id] else "closed",
                    one.id,
                )
        self._settle(agreement, rows)

    def _lines(self, agreement: Agreement, row: Row) -> list[tuple[str, Decimal]]:
        if row.kind == RECURRING:
            parts = parts_of(agreement, row.period, row.whole, USD)
            return [
                (one.item, one.amount) for one in settle(parts, self._charged(row), USD).charges
            ]
        found = []
        for plan, start, end in self._stretches(agreement, row.period):
            units = Decimal(self.life.used_in(start, end))
            part, whole = Period(start, end).length, row.whole.length
            found.append((USAGE, rate_segment(CHARGES[plan], units, USD, part, whole).amount))
        return [line for line in found if line[1]]

    def _stretches(self, agreement: Agreement, period: Period) -> list[tuple[int, date, date]]:
        """Return the plans of a period with their days; other seats do not cut them."""
        found: list[tuple[int, date, date]] = []
        for phase in agreement.phases:
            plan, start = int(phase.key), max(period.start, phase.start)
            end = min(one for one in (period.end, phase.end, agreement.end) if one)
            if start >= end:
                continue
            if found and found[-1][0] == plan and found[-1][2] == start:
                start = found.pop()[1]
            found.append((plan, start, end))
        return found

    def _settle(self, agreement: Agreement, rows: Sequence[Row]) -> None:
        since = self._run(
            "SELECT settle_from FROM played_subscription WHERE id = %s", self.life.number
        )[0][0]
        if not since:
            return
        charges, credits_ = [], []
        for row in rows:
            billed = row.state in ("posted", "closed") and row.kind == RECURRING
            if not billed or row.whole.end <= since:
                continue
            parts = parts_of(agreement, row.period, row.whole, USD)
            found = settle(parts, self._charged(row), USD)
            charges += [(row.id, one.item, one.amount) for one in found.charges]
            credits_ += [(row.id, one.item, -one.amount) for one in found.credits]
        # A credit note is on one invoice, and each period has its own.
        for period in dict.fromkeys(line[0] for line in credits_):
            self._document("out_refund", [line for line in credits_ if line[0] == period])
        self._document("out_invoice", charges)
        self._run(
            "UPDATE played_subscription SET settle_from = NULL WHERE id = %s", self.life.number
        )

    def _post(self) -> None:
        self._run(DRAFTS, self.life.number)
        self._run(STATES, self.life.number)

    # Rows

    def _document(self, kind: str, lines: Sequence[tuple[int, str, Decimal]]) -> None:
        if not lines:
            return
        new = "INSERT INTO played_document (subscription_id, kind, posted) VALUES (%s, %s, false)"
        number = self._run(f"{new} RETURNING id", self.life.number, kind)[0][0]
        for line in lines:
            self._run("INSERT INTO played_line VALUES (%s, %s, %s, %s)", number, *line)

    def _charged(self, row: Row) -> dict[str, Decimal]:
        return dict(self._run(CHARGED, row.id))

    def _rows(self) -> list[Row]:
        return [
            Row(
                number,
                kind,
                Period(start, end),
                Period(first, last),
                due_at.replace(tzinfo=timezone.utc),
                state,
            )
            for number, kind, start, end, first, last, due_at, state in self._run(
                ROWS, self.life.number
            )
        ]

    def _run(self, statement: str, *values: Any, **named: Any) -> list[tuple]:
        with self._cnx.cursor() as cursor:
            cursor.execute(statement, named or values)
            return cursor.fetchall() if cursor.description else []


def midnight(day: date) -> datetime:
    """Return the begin of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc)


def play(dsn: dict[str, Any], lives: Sequence[Life]) -> tuple[Player, dict[int, dict[str, str]]]:
    """Bill lives in a database with the product's tables; return who played, and by number the sums
    of invoices and of credit notes before tax.
    """
    with closing(psycopg2.connect(**dsn)) as cnx, cnx.cursor() as cursor:
        cursor.execute(TABLES)
        cnx.commit()
        player = Player(cnx, random.Random(SEED))
        for life in lives:
            player.play(life)
        cursor.execute(TWICE_BILLED)
        assert cursor.fetchall() == [], "a period of usage is on two documents"
        cursor.execute(TOTALS)
        sums: dict[int, dict[str, str]] = {life.number: {} for life in lives}
        for number, kind, count, amount in cursor.fetchall():
            sums[number][kind] = f"{amount:.2f}"
            player.documents += count
    return player, sums
