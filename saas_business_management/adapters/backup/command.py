"""`python -m saas_business_management.backup_reader`: backups read with the keys and no Odoo.

Owns: its arguments and lines. Does not own: reading. Errors are told by their codes: the sentences
need Odoo.
"""

import argparse
import getpass
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...kernel.backup import layout
from ...kernel.backup.manifest import Manifest
from ...kernel.errors import Broken, Refused, SaasError
from ...kernel.secret import Secret
from ..backup_keys import BackupKeys
from ..postgres.client_programs import Programs
from .bundle_file import BundleReader
from .key_file import read_keys, write_keys
from .proof import prove
from .read_folder import ReadFolder
from .reader import BackupReader, Fault
from .spool import pieces, translated

DUMP = "database.dump"
FILES = "filestore"
GOOD, FAULTY, FAILED = 0, 1, 2
PASSPHRASE_BYTES_MAX = 8192
WRAPPED_FIELDS = 3
# What pg_restore has to leave out, as its list says it; `grep -vF -f` takes it.
LEFT_OUT = "left-out.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say and return the exit status: 0 good, 1 faults found, 2 failed."""
    parser = _parser()
    told = parser.parse_args(arguments)
    if not told.store and told.act not in (_open, _keys):
        parser.error("the following arguments are required: --store")
    try:
        return told.act(told)
    except SaasError as error:
        sys.stderr.write(f"{error.kind}: {error}\n")
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backup_reader", description="Reads backups with their keys, without Odoo."
    )
    parser.add_argument("--store", help="folder that holds v1/; not for open and keys")
    parser.add_argument("--spool", default=tempfile.gettempdir(), help="folder for spools")
    acts = parser.add_subparsers(required=True)
    listing = acts.add_parser("list", help="tenants, or the backups of one")
    listing.add_argument("tenant", nargs="?", default="")
    listing.set_defaults(act=_list)
    for name, act in (("verify", _verify), ("extract", _extract)):
        one = acts.add_parser(name)
        one.add_argument("tenant")
        one.add_argument("backup")
        one.add_argument("--keys", required=True, help="file with the keys, mode 0600")
        one.set_defaults(act=act)
        if name == "verify":
            one.add_argument("--pg-bin", default="", help="folder of pg_restore")
        else:
            one.add_argument("--to", required=True, help="folder that is made, or is empty")
    one = acts.add_parser("counts", help="rows of each table as they stood")
    one.add_argument("tenant")
    one.add_argument("backup")
    one.add_argument("--keys", required=True, help="file with the keys, mode 0600")
    one.set_defaults(act=_counts)
    one = acts.add_parser("keys", help="the keys of backups, out of the key file of the backups")
    one.add_argument("--key-file", required=True, help="saas_backup_key_file or a copy of it")
    one.add_argument("--wrapped", help="keys of tenants: id, reference, closed key; tabs between")
    one.add_argument("--to", required=True, help="file that is made, mode 0600")
    one.set_defaults(act=_keys)
    one = acts.add_parser("open", help="a file that was downloaded under a passphrase")
    one.add_argument("file")
    one.add_argument("--to", help="folder that is made, or is empty; without it all is read only")
    one.add_argument("--passphrase-file", help="its first line, mode 0600 (default: asked for)")
    one.set_defaults(act=_open)
    return parser


def _say(*words: object) -> None:
    sys.stdout.write("  ".join(str(word) for word in words) + "\n")


def _list(told: argparse.Namespace) -> int:
    store = ReadFolder(told.store)
    if not told.tenant:
        folder = Path(told.store, layout.ROOT)
        found = sorted(os.listdir(folder)) if folder.is_dir() else []
        for tenant in found:
            if layout.UUID.fullmatch(tenant):
                _say(tenant)
        return GOOD
    reader = BackupReader(store, told.tenant, {}, told.spool)
    for backup in reader.backups():
        line = reader.clear_line(backup)
        at = store.head(layout.manifest_name(told.tenant, backup)).modified
        _say(backup, f"{at:%Y-%m-%d %H:%M:%S}", f"key={line.key_id}")
    return GOOD


def _read(told: argparse.Namespace) -> tuple[BackupReader, Manifest]:
    reader = BackupReader(ReadFolder(told.store), told.tenant, read_keys(told.keys), told.spool)
    manifest, _link = reader.manifest(told.backup)
    _tell(manifest)
    return reader, manifest


def _tell(manifest: Manifest) -> None:
    _say("backup", manifest.backup, f"{manifest.started_at:%Y-%m-%d %H:%M:%S} UTC")
    _say("files", len(manifest.files.files), f"missing at the source={manifest.files.missing}")


def _verify(told: argparse.Namespace) -> int:
    reader, manifest = _read(told)
    faults = [*reader.look(manifest), *prove(reader, manifest, Programs(told.pg_bin))]
    return _judge(faults)


def _judge(faults: Sequence[Fault]) -> int:
    for fault in sorted({(one.key, one.code) for one in faults}):
        _say("FAULT", *fault)
    _say("proven" if not faults else "NOT to be trusted")
    return FAULTY if faults else GOOD


def _extract(told: argparse.Namespace) -> int:
    reader, manifest = _read(told)
    return _take_out(reader, manifest, Path(told.to))


def _counts(told: argparse.Namespace) -> int:
    reader = BackupReader(ReadFolder(told.store), told.tenant, read_keys(told.keys), told.spool)
    manifest, _link = reader.manifest(told.backup)
    for name, count in sorted(manifest.facts.tables.items() if manifest.facts else ()):
        sys.stdout.write(f"{name}\t{count}\n")
    return GOOD


def _keys(told: argparse.Namespace) -> int:
    """Write the keys of the control database's backups and, of tenants, those that are given."""
    ring = BackupKeys.load(told.key_file)
    keys = {key.id: key for key in (ring.control_key(f"control-{one}") for one in ring.ids)}
    for key_id, reference, wrapped in _wrapped(told.wrapped):
        keys[key_id] = ring.unwrap(wrapped, key_id, reference)
    write_keys(told.to, keys)
    _say("wrote", len(keys), "keys")
    return GOOD


def _wrapped(path: str | None) -> list[list[str]]:
    """Return key id, tenant's reference and closed key of each line of a file."""
    if path is None:
        return []
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Refused("keyring_missing") from None
    rows = [line.split("\t") for line in lines if line]
    if any(len(row) != WRAPPED_FIELDS for row in rows):
        raise Broken("keyring_damaged")
    return rows


def _open(told: argparse.Namespace) -> int:
    """Read a file that was closed with a passphrase, or take out what is in it."""
    store = BundleReader(told.file)
    key = store.derivation.key(_passphrase(told.passphrase_file))
    found = [one for one in store.list(f"{layout.ROOT}/") if layout.backup_of(one.key)]
    if len(found) != 1:
        raise Broken("backup_form", where="manifest")
    _root, tenant, _man, backup = found[0].key.split("/")
    reader = BackupReader(store, tenant, {key.id: key}, told.spool)
    manifest, _link = reader.manifest(backup)
    _tell(manifest)
    if told.to:
        return _take_out(reader, manifest, Path(told.to))
    return _judge([*reader.look(manifest), *reader.prove(manifest)])


def _passphrase(path: str | None) -> Secret:
    """Return the first line of a file that its owner alone may read, or what is typed."""
    if path is None:
        if sys.stdin.isatty():
            return Secret(getpass.getpass("Passphrase: "))
        return Secret(sys.stdin.readline(PASSPHRASE_BYTES_MAX).rstrip("\r\n"))
    try:
        with open(path, encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise Refused("keyring_open_to_others", mode=f"{mode:04o}")
            return Secret(file.readline(PASSPHRASE_BYTES_MAX).rstrip("\r\n"))
    except (OSError, UnicodeDecodeError):
        raise Refused("keyring_missing") from None


def _take_out(reader: BackupReader, manifest: Manifest, target: Path) -> int:
    with translated():
        target.mkdir(mode=0o700, exist_ok=True)
        if any(target.iterdir()):
            raise Refused("folder_not_empty")
        (target / FILES).mkdir()
        for part in manifest.parts:
            name = DUMP if part.name == "db" else part.name
            with reader.part(manifest, part.name) as spooled, open(target / name, "xb") as file:
                for piece in pieces(spooled):
                    file.write(piece)
            _say("wrote", name, part.size)
        left_out = manifest.facts.left_out if manifest.facts else ()
        lines = [f" TRIGGER {' '.join(one)} \n" for one in left_out]
        (target / LEFT_OUT).write_text("".join(lines), encoding="utf-8")
    _say("wrote", FILES, reader.extract(manifest, target / FILES), "files")
    return GOOD
