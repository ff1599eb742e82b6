"""One worker dies, and so does the one that took over: the third one finishes, the sixth never.

Over long orders worker after worker dies as it is (`test_killed.py`).
"""

import os
import random

import pytest

from tests.helpers.crash import STUB

from .matrix import ORDERS, PROOF, points, short

SEED = int(os.environ.get("SAAS_SEED", "20260107"))
COUNT = 12 if PROOF else 1


def pairs(label: str) -> list[tuple[str, str]]:
    """Points in this order, the second in a later step than the first.

    After its last point nothing is left to die in.
    """
    known, dice = points(label)[:-1], random.Random(f"{SEED} {label}")
    found = []
    while known and len(found) < COUNT:
        first, second = sorted(dice.sample(range(len(known)), 2))
        if known[first].split(".")[1] != known[second].split(".")[1]:
            found.append((known[first], known[second]))
    return found


# Deaths are counted by operation: of an order that makes several they lie in different ones.
ALONE = [label for label, one in short(ORDERS).items() if len(one.job_kinds) == 1]


@pytest.mark.parametrize("label", ALONE[:: 1 if PROOF else 2])
def test_a_second_death_changes_nothing(crash, count, label):
    for first, second in pairs(label):
        count("killed twice")
        order = ORDERS[label]
        case = order.place(crash, kill=first)
        case.resume(kill=second)
        assert case.resume()["deaths"] == 2, (SEED, first, second)
        assert order.complaints(case) == [], (SEED, first, second)
        if order.spends:
            crash.discard(case.spent)


def test_what_killed_five_workers_is_left_to_a_person_who_takes_it_back(crash, count):
    count("killed five times")
    point = "provision_tenant.birth.before"
    case = ORDERS["provision cold"].place(crash, kill=point, template=STUB)
    for _again in range(4):
        case.resume(kill=point)
    end = case.resume()
    assert (end["state"], end["error_code"], end["deaths"]) == ("dead", "worker_died", 5)
    assert crash.judge() == [f"A7 stuck operation provision_tenant {case.job}"]
    assert crash.run("undo", job=case.job).status == 0
    assert case.resume()["state"] == "failed"
    assert case.complaints("tenant_gone", "failed") == []
