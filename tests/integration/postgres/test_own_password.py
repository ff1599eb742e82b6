"""Roles of the product give themselves new passwords, and a stopped run is begun again."""

import json

import pytest

from saas_business_management.adapters.postgres import own_password
from saas_business_management.jobs import rotate_secrets
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.secret import Secret


@pytest.fixture
def role(pg):
    pg.rows("CREATE ROLE rotated LOGIN PASSWORD 'old'")
    pg.rows("GRANT CONNECT ON DATABASE postgres TO rotated")
    yield pg.superuser.as_role("rotated", Secret("old"))
    pg.rows("DROP OWNED BY rotated; DROP ROLE rotated")


def opens(pg, login):
    return pg.rows("SELECT 1", server=login) == [(1,)]


def test_the_new_password_opens_and_the_old_one_no_more(pg, role):
    new = own_password.new_password()
    own_password.change(role, new)
    own_password.change(role, new)
    assert opens(pg, role.as_role("rotated", new))
    with pytest.raises(Exception, match="password authentication failed"):
        opens(pg, role)
    kept = pg.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'rotated'")
    assert kept.startswith("SCRAM-SHA-256$4096:")


def test_a_role_that_opens_with_neither_is_refused(pg, role):
    wrong = role.as_role("rotated", Secret("wrong"))
    with pytest.raises(Broken) as told:
        own_password.change(wrong, own_password.new_password())
    assert told.value.code == "login_refused"


@pytest.fixture
def file(pg, tmp_path):
    """A nodes' secret file; both roles on one server here."""
    pg.rows("CREATE ROLE saas_node_x LOGIN PASSWORD 'control-old'")
    pg.rows("GRANT CONNECT ON DATABASE postgres TO saas_node_x")
    place = {"host": pg.superuser.host, "port": pg.superuser.port}
    bus = {"database": "saas_bus", "user": "saas_node"}
    found = {
        "format": 1,
        "node": "x",
        "cluster_secret": "s",
        "postgres": place,
        "bus": {**bus, "password": pg.passwords["saas_node"].reveal()},
        "control": {
            **place,
            "database": "postgres",
            "user": "saas_node_x",
            "password": "control-old",
        },
    }
    path = tmp_path / "node.json"
    path.write_text(json.dumps(found))
    yield path
    pg.rows("DROP OWNED BY saas_node_x; DROP ROLE saas_node_x")
    now = json.loads(path.read_text())["bus"]["password"]
    pg.passwords["saas_node"] = Secret(now)


def passwords(path):
    found = json.loads(path.read_text())
    return [
        (found[section]["password"], found[section].get("next_password"))
        for section in ("bus", "control")
    ]


def enter(pg, path):
    """Enter with both logins of the file as a node would."""
    found = json.loads(path.read_text())
    for section in ("bus", "control"):
        login = pg.superuser.as_role(found[section]["user"], Secret(found[section]["password"]))
        assert opens(pg, login.within(found[section]["database"]))


def test_both_roles_of_a_node_get_new_passwords(pg, file):
    before = passwords(file)
    rotate_secrets.rotate_nodes(str(file), only_prepare=False)
    after = passwords(file)
    assert all(old[0] != new[0] and new[1] is None for old, new in zip(before, after, strict=True))
    enter(pg, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert rotate_secrets.node_of(str(file)) == "x"


def test_prepared_passwords_are_those_that_come_into_force(pg, file):
    rotate_secrets.rotate_nodes(str(file), only_prepare=True)
    prepared = passwords(file)
    enter(pg, file)
    rotate_secrets.rotate_nodes(str(file), only_prepare=False)
    assert [new for new, _ in passwords(file)] == [soon for _, soon in prepared]
    enter(pg, file)


def test_a_run_that_was_stopped_between_the_roles_is_finished_by_the_next(pg, file):
    rotate_secrets.rotate_nodes(str(file), only_prepare=True)
    found = json.loads(file.read_text())
    own_password.change(rotate_secrets._server(found, "bus"), Secret(found["bus"]["next_password"]))
    rotate_secrets.rotate_nodes(str(file), only_prepare=False)
    enter(pg, file)


@pytest.mark.parametrize(
    ("text", "code"),
    [(None, "secret_file_missing"), ("{}", "secret_file_invalid"), ("x", "secret_file_invalid")],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, code):
    path = tmp_path / "node.json"
    if text is not None:
        path.write_text(text)
    for work in (
        lambda: rotate_secrets.node_of(str(path)),
        lambda: rotate_secrets.rotate_nodes(str(path), only_prepare=True),
    ):
        with pytest.raises(Refused) as told:
            work()
        assert told.value.code == code
