"""`python -m saas_business_management.backup_reader`: backups read with the keys and no Odoo.

Owns: its arguments and lines. Does not own: reading. Errors are told by their codes: the sentences
need Odoo.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...kernel.backup import layout
from ...kernel.backup.manifest import Manifest
from ...kernel.errors import Refused, SaasError
from ..postgres.client_programs import Programs
from .key_file import read_keys
from .proof import prove
from .read_folder import ReadFolder
from .reader import BackupReader
from .spool import pieces, translated

DUMP = "database.dump"
FILES = "filestore"
GOOD, FAULTY, FAILED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say and return the exit status: 0 good, 1 faults found, 2 failed."""
    told = _parser().parse_args(arguments)
    try:
        return told.act(told)
    except SaasError as error:
        sys.stderr.write(f"{error.kind}: {error}\n")
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backup_reader", description="Reads backups with their keys, without Odoo."
    )
    parser.add_argument("--store", required=True, help="folder that holds v1/")
    parser.add_argument("--spool", default=tempfile.gettempdir(), help="folder for spools")
    acts = parser.add_subparsers(required=True)
    listing = acts.add_parser("list", help="tenants, or the backups of one")
    listing.add_argument("tenant", nargs="?", default="")
    listing.set_defaults(act=_list)
    for name, act in (("verify", _verify), ("extract", _extract)):
        one = acts.add_parser(name)
        one.add_argument("tenant")
        one.add_argument("backup")
        one.add_argument(
            "--keys",
            required=True,
            help="file with the keys, mode 0600; for the "
            "control plane's own backups the key file of the backups",
        )
        one.set_defaults(act=act)
        if name == "verify":
            one.add_argument("--pg-bin", default="", help="folder of pg_restore")
        else:
            one.add_argument("--to", required=True, help="folder that is made, or is empty")
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
                _say(tenant, *(("control plane",) if tenant == layout.CONTROL else ()))
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
    _say("backup", manifest.backup, f"{manifest.started_at:%Y-%m-%d %H:%M:%S} UTC")
    _say("files", len(manifest.files.files), f"missing at the source={manifest.files.missing}")
    return reader, manifest


def _verify(told: argparse.Namespace) -> int:
    reader, manifest = _read(told)
    faults = [*reader.look(manifest), *prove(reader, manifest, Programs(told.pg_bin))]
    for fault in sorted({(one.key, one.code) for one in faults}):
        _say("FAULT", *fault)
    _say("proven" if not faults else "NOT to be trusted")
    return FAULTY if faults else GOOD


def _extract(told: argparse.Namespace) -> int:
    reader, manifest = _read(told)
    target = Path(told.to)
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
    _say("wrote", FILES, reader.extract(manifest, target / FILES), "files")
    return GOOD
