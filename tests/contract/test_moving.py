"""The mover's side of two clusters: one suite for the doubles and for two real servers."""

import pytest

from saas_business_management.adapters.ports import End
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.migration.written import tables_written
from tests.contract.test_cluster import BIRTH, IDENTITY, code_of
from tests.helpers import move_stage
from tests.helpers.postgres import VERSIONS, new_name, server_of

FILE = "ab/abcdef0123456789abcdef0123456789abcdef01"
LATER = "cd/cdcdef0123456789abcdef0123456789abcdef01"
NAME = (
    "INSERT INTO ir_attachment (name, type, store_fname, file_size) VALUES ('a', 'binary', %s, 4)"
)


@pytest.fixture(params=["doubles", "servers"])
def stage(request, tmp_path):
    """Two doubles; then two servers, from the oldest version to the newest."""
    if request.param == "doubles":
        yield move_stage.of_doubles()
        return
    found = move_stage.of_servers(server_of(VERSIONS[-1]), server_of(VERSIONS[0]), tmp_path)
    yield found
    found.clear()


@pytest.fixture
def source(stage):
    """A tenant at the source that is frozen and lent, with a file."""
    name = stage.born()
    stage.here.give_birth(name, 1, BIRTH)
    stage.here.settle(name, 1, IDENTITY)
    if stage.servers:
        server = stage.servers[0]
        server.rows(NAME, (FILE,), server=server.tenant(name))
    stage.put_file(name, FILE, b"blob")
    stage.here.freeze(name, 0.1)
    return End(name, stage.here.lend_login(name))


def test_a_frozen_database_lets_nobody_in_and_takes_no_write(stage):
    name = stage.born()
    stage.here.give_birth(name, 1, BIRTH)
    stage.here.settle(name, 1, IDENTITY)
    for _again in range(2):
        stage.here.freeze(name, 0.1)
    assert code_of(Broken, stage.here.address_of, name, 1) == "login_refused"
    for _again in range(2):
        stage.here.thaw(name)
    assert code_of(Broken, stage.here.address_of, name, 1) == "login_refused"
    stage.here.allow_logins(name)
    stage.here.set_address(name, 1, "http://acme.elsewhere")
    assert stage.here.address_of(name, 1) == "http://acme.elsewhere"


def test_thawing_what_is_not_there_is_done_and_freezing_it_is_not(stage):
    stage.here.thaw(new_name())
    assert code_of(Broken, stage.here.freeze, new_name(), 0.1) == "role_missing"


def test_who_is_let_in_for_a_purpose_reads_and_does_not_write(stage, source):
    assert stage.here.address_of(source.database, source.generation) == IDENTITY.base_url
    with pytest.raises(Broken):
        stage.here.set_address(source.database, source.generation, "http://late.example")


def test_a_look_tells_what_has_to_be_known(stage, source):
    told = stage.mover.look(source)
    assert {"extensions", "modules", "file_bytes"} == set(told)
    assert (told["extensions"], told["file_bytes"]) == (["pg_trgm"], 4)
    assert isinstance(told["modules"], dict)


def test_files_are_copied_once_and_what_is_new_again(stage, source):
    name = new_name()
    first = stage.mover.copy_files(source.database, name)
    assert (first["files"], first["copied"], first["bytes"]) == (1, 1, 4)
    assert stage.mover.copy_files(source.database, name)["copied"] == 0
    stage.put_file(source.database, LATER, b"later")
    again = stage.mover.copy_files(source.database, name)
    assert (again["files"], again["copied"], again["bytes"]) == (2, 1, 5)
    assert stage.files_there.used_bytes(name) == 9


def test_what_arrives_is_the_same_and_what_is_written_there_shows(stage, source):
    to = stage.room(new_name())
    stage.mover.copy_files(source.database, to.database)
    told = stage.mover.carry(source, to)
    assert told["tables"] > 1 and told["rows"] > 1
    found = stage.mover.compare(source, to)
    assert [*found.wrong] == []
    assert stage.mover.marks(to) == found.marks
    assert stage.there.address_of(to.database, 0) == IDENTITY.base_url
    stage.change(to, there=True)
    written = tables_written(found.marks, stage.mover.marks(to))
    assert written == ("public.ir_config_parameter",)
    one = stage.mover.marks(to, ("public.ir_config_parameter",))
    assert set(one) == {"public.ir_config_parameter"}
    assert ("row_hash", "public.ir_config_parameter") in [*stage.mover.compare(source, to).wrong]


def test_a_file_that_lacks_is_a_difference(stage, source):
    to = stage.room(new_name())
    stage.mover.carry(source, to)
    assert ("file", FILE) in [*stage.mover.compare(source, to).wrong]


def test_records_go_into_an_empty_database_alone(stage, source):
    to = stage.room(new_name())
    stage.mover.carry(source, to)
    assert code_of(Refused, stage.mover.carry, source, to) == "database_not_empty"
    again = stage.room(to.database)
    stage.mover.carry(source, again)


def test_a_source_that_does_not_let_in_is_told(stage, source):
    assert code_of(Broken, stage.mover.look, End(source.database, 7)) == "login_refused"
