"""The manifest: one form, every field checked, a chain that shows what was taken out."""

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.adapters.backup.closed_manifest import Wanted, open_manifest
from saas_business_management.kernel.backup import canonical
from saas_business_management.kernel.backup.content import Rehash
from saas_business_management.kernel.backup.manifest import (
    ClearLine,
    Link,
    Previous,
    decode_manifest,
    encode_manifest,
    parse_clear_line,
)
from saas_business_management.kernel.backup.verify import Gap, gaps
from saas_business_management.kernel.errors import Broken, Refused, SaasError

from .parts import BACKUP, KEYS, OTHER, TENANT, VECTORS, code_of, manifest

PLAIN = json.loads(VECTORS["manifest"]["plain"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """Every place inside a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


PLACES = list(places(PLAIN))


def changed(path, value):
    """The manifest's JSON with something else in one place."""
    if not path:
        return value
    told = copy.deepcopy(PLAIN)
    at = told
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return told


def decoded(value) -> str:
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return code_of(lambda: decode_manifest(data))


@settings(max_examples=600)
@given(path=st.sampled_from(PLACES), value=values)
def test_any_value_in_any_place_is_taken_or_an_error_of_ours(path, value) -> None:
    assert decoded(changed(path, value)) in {"", "backup_form", "backup_version_unknown"}


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_value_of_another_type_is_refused_in_every_place(path) -> None:
    assert decoded(changed(path, {"x": 0.5})) in {"backup_form", "backup_version_unknown"}


def is_near(where, path) -> bool:
    """Whether an error names this place, one around it, or one inside of it."""
    place = ".".join(["manifest", *(key for key in path if isinstance(key, str))])
    return where == place or place.startswith(f"{where}.") or where.startswith(f"{place}.")


@pytest.mark.parametrize("value", [{"x": 1}, ["x"], "x", -1, None], ids=str)
def test_an_error_names_the_place(value) -> None:
    told = 0
    for path in PLACES:
        data = json.dumps(changed(path, value), sort_keys=True, separators=(",", ":")).encode()
        try:
            decode_manifest(data)
        except Broken as error:
            assert is_near(error.facts["where"], path), (path, error.facts)
            told += 1
    assert told > len(PLACES) / 3


def test_an_error_in_a_clear_line_names_it() -> None:
    line = ClearLine(BACKUP, "d1", "ab" * 8, 500).encode()
    for bad, where in (
        (b"x" * 600, "clear line"),
        (line[:40], "clear line"),
        (b"{}\n", "clear line"),
        (b"{ }\n", "clear line"),
        (line.replace(b"backup/1", b"backup/2"), "clear line.format"),
        (line.replace(b'"d1"', b'"d 1"'), "clear line.key"),
    ):
        with pytest.raises(Broken) as told:
            parse_clear_line(bad)
        assert told.value.facts["where"] == where


def test_a_clear_line_is_looked_for_at_the_front_alone() -> None:
    line = ClearLine(BACKUP, "d1", "ab" * 8, 500).encode()
    assert code_of(lambda: parse_clear_line(b"\n" + line)) == "backup_form"
    assert code_of(lambda: parse_clear_line(b'{"backup":"' + b"x" * 500 + b"\n")) == "backup_form"
    assert parse_clear_line(line + b"\n" * 5)[1] == len(line)


@pytest.mark.parametrize(
    "path", [(), ("database",), ("database", "server"), ("parts", 0), ("files",)], ids=str
)
def test_nothing_may_be_left_out_or_added(path) -> None:
    holder = PLAIN
    for key in path:
        holder = holder[key]
    for name in holder:
        less = {key: value for key, value in holder.items() if key != name}
        assert decoded(changed(path, less)) == "backup_form", name
    assert decoded(changed(path, {**holder, "more": 1})) == "backup_form"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tenant",), TENANT.upper()),
        (("tenant",), "../" + TENANT[3:]),
        (("fence",), -1),
        (("fence",), True),
        (("fence",), 2**63),
        (("reason",), "Because"),
        (("started_at",), "2026-03-01T02:00:00Z"),
        (("started_at",), "2026-02-30T02:00:00.000000Z"),
        (("database", "tables", "public.x"), -1),
        (("database", "sequences", "public.s"), [1, 2, 1, 0]),
        (("files", "files", 0, 0), "../../etc/passwd"),
        (("files", "files", 0, 0), "/ab/cd"),
        (("files", "files", 0, 0), "checklist/ab/x"),
        (("files", "files", 0, 2), "0c" * 32),
        (("files", "files", 1, 0), "ab/" + "ab" * 20),
        (("files", "objects"), {"../x": 5, "0b" * 32: 1}),
        (("files", "packs", 0, 2, 0, 2), 47),
        (("notes", "half"), "\ud800"),
        (("notes", "nul"), "a\x00b"),
    ],
)
def test_a_value_that_could_mislead_is_refused(path, value) -> None:
    assert decoded(changed(path, value)) == "backup_form"


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1, "b":2}',
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e3}',
        '{"a":NaN}',
        '{"a":"\u00e9"}',
        '{"a":01}',
        "[" * 100_000,
        "1" * 5000,
        "",
        "\ufeff{}",
    ],
)
def test_json_has_one_form(text) -> None:
    with pytest.raises(Broken, match=r"^backup_form"):
        canonical.load(text.encode(), "here")


@given(values)
def test_what_is_written_is_read(value) -> None:
    try:
        data = canonical.dump(value)
    except ValueError:
        return  # not a number of ours
    if b"." not in data and b"e" not in data:
        assert canonical.load(data, "here") == value


@given(st.binary(max_size=700))
def test_any_bytes_are_a_clear_line_or_an_error_of_ours(data) -> None:
    line = ClearLine(BACKUP, "d1", "ab" * 8, 500).encode()
    for front in (data, line[:30] + data, line + data):
        try:
            found, length = parse_clear_line(front)
        except SaasError as error:
            assert error.code in {"backup_form", "backup_truncated"}
        else:
            assert found.encode() == front[:length]


@settings(max_examples=300)
@given(data=st.binary(max_size=60), at=st.integers(0, 3000))
def test_any_bytes_in_a_stored_manifest_are_an_error_of_ours(data, at) -> None:
    stored = bytes.fromhex(VECTORS["manifest"]["object"])
    at %= len(stored)
    other = stored[:at] + data + stored[at + len(data) :]
    if other != stored:
        assert code_of(lambda: open_manifest(other, KEYS, Wanted(TENANT, BACKUP)))


def test_a_later_format_is_named() -> None:
    assert decoded({**PLAIN, "format": 2}) == "backup_version_unknown"
    assert decoded({**PLAIN, "format": 0}) == "backup_form"


def test_a_manifest_comes_back_whatever_is_left_empty() -> None:
    one = manifest()
    bare = replace(one, previous=None, facts=None, parts=(), notes={"why": "asked"})
    assert decode_manifest(encode_manifest(bare)) == bare
    with pytest.raises(Refused) as told:
        bare.part("db")
    assert (told.value.code, told.value.facts) == ("backup_part_missing", {"part": "db"})


def link(backup, sha256, previous=None) -> Link:
    return Link(backup, sha256, previous and Previous(*previous))


def test_a_backup_taken_out_or_replaced_in_the_middle_shows() -> None:
    whole = [link("a", "1"), link("b", "2", ("a", "1")), link("c", "3", ("b", "2"))]
    assert gaps(whole) == []
    assert gaps([whole[0], whole[2]]) == [Gap("c", "b", False)]
    assert gaps([whole[0], whole[2]], expired={"b"}) == []
    replaced = [whole[0], link("b", "9", ("a", "1")), whole[2]]
    assert gaps(replaced, expired={"b"}) == [Gap("c", "b", True)]
    assert gaps([]) == [] and OTHER != BACKUP


def test_files_are_read_again_every_seventh_run_and_after_six_days() -> None:
    at = datetime(2026, 3, 1, tzinfo=timezone.utc)
    day = timedelta(days=1)
    assert [Rehash(at, runs).due(at + day) for runs in (0, 5, 6)] == [False, False, True]
    assert [Rehash(at).due(at + 6 * day - day / 24), Rehash(at).due(at + 6 * day)] == [False, True]
    assert Rehash(at).due(at - day)
