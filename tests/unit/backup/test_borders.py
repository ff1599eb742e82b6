"""Limits stand where the page says, values do not change, sums are exact."""

import dataclasses
import importlib

import pytest

from saas_business_management.adapters.backup import closed_manifest, file_writer
from saas_business_management.adapters.streams import compress, objects
from saas_business_management.adapters.streams.objects import ObjectCipher
from saas_business_management.kernel.backup import canonical, content, envelope, layout, manifest
from saas_business_management.kernel.backup.content import Packer
from saas_business_management.kernel.errors import Broken

from .parts import BACKUP, KEY, OTHER, TENANT, code_of, fixed
from .world import World

MODULES = [
    f"saas_business_management.{name}"
    for name in (
        *(f"kernel.backup.{part}" for part in "content envelope facts key manifest verify".split()),
        "adapters.backup.closed_manifest",
        "adapters.backup.reader",
        "adapters.backup.source_files",
        "adapters.backup.writer",
    )
]


def values():
    for name in MODULES:
        for found in vars(importlib.import_module(name)).values():
            own = isinstance(found, type) and found.__module__ == name
            if own and dataclasses.is_dataclass(found):
                yield found


@pytest.mark.parametrize("value", [*values()], ids=lambda value: value.__name__)
def test_a_value_never_changes(value) -> None:
    assert value.__dataclass_params__.frozen


def test_the_limits_are_those_of_the_page() -> None:
    assert (content.SMALL_BYTES, content.PACK_BYTES_MAX) == (65_536, 8 * 1024**2)
    assert (content.TRUST_RUNS, content.TRUST_TIME.days) == (6, 6)
    assert (envelope.CHUNK_BYTES, envelope.CHUNK_BYTES_MAX) == (1_048_576, 16_777_216)
    assert (envelope.CHUNKS_MAX, envelope.TAG_BYTES) == (2**32, 16)
    assert (manifest.CLEAR_BYTES_MAX, manifest.FORMAT) == (512, 1)
    assert manifest.PLAIN_BYTES_MAX == 128 * 1024**2
    assert closed_manifest.OBJECT_BYTES_MAX == 64 * 1024**2
    assert closed_manifest.MAC_BYTES == 32
    assert (objects.PLAIN_BYTES_MAX, objects.NONCE_BYTES) == (60 * 1024**3, 12)
    assert (objects.IN_MEMORY_BYTES, file_writer.NAME_SHOWN) == (8 * 1024**2, 200)
    assert (compress.LEVEL, compress.WINDOW_BYTES_MAX) == (3, 8 * 1024**2)
    assert compress.BLOCK_BYTES_MAX == 128 * 1024
    assert (canonical.NUMBER_MAX, layout.ROOT) == (2**63 - 1, "v1")


@pytest.mark.parametrize(("length", "packs"), [(25, 1), (26, 2)])
def test_a_pack_is_filled_to_its_limit(length: int, packs: int) -> None:
    packer = Packer(most=50)
    found = [*packer.add("a", bytes(25)), *packer.add("b", bytes(length)), *packer.rest()]
    assert len(found) == packs


def test_one_nonce_closes_up_to_its_limit_and_not_a_byte_more(monkeypatch) -> None:
    packed = b"x" * 100
    monkeypatch.setattr(objects, "compress", lambda _chunks: iter([packed[:60], packed[60:]]))
    for most, code in ((100, ""), (99, "backup_too_large")):
        monkeypatch.setattr(objects, "PLAIN_BYTES_MAX", most)
        cipher = ObjectCipher(KEY, TENANT, fixed(bytes(12)))
        told = code_of(lambda cipher=cipher: cipher.seal([b""], "0a" * 32))
        assert told == code


@pytest.mark.parametrize(
    ("number", "taken"), [(2**63 - 1, True), (2**63, False), (0, True), (-1, False)]
)
def test_numbers_have_a_range(number: int, taken: bool) -> None:
    told = code_of(lambda: canonical.as_number(number, "here"))
    assert told == ("" if taken else "backup_form")
    least = -(2**63)
    assert canonical.as_number(least, "here", least) == least
    assert code_of(lambda: manifest._read_sequence([least, 1, -1, 0], "here")) == ""
    assert code_of(lambda: manifest._read_sequence([least - 1, 1, 1, 0], "here")) == "backup_form"


def test_how_much_is_missing_is_told() -> None:
    with pytest.raises(Broken) as told:
        list(envelope.counted([b"abc"], 10))
    assert told.value.facts == {"missing_bytes": 7}


def test_what_a_run_added_is_counted_to_the_byte(tmp_path) -> None:
    world = World(TENANT, tmp_path)
    one, link = world.write(BACKUP)
    added = sum(len(b) for k, b in world.store.objects.items() if "/obj/" in k or "/pack/" in k)
    assert one.new_bytes == added > 0
    assert one.stored_bytes == added + one.parts[0].stored_size
    two, _link = world.write(OTHER, former=(one, link))
    assert two.new_bytes == 0 and two.files.rehash.runs == 1 and one.files.rehash.runs == 0


def test_progress_counts_files_and_objects(tmp_path) -> None:
    world, told = World(TENANT, tmp_path), []
    one, _link = world.write(BACKUP)
    world.reader().prove(one, on_progress=lambda *step: told.append(step))
    assert told == [("prove", 1, 2), ("prove", 2, 2)]
    (tmp_path / "out").mkdir()
    files = []
    world.reader().extract(one, tmp_path / "out", on_progress=lambda *step: files.append(step))
    assert [step[1] for step in files] == [1, 2, 3, 4] and files[-1] == ("files", 4, 4)


def test_a_name_too_long_to_be_one_is_shown_in_part(tmp_path) -> None:
    world = World(TENANT, tmp_path)
    world.names.append(("../" + "x" * 500, 1))
    one, _link = world.write(BACKUP)
    assert one.files.missing == (("../" + "x" * 500)[:200],)


def test_a_clear_line_ends_within_its_limit() -> None:
    begin = b'{"backup":"' + b"x" * 600
    assert code_of(lambda: manifest.parse_clear_line(begin[:511])) == "backup_truncated"
    assert code_of(lambda: manifest.parse_clear_line(begin[:512])) == "backup_form"
    assert code_of(lambda: manifest.parse_clear_line(b"other")) == "backup_form"
    assert code_of(lambda: manifest.parse_clear_line(b'{"back')) == "backup_truncated"
    assert code_of(lambda: manifest.parse_clear_line(b"")) == "backup_truncated"
