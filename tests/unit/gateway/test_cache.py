"""The map in a process and its copy on disk."""

import os
import stat

import pytest

from saas_business_management.gateway.cache import RouteCache
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret

ROUTES = [
    Route(1, "acme.localhost", "t_a", 1, "active"),
    Route(2, "", "t_s", 1, "standby"),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "saas" / "route_map.json"


def cache(path, key="key"):
    return RouteCache(path, "local", Secret(key))


def test_before_the_first_map_nothing_is_known(path):
    empty = cache(path)
    assert (empty.known, empty.age_seconds(), len(empty.map)) == (False, None, 0)
    assert not empty.load_copy()


def test_a_full_reading_names_all_standby_copies_and_a_change_the_new_ones(path):
    found = cache(path)
    assert found.replace(ROUTES).standby == {"t_s"}
    assert found.replace(ROUTES).standby == {"t_s"}
    assert found.update([Route(3, "", "t_n", 1, "standby")]).standby == {"t_n"}
    assert found.update(ROUTES).standby == frozenset()


def test_a_changed_row_is_found_under_its_old_and_its_new_database(path):
    found = cache(path)
    found.replace(ROUTES)
    changes = found.update([Route(1, "acme.localhost", "t_b", 1, "active")])
    assert changes.closed == {"t_a"}
    assert found.map.by_host["acme.localhost"].database == "t_b"


def test_the_next_process_starts_from_the_copy(path):
    first = cache(path)
    first.replace(ROUTES)
    first.save_copy()
    second = cache(path)
    assert second.load_copy()
    assert second.known
    assert second.map.by_host == first.map.by_host
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_age_of_a_copy_is_that_of_its_last_confirmation(path):
    first = cache(path)
    first.replace(ROUTES)
    first.save_copy()
    os.utime(path, (path.stat().st_mtime - 100,) * 2)
    second = cache(path)
    second.load_copy()
    assert second.age_seconds() >= 100
    first.save_copy()
    third = cache(path)
    third.load_copy()
    assert third.age_seconds() < 50


def test_equal_content_is_not_written_again(path):
    first = cache(path)
    first.replace(ROUTES)
    first.save_copy()
    before = path.stat().st_ino
    first.save_copy()
    assert path.stat().st_ino == before
    first.update([Route(1, "b.localhost", "t_a", 1, "active")])
    first.save_copy()
    assert path.stat().st_ino != before
    assert sorted(os.listdir(path.parent)) == ["route_map.json"]


@pytest.mark.parametrize("content", [b"", b"x", b"{}\n{}\n"])
def test_a_damaged_copy_is_reported_and_not_used(path, content, caplog):
    path.parent.mkdir()
    path.write_bytes(content)
    found = cache(path)
    assert not found.load_copy()
    assert not found.known
    assert "route_copy_damaged" in caplog.text


def test_a_copy_under_another_key_is_not_used(path, caplog):
    first = cache(path)
    first.replace(ROUTES)
    first.save_copy()
    assert not cache(path, "another").load_copy()


def test_a_folder_that_cannot_be_written_is_reported(path, caplog):
    path.parent.parent.joinpath("saas").write_text("a file where the folder should be")
    found = cache(path)
    found.replace(ROUTES)
    found.save_copy()
    assert "was not written" in caplog.text
    assert found.known


def test_a_copy_from_before_the_secret_changed_opens_and_the_next_has_the_key_that_stays(path):
    first = cache(path, "old")
    first.replace(ROUTES)
    first.save_copy()
    both = RouteCache(path, "local", Secret("new"), Secret("old"))
    assert both.load_copy()
    both.save_copy()
    assert cache(path, "new").load_copy()
    assert not cache(path, "old").load_copy()


def test_a_running_process_takes_other_keys(path):
    found = cache(path, "old")
    found.replace(ROUTES)
    found.use_keys(Secret("new"), Secret("old"))
    found.save_copy()
    assert cache(path, "new").load_copy()


def test_a_copy_of_neither_key_is_refused(path):
    first = cache(path, "another")
    first.replace(ROUTES)
    first.save_copy()
    assert not RouteCache(path, "local", Secret("new"), Secret("old")).load_copy()
