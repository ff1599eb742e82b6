"""What reads bytes that anybody may have written: where each begins, what must hold of it.

Owns: the readers of backups, of files of others and of a node's copy, each with bytes it takes.
Does not own: changing them (`mutate.py`).

A target returns when the bytes were taken and raises one of our errors when they were refused.
Whatever it takes of our own has one form only: written again it gives the same bytes.
"""

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saas_business_management.adapters.backup.bundle_file import BundleReader
from saas_business_management.adapters.backup.closed_manifest import Wanted, open_manifest
from saas_business_management.adapters.backup.foreign_zip import CUSTOM, ForeignZip
from saas_business_management.adapters.backup.key_file import _parse as parse_key_file
from saas_business_management.adapters.keyring import _parse as parse_keyring
from saas_business_management.adapters.postgres.client_programs import Programs
from saas_business_management.adapters.streams.compress import compress, compress_whole, decompress
from saas_business_management.adapters.streams.encrypt import open_stream
from saas_business_management.adapters.streams.objects import ObjectCipher
from saas_business_management.gateway.secret_file import _parse as parse_secret_file
from saas_business_management.kernel.backup import bundle, canonical, layout
from saas_business_management.kernel.backup.envelope import parse_header
from saas_business_management.kernel.backup.manifest import (
    decode_manifest,
    encode_manifest,
    parse_clear_line,
)
from saas_business_management.kernel.backup.passphrase import Derivation
from saas_business_management.kernel.backup.plain_dump import Rows, parse
from saas_business_management.kernel.errors import SaasError
from saas_business_management.kernel.gateway.copy import (
    is_of_earlier_format,
    read_copy,
    write_copy,
)
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret
from tests.unit.backup.parts import BACKUP, CONTEXT, KEY, KEYS, TENANT, VECTORS
from tests.unit.backup.test_foreign_zip import write as write_zip
from tests.unit.backup.test_plain_dump import GOOD

EXPANDED_BYTES = 4 << 20
NAME = re.compile(r"v1/[0-9a-f-]{36}/(man|db|obj|pack)/[0-9a-f./-]{36,80}(f1)?")
CONTENT = VECTORS["object"]["id"]
STREAMS = [bytes.fromhex(one["stream"]) for one in VECTORS["streams"] if "stream" in one]
MANIFEST = VECTORS["manifest"]["plain"].encode()
CLOSED = bytes.fromhex(VECTORS["manifest"]["object"])


@dataclass(frozen=True)
class Target:
    """A reader and bytes to begin with."""

    begin: tuple[bytes, ...]
    read: Callable[[bytes], None]


def _header(data: bytes) -> None:
    header, length = parse_header(data)
    assert header.encode() == data[:length], "a header has one encoding"


def _stream(data: bytes) -> None:
    for _chunk in open_stream([data[:7], data[7:]], KEYS, CONTEXT):
        continue


def _canonical(data: bytes) -> None:
    assert canonical.dump(canonical.load(data, "fuzz")) == data


def _manifest(data: bytes) -> None:
    one = decode_manifest(data)
    assert encode_manifest(one) == data, "a manifest has one form"
    assert one.stored_bytes >= 0


def _clear_line(data: bytes) -> None:
    line, length = parse_clear_line(data)
    assert line.encode() == data[:length], "a clear line has one form"


def _closed_manifest(data: bytes) -> None:
    open_manifest(data, KEYS, Wanted(TENANT, BACKUP))
    assert data == CLOSED, "only what was closed with the key opens"


def _compressed(data: bytes) -> None:
    seen = sum(len(chunk) for chunk in decompress([data[:5], data[5:]], EXPANDED_BYTES))
    assert seen <= EXPANDED_BYTES


def _object(data: bytes) -> None:
    cipher = ObjectCipher(KEY, TENANT)
    whole = _outcome(lambda: cipher.open_whole(data, CONTENT, EXPANDED_BYTES))
    pieces = [data[at : at + 5000] for at in range(0, len(data), 5000)]
    with tempfile.TemporaryDirectory() as folder:
        streamed = _outcome(lambda: b"".join(cipher.open(pieces, CONTENT, folder, EXPANDED_BYTES)))
    assert type(whole) is type(streamed) and str(whole) == str(streamed), "both ways agree"
    if isinstance(whole, SaasError):
        raise whole


def _outcome(read: Callable[[], bytes]) -> bytes | SaasError:
    try:
        return read()
    except SaasError as error:
        return error


def _closed_by_a_stranger(data: bytes) -> None:
    """Open what was closed with the right key and is no frame of ours."""
    cipher, nonce = ObjectCipher(KEY, TENANT), bytes(12)
    sealed = AESGCM(cipher._key).encrypt(nonce, data, bytes.fromhex(CONTENT))
    _object(nonce + sealed)


def _key_file(data: bytes) -> None:
    assert parse_key_file(data)


def _layout(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    backup = layout.backup_of(text)
    assert not backup or layout.manifest_name(TENANT, backup).endswith(backup)
    makers = (
        lambda: layout.manifest_name(TENANT, text),
        lambda: layout.database_name(text, BACKUP, 1),
        lambda: layout.object_name(TENANT, text),
        lambda: layout.pack_name(TENANT, text),
    )
    told = [_outcome(make) for make in makers]
    names = [one for one in told if isinstance(one, str)]
    assert all(NAME.fullmatch(one) for one in names), names
    if not names:
        raise told[0]


def _bundle(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        reader = BundleReader(file.name)
        assert bundle.encode_front(reader.derivation) == data[: bundle.FRONT_BYTES]
        for one in reader.list(""):
            assert sum(map(len, reader.get_range(one.key))) == one.size


def _plain_dump(data: bytes) -> None:
    for one in parse(iter(data.splitlines(keepends=True))):
        for _chunk in one.chunks if isinstance(one, Rows) else ():
            continue


def _foreign_zip(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        file.write(data)
        file.flush()
        found = ForeignZip(Path(file.name), EXPANDED_BYTES)
        contents = found.look()
        assert contents.dump_bytes + contents.file_bytes <= EXPANDED_BYTES
        assert found.unpack(Path(folder)) == contents.file_count
        if contents.dump != CUSTOM:
            with found.statements(Programs(), Path(folder)) as pieces:
                assert sum(map(len, pieces)) <= EXPANDED_BYTES


def _route_copy(data: bytes) -> None:
    is_of_earlier_format(data)
    read_copy(data, "local", COPY_KEY)
    assert data == COPY, "only what was written with the key is read"


def _keyring(data: bytes) -> None:
    current, keys = parse_keyring(data)
    assert len(keys[current]) == 32


def _secret_file(data: bytes) -> None:
    assert parse_secret_file(data.decode("utf-8", "replace")).cluster_secret


def _zip_begin() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_zip(Path(folder, "x.zip"), content=GOOD.encode()).read_bytes()


def _bundle_begin() -> bytes:
    name, body = bundle.encode_name(layout.manifest_name(TENANT, BACKUP)), b"a manifest"
    front = bundle.encode_front(Derivation(bytes(32), log_cost=4))
    return front + name + bundle.encode_length(len(body)) + body + bundle.END


LOGIN = {"host": "db", "port": 5432, "user": "u", "password": "p", "database": "d"}
SECRET_FILE = {
    **dict.fromkeys(("postgres", "bus", "control"), LOGIN),
    **dict.fromkeys(("node", "cluster_secret"), "local"),
    "format": 1,
}
# The end of a zip that is too large for the ordinary one.
LARGE_END = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18)
COPY_KEY = Secret("key")
COPY = write_copy([Route(1, "acme.localhost", "t_a", 1, "active")], [], "local", COPY_KEY)
BOMB = zstandard.ZstdCompressor(level=19).compress(bytes(64 << 20))
TARGETS = {
    "header": Target((*STREAMS, bytes.fromhex(VECTORS["context"]["bytes"])), _header),
    "stream": Target(tuple(STREAMS), _stream),
    "canonical JSON": Target((MANIFEST, b"{}", b"[]", b'"a"', b"-1"), _canonical),
    "manifest": Target((MANIFEST,), _manifest),
    "clear line": Target((CLOSED[:400],), _clear_line),
    "closed manifest": Target((CLOSED,), _closed_manifest),
    "compressed": Target((b"".join(compress([MANIFEST])), BOMB), _compressed),
    "object": Target((bytes.fromhex(VECTORS["object"]["object"]),), _object),
    "foreign object": Target((compress_whole(MANIFEST), BOMB), _closed_by_a_stranger),
    "key file": Target(
        (json.dumps({"format": 1, "keys": {KEY.id: "A" * 43 + "="}}).encode(),), _key_file
    ),
    "names": Target(
        (BACKUP.encode(), layout.manifest_name(TENANT, BACKUP).encode(), CONTENT.encode()), _layout
    ),
    "bundle": Target((_bundle_begin(),), _bundle),
    "plain dump": Target((GOOD.encode(),), _plain_dump),
    "foreign zip": Target((_zip_begin(), LARGE_END), _foreign_zip),
    "keyring": Target(
        (json.dumps({"format": 1, "current": "k1", "keys": {"k1": "A" * 43 + "="}}).encode(),),
        _keyring,
    ),
    "secret file": Target((json.dumps(SECRET_FILE).encode(),), _secret_file),
    "route copy": Target((COPY, b'{"format": 1}\n'), _route_copy),
}
