"""Spans: what stands after a piece of the past is told anew."""

import random
from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.service.spans import (
    Span,
    clipped,
    joined,
    next_border,
    told_anew,
)

DAY = datetime(2026, 3, 10, tzinfo=timezone.utc)


def at(minute):
    return None if minute is None else DAY + timedelta(minutes=minute)


def spans(*rows):
    return [Span(at(start), at(end), state) for start, end, state in rows]


@pytest.mark.parametrize(
    ("piece", "wanted"),
    [
        ((10, 20, "bad"), [(0, 10, "ok"), (10, 20, "bad"), (20, None, "ok")]),
        ((0, 20, "bad"), [(0, 20, "bad"), (20, None, "ok")]),
        ((10, 20, "ok"), [(0, None, "ok")]),
        ((10, 20, None), [(0, 10, "ok"), (20, None, "ok")]),
        ((-5, 0, "ok"), [(-5, None, "ok")]),
        ((-9, -5, "bad"), [(-9, -5, "bad"), (0, None, "ok")]),
    ],
)
def test_a_piece_told_anew_stands_and_the_rest_stays(piece, wanted):
    since, until, state = piece
    found = told_anew(spans((0, None, "ok")), at(since), at(until), state)
    assert found == spans(*wanted)


def test_an_empty_piece_is_refused():
    with pytest.raises(ValueError, match="ends after"):
        told_anew([], at(5), at(5), "ok")


def test_many_pieces_leave_what_a_minute_by_minute_list_says():
    chance = random.Random(5)
    for _history in range(200):
        found, minutes = [], [None] * 60
        for _piece in range(12):
            start, end = sorted(chance.sample(range(61), 2))
            state = chance.choice(["ok", "bad", "unknown", None])
            found = told_anew(found, at(start), at(end), state)
            minutes[start:end] = [state] * (end - start)
        told = [None] * 60
        for span in found:
            begin, stop = (
                int((one - DAY).total_seconds() / 60) for one in (span.start_at, span.end_at)
            )
            assert not any(told[begin:stop])
            told[begin:stop] = [span.state] * (stop - begin)
        assert told == minutes
        assert found == joined(found)


def test_what_goes_on_is_cut_where_the_window_ends():
    told = clipped(spans((0, 10, "ok"), (10, None, "bad")), at(5), at(30))
    assert told == spans((5, 10, "ok"), (10, 30, "bad"))
    assert clipped(spans((0, 5, "ok")), at(5), at(30)) == []


def test_the_next_border_is_a_begin_or_an_end():
    known = spans((0, 10, "ok"), (15, None, "bad"))
    assert [next_border(known, at(one)) for one in (-1, 0, 10, 15)] == [at(0), at(10), at(15), None]
