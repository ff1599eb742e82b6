"""What the numbers of newer rows mean to people."""

import pytest

from saas_business_management.kernel.backup.newer import (
    BY_MACHINES,
    KINDS,
    MOST,
    OTHERS,
    Count,
    Newer,
    sum_up,
)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({}, Newer((), ())),
        ({"res_partner": 0, "x_visit": 0}, Newer((), ())),
        (
            {"mail_message": 40, "res_partner": 12, "account_move": 3},
            Newer((Count("contacts", 12), Count("invoices", 3), Count("messages", 40)), ()),
        ),
        ({"x_visit": 4, "sale_order_line": 5}, Newer((Count("others", 9),), ())),
        ({"bus_bus": 900, "ir_cron": 4}, Newer((), ())),
    ],
)
def test_people_hear_what_they_know_in_one_order(found, told):
    assert sum_up(found) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (MOST - 1, Count("messages", MOST - 1)),
        (MOST, Count("messages", MOST)),
        (MOST + 1, Count("messages", MOST, more=True)),
    ],
)
def test_a_number_where_counting_stopped_is_told_as_more_than_that(number, told):
    assert sum_up({"mail_message": number}).counts == (told,)


def test_several_tables_of_one_kind_are_more_than_their_sum_when_one_is_more():
    assert sum_up({"x_a": 11, "x_b": 3}, most=10).counts == (Count("others", 13, more=True),)


def test_what_could_not_be_told_is_unknown_and_never_nothing():
    found = sum_up({"mail_message": None, "x_a": None, "x_b": 2, "res_partner": 0})
    assert found == Newer((Count("others", 2),), ("messages", "others"))
    assert sum_up({"bus_bus": None}) == Newer((), ())


def test_no_table_that_people_know_is_left_out_as_a_machine_s():
    assert not BY_MACHINES & {*KINDS}
    assert OTHERS not in KINDS.values()
    assert len({*KINDS.values()}) == len(KINDS)
