"""The child of a phase, played by a small program: what it gets, how it ends, how it dies."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from saas_business_management.adapters.odoo_process import FOLDER_PREFIX, OdooProcess
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.secret import Secret

PASSWORD = "planted-secret-of-the-provisioner"
HEAD = """
import json, os, resource, signal, subprocess, sys, time
def say(**answer): print(json.dumps(answer), flush=True)
conf = os.environ["ODOO_RC"]
"""


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Return a port whose Odoo is this program."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    def make(program: str, **options) -> OdooProcess:
        script = tmp_path / "odoo.py"
        script.write_text(HEAD + textwrap.dedent(program))
        return OdooProcess(
            [sys.executable, str(script)],
            ["/addons"],
            "/data",
            "db.example",
            5433,
            password=Secret(PASSWORD),
            **options,
        )

    return make


def run(odoo: OdooProcess, spec: dict | None = None, lines: list | None = None) -> dict:
    heard = [] if lines is None else lines
    return odoo.run_phase("modules", "g_x", spec or {}, heard.append)


def gone(pid: int, seconds: float = 30) -> bool:
    """Whether the process ends within that time; a zombie of somebody else's counts as ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def leftovers() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"))


def test_it_gets_a_private_configuration_the_order_and_the_words_of_a_phase(play):
    odoo = play(
        """
        report = {"argv": sys.argv[1:], "spec": json.load(sys.stdin), "conf": open(conf).read(),
                  "mode": os.stat(conf).st_mode & 0o777,
                  "dir": os.stat(os.path.dirname(conf)).st_mode & 0o777}
        say(report=report)
        """
    )
    order = {"company": {"logo": "x" * 300_000}}
    report = run(odoo, order)
    assert report["argv"] == ["saas", "golden", "modules", "--database", "g_x"]
    assert report["spec"] == order
    assert (report["mode"], report["dir"]) == (0o600, 0o700)
    options = dict(line.split(" = ", 1) for line in report["conf"].splitlines()[1:])
    assert options["db_host"] == "db.example"
    assert options["db_port"] == "5433"
    assert (options["db_user"], options["db_password"]) == ("saas_prov", PASSWORD)
    assert options["data_dir"] == "/data"
    assert (options["list_db"], options["http_enable"], options["without_demo"]) == (
        "False", "False", "True",
    )  # fmt: skip
    assert options["addons_path"].split(",")[0] == "/addons"


def test_the_password_is_gone_from_disk_once_it_was_read_and_in_every_case_at_the_end(play):
    before = leftovers()
    odoo = play(
        """
        assert os.path.exists(conf)
        say(ready=True)
        end = time.monotonic() + 10
        while os.path.exists(conf) and time.monotonic() < end: time.sleep(0.02)
        say(report={"there": os.path.exists(conf)})
        """
    )
    assert run(odoo) == {"there": False}
    with pytest.raises(Broken):
        run(play("sys.exit(3)"))
    assert leftovers() == before


def test_configurations_of_killed_owners_are_swept_later(play):
    old = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    (old / "odoo.conf").write_text("db_password = x")
    os.utime(old, (1, 1))
    run(play("say(report={})"))
    assert not old.exists()


def test_nothing_of_our_environment_that_would_beat_the_configuration_reaches_it(play, monkeypatch):
    for name in (
        "PGPASSWORD",
        "PGHOST",
        "ODOO_HTTP_PORT",
        "SAAS_FAILPOINT",
        "AWS_SECRET_ACCESS_KEY",
    ):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    report = run(play("say(report=dict(os.environ))"))
    foreign = [
        name
        for name in report
        if name.startswith(("PG", "ODOO_", "SAAS_", "AWS_")) and name != "ODOO_RC"
    ]
    assert foreign == []
    assert report["SOMETHING_ELSE"] == "kept"


def test_lines_come_as_they_are_written_and_never_show_the_password(play):
    odoo = play(
        f"""
        print("on stdout {PASSWORD}", flush=True)
        sys.stderr.write("2026-01-01 10:00:00,1 7 INFO g_x odoo.sql_db: password={PASSWORD} ok\\n")
        sys.stderr.write("x" * 9000 + "\\nno newline at the end")
        sys.stderr.flush()
        say(report={{}})
        """
    )
    lines = []
    run(odoo, lines=lines)
    assert not any(PASSWORD in line for line in lines)
    assert "on stdout ********" in lines
    assert "odoo.sql_db: password=******** ok" in lines
    assert lines[-1] == "no newline at the end"
    assert max(map(len, lines)) <= 2000


def test_the_error_a_phase_answers_is_what_is_told_without_paths_and_password(play):
    odoo = play(
        f"""
        sys.stderr.write("2026-01-01 10:00:00,1 7 ERROR g_x odoo.registry: Failed to load\\n")
        place = "/opt/odoo/addons/x_pos/data/a.xml:3"
        line = f"no such field {PASSWORD} ({{place}})"
        say(error={{"line": line, "module": "x_pos"}})
        sys.exit(1)
        """
    )
    with pytest.raises(Broken) as caught:
        run(odoo)
    assert caught.value.code == "odoo_phase_failed"
    line = "no such field ******** (x_pos/data/a.xml:3)"
    assert caught.value.facts == {"phase": "modules", "line": line, "module": "x_pos"}


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("sys.stderr.write('2026-01-01 10:00:00,1 7 CRITICAL g_x odoo: disk is full\\n'"
         "'2026-01-01 10:00:00,1 7 INFO g_x odoo: bye\\n'); sys.exit(1)", "disk is full"),
        ("raise ValueError('first line')", "ValueError: first line"),
        ("sys.stderr.write('odoo: no such thing\\n'); sys.exit(2)", "odoo: no such thing"),
        ("pass", "Odoo ended without a report"),
        ("say(report={'a': 1}); sys.exit(4)", "Odoo ended with status 4"),
        ("sys.stdout.write('{torn'); sys.exit(0)", "Odoo ended without a report"),
        ("print('[' * 100_000); sys.exit(0)", "Odoo ended without a report"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Odoo was ended by SIGKILL"),
    ],
)  # fmt: skip
def test_an_end_without_an_answer_is_broken_and_tells_the_last_error(play, program, line):
    with pytest.raises(Broken) as caught:
        run(play(program))
    assert (caught.value.code, caught.value.facts["line"]) == ("odoo_phase_failed", line)


@pytest.mark.parametrize(
    "program",
    [
        "say(error={'line': 'server gone', 'module': 'crm', 'again': True}); sys.exit(1)",
        "os.kill(os.getpid(), signal.SIGTERM)",
    ],
)
def test_what_may_go_well_later_is_unavailable(play, program):
    with pytest.raises(Unavailable) as caught:
        run(play(program))
    assert caught.value.code == "odoo_phase_interrupted"


def test_a_program_that_is_not_there_is_broken(play):
    odoo = OdooProcess(["/nowhere/odoo"], ["/a"], "/d", "h", 1, password=Secret("x"))
    with pytest.raises(Broken) as caught:
        run(odoo)
    assert caught.value.facts["line"] == "odoo: No such file or directory"


def test_a_phase_that_takes_too_long_is_ended_with_everything_it_started(play, tmp_path):
    odoo = play(
        f"""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
        time.sleep(600)
        """,
        timeout_seconds=4,
    )
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        run(odoo)
    assert caught.value.code == "odoo_phase_timeout"
    assert caught.value.facts == {"phase": "modules", "seconds": 4}
    assert time.monotonic() - began < 60, "it was not waited for until it ended"
    for pid in (tmp_path / "pids").read_text().split():
        assert gone(int(pid)), "a process of the phase outlived it"


def test_a_phase_that_closed_its_mouth_but_goes_on_is_ended_too(play):
    odoo = play("os.close(1); os.close(2); time.sleep(600)", timeout_seconds=1)
    with pytest.raises(Unavailable) as caught:
        run(odoo)
    assert caught.value.code == "odoo_phase_timeout"


def test_a_report_counts_although_a_daemon_of_the_phase_holds_its_pipes(play, tmp_path):
    odoo = play(
        f"""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
        say(report={{"fine": True}})
        """
    )
    assert run(odoo) == {"fine": True}
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_listener_that_raises_ends_the_child(play, tmp_path):
    odoo = play(
        f"""
        open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
        sys.stderr.write("a line\\n"); sys.stderr.flush(); time.sleep(600)
        """
    )

    def stop(line):
        raise KeyError(line)

    with pytest.raises(KeyError):
        odoo.run_phase("base", "g_x", {}, stop)
    assert gone(int((tmp_path / "pid").read_text()))


WORKER = """
import resource, signal, sys
sys.path.insert(0, {root!r})
from tests import bare; bare.install()
from saas_business_management.adapters.odoo_process import OdooProcess
from saas_business_management.kernel.secret import Secret
{setup}
odoo = OdooProcess([sys.executable, {script!r}], ["/a"], "/d", "h", 1, password=Secret("x"))
print(odoo.run_phase("base", "g_x", {{}}, lambda line: None), flush=True)
"""


def worker(play, program: str, setup: str = "") -> subprocess.Popen:
    """Start another process that runs a phase as a worker would."""
    script = play(program)._command[1]
    root = str(Path(__file__).resolve().parents[3])
    text = WORKER.format(root=root, setup=setup, script=script)
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)


def test_the_child_dies_when_its_parent_is_killed(play, tmp_path):
    pid_file = tmp_path / "pid"
    program = f"""
        open({str(pid_file) + ".part"!r}, "w").write(str(os.getpid()))
        os.rename({str(pid_file) + ".part"!r}, {str(pid_file)!r})
        time.sleep(600)
    """
    parent = worker(play, program)
    end = time.monotonic() + 60
    while not pid_file.exists() and time.monotonic() < end:
        time.sleep(0.05)
    child = int(pid_file.read_text())
    assert not gone(child, 0.3)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert gone(child), "the child outlived its parent"


def test_limits_and_blocked_signals_of_a_worker_are_not_the_childs(play):
    setup = """
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
resource.setrlimit(resource.RLIMIT_CPU, (60, resource.getrlimit(resource.RLIMIT_CPU)[1]))
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1})
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
"""
    program = """
        say(report={"as": resource.getrlimit(resource.RLIMIT_AS),
                    "cpu": resource.getrlimit(resource.RLIMIT_CPU),
                    "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
                    "leads": os.getpgid(0) == os.getpid(),
                    "quit": signal.getsignal(signal.SIGQUIT) == signal.SIG_DFL})
    """
    said, _ = worker(play, program, setup).communicate(timeout=90)
    report = json.loads(said.replace("'", '"').replace("True", "true").replace("False", "false"))
    assert report["as"][0] == report["as"][1] != 4 << 30
    assert report["cpu"][0] == report["cpu"][1] != 60
    assert report["blocked"] == 0
    assert report["leads"] is True
    assert report["quit"] is True


def test_odoo_is_asked_for_its_folders_when_the_path_names_only_ours(play, tmp_path):
    for name in ("base", "web", "crm"):
        folder = tmp_path / "real" / "addons" / name
        folder.mkdir(parents=True)
        (folder / "__manifest__.py").write_text(repr({"name": name}))
    (tmp_path / "real" / "release.py").write_text("version_info = (19, 0, 0)\n")
    odoo = play(f"say(report={{'addons': [{str(tmp_path / 'real' / 'addons')!r}]}})")
    assert [one.name for one in odoo.modules()] == ["base", "crm", "web"]
