"""How often the front proxy may ask."""

from saas_business_management.kernel.hosts.budget import Budget


def test_a_burst_is_answered_and_then_so_many_a_second():
    budget = Budget(3, 2)
    assert [budget.take(10) for _ in range(4)] == [True, True, True, False]
    assert [budget.take(11) for _ in range(3)] == [True, True, False]


def test_a_long_rest_gives_no_more_than_a_burst():
    budget = Budget(2, 10)
    assert [budget.take(9999) for _ in range(3)] == [True, True, False]


def test_a_clock_that_goes_back_gives_nothing():
    budget = Budget(1, 1)
    assert budget.take(100)
    assert not budget.take(50)
    assert not budget.take(100.5)
    assert budget.take(101)
