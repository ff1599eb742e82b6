"""The format once more, straight from `docs/backup_format.md`, without a line of the addon.

`python -m tests.unit.backup.reference` writes `vectors.json` anew; that is for a new version of the
format only: the vectors of version 1 stay as they are.
"""

import hmac
import json
import struct
from pathlib import Path

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VECTORS = Path(__file__).with_name("vectors.json")
KEY = bytes(range(32))
KEY_ID = "d7-2026"
TENANT = "3f0c6c1e-5a55-4d1c-9d53-0d0f5d7c7a11"
BACKUP = "8d5a1a52-6f2e-4b7a-9a0e-4b7c6e2f9d10"
OTHER = "b2b5a3a0-1111-4222-8333-444455556666"


def hkdf(key, info, salt=b""):
    """RFC 5869 for 32 bytes, by hand."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def context(tenant, backup, part):
    body = b"".join(bytes([len(one)]) + one.encode() for one in (tenant, backup, part))
    return struct.pack(">H", len(body)) + body


def header(key_id, salt, prefix, bound, size):
    front = b"\x93SAASBK\n" + bytes([1, 1]) + struct.pack(">I", size)
    return front + bytes([len(key_id)]) + key_id.encode() + salt + prefix + bound


def stream(plain, key, key_id, salt, prefix, bound, size):
    front = header(key_id, salt, prefix, bound, size)
    cipher = AESGCM(hkdf(key, b"backup v1" + bound, salt))
    pieces = [plain[at : at + size] for at in range(0, len(plain), size)] or [b""]
    out = front
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        out += cipher.encrypt(prefix + struct.pack(">IB", number, last), piece, front)
    return out


def content_id(key, tenant, content):
    dedupe = hkdf(key, b"backup v1 dedupe " + tenant.encode())
    return hmac.new(dedupe, content, "sha256").hexdigest()


def closed_object(key, tenant, content, nonce, packed=None):
    packed = zstandard.ZstdCompressor(level=3).compress(content) if packed is None else packed
    cipher = AESGCM(hkdf(key, b"backup v1 object " + tenant.encode()))
    return nonce + cipher.encrypt(nonce, packed, bytes.fromhex(content_id(key, tenant, content)))


def closed_manifest(key, key_id, tenant, backup, plain, salt, prefix):
    sealed = stream(
        zstandard.ZstdCompressor(level=3).compress(plain),
        key, key_id, salt, prefix, context(tenant, backup, "manifest"), 1 << 20,
    )  # fmt: skip
    line = json.dumps(
        {
            "backup": backup,
            "format": "saas-backup/1",
            "key": key_id,
            "key_check": hkdf(key, b"backup v1 check ")[:8].hex(),
            "sealed_bytes": len(sealed),
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    body = line.encode() + b"\n" + sealed
    return body + hmac.digest(hkdf(key, b"backup v1 manifest " + tenant.encode()), body, "sha256")


MANIFEST = {
    "format": 1,
    "tenant": TENANT,
    "backup": BACKUP,
    "fence": 7,
    "reason": "schedule",
    "key": KEY_ID,
    "started_at": "2026-03-01T02:00:00.250000Z",
    "finished_at": "2026-03-01T02:00:03.000000Z",
    "previous": [OTHER, "ab" * 32],
    "database": {
        "server": {
            "version": 150018,
            "encoding": "UTF8",
            "collation": "C",
            "character_type": "C",
            "lsn": "0/1A2B3C",
            "owner": "t_abcdefghijklmnopqrstuvwxyz",
            "settings": [],
        },
        "tables": {"public.res_partner": 3, "public.größe": 0},
        "sequences": {"public.res_partner_id_seq": [3, 1, 1, 0]},
        "counts": {"foreign_keys": 2, "triggers": 0},
        "extensions": {"pg_trgm": "1.6"},
        "modules": {"base": "19.0.1.3"},
        "row_hashes": {},
        "left_out": [["public", "res_users", "saas_user_limit"]],
    },
    "parts": [
        {
            "name": "db",
            "key": f"v1/{TENANT}/db/{BACKUP}.f7",
            "size": 10,
            "sha256": "01" * 32,
            "stored_size": 300,
            "stored_sha256": "02" * 32,
        }
    ],
    "files": {
        "files": [["ab/" + "ab" * 20, 5, "0a" * 32], ["cd/" + "cd" * 20, 70000, "0b" * 32]],
        "missing": ["ef/" + "ef" * 20],
        "rotten": [],
        "objects": {"0b" * 32: 70100},
        "packs": [["03" * 32, 46, [["0a" * 32, 0, 46]]]],
        "rehash": ["2026-02-25T02:00:00.000000Z", 4],
    },
    "new_bytes": 346,
    "tools": {"pg_dump": "15.18"},
    "notes": {},
}
STREAMS = {
    "empty": (b"", 16),
    "one byte": (b"x", 16),
    "one chunk exactly": (bytes(range(16)), 16),
    "two chunks": (bytes(range(16)) + b"!", 16),
    "many chunks": (b"0123456789abcdef" * 5 + b"tail", 16),
    "the usual size": (b"dump" * 40, 1 << 20),
}


def make():
    """Return all vectors."""
    salt, prefix, nonce = bytes(range(100, 132)), bytes(range(7)), bytes(range(50, 62))
    bound = context(TENANT, BACKUP, "db")
    plain = json.dumps(MANIFEST, sort_keys=True, separators=(",", ":")).encode()
    content = b"a file of Odoo's store\n" * 4
    packed = zstandard.ZstdCompressor(level=3).compress(content)
    return {
        "key": {"id": KEY_ID, "secret": KEY.hex(), "check": hkdf(KEY, b"backup v1 check ").hex()},
        "salt": salt.hex(),
        "prefix": prefix.hex(),
        "context": {"tenant": TENANT, "backup": BACKUP, "part": "db", "bytes": bound.hex()},
        "stream_key": hkdf(KEY, b"backup v1" + bound, salt).hex(),
        "streams": [
            {
                "name": name,
                "chunk_bytes": size,
                "plain": plain_bytes.hex(),
                "stream": stream(plain_bytes, KEY, KEY_ID, salt, prefix, bound, size).hex(),
            }
            for name, (plain_bytes, size) in STREAMS.items()
        ],
        "object": {
            "content": content.hex(),
            "id": content_id(KEY, TENANT, content),
            "nonce": nonce.hex(),
            "compressed": packed.hex(),
            "object": closed_object(KEY, TENANT, content, nonce, packed).hex(),
        },
        "manifest": {
            "plain": plain.decode(),
            "object": closed_manifest(KEY, KEY_ID, TENANT, BACKUP, plain, salt, prefix).hex(),
        },
    }


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(make(), indent=1) + "\n", encoding="ascii")
