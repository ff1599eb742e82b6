"""What a usage line was computed from can be found again."""

from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.snapshot import Arrival, snapshot

from .figures import USD, D, at, refused

END, LIMIT = at("2025-04-01T00:00:00+00:00"), at("2025-04-01T12:00:00+00:00")
EARLY = at("2025-04-01T11:59:59.999999+00:00")
CHARGE = Charge(UnitPrice(D("0.01")))


def take(*arrivals, service_to=END, before=LIMIT):
    return snapshot(arrivals, service_to, before, CHARGE, USD)


def test_what_came_later_or_happened_later_is_left():
    inside = at("2025-03-31T23:59:59.999999+00:00")
    found = take(
        Arrival("a", D(400), EARLY),
        Arrival("b", D(200), LIMIT),
        Arrival("c", D(7), EARLY, END),
        Arrival("d", D(50), EARLY, inside),
    )
    assert (found.events, found.left) == (("a", "d"), ("b", "c"))
    assert (found.rated.quantity, found.rated.amount) == (450, D("4.50"))


def test_no_event_is_no_amount():
    assert (take().rated.quantity, take().events) == (0, ())


def test_the_digest_names_the_events_and_both_borders_in_any_order():
    one, two = Arrival("a", D(4), EARLY), Arrival("b", D(2), EARLY)
    known = take(one, two).digest
    assert len(known) == 64
    assert take(two, one).digest == known
    assert take(one, two, Arrival("late", D(1), LIMIT)).digest == known
    others = [
        take(one),
        take(one, Arrival("b", D(3), EARLY)),
        take(one, Arrival("c", D(2), EARLY)),
        take(one, two, service_to=EARLY),
        take(one, two, before=at("2025-04-01T13:00:00+00:00")),
    ]
    assert len({known, *(other.digest for other in others)}) == 6
    assert (
        take(Arrival("a 1\nb", D(2), EARLY)).digest
        != take(Arrival("a", D(1), EARLY), Arrival("b", D(2), EARLY)).digest
    )


def test_naive_instants_are_refused():
    naive = EARLY.replace(tzinfo=None)
    for arrival in (Arrival("a", D(1), naive), Arrival("a", D(1), EARLY, naive)):
        with refused("instant_naive"):
            take(arrival)
    with refused("instant_naive"):
        take(service_to=naive)
    with refused("instant_naive"):
        take(before=naive)
