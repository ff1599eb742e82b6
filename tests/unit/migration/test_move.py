"""Two copies of a tenant while it moves: never two that take writes, and one in the end."""

from itertools import product

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.migration import move
from saas_business_management.kernel.migration.move import Copies, at_start, do, play, way_on

ALL = (*move.MOVE, *move.GIVE_UP, *move.UNDO)


def code_of(act, *values):
    with pytest.raises(Refused) as told:
        act(*values)
    return told.value.code


@pytest.mark.parametrize("serves", [True, False])
def test_a_move_ends_with_the_destination_that_counts(serves):
    end = play(at_start(serves), move.MOVE)
    assert (end.counts, end.at_rest) == (move.DESTINATION, True)
    assert end.writable == (frozenset({move.DESTINATION}) if serves else frozenset())


@pytest.mark.parametrize("serves", [True, False])
def test_cut_off_anywhere_it_ends_with_one_copy_that_counts_and_is_open(serves):
    for place in range(len(move.MOVE) + 1):
        stopped = play(at_start(serves), move.MOVE[:place])
        # A worker that died may have done the next deed without having said so: it is done twice.
        for done in range(2):
            again = play(stopped, move.MOVE[place : place + done])
            end = play(again, way_on(again))
            assert end.at_rest, (place, done)
            expected = move.DESTINATION if again.counts == move.DESTINATION else move.SOURCE
            assert end.counts == expected


@pytest.mark.parametrize("serves", [True, False])
def test_every_prefix_done_again_from_the_start_comes_to_the_same_end(serves):
    whole = play(at_start(serves), move.MOVE)
    for place in range(len(move.MOVE)):
        copies = play(at_start(serves), move.MOVE[: place + 1])
        assert play(copies, move.MOVE[place:]) == whole


def test_no_order_of_deeds_ever_leaves_two_copies_that_take_writes():
    """Whatever is done in whatever order: it is refused, or at most one copy takes writes."""
    tried = 0
    for deeds in product(sorted(set(ALL)), repeat=5):
        copies = at_start(True)
        for deed in deeds:
            tried += 1
            try:
                copies = do(copies, deed)
            except Refused:
                continue
            assert len(copies.writable) <= 1
            assert copies.writable <= {copies.counts} or not copies.writable
    assert tried == 5 * len(set(ALL)) ** 5


def test_two_open_copies_cannot_even_be_said():
    assert code_of(lambda: Copies(source_open=True, destination_open=True)) == "move_two_writable"


def test_what_was_copied_while_people_wrote_is_no_copy():
    assert code_of(do, at_start(True), move.COPY) == "move_order"
    closed = do(at_start(True), move.CLOSE_SOURCE)
    copied = do(closed, move.COPY)
    reopened = do(copied, move.OPEN_SOURCE)
    assert code_of(do, do(reopened, move.CLOSE_SOURCE), move.SWITCH) == "move_order"
    assert code_of(do, reopened, move.SWITCH) == "move_order"


def test_the_destination_opens_after_the_switch_and_not_before():
    copied = play(at_start(True), (move.CLOSE_SOURCE, move.COPY))
    assert code_of(do, copied, move.OPEN_DESTINATION) == "move_order"
    assert code_of(do, do(copied, move.SWITCH), move.OPEN_SOURCE) == "move_order"


def test_a_move_is_taken_back_only_while_nothing_was_written():
    moved = play(at_start(True), move.MOVE)
    closed = do(moved, move.CLOSE_DESTINATION)
    assert code_of(do, closed, move.SWITCH_BACK, True) == "move_written"
    assert play(closed, move.KEEP) == moved
    back = play(moved, move.UNDO)
    assert (back.counts, back.writable) == (move.SOURCE, frozenset({move.SOURCE}))


def test_unknown_deeds_are_refused():
    assert code_of(do, at_start(True), "copy_twice") == "move_order"


def test_the_expected_outage_grows_with_the_database():
    assert [move.expected_outage(size) for size in (0, 1, 50, 300)] == [4, 5, 8, 24]
