"""A worker killed at every point: the next one finishes the work, or takes all of it back."""

import pytest

from .matrix import (
    BACK,
    DEATHS,
    EVERY,
    ORDERS,
    SPARSE,
    TAKEN_BACK,
    UNDONE,
    cases,
    chains,
    points,
)
from .matrix import long as long_ones
from .matrix import short as short_ones

CANCELLED = [
    *cases(short_ones(TAKEN_BACK)),
    *cases(long_ones(TAKEN_BACK), every=SPARSE * EVERY, proof=SPARSE),
]


def named(value):
    """The label of a case, or the point at which the first of its workers dies."""
    return value if isinstance(value, str) else value[0]


@pytest.mark.parametrize(("label", "point"), cases(short_ones(ORDERS)))
def test_work_is_finished_whoever_dies(crash, count, label, point):
    order = ORDERS[label]
    count(label)
    case = order.place(crash, kill=point)
    assert case.killed
    assert case.resume()["state"] == "done"
    assert order.complaints(case) == []
    if order.spends:
        crash.discard(case.spent)


@pytest.mark.parametrize(("label", "chain"), chains(long_ones(ORDERS)), ids=named)
def test_long_work_is_finished_though_worker_after_worker_dies(crash, count, label, chain):
    order, (first, *more) = ORDERS[label], chain
    case = order.place(crash, kill=first)
    assert case.killed
    for point in more:
        case.resume(kill=point)
    for _death in chain:
        count(label)
    end = case.resume()
    # After its last point, and while it waits for another try, it is nobody's.
    noticed = [
        one for one in chain if one != points(label)[-1] and not one.endswith(".failed.committed")
    ]
    assert (end["state"], end["deaths"]) == ("done", len(noticed))
    assert order.complaints(case) == []
    if order.spends:
        crash.discard(case.spent)


@pytest.mark.parametrize(("label", "point"), CANCELLED)
def test_work_is_undone_when_it_is_cancelled_after_a_death(crash, count, label, point):
    order = ORDERS[label]
    count(f"{label}, cancelled")
    case = order.place(crash, kill=point, template=order.cheapest(point, points(label)))
    assert case.killed
    late = order.past_return(point, points(label))
    assert case.cancel() is not late
    assert case.resume()["state"] == ("done" if late else "cancelled")
    assert (order.complaints(case) if late else case.complaints(*order.undone)) == []
    if late and order.spends:
        crash.discard(case.spent)


@pytest.mark.parametrize(("label", "point"), cases(short_ones(UNDONE)))
def test_nothing_is_left_whoever_dies_on_the_way_back(crash, count, label, point):
    way_back(crash, count, label, [point])


@pytest.mark.parametrize(("label", "chain"), chains(long_ones(UNDONE), DEATHS - 1), ids=named)
def test_nothing_is_left_though_worker_after_worker_dies_on_the_way_back(
    crash, count, label, chain
):
    way_back(crash, count, label, chain)


def way_back(crash, count, label, chain):
    """Have an order cancelled when everything was done, and workers die while it is undone."""
    order = UNDONE[label]
    case = order.place(
        crash,
        kill=order.deepest,
        template=order.cheapest(order.deepest, points(label.removesuffix(BACK))),
    )
    assert case.killed
    assert case.cancel()
    for point in chain:
        count(label)
        case.resume(kill=point)
    assert case.resume()["state"] == "cancelled"
    assert case.complaints(*order.undone) == []
