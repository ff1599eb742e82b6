"""A cluster that takes too long three times in a row is left in peace."""

from saas_business_management.kernel.monitoring.breaker import pauses, timeouts_in_a_row


def after(*problems):
    count = 0
    for problem in problems:
        count = timeouts_in_a_row(count, problem)
    return pauses(count)


def test_three_time_outs_in_a_row_pause():
    assert not after("look_too_long", "statement_timeout")
    assert after("look_too_long", "statement_timeout", "lock_timeout")


def test_an_answer_between_begins_anew():
    assert not after("look_too_long", "look_too_long", "", "look_too_long")


def test_who_refuses_at_once_is_asked_again():
    assert not after(*["server_unreachable"] * 9)


def test_one_more_after_the_pause_pauses_again():
    assert after(*["look_too_long"] * 4)
