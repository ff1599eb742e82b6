"""Contents: names, what is new, packs, names of objects, comparison after a restore."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.adapters.postgres.archives import require_tables, select
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.content import (
    Packer,
    StoredFile,
    is_store_name,
    known,
    sha1_in,
)
from saas_business_management.kernel.backup.facts import Sequence
from saas_business_management.kernel.backup.verify import (
    Difference,
    compare_databases,
    compare_files,
)
from saas_business_management.kernel.errors import Broken, Refused

from .parts import BACKUP, TENANT, failing, manifest

FACTS = manifest().facts
SHA1 = "ab" * 20


@pytest.mark.parametrize(
    ("name", "taken", "sha1"),
    [
        (f"ab/{SHA1}", True, SHA1),
        (f"abc/{SHA1}", True, SHA1),
        ("ab/other-name_1", True, ""),
        (SHA1, False, ""),
        ("ab/../cd", False, ""),
        ("/ab/cd", False, ""),
        ("ab//cd", False, ""),
        ("ab/cd/", False, ""),
        ("ab/c d", False, ""),
        ("ab/c\nd", False, ""),
        ("checklist/ab/cd", False, ""),
        ("", False, ""),
        ("a/b/c/d/e/f", False, ""),
    ],
)
def test_only_names_that_odoo_gives_are_names(name: str, taken: bool, sha1: str) -> None:
    assert is_store_name(name) is taken
    assert sha1_in(name) == sha1 or not taken


def test_a_file_is_known_by_name_and_size() -> None:
    old = StoredFile("ab/x", 5, "0a" * 32)
    wanted = [("ab/x", 5), ("ab/y", 5)]
    assert known(wanted, {"ab/x": old}) == ([old], ["ab/y"])
    assert known([("ab/x", 6)], {"ab/x": old}) == ([], ["ab/x"])


@given(st.lists(st.integers(1, 40), max_size=30))
def test_packs_hold_everything_once_and_have_a_limit(lengths: list[int]) -> None:
    packer, packs = Packer(most=50), []
    for number, length in enumerate(lengths):
        packs += packer.add(f"{number}", bytes([number]) * length)
    packs += packer.rest()
    found = {}
    for body, entries in packs:
        assert len(body) <= 50
        for entry in entries:
            found[entry.content] = body[entry.offset : entry.offset + entry.length]
    assert found == {f"{n}": bytes([n]) * length for n, length in enumerate(lengths)}
    assert list(packer.rest()) == []


def test_names_of_objects_are_made_of_ids_alone() -> None:
    content = "0b" * 32
    assert layout.database_name(TENANT, BACKUP, 7) == f"v1/{TENANT}/db/{BACKUP}.f7"
    assert layout.object_name(TENANT, content) == f"v1/{TENANT}/obj/0b/{content}"
    assert layout.pack_name(TENANT, content) == f"v1/{TENANT}/pack/{content}"
    manifest_key = layout.manifest_name(TENANT, BACKUP)
    assert manifest_key.startswith(layout.manifest_prefix(TENANT))
    assert layout.backup_of(manifest_key) == BACKUP
    assert layout.backup_of(f"v1/{TENANT}/db/{BACKUP}") == ""
    assert layout.backup_of(f"v1/{TENANT}/man/.part") == ""


@pytest.mark.parametrize("bad", ["", "..", TENANT.upper(), TENANT + "\n", TENANT[:-1] + "/"])
def test_no_other_text_gets_into_a_name(bad: str) -> None:
    for call in (
        lambda: layout.tenant_prefix(bad),
        lambda: layout.manifest_name(TENANT, bad),
        lambda: layout.object_name(TENANT, bad),
    ):
        with pytest.raises(Refused, match=r"^backup_name_form"):
            call()


def test_an_equal_database_has_no_differences() -> None:
    assert compare_databases(FACTS, FACTS) == []
    other = replace(FACTS, modules={}, left_out=(), server=replace(FACTS.server, lsn="0/9"))
    assert compare_databases(FACTS, other) == []


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"tables": {"public.res_partner": 2, "public.größe": 0}},
         Difference("table", "public.res_partner", 3, 2)),
        ({"tables": {"public.res_partner": 3}}, Difference("table", "public.größe", 0, None)),
        ({"counts": {"foreign_keys": 0, "triggers": 0}},
         Difference("count", "foreign_keys", 2, 0)),
        ({"extensions": {}}, Difference("extension", "pg_trgm", "1.6", None)),
        ({"row_hashes": {"public.x": "1:2"}}, Difference("row_hash", "public.x", None, "1:2")),
        ({"server": replace(FACTS.server, encoding="LATIN1")},
         Difference("encoding", "", "UTF8", "LATIN1")),
    ],
)  # fmt: skip
def test_each_difference_is_named(change: dict, difference: Difference) -> None:
    assert compare_databases(FACTS, replace(FACTS, **change)) == [difference]


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        (Sequence(5, True), Sequence(5, True), True),
        (Sequence(5, True), Sequence(9, True), True),
        (Sequence(5, True), Sequence(6, False), True),
        (Sequence(5, True), Sequence(5, False), False),
        (Sequence(5, True), Sequence(4, True), False),
        (Sequence(5, True, -1), Sequence(4, True, -1), True),
        (Sequence(5, True, -1), Sequence(6, True, -1), False),
        (Sequence(5, True), Sequence(9, True, 2), False),
        (Sequence(5, True, 1, True), Sequence(1, True, 1, True), True),
        (Sequence(5, True), None, False),
    ],
)
def test_a_sequence_goes_on_behind_what_was_drawn(expected, found, equal) -> None:
    facts = replace(FACTS, sequences={"public.s": found} if found else {})
    told = compare_databases(replace(FACTS, sequences={"public.s": expected}), facts)
    assert told == ([] if equal else [Difference("sequence", "public.s", expected, found)])


def test_files_are_compared_by_name_size_and_content() -> None:
    one, other = StoredFile("ab/x", 1, "0a" * 32), StoredFile("ab/x", 1, "0b" * 32)
    assert compare_files([one], {"ab/x": one}) == []
    assert compare_files([one], {"ab/x": other}) == [Difference("file", "ab/x", one, other)]
    assert compare_files([], {"ab/x": one}) == [Difference("file", "ab/x", None, one)]


LIST = """;
; Archive created at 2026-03-01
5; 2615 2200 SCHEMA - public pg_database_owner
3456; 0 0 COMMENT - SCHEMA public pg_database_owner
2; 3079 16384 EXTENSION - pg_trgm
3457; 0 0 COMMENT - EXTENSION pg_trgm
3; 3079 16500 EXTENSION - unaccent
210; 1259 16400 TABLE public res_users t_a
3400; 0 16400 TABLE DATA public res_users t_a
3401; 0 16401 TABLE DATA public odd name t_a
3500; 2620 16600 TRIGGER public res_users saas_user_limit t_a
3501; 0 0 COMMENT public TRIGGER saas_user_limit ON res_users t_a
3502; 2620 16601 TRIGGER public res_users saas_user_limit_of_mine t_a""".splitlines()


def test_what_is_there_already_and_what_is_ours_is_left_out() -> None:
    kept = select(LIST, ["pg_trgm"], [("public", "res_users", "saas_user_limit")])
    assert [line.split(";")[0] for line in kept] == ["3", "210", "3400", "3401", "3502"]


def test_a_list_has_the_data_of_every_table() -> None:
    require_tables(LIST, ["public.res_users", "public.odd\nname"])
    with failing("archive_damaged"):
        require_tables(LIST, ["public.res_users", "public.gone"])
    with pytest.raises(Broken):
        require_tables([], ["public.res_users"])
