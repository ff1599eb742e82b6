"""What a program writes is the whole or an error."""

import os
import signal
import sys
import time

import pytest

from saas_business_management.adapters.streams.pump import Order, pump, run
from saas_business_management.kernel.errors import Broken, Refused, SaasError, Unavailable


def python(code: str, seconds: float = 20, **more: object) -> Order:
    return Order([sys.executable, "-c", code], seconds, **more)


def failure(order: Order) -> SaasError:
    with pytest.raises(SaasError) as told:
        run(order)
    return told.value


def test_the_whole_output_comes_whatever_is_complained() -> None:
    code = (
        "import sys\nfor i in range(50):\n"
        " sys.stdout.write('x' * 99999)\n sys.stderr.write('y' * 9999)"
    )
    assert sum(map(len, pump(python(code)))) == 50 * 99999


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_a_killed_program_is_no_success(name: str) -> None:
    code = f"import os, signal\nos.write(1, b'part')\nos.kill(os.getpid(), signal.{name})"
    error = failure(python(code))
    assert (error.code, error.facts["signal"]) == ("program_stopped", name)
    assert isinstance(error, Unavailable)


def test_a_crash_and_a_failure_are_no_success() -> None:
    crash = failure(python("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"))
    assert (crash.code, crash.facts["status"]) == ("program_failed", -signal.SIGSEGV)
    failed = failure(python("import os\nos.write(1, b'part')\nraise SystemExit(3)"))
    assert (failed.code, failed.facts["status"]) == ("program_failed", 3)
    assert isinstance(failed, Broken)


def test_the_part_that_came_is_followed_by_the_error() -> None:
    got = []
    with pytest.raises(Unavailable, match="program_stopped"):
        for chunk in pump(python("import os\nos.write(1, b'part')\nos.kill(os.getpid(), 9)")):
            got.append(chunk)
    assert got == [b"part"]


def test_the_caller_judges_by_the_end_of_what_was_complained() -> None:
    def judge(program: str, status: int, complaint: str) -> SaasError:
        return Refused("program_failed", told=(program, status, complaint[-3:], len(complaint)))

    code = "import sys\nsys.stderr.write('x' * 100000 + 'end')\nsys.exit(2)"
    error = failure(python(code, judge=judge))
    assert error.facts["told"] == (os.path.basename(sys.executable), 2, "end", 8192)


def test_the_end_of_the_complaint_is_told_line_by_line() -> None:
    told = []
    code = (
        "import sys\nfor n in range(90): print('line', n, 'x' * 600 * (n == 89), file=sys.stderr)"
    )
    run(python(code, on_line=told.append))
    assert [line.split()[1] for line in told] == [str(n) for n in range(70, 90)]
    assert len(told[-1]) == 500


def test_a_program_that_is_not_there_is_named() -> None:
    error = failure(Order(["/nowhere/pg_dump"], 10))
    assert (error.code, error.facts) == ("program_missing", {"program": "pg_dump"})


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "import os\nwhile 1: os.write(2, b'x')"]
)
def test_what_takes_too_long_is_ended(code: str) -> None:
    begin = time.monotonic()
    assert failure(python(code, seconds=0.7)).code == "program_timeout"
    assert time.monotonic() - begin < 10


def test_closing_both_pipes_is_no_end_of_the_deadline() -> None:
    code = "import os, time\nos.close(1); os.close(2); time.sleep(60)"
    assert failure(python(code, seconds=0.7)).code == "program_timeout"


def test_leaving_early_ends_the_program(tmp_path) -> None:
    mark = tmp_path / "pid"
    code = (
        f"import os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\n"
        "while True: os.write(1, b'x' * 65536)"
    )
    source = pump(python(code))
    next(source)
    source.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_no_variable_that_steers_postgres_goes_along(monkeypatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "planted")
    order = python("import os; print(sorted(n for n in os.environ if n.startswith('PG')))")
    assert run(order) == b"[]\n"
    told = python("import os; print(os.environ['PGHOST'])", settings={"PGHOST": "here"})
    assert run(told) == b"here\n"


def test_more_than_was_asked_for_is_refused() -> None:
    with pytest.raises(Broken, match="program_failed"):
        run(python("print('x' * 5000)"), most=1000)


def test_a_program_that_ended_is_not_waited_for_though_its_pipes_are_held() -> None:
    code = (
        "import os, subprocess, sys\nos.write(1, b'whole')\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'])"
    )
    begun = time.monotonic()
    assert run(python(code)) == b"whole"
    assert time.monotonic() - begun < 10
