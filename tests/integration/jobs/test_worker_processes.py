"""Worker processes on a real control database: each job exactly once, whoever dies or sleeps."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.postgres import TestServer, new_name
from tests.integration.jobs.control import Control, wait_until
from tests.integration.jobs.worker_child import COPY, GOLDEN

PROOF = os.environ.get("SAAS_PROOF") == "1"
MANY = 10_000 if PROOF else 2_000
STALE = 1.5
RECOVERY_STALE = 30.0 if PROOF else STALE
# A slow machine may need most of it to start the other worker.
RECOVERY_SECONDS = 40 if PROOF else 20


@pytest.fixture
def control(newest_pg: TestServer) -> Iterator[Control]:
    name = new_name().replace("t_", "control_")
    newest_pg.rows(f"CREATE DATABASE {name}")
    yield Control(newest_pg.superuser.within(name), newest_pg.rows)
    newest_pg.rows(f"DROP DATABASE {name} WITH (FORCE)")


def last_line(child: subprocess.Popen) -> str:
    told = child.communicate(timeout=900)[0]
    assert child.returncode == 0
    return told.strip().splitlines()[-1]


def each_once(control: Control, number: int) -> None:
    assert control.states() == {"done": number}
    doubled = "SELECT job_id, step FROM written GROUP BY job_id, step HAVING count(*) <> 1"
    assert control.rows(doubled) == []
    assert control.rows("SELECT count(*)::int FROM written") == [(2 * number,)]
    assert control.rows("SELECT count(*)::int FROM saas_job_lease") == [(0,)]


def stopped(child: subprocess.Popen) -> None:
    """Wait until the child has stopped at its failpoint."""
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


def end(child: subprocess.Popen) -> None:
    child.send_signal(signal.SIGKILL)
    child.communicate()


def done_by_another(control: Control, **options: str) -> None:
    """Have another worker find the one job left, do it and give it back."""
    other = control.worker("other", STALE, WORKER_SECONDS="120", **options)
    wait_until(lambda: control.at_rest(1), 120)
    end(other)


def test_two_workers_run_each_job_exactly_once(control: Control, capsys) -> None:
    control.add(MANY, keys=50)
    children = [control.worker(name, 30, WORKER_WAITS="1") for name in ("one", "two")]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    begun = time.monotonic()
    for child in children:
        child.stdin.close()
        child.stdin = None
    counts = [int(last_line(child)) for child in children]
    took = time.monotonic() - begun
    assert sum(counts) == MANY and min(counts) > 0
    each_once(control, MANY)
    assert control.rows("SELECT count(DISTINCT fence)::int FROM saas_job") == [(MANY,)]
    assert control.rows("SELECT coalesce(sum(deaths), 0)::int FROM saas_job") == [(0,)]
    with capsys.disabled():
        print(f"\n2 workers: {MANY} jobs once each in {took:.1f} s, {MANY / took:.0f} jobs/s")


def test_what_a_killed_worker_left_is_done_by_the_other_one(control: Control) -> None:
    control.add(200)
    point = {"SAAS_FAILPOINT": "exam.write.after:kill:20"}
    victim = control.worker("victim", STALE, **point)
    assert victim.wait(60) == -signal.SIGKILL
    other = control.worker("other", STALE, WORKER_SECONDS="120")
    wait_until(lambda: control.at_rest(200), 120)
    end(other)
    each_once(control, 200)
    assert control.rows("SELECT deaths, worker FROM saas_job WHERE deaths > 0") == [(1, "other")]


def test_a_killed_workers_job_goes_on_in_time(control: Control, capsys) -> None:
    control.add()
    stale = RECOVERY_STALE
    victim = control.worker("victim", stale, SAAS_FAILPOINT="exam.write.after:kill")
    assert victim.wait(60) == -signal.SIGKILL
    killed = time.monotonic()
    other = control.worker("other", stale, WORKER_SECONDS="120")
    wait_until(lambda: control.states() == {"done": 1}, 120)
    took = time.monotonic() - killed
    end(other)
    assert control.written() == [(1, "look", "victim"), (1, "write", "other")]
    assert took < RECOVERY_SECONDS
    with capsys.disabled():
        print(f"\nkilled worker: its job done by another after {took:.1f} s ({stale:.0f} s stale)")


@pytest.mark.parametrize("deaf", [{}, {"WORKER_DEAF": "1"}], ids=["heartbeat", "no heartbeat"])
@pytest.mark.parametrize("point", ["exam.look.committed", "exam.write.before", "exam.write.after"])
def test_a_stopped_worker_that_comes_back_writes_nothing(
    control: Control, point: str, deaf: dict[str, str]
) -> None:
    control.add()
    zombie = control.worker("zombie", STALE, SAAS_FAILPOINT=f"{point}:stop", **deaf)
    stopped(zombie)
    done_by_another(control)
    before = control.rows("SELECT * FROM saas_job"), control.written()
    zombie.send_signal(signal.SIGCONT)
    assert last_line(zombie) == "1"
    assert (control.rows("SELECT * FROM saas_job"), control.written()) == before
    assert control.written() == [(1, "look", "zombie"), (1, "write", "other")]


def test_it_touches_nothing_outside_either(control: Control, tmp_path: Path) -> None:
    (tmp_path / GOLDEN).mkdir()
    control.add()
    point = "exam.write.filestore.drop.before:stop"
    root = {"WORKER_ROOT": str(tmp_path)}
    zombie = control.worker("zombie", STALE, SAAS_FAILPOINT=point, **root)
    stopped(zombie)
    done_by_another(control, **root)
    (tmp_path / COPY).mkdir()
    zombie.send_signal(signal.SIGCONT)
    assert last_line(zombie) == "1"
    assert (tmp_path / COPY).is_dir()
    assert control.written() == [(1, "look", "zombie"), (1, "write", "other")]
