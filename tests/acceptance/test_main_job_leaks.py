"""After the main job was played: no secret lies in a log, on a command line, in a mail, in a
page's address or in the records.
"""

import json
import subprocess
from pathlib import Path

import psutil
import pytest

from saas_business_management.kernel.secret import Secret, derive_password

from .conftest import Provider


@pytest.fixture(scope="module")
def secrets(provider: Provider) -> dict[str, str]:
    """Every secret of the installation by what it is: the clear values."""
    settings = provider.stack.settings
    node = json.loads(settings.node_secret_file.read_text())
    ring = json.loads(settings.keyring_file.read_text())
    found = {
        "cluster secret": node["cluster_secret"],
        "bus password": node["bus"]["password"],
        "route password": node["control"]["password"],
        "control role": settings.control_password_file.read_text().strip(),
        "superuser of the control cluster": provider.stack.control_cluster.superuser_password,
        "superuser of the tenants' cluster": provider.stack.tenant_cluster.superuser_password,
        "administrator": provider.password,
        "customer": "correct-horse-battery",
        **{f"key {name}": key for name, key in ring["keys"].items()},
    }
    for name in tenant_databases(provider):
        found[f"password of {name}"] = derive_password(
            Secret(node["cluster_secret"]), name, 1
        ).reveal()
        found[f"signing secret of {name}"] = signing_secret(provider, name)
    return found


def signing_secret(provider: Provider, name: str) -> str:
    query = "SELECT value FROM ir_config_parameter WHERE key = 'database.secret'"
    return provider.stack.tenant_cluster.sql(query, name).strip()


def tenant_databases(provider: Provider) -> list[str]:
    said = provider.stack.tenant_cluster.sql(
        "SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'"
    )
    return [line.strip() for line in said.splitlines() if line.strip().startswith("t_")]


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    return [name for name, value in secrets.items() if value in text]


def test_the_main_job_was_played_before(provider: Provider) -> None:
    assert tenant_databases(provider), (
        "run the whole folder: these tests look at what the main job left"
    )


def test_a_planted_secret_is_found(secrets: dict[str, str]) -> None:
    assert found_in(f"… {secrets['cluster secret']} …", secrets) == ["cluster secret"]


def test_no_log_holds_a_secret(provider: Provider, secrets: dict[str, str]) -> None:
    folder = provider.stack.settings.folder
    logs = [
        path
        for path in folder.rglob("*")
        if (path.is_file() and path.suffix == ".log") or path.name.startswith("log")
    ]
    assert len([path for path in logs if path.is_file()]) >= 4
    leaks = {
        str(path.relative_to(folder)): found_in(path.read_text(errors="replace"), secrets)
        for path in logs
        if path.is_file()
    }
    assert {path: names for path, names in leaks.items() if names} == {}


def test_no_mail_holds_a_secret(provider: Provider, secrets: dict[str, str]) -> None:
    mails = sorted(Path(provider.stack.settings.mails).glob("*.eml"))
    assert mails
    assert [name for path in mails for name in found_in(path.read_text(), secrets)] == []


def test_no_command_line_holds_a_secret(provider: Provider, secrets: dict[str, str]) -> None:
    lines = [
        " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])
    ]
    assert any(str(provider.stack.settings.folder) in line for line in lines)
    assert found_in("\n".join(lines), secrets) == []


def test_the_control_database_holds_no_secret_in_clear(
    provider: Provider, secrets: dict[str, str]
) -> None:
    cluster = provider.stack.control_cluster
    command = [
        cluster.binaries.tool("pg_dump"),
        "--inserts",
        "-h",
        cluster.host,
        "-p",
        str(cluster.port),
        "-U",
        cluster.superuser,
        "control",
    ]
    dump = subprocess.run(
        command, env=cluster.client_environment(), capture_output=True, text=True, check=True
    ).stdout
    assert "saas_cluster" in dump
    assert found_in(dump, secrets) == []
