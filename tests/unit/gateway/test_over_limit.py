"""What a caller over a limit is told, and how long he waits."""

import pytest

from saas_business_management.kernel.gateway.limits import MOST_CALLS, Rule
from saas_business_management.kernel.gateway.over_limit import amount_in_words, over_limit, rate_of

NOW = 1_800_000_000  # 15 January 2027


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        *((None, 3600), (NOW + 0.1, 1), (NOW + 1, 1), (NOW + 59.2, 60)),
        *((NOW + 3600, 3600), (NOW + 10**6, 3600)),
    ],
)
def test_a_block_waits_for_its_end_and_an_hour_at_the_most(until, seconds):
    assert over_limit(Rule("api", "block", until=until), NOW).retry_seconds == seconds


def test_which_limit_since_when_and_what_to_do_is_said():
    told = over_limit(Rule("api", "block", 0, NOW + 86400, NOW - 86400, 100_000), NOW)
    assert (told.code, told.status) == ("over_limit_api", 429)
    assert "used up since 14 January 2027 (100,000 calls)." in told.message
    assert "starts anew on 16 January 2027, or at once" in told.next_step
    traffic = over_limit(Rule("traffic", "block", limit=12_500_000_000), NOW)
    assert "used up (12.5 GB). Your data is safe." in traffic.message


@pytest.mark.parametrize("meter", ["api", "traffic"])
@pytest.mark.parametrize("policy", ["block", "throttle"])
def test_nothing_is_left_to_fill_in(meter, policy):
    for rule in (Rule(meter, policy, 60), Rule(meter, policy, 60, NOW + 5, 0, 0)):
        told = over_limit(rule, NOW, 2.1)
        said = f"{told.message} {told.next_step}"
        assert "{" not in said.replace("{name}", "")
        assert "  " not in said


def test_a_throttled_caller_reads_the_very_seconds():
    told = over_limit(Rule("api", "throttle", 30), NOW, 1.01)
    assert told.retry_seconds == 2
    assert "30 a minute" in told.message
    assert "Try again in 2 seconds." in told.next_step
    assert "Try again in 1 second." in over_limit(Rule("api", "throttle", 30), NOW, 0.2).next_step


@pytest.mark.parametrize(
    ("rate", "burst", "seconds"),
    [(1, 1, 60), (9, 1, 60 / 9), (10, 1, 6), (600, 60, 0.1), (MOST_CALLS, 10**8, 6e-8)],
)
def test_a_tenth_of_a_minutes_calls_may_come_at_once(rate, burst, seconds):
    found = rate_of(Rule("api", "throttle", rate))
    assert (found.burst, found.seconds) == (burst, pytest.approx(seconds))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        *((0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (10**9, "1 GB")),
        *((1_999_999_999, "1.9 GB"), (5 * 10**12, "5 TB"), (10**18, "1,000,000 TB")),
    ],
)
def test_amounts(size, words):
    assert amount_in_words(size) == words
