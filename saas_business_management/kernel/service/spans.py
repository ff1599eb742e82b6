"""States over time as spans that touch and never overlap; equal neighbours are one.

Owns: what becomes of spans when a piece of time is told anew. Does not own: rows
(`models/saas_status_interval.py`), what a state means.

A span is half-open; one without an end goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """One state from `start_at` on, until before `end_at`; None goes on."""

    start_at: datetime
    end_at: datetime | None
    state: str


def told_anew(
    spans: Iterable[Span], since: datetime, until: datetime, state: str | None
) -> list[Span]:
    """Return the spans with `[since, until)` in another state; without a state it is a gap.

    Raises: ValueError when the piece is empty.
    """
    if not since < until:
        raise ValueError("a piece of time ends after it began")
    kept = [part for span in spans for part in _outside(span, since, until)]
    if state:
        kept.append(Span(since, until, state))
    return joined(kept)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, neighbours of one state as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start_at):
        last = found[-1] if found else None
        if last and last.end_at == span.start_at and last.state == span.state:
            found[-1] = Span(last.start_at, span.end_at, span.state)
        else:
            found.append(span)
    return found


def clipped(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """Return what lies inside `[since, until)`, each with an end."""
    found = []
    for span in spans:
        start_at = max(span.start_at, since)
        end_at = min(span.end_at or until, until)
        if start_at < end_at:
            found.append(Span(start_at, end_at, span.state))
    return found


def before(span: Span, at: datetime) -> list[Span]:
    """Return what of a span lies before an instant, as a list of one or none."""
    if span.start_at >= at:
        return []
    end_at = at if span.end_at is None else min(span.end_at, at)
    return [Span(span.start_at, end_at, span.state)]


def next_border(spans: Sequence[Span], at: datetime) -> datetime | None:
    """Return the first instant after `at` at which something begins or ends."""
    borders = [border for span in spans for border in (span.start_at, span.end_at) if border]
    return min((border for border in borders if border > at), default=None)


def _outside(span: Span, since: datetime, until: datetime) -> Iterable[Span]:
    yield from before(span, since)
    if span.end_at is None or span.end_at > until:
        yield Span(max(span.start_at, until), span.end_at, span.state)
