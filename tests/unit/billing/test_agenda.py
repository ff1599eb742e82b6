"""What a ladder asks for on one day: in time, late, after a jump of the clock."""

from datetime import date, timedelta

from saas_business_management.kernel.billing.agenda import agenda
from saas_business_management.kernel.billing.charging import DECLINED, HARD_DECLINE
from saas_business_management.kernel.billing.decline import answer_unclear, decline_kind
from saas_business_management.kernel.billing.dunning import (
    DunningProfile,
    DunningStep,
    Pause,
    plan,
)

FIRST = date(2026, 3, 1)
LADDER = plan(DunningProfile(), FIRST)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def words(steps) -> list[str]:
    return [step.name or step.kind for step in steps]


def play(ladder, days) -> list[tuple[int, str]]:
    """Look on these days and take what is asked for; return day and step."""
    taken, moved_on, told = [], None, []
    for number in days:
        found = agenda(ladder, day(number), taken, moved_on)
        taken += [*found.take, *found.skip]
        if any(step.kind == "state" for step in found.take):
            moved_on = day(number)
        told += [(number, word) for word in words(found.take)]
    return told


def test_looked_at_every_day_each_step_is_taken_on_its_day() -> None:
    assert play(LADDER, range(40)) == [
        *((0, "past_due"), (1, "retry"), (3, "retry"), (6, "retry"), (7, "restricted")),
        *((13, "retry"), (14, "suspended"), (29, "retry"), (30, "cancelled")),
    ]


def test_looking_often_on_one_day_takes_nothing_twice() -> None:
    assert play(LADDER, [0, 0, 1, 1, 1, 7, 7]) == [
        *((0, "past_due"), (1, "retry"), (7, "retry"), (7, "restricted")),
    ]


def test_after_a_jump_of_the_clock_states_follow_a_day_apart_and_money_is_asked_for_once() -> None:
    assert play(LADDER, [0, 400, 400, 401, 402, 403]) == [
        *((0, "past_due"), (400, "retry"), (400, "restricted"), (401, "suspended")),
        (402, "cancelled"),
    ]


def test_the_next_step_and_the_day_of_the_next_look_are_told() -> None:
    found = agenda(LADDER, day(1), [DunningStep(day(0), "state", "past_due")], day(0))
    assert (found.ahead, found.look_on) == (DunningStep(day(3), "retry"), day(3))
    late = agenda(LADDER, day(9), [DunningStep(day(0), "state", "past_due")], day(9))
    assert late.ahead == DunningStep(day(7), "state", "restricted")
    assert late.look_on == day(10)


def test_a_state_whose_date_moved_is_not_taken_again() -> None:
    moved = plan(DunningProfile(), FIRST, [Pause(day(8), day(12))])
    shifted = plan(DunningProfile(states=(("past_due", 2),)), FIRST)
    taken = [DunningStep(day(0), "state", "past_due")]
    assert "past_due" not in words(agenda(shifted, day(5), taken).take)
    assert agenda(moved, day(30), taken).ahead


def test_at_the_end_there_is_nothing_ahead() -> None:
    found = agenda(LADDER, day(99), LADDER.steps)
    assert (found.take, found.ahead, found.look_on) == ((), None, None)


def test_what_an_open_pause_holds_is_not_asked_for() -> None:
    held = plan(DunningProfile(), FIRST, [Pause(day(2))])
    assert play(held, range(40)) == [(0, "past_due"), (1, "retry")]


def test_a_decline_is_for_good_when_the_provider_says_so() -> None:
    assert decline_kind("Your card was declined. (stolen_card)") == HARD_DECLINE
    assert decline_kind("Your card has expired. (expired_card)") == HARD_DECLINE
    assert decline_kind("Your card has insufficient funds. (insufficient_funds)") == DECLINED
    assert decline_kind("") == DECLINED


def test_no_answer_and_a_fault_of_the_server_leave_open_what_became_of_a_charge() -> None:
    assert [answer_unclear(one) for one in (None, 500, 504, 409, 429)] == [True] * 5
    assert [answer_unclear(one) for one in (400, 402, 404)] == [False] * 3
