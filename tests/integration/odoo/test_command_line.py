"""`odoo saas …` as it is typed: results, one line about each failure, exit status."""

import json
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from dev import control, databases
from dev.settings import CONTROL_DATABASE, Settings
from dev.shell import clean_environment
from dev.stack import Stack
from tests.helpers.resident_shell import ResidentShell
from tests.helpers.warm_saas import WarmSaas

from .parts import FIXTURES

pytestmark = pytest.mark.slow

DUE_NOW = "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' RETURNING id"
TEMPLATES = """
cluster = env["saas.cluster"].search([("key", "=", "local")])
env["saas.plan"].create({"name": "Standard", "code": "standard"})
module = env["saas.module"].create(
    {"technical_name": "saas_broken_module", "title": "Broken", "cluster_id": cluster.id})
env["saas.template"].create(
    {"name": "Broken", "code": "broken", "cluster_id": cluster.id, "module_ids": module.ids})
env.cr.commit()
"""


class Terminal:
    """A prepared control plane without any process of its own running.

    What is typed runs in a fork of one process that has loaded Odoo; `cold` is the real program.
    """

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(Settings.for_tests(folder)).prepare()
        conf = self.stack.settings.control_conf
        self.cold = str(folder / "bin" / "saas")
        self._warm, self._records = WarmSaas(conf, folder / "bin"), ResidentShell(conf)
        self.command = str(self._warm.command)

    def close(self) -> None:
        """End the processes that stay and remove the control plane."""
        self._warm.close()
        self._records.close()
        self.stack.destroy()
        shutil.rmtree(self.stack.settings.folder, ignore_errors=True)

    def type(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        """Run a command to its end."""
        return self._run(self.command, *words, **environment)

    def type_cold(self, *words: str) -> subprocess.CompletedProcess:
        """The same by the program that people type."""
        return self._run(self.cold, *words)

    def _run(self, command: str, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [command, *words],
            env=clean_environment(**environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def prepare(self, **changed: str) -> subprocess.CompletedProcess:
        """Run `cluster-prepare` again with some flags changed."""
        words = control.cluster_arguments(self.stack)
        given = dict(zip(words[::2], words[1::2], strict=True))
        given |= {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
        return self.type("cluster-prepare", *[word for pair in given.items() for word in pair])

    def shell(self, program: str) -> None:
        """Run a program on the control database's records."""
        self._records.ask(program, 120)

    def rows(self, cluster, database: str, query: str) -> list[tuple]:
        connection = psycopg2.connect(**cluster.dsn(database))
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


@pytest.fixture(scope="module")
def terminal():
    folder = Path(tempfile.mkdtemp(prefix="saas-terminal-"))
    terminal = Terminal(folder)
    yield terminal
    terminal.close()


@pytest.fixture(scope="module")
def broken(terminal):
    """A template with a module that cannot be installed."""
    terminal.shell(TEMPLATES)
    return "broken"


def refusal(done: subprocess.CompletedProcess, status: int = 1) -> str:
    """The one line on standard error of a command that refused."""
    assert done.returncode == status, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_help_lists_the_commands_and_hides_what_is_not_for_people(terminal):
    done = terminal.type_cold("--help")
    assert done.returncode == 0
    assert terminal.type("--help").stdout == done.stdout
    for word in ("keyring-create", "cluster-prepare", "build", "tenants", "provision", "doctor"):
        assert f"    {word}" in done.stdout
    assert "golden" not in done.stdout


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "odoo saas: the following arguments are required: COMMAND. Try 'odoo saas --help'."),
        (["tenats"], "odoo saas: “tenats” is unknown. Did you mean 'tenants'?"),
        (["build"], "odoo saas build: the following arguments are required: CODE."
         " Try 'odoo saas build --help'."),
        (["suspend", "acme", "--reason", "paymnt"], "odoo saas suspend: “paymnt” is unknown."
         " Did you mean 'payment'?"),
        (["jobs", "--ope"], "odoo saas: unrecognized arguments: --ope. Try 'odoo saas --help'."),
        (["cluster-prepare", "--port", "abc"], "odoo saas cluster-prepare: argument --port: “abc”"
         " is not a port: write a number from 1 to 65535. Try 'odoo saas cluster-prepare --help'."),
        (["cluster-prepare", "--superuser-password-file", "/no/such"], "odoo saas cluster-prepare:"
         " argument --superuser-password-file: there is no readable file “/no/such”."
         " Try 'odoo saas cluster-prepare --help'."),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_costs_one_line_with_a_hint_and_status_two(terminal, words, line):
    assert refusal(terminal.type(*words), 2) == line


def test_a_database_that_is_not_there_or_not_ours_is_named(terminal):
    assert "“nowhere” cannot be used" in refusal(terminal.type("-d", "nowhere", "tenants"))
    cluster = terminal.stack.control_cluster
    cluster.sql("CREATE DATABASE plain OWNER saas_control")
    assert "“plain”" in refusal(terminal.type("-d", "plain", "tenants"))


def test_a_server_that_is_away_is_one_line(terminal):
    terminal.stack.control_cluster.stop()
    try:
        for done in (terminal.type("tenants"), terminal.type_cold("tenants")):
            assert "Connection refused" in refusal(done)
    finally:
        terminal.stack.control_cluster.start()


def test_nothing_yet_is_said_in_a_sentence(terminal):
    for done in (terminal.type("tenants"), terminal.type_cold("tenants")):
        assert (done.returncode, done.stdout.partition(".")[0]) == (0, "No tenants yet")


def test_an_unknown_code_is_answered_with_the_nearest_one(terminal, broken):
    line = refusal(terminal.type("build", "brokn"))
    assert line == "odoo saas: There is no tenant template “brokn”. Did you mean “broken”?"
    assert refusal(terminal.type_cold("build", "brokn")) == line
    assert "There are: broken." in refusal(terminal.type("build", "zzz"))


def test_a_key_file_is_private_and_never_written_over(terminal, tmp_path):
    file = tmp_path / "keys.json"
    assert terminal.type("keyring-create", "--file", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_bytes()
    again = terminal.type("keyring-create", "--file", str(file))
    assert "was not touched" in refusal(again)
    assert file.read_bytes() == written
    assert "cannot be written" in refusal(
        terminal.type("keyring-create", "--file", str(tmp_path / "no" / "keys.json"))
    )


def test_the_key_file_of_backups_is_made_once_and_shows_fingerprints_alone(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "backup-keys.json"
    made = terminal.type("backup-key-create", "--file", str(file))
    assert made.returncode == 0 and "saas_backup_key_file" in made.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_text()
    again = terminal.type("backup-key-create", "--file", str(file))
    assert again.returncode == 1 and file.read_text() == content
    shown = terminal.type("backup-key-show", "--file", str(file))
    fingerprint = made.stdout.strip().splitlines()[-1].split(" is ")[1].rstrip(".")
    assert f"k1  {fingerprint}  in use" in shown.stdout
    assert json.loads(content)["keys"]["k1"] not in made.stdout + shown.stdout
    file.chmod(0o644)
    assert terminal.type("backup-key-show", "--file", str(file)).returncode == 1


def test_preparing_a_cluster_again_keeps_every_secret(terminal):
    secret = terminal.stack.settings.node_secret_file
    written = secret.read_bytes()
    verifiers = "SELECT rolname FROM pg_authid WHERE rolname IN ('saas_prov', 'saas_node')"
    assert len(terminal.rows(terminal.stack.tenant_cluster, "postgres", verifiers)) == 2
    assert terminal.prepare().returncode == 0
    assert secret.read_bytes() == written
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    bus = json.loads(written)["bus"]
    login = terminal.stack.tenant_cluster.dsn("saas_bus", bus["user"], bus["password"])
    psycopg2.connect(**login).close()


def test_a_lost_secret_file_is_written_anew_with_the_same_cluster_secret(terminal):
    secret = terminal.stack.settings.node_secret_file
    before = json.loads(secret.read_text())
    secret.unlink()
    assert terminal.prepare().returncode == 0
    after = json.loads(secret.read_text())
    assert after["cluster_secret"] == before["cluster_secret"]
    assert after["bus"]["password"] != before["bus"]["password"]
    assert before.keys() == after.keys()


def test_the_secret_file_of_another_cluster_is_not_written_over(terminal):
    secret = terminal.stack.settings.node_secret_file
    written = secret.read_bytes()
    refusal(terminal.prepare(key="other"))
    assert secret.read_bytes() == written
    control_cluster = terminal.stack.control_cluster
    query = "SELECT key FROM saas_cluster"
    assert terminal.rows(control_cluster, "control", query) == [("local",)]


def test_a_wrong_superuser_password_is_one_line_and_changes_nothing(terminal, tmp_path):
    wrong = tmp_path / "password"
    wrong.write_text("planted-wrong-password\n")
    done = terminal.prepare(superuser_password_file=str(wrong))
    assert "planted-wrong-password" not in refusal(done)


def test_preparing_leaves_no_role_with_more_than_it_needs(terminal):
    rows = terminal.rows(
        terminal.stack.tenant_cluster,
        "postgres",
        "SELECT rolname, rolsuper OR rolreplication OR rolbypassrls FROM pg_roles"
        " WHERE rolname LIKE 'saas_%' AND rolname <> 'saas_dev_builder'",
    )
    assert {"saas_prov", "saas_node", "saas_builder", "saas_tenant"} <= {name for name, _ in rows}
    assert not [name for name, strong in rows if strong]


def test_doctor_fails_when_something_fails_and_says_what_mends_it(terminal):
    keys = terminal.stack.settings.keyring_file
    assert terminal.type("work", "--once").returncode == 0
    # Nobody runs scheduled actions here: however long the tests took, they are due from now on.
    terminal.rows(terminal.stack.control_cluster, CONTROL_DATABASE, DUE_NOW)
    assert terminal.type("doctor").returncode == 0
    keys.chmod(0o644)
    try:
        done = terminal.type("doctor")
        told = terminal.type("doctor", "--json")
    finally:
        keys.chmod(0o600)
    assert (done.returncode, told.returncode) == (1, 1)
    assert done.stdout.startswith("✖ Keys: ")
    failing = [one for one in json.loads(told.stdout) if one["level"] == "failing"]
    assert [one["area"] for one in failing] == ["keys"]
    assert all(one["mend"] for one in failing)


def test_a_build_that_fails_ends_with_the_module_and_leaves_nothing(terminal, broken):
    words = control.cluster_arguments(terminal.stack)
    path = words[words.index("--addons-path") + 1]
    assert terminal.prepare(addons_path=f"{path},{FIXTURES}").returncode == 0
    building = subprocess.Popen(
        [terminal.command, "build", broken, "--wait"],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not terminal.rows(terminal.stack.control_cluster, "control", "SELECT 1 FROM saas_job"):
        assert building.poll() is None, building.communicate()
        time.sleep(0.2)
    assert terminal.type("work", "--once").returncode == 0
    said, told = building.communicate(timeout=180)
    assert building.returncode == 1
    assert told.splitlines()[-1].startswith(
        "odoo saas: Module “saas_broken_module” failed to install: External ID not found"
    )
    assert "Install modules" in said
    names = "SELECT datname FROM pg_database WHERE datname LIKE 'g\\_%'"
    assert terminal.rows(terminal.stack.tenant_cluster, "postgres", names) == []
    assert not list((terminal.stack.settings.node_data / "filestore").glob("g_*"))
    assert "Failed" in terminal.type("jobs").stdout


def test_a_tenant_of_an_unbuilt_template_is_refused_and_not_kept(terminal, broken):
    words = ["--name", "Acme", "--subdomain", "acme", "--template", broken, "--plan", "standard"]
    people = ["--admin-name", "Alice", "--admin-email", "alice@acme.example"]
    line = refusal(terminal.type("provision", *words, *people))
    assert "no published version" in line
    rows = terminal.rows(terminal.stack.control_cluster, "control", "SELECT 1 FROM saas_tenant")
    assert rows == []


def test_databases_of_these_tests_are_private(terminal):
    assert databases.exists(terminal.stack.control_cluster, "control")
    assert not databases.exists(terminal.stack.tenant_cluster, "control")


LIVING = """
cluster = env["saas.cluster"].search([("key", "=", "local")])
template = env["saas.template"].create(
    {"name": "Plain", "code": "plain", "cluster_id": cluster.id})
tenant = env["saas.tenant"].create(
    {"name": "Nova", "subdomain": "nova", "template_id": template.id,
     "admin_name": "Nora", "admin_email": "nora@nova.example"})
database = env["saas.database"]._reserve("tenant", cluster, tenant_id=tenant.id)
tenant._set({"state": "active", "served_as": "active", "database_id": database.id})
env.cr.commit()
"""


def test_a_tenant_s_life_is_changed_from_the_terminal(terminal):
    terminal.shell(LIVING)
    done = terminal.type("suspend", "nova", "--reason", "payment", "--note", "Invoice 42")
    assert done.stdout.splitlines()[0] == "nova: Suspended"
    assert done.stdout.splitlines()[1].startswith("next: Is Archived on ")
    assert "state" in refusal(terminal.type("suspend", "nova", "--note", "again"))
    assert terminal.type("resume", "nova").stdout == "nova: Active\n"
    wrong = terminal.type("delete", "nova", "--note", "x", "--confirm", "nava")
    assert "Nothing was changed" in refusal(wrong)
    done = terminal.type("delete", "nova", "--note", "x", "--confirm", "nova")
    assert done.stdout.startswith("nova: Deleting\nnext: Is Destroyed on ")
    assert terminal.type("undelete", "nova").stdout == "nova: Active\n"
    assert "“nava”. Did you mean “nova”?" in refusal(terminal.type("resume", "nava"))
