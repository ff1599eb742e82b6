"""Every job, interrupted at every point it passes, comes to the same end as an undisturbed one.

A worker that is killed loses what it had not committed; another one goes on from the journal.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from saas_business_management.jobs.base import Job
from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import ORDERS
from tests.helpers.job_replay import Case, Outcome, killed

PROOF = os.environ.get("SAAS_PROOF") == "1"
SEED = int(os.environ.get("SAAS_SEED", "20260105"))
# Of the pairs of points of an order so many are tried, drawn by the seed; short orders have fewer.
PAIRS = 1500 if PROOF else 20
# On the way back each n-th point is tried, another first one for each point that broke.
STRIDE = 1 if PROOF else 11
# A death is tried at each point on the way there; what else may happen, at each n-th, another first
# one for each order.
FORWARD = 1 if PROOF else 4
# Who takes a charge over asks nobody; its end may be unknown: `test_charge_effects.py`.
ASKED_ONCE = ("charge_invoice",)
LABELS = tuple(label for label in ORDERS if label not in ASKED_ONCE)
WITH_UNDO = (
    *("build_template", "fill_standby", "open_support", "provision_cold", "provision_warm"),
    *("renew_signing_secret", "rotate_cluster_secret", "backup_tenant"),
    "backup_control",
    *("export_backup", "export_zip", "import_backup"),
    *("backup_closed", "restore", "restore_closed", "restore_records", "restore_files"),
    *("undo_restore", "undo_restore_closed", "restore_copy", "restore_sandbox", "prove_restore"),
    *("copy_tenant", "copy_unmasked", "refresh_copy"),
    *("count_newer", "count_newer_closed", "move", "move_closed", "undo_move"),
    *("upgrade", "upgrade_at_once", "upgrade_closed", "rehearse_upgrade", "undo_upgrade"),
)

# Steps in which what is refused or broken is what they find out, and no failure of the operation.
FINDINGS = {
    "prove_restore": ("look", "load", "files", "compare", "adopt", "neutralise", "check"),
    "count_newer": ("count",),
}


def undisturbed(label: str) -> Outcome:
    outcome = Case(label).run()
    assert outcome.state == "done"
    return outcome


def interruptible(outcome: Outcome) -> list[int]:
    """The points at which an error may come from outside.

    After a commit nobody raises one; a connection test, a look at a host name and a reading report
    what they meet as their result.
    """
    never = (".committed", ".failed.before")
    looking = (
        *("test_cluster.test.", "check_host.look.dns.", "check_host.certificate.public_door."),
        *("sample_usage.sizes.cluster.", "sample_usage.sizes.filestore."),
        *("check_health.look.public_door.", "check_health.look.front_door."),
        "watch_upgrade.look.front_door.",
        *("sample_usage.users.cluster.", "sample_usage.business.cluster."),
        "collect_cluster.look.cluster.",
        *("probe_tenants.probe.cluster.", "probe_tenants.audit.cluster."),
        "check_dependencies.look.outside.",
    )
    return [
        place
        for place, name in enumerate(outcome.passed, 1)
        if not name.endswith(never) and not name.startswith(looking)
    ]


def breakable(label: str) -> list[str]:
    """The points at which a job that breaks can still be taken back: all of them or a slice.

    What it ordered for later is an operation of its own.
    """
    passed = undisturbed(label).passed
    kind = ORDERS[label].kind
    finals = (f"{kind}.{step.name}.committed" for step in JOBS[kind].steps if step.final)
    final = next((name for name in finals if name in passed), "")
    before_final = passed[: passed.index(final)] if final in passed else passed
    own = (name for name in before_final if name.startswith(f"{kind}."))
    names = dict.fromkeys(name for name in own if not name.endswith(".committed"))
    steps = {f"{kind}.{step.name}.after" for step in JOBS[kind].steps}
    return [name for name in names if (PROOF or name in steps) and not is_finding(name)]


def is_finding(point: str) -> bool:
    """Whether what breaks there is told as a result: inside the effects of such a step."""
    kind, step, *effect = point.split(".")
    return step in FINDINGS.get(kind, ()) and len(effect) > 1


def broken(label: str, point: str) -> Outcome:
    outcome = Case(label).run(on={point: Broken("planted")})
    assert outcome.state == "failed"
    return outcome


def without_restart(job: Job) -> Job:
    return replace(job, steps=tuple(replace(step, restart_from="") for step in job.steps))


def without_undo(job: Job, name: str) -> Job:
    steps = (replace(step, undo=None) if step.name == name else step for step in job.steps)
    return replace(job, steps=tuple(steps))


def some(label: str, places: Sequence[int]) -> Sequence[int]:
    """All places of an order, or the slice of them that is tried outside the proof."""
    return places[LABELS.index(label) % FORWARD :: FORWARD]


def on_the_way_back(number: int, expected: Outcome) -> range:
    """The places at which a worker dies that takes back what broke at the point of this number."""
    return range(1 + number % STRIDE, len(expected.passed) + 1, STRIDE)


def test_every_kind_of_job_is_in_the_matrix() -> None:
    assert {order.kind for order in ORDERS.values()} == set(JOBS)


@pytest.mark.parametrize("label", LABELS)
def test_a_worker_killed_anywhere_changes_nothing_about_the_end(label: str, count_cases) -> None:
    expected = undisturbed(label)
    for place in range(1, len(expected.passed) + 1):
        found = Case(label).run(at=killed(place))
        assert found.end == expected.end, expected.passed[place - 1]
    count_cases("killed forward", label, len(expected.passed))


@pytest.mark.parametrize("label", LABELS)
def test_two_workers_killed_one_after_the_other_change_nothing(label: str, count_cases) -> None:
    expected = undisturbed(label)
    most = len(expected.passed) + 1
    pairs = [(one, two) for one in range(1, most) for two in range(one + 1, most + 10)]
    pairs = random.Random(SEED).sample(pairs, min(PAIRS, len(pairs)))
    for pair in pairs:
        assert Case(label).run(at=killed(*pair)).end == expected.end, (SEED, pair)
    count_cases("killed twice", label, len(pairs))


@pytest.mark.parametrize("label", LABELS)
def test_an_answer_that_never_comes_or_is_lost_changes_nothing(label: str, count_cases) -> None:
    expected = undisturbed(label)
    places = some(label, interruptible(expected))
    for place in places:
        found = Case(label).run(at={place: Unavailable("planted")})
        assert found.end == expected.end, expected.passed[place - 1]
    count_cases("answer lost forward", label, len(places))


@pytest.mark.parametrize("label", WITH_UNDO)
def test_a_job_that_breaks_anywhere_leaves_nothing(label: str, count_cases) -> None:
    points = breakable(label)
    for point in points:
        assert broken(label, point).leftovers == (), point
    count_cases("broken", label, len(points))


@pytest.mark.parametrize("label", [one for one in LABELS if ORDERS[one].kind in FINDINGS])
def test_what_breaks_where_something_is_found_out_is_the_result(label: str, count_cases) -> None:
    points = dict.fromkeys(name for name in undisturbed(label).passed if is_finding(name))
    for point in points:
        found = Case(label).run(on={point: Broken("planted")})
        assert (found.state, found.leftovers) == ("done", ()), point
        assert any(name.endswith(".log.line") for name in found.passed), point
    assert points
    count_cases("broken and told", label, len(points))


@pytest.mark.parametrize("label", WITH_UNDO)
def test_a_worker_killed_anywhere_on_the_way_back_leaves_nothing(label: str, count_cases) -> None:
    count = 0
    for number, point in enumerate(breakable(label)):
        expected = broken(label, point)
        for place in on_the_way_back(number, expected):
            found = Case(label).run(at=killed(place), on={point: Broken("planted")})
            assert found.end == expected.end, (point, expected.passed[place - 1])
            count += 1
    count_cases("killed on the way back", label, count)


@pytest.mark.parametrize("label", WITH_UNDO)
def test_an_answer_lost_on_the_way_back_leaves_nothing(label: str, count_cases) -> None:
    count = 0
    for number, point in enumerate(breakable(label)):
        expected = broken(label, point)
        tried = set(on_the_way_back(number, expected))
        for place in tried.intersection(interruptible(expected)):
            if ".undo_" in expected.passed[place - 1]:
                on, at = {point: Broken("planted")}, {place: Unavailable("planted")}
                assert Case(label).run(at, on).end == expected.end, (point, place)
                count += 1
    count_cases("answer lost on the way back", label, count)


@pytest.mark.parametrize("label", WITH_UNDO)
def test_a_job_cancelled_anywhere_is_done_or_leaves_nothing(label: str, count_cases) -> None:
    expected = undisturbed(label)
    places = some(label, range(1, len(expected.passed) + 1))
    for place in places:
        case = Case(label)
        found = case.run(at={place: case.cancel})
        if found.state == "done":
            assert found.end == expected.end
        else:
            assert (found.state, found.leftovers) == ("cancelled", ()), expected.passed[place - 1]
    count_cases("cancelled", label, len(places))


@pytest.mark.parametrize("label", LABELS)
def test_a_worker_that_comes_back_after_another_took_over_touches_nothing(
    label: str, count_cases
) -> None:
    expected = undisturbed(label)
    places = some(label, range(1, len(expected.passed) + 1))
    for place in places:
        case = Case(label)
        assert case.run(at={place: case.take_over}).end == expected.end, expected.passed[place - 1]
    count_cases("taken over", label, len(places))


@pytest.mark.parametrize("label", LABELS)
def test_even_without_its_heartbeat_it_writes_nothing_to_records(label: str, count_cases) -> None:
    expected = undisturbed(label)
    places = some(label, range(1, len(expected.passed) + 1))
    for place in places:
        case = Case(label)
        case.desk.heartbeat = False
        found = case.run(at={place: case.take_over})
        assert found.records == expected.records, expected.passed[place - 1]
    count_cases("taken over unnoticed", label, len(places))


def test_without_a_heartbeat_it_would_destroy_what_the_other_one_made() -> None:
    expected = undisturbed("build_template")
    case = Case("build_template")
    case.desk.heartbeat = False
    place = 1 + expected.passed.index("build_template.create.before")
    assert case.run(at={place: case.take_over}).outside != expected.outside


@pytest.mark.parametrize("label", LABELS)
def test_without_resume_every_kill_before_the_last_commit_is_noticed(label: str) -> None:
    expected = undisturbed(label)
    for place in some(label, range(1, len(expected.passed))):
        found = Case(label).run(at=killed(place), resume=False)
        assert found.end != expected.end, expected.passed[place - 1]


def test_a_guest_that_is_not_archived_is_noticed() -> None:
    job = without_undo(JOBS["open_support"], "guest")
    found = Case("open_support", job).run(on={"open_support.enter.before": Broken("planted")})
    assert (found.state, found.leftovers) == ("failed", ("guest support-000000000001",))


def test_a_phase_that_is_repeated_on_half_a_database_is_noticed() -> None:
    expected = undisturbed("build_template")
    job = without_restart(JOBS["build_template"])
    found = [
        Case("build_template", job).run(at=killed(place)).end
        for place in range(1, len(expected.passed) + 1)
    ]
    assert any(end != expected.end for end in found)


@pytest.mark.parametrize("name", ["role", "database", "files", "publish", "claim"])
def test_a_step_that_is_not_taken_back_is_noticed(name: str) -> None:
    job = without_undo(JOBS["provision_tenant"], name)
    found = Case("provision_cold", job).run(on={"provision_tenant.check.after": Broken("planted")})
    assert found.state != "failed" or found.leftovers
