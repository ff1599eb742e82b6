"""The audits the crash tests rely on see what is planted, and the sweep takes what nobody has."""

import shutil

import pytest

from tests.helpers.crash import STUB
from tests.helpers.node import new_name

from .matrix import ORDERS


def test_a_database_a_role_and_files_of_nobody_are_found_and_swept(crash, count):
    count("planted")
    name, folder = new_name(), crash.stack.settings.node_data / "filestore"
    assert crash.run("plant", name=name).result == name
    found = crash.judge()
    assert found == [
        f"A1 extra database {name}",
        f"A1 extra role {name}",
        f"A2 extra folder {name}",
    ]
    assert crash.run("sweep").result == "done"
    assert crash.judge() == []
    assert crash.tenants("SELECT 1 FROM pg_roles WHERE rolname = %s", name) == []
    assert crash.tenants("SELECT 1 FROM pg_database WHERE datname = %s", name) == []
    assert not list(folder.rglob(f"{name}*"))


@pytest.mark.parametrize("what", ["database", "role", "folder"])
def test_what_is_missing_of_a_copy_is_found(crash, count, what):
    count("planted")
    crash.golden(STUB)
    database = crash.standby(STUB)
    (name,) = crash.control("SELECT name FROM saas_database WHERE id = %s", database)[0]
    if what == "folder":
        shutil.rmtree(crash.stack.settings.node_data / "filestore" / name)
    else:
        crash.tenants(f"DROP DATABASE {name} WITH (FORCE)")
    if what == "role":
        crash.tenants(f"DROP ROLE {name}")
    missing = {"role": ["database", "role"]}.get(what, [what])
    audit = "A2" if what == "folder" else "A1"
    assert crash.judge() == [f"{audit} missing {one} {name}" for one in missing]
    crash.discard(database)


def test_an_operation_nobody_works_on_is_found(crash, count):
    count("planted")
    crash.golden(STUB)
    case = crash.order("fill", kill="fill_standby.own.before", template=STUB)
    crash.age_leases()
    assert crash.judge() == [f"A7 stuck operation fill_standby {case.job}"]
    case.resume()
    assert crash.judge() == []
    crash.discard(case.database)


def test_a_lease_of_an_ended_operation_is_found_and_goes_with_the_next_claim(crash, count):
    count("planted")
    crash.golden(STUB)
    case = crash.order("fill", kill="fill_standby.ready.committed", template=STUB)
    assert crash.judge() == [f"lease of operation {case.job}"]
    crash.age_leases()
    crash.run("work")
    assert crash.judge() == []
    crash.discard(case.database)


@pytest.mark.parametrize("where", ["downloads", "scratch", "shelf"])
def test_what_orders_on_backups_leave_behind_is_found(crash, count, where):
    count("planted")
    label = "expire" if where == "shelf" else "export"
    case = ORDERS[label].place(crash)
    assert ORDERS[label].complaints(case) == []
    inside = ".staging" if where == "shelf" else ""
    left = getattr(crash, where) / inside / ".half.part"
    left.touch()
    (told,) = ORDERS[label].complaints(case)
    left.unlink()
    assert left.name in told


def test_a_backup_that_lost_something_is_found(crash, count):
    count("planted")
    order = ORDERS["expire"]
    case = order.place(crash)
    newest = max(crash.shelf.glob("v1/*/db/*"), key=lambda one: one.stat().st_size)
    aside = newest.rename(crash.scratch / newest.name)
    told = order.complaints(case)
    aside.rename(newest)
    assert any("missing" in one for one in told)
    assert order.complaints(case) == []
