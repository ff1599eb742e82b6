"""A charge, interrupted at every point it passes: the provider is asked once at most.

Whoever takes over where the answer was lost knows nothing, and says so.
"""

import random

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_replay import Case, Outcome, killed

SEED = 20260301
PAIRS = 150


def play(at) -> tuple[Case, Outcome]:
    case = Case("charge_invoice")
    return case, case.run(at=at)


def undisturbed() -> tuple[str, ...]:
    return Case("charge_invoice").run().passed


def check(case: Case, outcome: Outcome, at: object) -> None:
    asked, rows = case.world.database.charges, case.world.rows["attempts"]
    assert len(asked) <= 1, at
    assert len(rows) <= 1, at
    if asked:
        assert rows, "what is asked for was written down before"
    for row in rows.values():
        assert row["known"] == (row["state"] == "done"), at
        assert row["booked"] == (row["state"] == "done"), at
    assert outcome.state == "done", at


def test_a_charge_asks_once_and_books_what_came_in() -> None:
    case, outcome = play({})
    assert case.world.database.charges == [1]
    check(case, outcome, "undisturbed")
    assert case.world.rows["attempts"][1]["booked"]


def test_a_worker_killed_anywhere_never_leads_to_a_second_charge(count_cases) -> None:
    places = range(1, len(undisturbed()) + 1)
    for place in places:
        check(*play(killed(place)), undisturbed()[place - 1])
    count_cases("killed forward", "charge_invoice", len(places))


def test_two_workers_killed_one_after_the_other_never_lead_to_a_second_charge(count_cases) -> None:
    most = len(undisturbed()) + 1
    pairs = [(one, two) for one in range(1, most) for two in range(one + 1, most + 10)]
    chosen = random.Random(SEED).sample(pairs, min(PAIRS, len(pairs)))
    for pair in chosen:
        check(*play(killed(*pair)), pair)
    count_cases("killed twice", "charge_invoice", len(chosen))


def test_an_answer_that_is_lost_never_leads_to_a_second_charge(count_cases) -> None:
    passed = undisturbed()
    places = [place for place, name in enumerate(passed, 1) if not name.endswith(".committed")]
    for place in places:
        check(*play({place: Unavailable("planted")}), passed[place - 1])
    count_cases("answer lost forward", "charge_invoice", len(places))


def test_a_worker_that_comes_back_after_another_took_over_asks_nobody(count_cases) -> None:
    passed = undisturbed()
    for place in range(1, len(passed) + 1):
        case = Case("charge_invoice")
        outcome = case.run(at={place: case.take_over})
        check(case, outcome, passed[place - 1])
    count_cases("taken over", "charge_invoice", len(passed))


@pytest.mark.parametrize("point", ["charge_invoice.ask.after", "charge_invoice.settle.after"])
def test_an_error_nobody_foresaw_is_left_for_a_person_and_not_asked_again(point: str) -> None:
    case = Case("charge_invoice")
    outcome = case.run(on={point: Broken("planted")})
    assert (outcome.state, case.world.database.charges) == ("dead", [1])
