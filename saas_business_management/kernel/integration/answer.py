"""What a receiver's answer means for a delivery, and for the endpoint it went to.

Owns: which answers count as received, when the next try is, when an endpoint is switched off. Does
not own: waiting times (`delivery.py`), sending, rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Broken, SaasError, Unavailable
from .delivery import DEAD_LETTER, DELIVERED, WAITING, Backoff

GONE = 410
ASKS_TO_WAIT = (429, 503)
# When it was we who could not send: not held against the receiver, and tried again soon.
OURS_SECONDS = 300
SLOW_SECONDS = 2.0
DISABLE_DAYS = 5


@dataclass(frozen=True)
class Answer:
    """What came of one try: a status, or what stood in its way.

    `ours` says that it is no fault of the receiver; `seconds` is how long it took, `wait_seconds`
    what the receiver asks us to wait, `first_bytes` the beginning of what it said.
    """

    status: int = 0
    error: SaasError | None = None
    ours: bool = False
    seconds: float = 0.0
    wait_seconds: int = 0
    first_bytes: bytes = b""

    @property
    def received(self) -> bool:
        """Tell whether the receiver took the event."""
        return self.error is None and 200 <= self.status < 300

    @property
    def fault(self) -> SaasError | None:
        """Return why it was not received, nothing when it was."""
        if self.error is not None or self.received:
            return self.error
        if 300 <= self.status < 400:
            return Broken("receiver_redirects", status=self.status)
        return Broken("receiver_refuses", status=self.status)


def cut_off() -> Answer:
    """Return what is known of a try whose sender was stopped: nothing."""
    return Answer(error=Unavailable("cut_off"), ours=True)


@dataclass(frozen=True)
class Course:
    """How a delivery stands after a try; `next_at` is empty when nobody tries again by itself."""

    state: str
    failures: int
    next_at: datetime | None = None


def course_after(
    answer: Answer, failures: int, now: datetime, backoff: Backoff | None = None
) -> Course:
    """Return how a delivery stands that failed so often before this answer."""
    backoff = backoff or Backoff()
    if answer.received:
        return Course(DELIVERED, failures)
    if answer.ours:
        return Course(WAITING, failures, now + timedelta(seconds=OURS_SECONDS))
    failures += 1
    if backoff.state_after(failures) == DEAD_LETTER:
        return Course(DEAD_LETTER, failures)
    wait = backoff.delay_seconds(failures)
    if answer.status in ASKS_TO_WAIT:
        wait = min(max(wait, answer.wait_seconds), backoff.cap_seconds)
    return Course(WAITING, failures, now + timedelta(seconds=wait))


def disabled_for(
    answer: Answer, failing_since: datetime | None, now: datetime, days: int = DISABLE_DAYS
) -> str:
    """Return why an endpoint is switched off after this answer, empty when it is not.

    `gone`: it says that it exists no more. `failing`: it took nothing for so many days.
    """
    if answer.received or answer.ours:
        return ""
    if answer.status == GONE:
        return "gone"
    long_enough = failing_since is not None and now - failing_since >= timedelta(days=days)
    return "failing" if long_enough else ""


def is_slow(answer: Answer) -> bool:
    """Tell whether an endpoint has to share the places kept for slow ones."""
    return not answer.received or answer.seconds > SLOW_SECONDS
