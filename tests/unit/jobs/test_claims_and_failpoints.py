"""A worker whose claim is gone, and the named points at which one may be ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from saas_business_management.jobs.base import Context, Step
from saas_business_management.jobs.failpoint import Failpoints
from saas_business_management.jobs.registry import JOBS
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import ORDERS
from tests.helpers.job_replay import Case
from tests.helpers.job_workshop import Workshop
from tests.helpers.jobs import Points

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def by_another(desk, row_id: int):
    """Have another worker claim the job, and no more than that."""
    return lambda: desk.change(row_id, fence=desk.row(row_id)["fence"] + 1000)


@pytest.mark.parametrize("then", [None, Broken("x"), Unavailable("x"), ValueError("x")])
def test_a_worker_whose_fence_is_stale_writes_nothing_and_stops(shop: Workshop, then) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    row_id = desk.enqueue("work")
    shop.fail("b", by_another(desk, row_id))
    if then is not None:
        desk.points = Points(on={"work.b.after": then})
    desk.carry(row_id, desk.claim(row_id))
    row = desk.row(row_id)
    assert shop.did == ["a", "b"]
    assert desk.database.rows["notes"] == ["a"]
    assert (row["state"], row["error_code"]) == ("running", None)
    assert desk.session.rows == desk.database.rows  # nothing waits for the next job's commit
    assert [step["state"] for step in row["steps"].values()] == ["done", "running", "todo"]


def test_on_the_way_back_too(shop: Workshop) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    row_id = desk.enqueue("work")
    shop.fail("c", Broken("login_page_wrong"))
    shop.fail("undo b", by_another(desk, row_id))
    desk.carry(row_id, desk.claim(row_id))
    assert shop.did == ["a", "b", "undo c", "undo b"]
    assert desk.database.rows["notes"] == ["a", "b", "undo c"]


def test_a_worker_that_knows_its_claim_is_gone_touches_nothing_outside(shop: Workshop) -> None:
    answers = iter([True] * 6)

    def drop(ctx: Context) -> None:
        ctx.ports.filestore.names()
        ctx.ports.filestore.free_bytes()

    desk = shop.desk(Step("a", "A", drop))
    row_id = desk.enqueue("work")
    desk.carry(row_id, desk.claim(row_id), alive=lambda: next(answers, False))
    assert desk.points.passed[-1] == "work.a.filestore.free_bytes.after"
    desk.points, answers = Points(), iter([True] * 5)
    desk.ports.filestore.calls.clear()
    desk.carry(row_id, desk.claim(row_id), alive=lambda: next(answers, False))
    assert desk.points.passed[-1] == "work.a.filestore.free_bytes.before"
    assert desk.ports.filestore.calls == ["names"]


def test_points_stand_around_steps_their_commits_and_each_effect_outside(shop: Workshop) -> None:
    def look(ctx: Context) -> None:
        ctx.ports.filestore.names()
        ctx.ports.clock.now()

    desk = shop.desk(Step("a", "A", look))
    desk.work(desk.enqueue("work"))
    assert desk.points.passed == [
        "work.start.before",
        "work.start.committed",
        "work.a.before",
        "work.a.filestore.names.before",
        "work.a.filestore.names.after",
        "work.a.after",
        "work.a.committed",
    ]


def test_points_stand_on_the_way_back_too(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"))
    shop.fail("a", Broken("login_page_wrong"))
    desk.work(desk.enqueue("work"))
    assert desk.points.passed[3:] == [
        "work.a.failed.before",
        "work.a.failed.committed",
        "work.undo_a.before",
        "work.undo_a.after",
        "work.undo_a.committed",
        "work.undo_end.before",
        "work.undo_end.after",
        "work.undo_end.committed",
    ]


@pytest.mark.parametrize("label", [label for label in ORDERS if label != "provision_warm"])
def test_every_step_of_every_job_has_its_three_points(label: str) -> None:
    kind = ORDERS[label].kind
    passed = Case(label).run().passed
    for step in JOBS[kind].steps:
        points = [f"{kind}.{step.name}.{point}" for point in ("before", "after", "committed")]
        found = [name for name in passed if name in points]
        # A step with nothing to do has none; some are called again until what they await is over.
        assert list(dict.fromkeys(found)) == points or (step.when and not found)


def test_unarmed_failpoints_write_nothing(tmp_path: Path) -> None:
    Failpoints().hit("a.b.before")
    Failpoints(armed="a.b.before:kill:2").hit("a.b.before")
    assert list(tmp_path.iterdir()) == []


def test_points_passed_are_listed_in_a_file(tmp_path: Path) -> None:
    points = Failpoints(log_path=str(tmp_path / "passed"))
    for name in ("a.b.before", "a.b.after"):
        points.hit(name)
    assert (tmp_path / "passed").read_text() == "a.b.before\na.b.after\n"


PROGRAM = """
from tests import bare; bare.install()
from saas_business_management.jobs.failpoint import Failpoints
points = Failpoints({armed!r})
for count in range(1, 4):
    print(count, flush=True)
    points.hit("a.b.after")
"""


def begin(armed: str) -> subprocess.Popen:
    command = [sys.executable, "-c", PROGRAM.format(armed=armed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("armed", "printed"), [("a.b.after:kill", "1\n"), ("a.b.after:kill:3", "1\n2\n3\n")]
)
def test_an_armed_point_kills_the_process_the_nth_time(armed: str, printed: str) -> None:
    with begin(armed) as child:
        assert child.stdout.read() == printed
    assert child.returncode == -signal.SIGKILL


def test_an_armed_point_may_stop_the_process_until_it_is_told_to_go_on() -> None:
    with begin("a.b.after:stop:2") as child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        child.send_signal(signal.SIGCONT)
        assert child.stdout.read() == "1\n2\n3\n"
    assert child.returncode == 0
