"""The control plane's own database: dumped by its own login, read with the key file alone."""

import pytest

from saas_business_management.adapters.backup.command import main
from saas_business_management.adapters.backup_keys import BackupKeys
from saas_business_management.adapters.ports import BackupPlace, BackupSource
from saas_business_management.adapters.storage.local import LocalStore
from saas_business_management.jobs.ports import build_ports
from saas_business_management.kernel.backup import layout

from .stage import programs, uuid


@pytest.fixture
def control(tenant, tmp_path):
    """An open database stands for the control plane's, its owner for the login of the server."""
    (tmp_path / "files").mkdir()
    tenant.folder = tenant.folder.rename(tmp_path / "files" / tenant.name)
    (tmp_path / "store").mkdir()
    server = tenant.server
    return {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "password": server.password,
        "sslmode": server.sslmode,
        "filestore_path": str(tmp_path / "files"),
        "pg_bin": programs(tenant.pg).folder,
    }


def test_it_is_backed_up_and_read_with_nothing_but_the_key_file(control, tenant, tmp_path, capsys):
    name = tenant.attach(b"a paper of the control plane")
    keys = BackupKeys.create(tmp_path / "backup-keys.json")
    key = keys.control_key()
    vault = build_ports(None, None, {key.id: key}, control).vault
    store = LocalStore(tmp_path / "store")
    place = BackupPlace(layout.CONTROL, uuid(1), 1, key.id)
    figures = vault.write(store, place, BackupSource(tenant.name, 0, "manual"))
    assert figures["file_count"] == 1 and figures["database_bytes"] > 0
    assert vault.prove(store, place).faults == ()

    words = ["--store", str(tmp_path / "store"), "--spool", str(tmp_path)]
    told = ["--keys", str(tmp_path / "backup-keys.json")]
    one = [layout.CONTROL, uuid(1)]
    assert main([*words, "verify", *one, *told, "--pg-bin", control["pg_bin"]]) == 0
    assert capsys.readouterr().out.endswith("proven\n")
    target = tmp_path / "out"
    assert main([*words, "extract", *one, *told, "--to", str(target)]) == 0
    assert (target / "filestore" / name).read_bytes() == b"a paper of the control plane"
    assert (target / "database.dump").read_bytes()[:5] == b"PGDMP"


def test_an_operation_that_is_not_about_backups_gets_none_and_no_keys_are_no_reason(control):
    assert build_ports(None, None, None, control).vault is None
    assert build_ports(None, None, {}, control).vault is not None


def test_its_password_never_stands_in_a_printed_order(control):
    text = str(control) + str(build_ports(None, None, {}, control))
    assert control["password"].reveal() not in text
