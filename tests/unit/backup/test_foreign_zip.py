"""A zip of somebody else: what Odoo makes is taken, whatever else is in one is refused."""

import io
import json
import stat
import struct
import zipfile

import pytest

from saas_business_management.adapters.backup import foreign_zip
from saas_business_management.adapters.backup.foreign_zip import ForeignZip, line_pieces
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.kernel.errors import Refused

from .parts import code_of, failing

MOST = 10**9
SHA1 = "0123456789abcdef0123456789abcdef01234567"
NAME = f"filestore/01/{SHA1}"
MANIFEST = {"major_version": "19.0", "modules": {"base": "19.0.1.3", "crm": "19.0.1.8"}}


def entry(name, mode=0o600, kind=stat.S_IFREG, compress=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name, (2026, 3, 1, 2, 0, 0))
    info.external_attr = (kind | mode) << 16
    info.compress_type = compress
    return info


def write(path, more=(), manifest=MANIFEST, dump="dump.sql", content=b"-- dump\n"):
    told = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(entry(dump), content)
        if told is not None:
            made.writestr(entry("manifest.json"), told)
        made.writestr(entry(NAME), b"hello")
        for info, body in more:
            made.writestr(info if isinstance(info, zipfile.ZipInfo) else entry(info), body)
    return path


def look(path, most=MOST):
    return code_of(lambda: ForeignZip(path, most).look())


def test_what_odoo_makes_is_taken(tmp_path):
    folders = [(entry("filestore/", kind=stat.S_IFDIR), b""), (entry("filestore/01/"), b"")]
    checklist = [("filestore/checklist/01/" + SHA1, b"")]
    path = write(tmp_path / "x.zip", [*folders, *checklist])
    found = ForeignZip(path, MOST).look()
    assert (found.dump, found.file_count, found.file_bytes) == ("dump.sql", 1, 5)
    assert found.modules == MANIFEST["modules"]
    target = tmp_path / "out"
    target.mkdir()
    assert ForeignZip(path, MOST).unpack(target) == 1
    assert (target / "01" / SHA1).read_bytes() == b"hello"
    assert sorted(one.name for one in target.rglob("*")) == ["01", SHA1]
    with ForeignZip(path, MOST).statements(Programs(), tmp_path) as pieces:
        assert list(pieces) == [b"-- dump\n"]


PATHS = [
    *("../evil", "/etc/passwd", "filestore/../../evil", "filestore/01/../../../evil"),
    *("filestore/01/..", "C:\\evil", "filestore\\01\\x", "evil.py", "filestore/.hidden"),
    *("filestore/01/a:b", "filestore//x", f"filestore/{'a' * 300}/x", "dump.sql/"),
    "filestore/a/b/",
    *("filestore/01/\x01", "\u202efilestore/01/x", "Dump.sql", "./dump.sql", " dump.sql"),
]  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_no_other_name_is_taken(tmp_path, name):
    assert look(write(tmp_path / "x.zip", [(name, b"x")])) == "zip_entry_form"
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["x.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path, kind):
    info = entry("filestore/01/link", kind=kind)
    assert look(write(tmp_path / "x.zip", [(info, b"/etc/passwd")])) == "zip_entry_form"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(tmp_path):
    assert look(write(tmp_path / "x.zip", [("dump.sql", b"other")])) == "zip_double"


def test_an_encrypted_member_is_refused(tmp_path):
    path = write(tmp_path / "x.zip")
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\x01\x02")
    body[at + 8] |= 1
    path.write_bytes(body)
    assert look(path) == "zip_encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path, method):
    info = entry("filestore/01/other", compress=method)
    assert look(write(tmp_path / "x.zip", [(info, b"x" * 100)])) == "zip_form"


def test_a_bomb_is_refused_by_its_ratio(tmp_path):
    zeros = bytes(8 << 20)
    assert look(write(tmp_path / "x.zip", [("filestore/01/zeros", zeros)])) == "zip_bomb"
    small = bytes(foreign_zip.RATIO_FROM_BYTES)
    assert look(write(tmp_path / "y.zip", [("filestore/01/zeros", small)])) == ""


def test_members_that_share_bytes_are_refused(tmp_path):
    path = write(tmp_path / "x.zip", [("filestore/01/other", b"hello")])
    body = bytearray(path.read_bytes())
    first = body.index(b"PK\x01\x02")
    last = body.rindex(b"PK\x01\x02")
    body[last + 42 : last + 46] = body[first + 42 : first + 46]
    path.write_bytes(body)
    assert look(path) == "zip_bomb"


def test_sizes_are_counted_and_not_believed(tmp_path):
    path = write(tmp_path / "x.zip")
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\x01\x02")
    struct.pack_into("<L", body, at + 24, 3)
    path.write_bytes(body)

    def read():
        with ForeignZip(path, MOST).statements(Programs(), tmp_path) as pieces:
            list(pieces)

    assert code_of(read) == "zip_form"


def test_more_than_is_wanted_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "x.zip")
    assert look(path, most=4) == "zip_too_large"
    monkeypatch.setattr(foreign_zip, "ENTRIES_MAX", 2)
    assert look(path) == "zip_too_many"


def test_a_directory_that_says_it_is_shorter_is_counted(tmp_path, monkeypatch):
    path = write(tmp_path / "x.zip")
    body = bytearray(path.read_bytes())
    at = body.rindex(b"PK\x05\x06")
    struct.pack_into("<2H", body, at + 8, 1, 1)
    path.write_bytes(body)
    assert look(path) == "", "the number is not believed"
    monkeypatch.setattr(foreign_zip, "ENTRIES_MAX", 2)
    assert look(path) == "zip_too_many"


def test_a_large_zips_own_end_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    path = write(tmp_path / "x.zip")
    assert b"PK\x06\x06" in path.read_bytes()
    assert look(path) == ""
    monkeypatch.setattr(foreign_zip, "ENTRIES_MAX", 2)
    assert look(path) == "zip_too_many"


def test_a_member_longer_than_it_says_is_given_up():
    assert list(foreign_zip._chunks(io.BytesIO(b"xy"), 2)) == [b"xy"]
    assert code_of(lambda: foreign_zip._chunks(io.BytesIO(b"xyz"), 2)) == "zip_bomb"


def test_what_was_loaded_is_of_our_series_whatever_it_said(tmp_path):
    foreign_zip.require_same_series({"base": "19.0.1.3"})
    for modules in ({}, {"base": "18.0.1.3"}, {"base": "19.01"}):
        with failing("import_other_series"):
            foreign_zip.require_same_series(modules)


def test_a_directory_that_leads_before_the_files_begin_is_no_zip(tmp_path):
    path = write(tmp_path / "x.zip")
    whole = path.read_bytes()
    at = whole.rindex(b"PK\x05\x06")
    for shift in range(32):
        body = bytearray(whole)
        (offset,) = struct.unpack_from("<L", body, at + 16)
        struct.pack_into("<L", body, at + 16, offset ^ 1 << shift)
        path.write_bytes(body)
        assert look(path) in ("zip_form", "zip_bomb"), shift


def test_a_name_that_says_it_is_unicode_and_is_not_is_no_zip(tmp_path):
    path = write(tmp_path / "x.zip", [("é", b"x")])
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    assert look(path) == "zip_form"


@pytest.mark.parametrize("place", [(1 << 64) - 1, 1 << 63, (1 << 63) - 1, 1 << 40])
def test_a_large_zips_end_that_is_nowhere_is_no_zip(tmp_path, place):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 50, 0, 0)
    at = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    (tmp_path / "x.zip").write_bytes(at + end)
    assert look(tmp_path / "x.zip") == "zip_form"


def test_what_the_disk_says_is_passed_on(tmp_path, monkeypatch):
    path = write(tmp_path / "x.zip")

    def failing_open(*_arguments, **_options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", failing_open)
    assert look(path) == "spool_unreachable"


def test_a_huge_directory_is_refused_before_it_is_read(tmp_path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 0xFFFFFFF0, 0, 0)
    (tmp_path / "x.zip").write_bytes(end)
    assert look(tmp_path / "x.zip") == "zip_too_many"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no zip",
        b"PK\x05\x06",
        b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18),
        b"PK\x03\x04" * 100,
    ],
)
def test_what_is_no_zip_is_told(tmp_path, body):
    (tmp_path / "x.zip").write_bytes(body)
    assert look(tmp_path / "x.zip") == "zip_form"


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ({**MANIFEST, "major_version": "18.0"}, "zip_version"),
        ({**MANIFEST, "major_version": "20.0"}, "zip_version"),
        ({**MANIFEST, "major_version": None}, "zip_version"),
        ({**MANIFEST, "major_version": ["19.0"]}, "zip_version"),
        ({**MANIFEST, "modules": {}}, "zip_form"),
        ({**MANIFEST, "modules": {"../x": "1"}}, "zip_form"),
        ({**MANIFEST, "modules": ["base"]}, "zip_form"),
        ([], "zip_form"),
        (b"{", "zip_form"),
        (b"[" * 100_000, "zip_form"),
        (b"\xff\xfe", "zip_form"),
        (b'"' + b"x" * 600_000 + b"y" * 600_000 + b'"', "zip_bomb"),
    ],
)
def test_the_manifest_says_what_it_is(tmp_path, manifest, code):
    assert look(write(tmp_path / "x.zip", manifest=manifest)) == code


def test_one_dump_and_no_second(tmp_path):
    assert look(write(tmp_path / "a.zip", [("dump.dump", b"PGDMP")])) == "zip_incomplete"
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("manifest.json", json.dumps(MANIFEST))
    assert look(tmp_path / "b.zip") == "zip_incomplete"

    def read():
        with ForeignZip(tmp_path / "b.zip", MOST).statements(Programs(), tmp_path):
            raise AssertionError("there is nothing to read")

    assert code_of(read) == "zip_incomplete"


def test_a_manifest_of_a_megabyte_is_none(tmp_path):
    long = json.dumps({**MANIFEST, "more": "x" * foreign_zip.MANIFEST_BYTES_MAX}).encode()
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(entry("dump.sql"), b"-- dump\n")
        made.writestr(entry("manifest.json", compress=zipfile.ZIP_STORED), long)
    assert look(path) == "zip_form"


def test_a_dump_that_is_no_archive_is_told(tmp_path):
    path = write(tmp_path / "x.zip", dump="dump.dump", content=b"CREATE TABLE x;")

    def read():
        with ForeignZip(path, MOST).statements(Programs(), tmp_path) as pieces:
            list(pieces)

    assert code_of(read) == "zip_kind"


@pytest.mark.parametrize(
    "line",
    [
        "5; 1255 16400 FUNCTION public spy() odoo",
        "6; 3466 16401 EVENT TRIGGER - e odoo",
        "7; 2612 16402 PROCEDURAL LANGUAGE - plpython3u odoo",
        "8; 2620 16403 TRIGGER public x t odoo",
        "9; 1417 16404 SERVER - s odoo",
        "9; 2613 16405 BLOB - 16405 odoo",
        "9; 2615 16405 SCHEMA - evil odoo",
        "9; 6104 16406 PUBLICATION - p odoo",
        "9; 0 0 MATERIALIZED VIEW DATA public v odoo",
        "9; 2618 1 RULE public x r odoo",
    ],
)
def test_a_list_names_nothing_but_tables_and_their_like(line):
    good = "; Archive created at x\n216; 1259 16389 TABLE public a odoo".splitlines()
    foreign_zip.require_kinds(good)
    with pytest.raises(Refused, match="archive_kind"):
        foreign_zip.require_kinds([*good, line])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_lines_come_whole_whatever_the_chunks(size):
    body = b"one\n\ntwo\r\nthree"
    chunks = iter([body[at : at + size] for at in range(0, len(body), size)])
    assert list(line_pieces(chunks)) == [b"one\n", b"\n", b"two\r\n", b"three"]


def test_a_long_line_comes_in_pieces():
    long = b"x" * (3 << 20)
    chunks = iter([long[at : at + (1 << 20)] for at in range(0, len(long), 1 << 20)] + [b"\n"])
    pieces = list(line_pieces(chunks))
    assert len(pieces) == 4 and b"".join(pieces) == long + b"\n"
    assert io.BytesIO(b"".join(pieces)).readline() == long + b"\n"
