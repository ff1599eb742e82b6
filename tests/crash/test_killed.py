"""A worker killed at every point: the next one finishes the work, or takes all of it back."""

import pytest

from .matrix import BACK, ORDERS, TAKEN_BACK, UNDONE, cases, points


@pytest.mark.parametrize(("label", "point"), cases(ORDERS))
def test_work_is_finished_whoever_dies(crash, count, label, point):
    order = ORDERS[label]
    count(label)
    case = order.place(crash, kill=point)
    assert case.killed
    assert case.resume()["state"] == "done"
    assert order.complaints(case) == []
    if order.spends:
        crash.discard(case.spent)


@pytest.mark.parametrize(("label", "point"), cases(TAKEN_BACK))
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


@pytest.mark.parametrize(("label", "point"), cases(UNDONE))
def test_nothing_is_left_whoever_dies_on_the_way_back(crash, count, label, point):
    order = UNDONE[label]
    count(label)
    case = order.place(
        crash,
        kill=order.deepest,
        template=order.cheapest(order.deepest, points(label.removesuffix(BACK))),
    )
    assert case.killed
    assert case.cancel()
    case.resume(kill=point)
    assert case.resume()["state"] == "cancelled"
    assert case.complaints(*order.undone) == []
