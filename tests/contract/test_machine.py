"""The own machine: what is told of it, and what is left out."""

import time

from saas_business_management.adapters.backends import Backends, Session, sessions
from saas_business_management.adapters.machine import OwnMachine
from saas_business_management.kernel.monitoring.metric import of_family

ADDED = {"disk_operations", "disk_bytes", "network_bytes_in", "network_bytes_out"}


def test_figures_are_metrics_of_a_machine():
    machine = OwnMachine()
    machine.look()
    told = machine.look()
    assert set(told) <= set(of_family("machine"))
    assert {"load_per_core", "memory_available_bytes", "disk_free_bytes"} <= set(told)
    assert 0 < told["memory_used_percent"] <= 100
    assert machine.name


def test_a_first_look_adds_nothing_up():
    assert not ADDED & set(OwnMachine().look())


def test_work_of_a_processor_is_seen():
    machine = OwnMachine()
    machine.look()
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert 0 < machine.look()["cpu_percent"] <= 100


def test_looks_that_are_far_apart_add_nothing_up():
    moments = [0.0]
    machine = OwnMachine(clock=lambda: moments[0])
    machine.look()
    moments[0] = 60.0
    assert set(machine.look()) >= ADDED
    moments[0] = 600.0
    assert not ADDED & set(machine.look())


def test_pressure_is_the_share_of_time_in_which_something_waited(tmp_path):
    (tmp_path / "pressure").mkdir()
    (tmp_path / "pressure" / "io").write_text(
        "some avg10=1.00 avg60=2.50 avg300=3.00 total=1\n"
        "full avg10=0.10 avg60=0.20 avg300=0.00 total=1\n"
    )
    told = OwnMachine(proc=tmp_path).look()
    assert told["pressure_io_percent"] == 2.5
    assert "pressure_cpu_percent" not in told
    assert "open_files_percent" not in told


def test_of_several_folders_the_fullest_is_told_and_a_missing_one_is_left_out():
    assert "disk_free_bytes" not in OwnMachine(folders=("/no/such/folder",)).look()
    assert "disk_free_bytes" in OwnMachine(folders=("/no/such/folder", "/")).look()


ONE, OTHER = "t_" + "a" * 26, "t_" + "b" * 26 + "_r2"


def test_processor_time_of_sessions_is_told_by_database_since_the_last_look():
    looks = [
        [(1, 5.0, ONE, 10.0), (2, 5.0, OTHER, 1.0)],
        # One ended, another began with its number, a third is new; the checkpointer has none.
        [(1, 5.0, ONE, 12.5), (2, 9.0, OTHER, 0.5), (3, 9.5, ONE, 0.25), (4, 1.0, "", 99.0)],
        [(1, 5.0, ONE, 12.5)],
    ]
    told = iter(
        [
            [
                Session(pid, began, f"postgres: 18/main: saas {name} 127.0.0.1(5{pid}) idle", spent)
                for pid, began, name, spent in look
            ]
            for look in looks
        ]
    )
    clock = iter([1.0, 61.0, 121.0])
    machine = OwnMachine(clock=lambda: next(clock), backends=Backends(lambda: next(told)))
    assert machine.database_ms() == {}
    assert machine.database_ms() == {ONE: 2750.0, OTHER: 500.0}
    assert machine.database_ms() == {ONE: 0.0}


def test_a_title_names_one_database_of_ours_or_none():
    titles = {
        f"postgres: saas {ONE} [local] SELECT": ONE,
        f"postgres: 16/main: r{ONE} {OTHER} 10.0.0.7(40000) idle in transaction": OTHER,
        "postgres: saas control [local] idle": "",
        f"postgres: saas x{ONE}y [local] idle": "",
        "postgres: checkpointer": "",
    }
    assert {title: Session(1, 1.0, title, 0.0).database for title in titles} == titles


def test_processes_of_this_computer_can_be_read():
    assert all(one.seconds >= 0 and one.pid for one in sessions())
