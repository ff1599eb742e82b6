"""A customer's wallet: grants of money, which charges burn in an order.

Owns: the order, what a charge takes of which grant, expiry. Does not own: top-ups (`topup.py`),
moves in the books (Odoo's), the clock.

Lower priority burns first, then what expires sooner, promotions before paid money, older ones
before younger. A grant is never below zero; one of another currency or purpose is not touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ..errors import Refused
from ..money import Currency
from .arithmetic import counted, minus, plus

PROMO = "promo"
PAID = "paid"
KINDS = (PROMO, PAID)
PRIORITY_MOST = 100
_NEVER = date.max


@dataclass(frozen=True)
class Grant:
    """Money in a wallet: `amount` is what is left of it.

    It may be used from `created_on` to and with `expires_on`. Without `scope` it pays everything,
    otherwise what is named there.
    """

    grant_id: str
    kind: str
    amount: Decimal
    currency: str
    created_on: date
    priority: int = PRIORITY_MOST // 2
    expires_on: date | None = None
    scope: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a grant that cannot be.

        Raises: Refused (`grant_kind`, `grant_priority`, and as `counted`).
        """
        counted(self.amount, "grant")
        if self.kind not in KINDS:
            raise Refused("grant_kind", kind=self.kind)
        if not 0 <= self.priority <= PRIORITY_MOST:
            raise Refused("grant_priority", priority=self.priority, most=PRIORITY_MOST)

    def expired(self, on: date) -> bool:
        """Tell whether it can no longer be used on a day."""
        return self.expires_on is not None and self.expires_on < on

    def pays(self, charge: "Due") -> bool:
        """Tell whether it may be used for a charge."""
        there = self.created_on <= charge.on and not self.expired(charge.on)
        meant = not self.scope or charge.purpose in self.scope
        return bool(self.amount) and there and meant and self.currency == charge.unit.code


@dataclass(frozen=True)
class Due:
    """An amount that is to be paid on a day; `purpose` is what grants may be limited to."""

    amount: Decimal
    on: date
    unit: Currency
    purpose: str = ""


@dataclass(frozen=True)
class Burn:
    """What a charge took: grant ids with amounts in their order, what is still due, the wallet."""

    applied: tuple[tuple[str, Decimal], ...]
    due: Decimal
    wallet: tuple[Grant, ...]


@dataclass(frozen=True)
class Expiry:
    """Grants that expired with what was left of each, and the wallet without it."""

    lost: tuple[Grant, ...]
    wallet: tuple[Grant, ...]

    def amount(self, kind: str) -> Decimal:
        """Return what was lost of a kind: of paid money it is revenue, of a promotion nothing."""
        return plus(grant.amount for grant in self.lost if grant.kind == kind)


@dataclass(frozen=True)
class Course:
    """A wallet after several charges."""

    burns: tuple[Burn, ...]
    lost: tuple[Grant, ...]
    wallet: tuple[Grant, ...]
    unit: Currency

    @property
    def breakage(self) -> Decimal:
        """Return what expired of paid money: revenue without a service."""
        return self.unit.round(Expiry(self.lost, ()).amount(PAID))

    @property
    def forfeited(self) -> Decimal:
        """Return what expired of promotions: no entry in the books."""
        return self.unit.round(Expiry(self.lost, ()).amount(PROMO))

    @property
    def remaining(self) -> dict[str, Decimal]:
        """Return what is left of each grant."""
        return {grant.grant_id: self.unit.round(grant.amount) for grant in self.wallet}


def balance(wallet: Iterable[Grant], on: date, unit: Currency) -> Decimal:
    """Return what can be used on a day for something without a purpose of its own."""
    asked = Due(unit.zero, on, unit)
    return unit.round(plus(grant.amount for grant in wallet if grant.pays(asked)))


def burn(wallet: Sequence[Grant], charge: Due) -> Burn:
    """Return what a charge takes of a wallet.

    Raises: Refused (`grant_step`, `number_invalid`, `number_negative`, `number_digits`).
    """
    left = charge.unit.round(counted(charge.amount, "amount"))
    taken: dict[int, Decimal] = {}
    usable = [place for place, grant in enumerate(wallet) if grant.pays(charge)]
    for place in usable:
        # Half a cent that was granted would be made or lost by rounding.
        if charge.unit.round(wallet[place].amount) != wallet[place].amount:
            raise Refused("grant_step", amount=wallet[place].amount, currency=charge.unit.code)
    for place in sorted(usable, key=lambda place: _turn(wallet[place])):
        part = min(left, wallet[place].amount)
        if part:
            taken[place] = part
            left = minus(left, part)
    after = tuple(
        replace(grant, amount=minus(grant.amount, taken.get(place, charge.unit.zero)))
        for place, grant in enumerate(wallet)
    )
    applied = tuple((wallet[place].grant_id, part) for place, part in taken.items())
    return Burn(applied, charge.unit.round(left), after)


def expire(wallet: Sequence[Grant], on: date) -> Expiry:
    """Return what of a wallet has expired on a day; nothing expires twice."""
    lost = tuple(grant for grant in wallet if grant.expired(on) and grant.amount)
    rest = tuple(
        replace(grant, amount=minus(grant.amount, grant.amount)) if grant in lost else grant
        for grant in wallet
    )
    return Expiry(lost, rest)


def course(wallet: Sequence[Grant], charges: Sequence[Due], unit: Currency) -> Course:
    """Return what charges one after the other, each with expiry before it, make of a wallet.

    Raises: Refused (`grant_step`, `number_invalid`, `number_negative`, `number_digits`).
    """
    burns: list[Burn] = []
    lost: list[Grant] = []
    grants = tuple(wallet)
    for charge in charges:
        gone = expire(grants, charge.on)
        lost += gone.lost
        burns.append(burn(gone.wallet, charge))
        grants = burns[-1].wallet
    return Course(tuple(burns), tuple(lost), grants, unit)


def _turn(grant: Grant) -> tuple[int, date, bool, date, str]:
    """Return what a grant is sorted by."""
    last = grant.expires_on or _NEVER
    return grant.priority, last, grant.kind == PAID, grant.created_on, grant.grant_id
