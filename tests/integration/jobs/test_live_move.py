"""A tenant moved between two real servers, with a user at work and workers that die."""

import threading
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from saas_business_management.adapters.fakes.front_door import FakeFrontDoor
from saas_business_management.kernel.errors import SaasError
from saas_business_management.kernel.secret import Secret
from tests.contract.test_cluster import BIRTH, IDENTITY
from tests.helpers import move_stage
from tests.helpers.job_records import MemoryRecords
from tests.helpers.job_rows import reserve
from tests.helpers.job_world import HOST, World
from tests.helpers.job_world import IDENTITY as TOLD
from tests.helpers.jobs import Desk, KilledHere, Points
from tests.helpers.postgres import VERSIONS, server_of

FILE = "ab/abcdef0123456789abcdef0123456789abcdef01"
# Around each effect after which the two copies stand differently.
POINTS = (
    "move_tenant.close.cluster.freeze.after",
    "move_tenant.carry.mover.carry.after",
    "move_tenant.switch.committed",
)


class LiveMove:
    """One tenant on real servers, its records in memory."""

    def __init__(self, stage):
        self.stage, self.world = stage, World()
        self.name = self.world.add(
            lambda rows: reserve(rows, "t", version=1, tenant=1, stage="claimed")
        )
        stage.born(self.name)
        stage.here.give_birth(self.name, 1, BIRTH)
        stage.here.settle(self.name, 1, IDENTITY)
        stage.put_file(self.name, FILE, b"blob")
        self.world.add(self._live)
        door = FakeFrontDoor()
        door.serve(HOST)
        ports = replace(
            self.world.desk.ports,
            cluster=stage.here,
            filestore=stage.files_here,
            there_cluster=stage.there,
            there_files=stage.files_there,
            there_door=door,
            front_door=door,
            mover=stage.mover,
        )
        self.desk = Desk(self.world.database, ports, MemoryRecords)

    def _live(self, rows):
        blank = {"version": 1, "host_state": "live", "admin": None}
        tenant = {"state": "active", "host": HOST, "identity": TOLD, "database": self.name}
        rows["tenants"][1] = {**tenant, **blank}
        rows["routes"][self.name] = {"state": "active", "host": HOST}
        told = {"tenant": 1, "source": self.name, "copy": None, "state": "copying"}
        told |= {"address": "", "offered": {"base": "19.0.1.3"}, "marks": {}, "told": {}}
        rows["moves"][1] = told

    def order(self, kind="move_tenant"):
        return self.desk.enqueue(kind, tenant=1, move=1)

    @property
    def copy(self):
        return self.world.rows["moves"][1]["copy"]

    @property
    def counts(self):
        return self.world.rows["tenants"][1]["database"]

    def writable(self):
        """The copies that take a write under the password that nodes have."""
        sides = ((self.stage.here, self.name), (self.stage.there, self.copy))
        return [name for cluster, name in sides if name and self._takes(cluster, name)]

    def _takes(self, cluster, name):
        try:
            cluster.set_database_secret(name, 1, Secret(BIRTH.database_secret))
        except SaasError:
            return False
        return True


class User(threading.Thread):
    """Writes at the source as long as it is let, and remembers what was confirmed."""

    def __init__(self, login):
        super().__init__(daemon=True)
        self._login = login
        self.confirmed, self.refused = [], ""

    def run(self):
        number = 0
        try:
            with closing(self._login()) as cnx, cnx.cursor() as cursor:
                while number < 100_000:
                    number += 1
                    cursor.execute(
                        "INSERT INTO ir_logging (name, message) VALUES ('u', %s)", (number,)
                    )
                    self.confirmed.append(number)
        except psycopg2.Error as error:
            self.refused = type(error).__name__


@pytest.fixture
def live(tmp_path):
    stage = move_stage.of_servers(server_of(VERSIONS[-1]), server_of(VERSIONS[0]), tmp_path)
    yield LiveMove(stage)
    stage.clear()


def test_who_works_in_the_freeze_is_refused_and_nothing_confirmed_is_lost(live):
    source, destination = live.stage.servers
    user = User(lambda: source.raw(source.tenant(live.name)))
    user.start()
    row = live.desk.work(live.order())
    user.join(20)
    assert row["state"] == "done", row["error_code"]
    assert user.refused and user.confirmed
    there = destination.rows(
        "SELECT message::int FROM ir_logging WHERE name = 'u' ORDER BY id",
        server=destination.tenant(live.copy),
    )
    arrived = [number for (number,) in there]
    # The last one may have been kept although nobody could be told any more.
    assert arrived[: len(user.confirmed)] == user.confirmed
    assert len(arrived) - len(user.confirmed) <= 1
    assert live.writable() == [live.copy] == [live.counts]
    assert (live.stage.files_there.folder(live.copy) / FILE).read_bytes() == b"blob"
    owner = "SELECT count(*) FROM pg_class WHERE relowner <> %s::regrole AND relnamespace = 2200"
    assert destination.value(owner, (live.copy,), database=live.copy) == 0


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_around_the_switch_leaves_one_copy_that_takes_writes(live, point):
    number = live.order()
    live.desk.points = Points(on={point: KilledHere()})
    live.desk.work(number, resume=False)
    assert point in live.desk.points.passed
    assert len(live.writable()) <= 1
    live.desk.points = Points()
    assert live.desk.work(number)["state"] == "done"
    assert live.writable() == [live.copy] == [live.counts]


def test_a_move_is_taken_back_untouched_and_refused_once_written(live):
    live.desk.work(live.order())
    copy = live.copy
    live.stage.there.set_address(copy, 1, "http://since.localhost")
    row = live.desk.work(live.order("undo_move"))
    assert row["error_code"] == "move_written"
    assert live.writable() == [copy] == [live.counts]
    live.stage.there.set_address(copy, 1, IDENTITY.base_url)
    marks = live.stage.mover.marks(move_stage.End(copy, 1))
    live.world.add(lambda rows: rows["moves"][1].update(marks=marks))
    assert live.desk.work(live.order("undo_move"))["state"] == "done"
    assert live.writable() == [live.name] == [live.counts]
