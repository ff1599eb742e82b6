"""The vectors of version 1: what was written once is read, and written again to the byte."""

import pytest

from saas_business_management.adapters.backup.closed_manifest import (
    Wanted,
    close_manifest,
    open_manifest,
)
from saas_business_management.adapters.streams.encrypt import (
    check_value,
    dedupe_key,
    derive,
    open_stream,
    seal_stream,
)
from saas_business_management.adapters.streams.objects import ObjectCipher
from saas_business_management.kernel.backup.content import content_hash
from saas_business_management.kernel.backup.key import STREAM
from saas_business_management.kernel.backup.manifest import decode_manifest, encode_manifest

from . import reference
from .parts import BACKUP, CONTEXT, KEY, KEYS, TENANT, VECTORS, fixed

SALT, PREFIX = bytes.fromhex(VECTORS["salt"]), bytes.fromhex(VECTORS["prefix"])
STREAMS = {one["name"]: one for one in VECTORS["streams"]}


def test_the_vectors_are_those_of_an_implementation_of_its_own() -> None:
    made = reference.make()
    assert made["streams"] == VECTORS["streams"]
    assert (made["object"]["id"], made["key"]) == (VECTORS["object"]["id"], VECTORS["key"])


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_read(name: str) -> None:
    stream = bytes.fromhex(STREAMS[name]["stream"])
    for step in (1, 3, len(stream)):
        pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
        plain = b"".join(open_stream(pieces, KEYS, CONTEXT))
        assert plain.hex() == STREAMS[name]["plain"]


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_written_to_the_byte(name: str) -> None:
    told = STREAMS[name]
    plain = bytes.fromhex(told["plain"])
    for step in (1, 7, len(plain) or 1):
        pieces = [plain[at : at + step] for at in range(0, len(plain), step)]
        sealed = seal_stream(pieces, KEY, CONTEXT, told["chunk_bytes"], fixed(SALT, PREFIX))
        assert b"".join(sealed).hex() == told["stream"]


def test_keys_are_derived_as_written() -> None:
    assert CONTEXT.encode().hex() == VECTORS["context"]["bytes"]
    assert derive(KEY, STREAM, CONTEXT.encode(), SALT).hex() == VECTORS["stream_key"]
    assert VECTORS["key"]["check"].startswith(check_value(KEY)) and len(check_value(KEY)) == 16


def test_an_object_is_read_and_its_id_is_right(tmp_path) -> None:
    told = VECTORS["object"]
    sealed, content = bytes.fromhex(told["object"]), bytes.fromhex(told["content"])
    cipher = ObjectCipher(KEY, TENANT)
    assert cipher.open_whole(sealed, told["id"], len(content)) == content
    assert b"".join(cipher.open([sealed], told["id"], tmp_path, len(content))) == content
    running = content_hash(dedupe_key(KEY, TENANT))
    running.update(content)
    assert running.hexdigest() == told["id"]


def test_an_object_is_written_to_the_byte(monkeypatch) -> None:
    told = VECTORS["object"]
    compressed = bytes.fromhex(told["compressed"])
    where = "saas_business_management.adapters.streams.objects"
    monkeypatch.setattr(f"{where}.compress_whole", lambda content: compressed)
    monkeypatch.setattr(f"{where}.compress", lambda chunks: iter([compressed[:9], compressed[9:]]))
    for write in ("seal_whole", "seal"):
        cipher = ObjectCipher(KEY, TENANT, fixed(bytes.fromhex(told["nonce"])))
        sealed = getattr(cipher, write)(b"", told["id"])
        assert b"".join([sealed] if write == "seal_whole" else sealed).hex() == told["object"]


def test_a_manifest_is_read_and_its_json_is_written_to_the_byte() -> None:
    stored = bytes.fromhex(VECTORS["manifest"]["object"])
    one = open_manifest(stored, KEYS, Wanted(TENANT, BACKUP, 7))
    assert encode_manifest(one).decode() == VECTORS["manifest"]["plain"]
    assert decode_manifest(VECTORS["manifest"]["plain"].encode()) == one
    assert one.facts.tables["public.größe"] == 0 and one.part("db").stored_size == 300
    assert one.stored_bytes == 300 + 70100 + 46


def test_a_manifest_closed_again_opens_again() -> None:
    stored = bytes.fromhex(VECTORS["manifest"]["object"])
    one = open_manifest(stored, KEYS, Wanted(TENANT, BACKUP))
    again = close_manifest(one, KEY, fixed(SALT, PREFIX))
    assert open_manifest(again, KEYS, Wanted(TENANT, BACKUP)) == one
