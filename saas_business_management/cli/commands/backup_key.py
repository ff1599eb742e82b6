"""`backup-key-create`, `backup-key-show`: the key file of the backups, apart from the one of the
stored secrets.
"""

from ...adapters.backup_keys import BackupKeys
from ...kernel.errors import SaasError
from .grammar import command, folder
from .say import Stop, say

FAULTS = {
    "backup_kek_missing": "There is no file “{file}”, or it cannot be read.",
    "backup_kek_open_to_others": "“{file}” can be read by others: set its mode to 0600.",
    "backup_kek_damaged": "“{file}” is no key file of backups, or it is damaged.",
    "backup_kek_exists": (
        "“{file}” is there and was not touched: without its keys no backup opens again."
    ),
    "backup_kek_folder": (
        "“{file}” cannot be written. Make its folder first, and run this as the user of Odoo."
    ),
}


def add_to(commands):
    """Add the commands; they run before there is a database, and when there is none any more."""
    parser = command(
        commands,
        "backup-key-create",
        create,
        "make the key file of the backups",
        needs_database=False,
    )
    parser.add_argument(
        "--file", required=True, type=folder, help="where; keep a copy apart from the backups"
    )
    parser = command(
        commands,
        "backup-key-show",
        show,
        "print the fingerprints of a key file of backups, to compare with a recovery sheet",
        needs_database=False,
    )
    parser.add_argument("--file", required=True, type=folder, help="the file or a copy of it")


def create(chosen):
    """Make the key file, readable by its owner alone; never over an existing one."""
    try:
        keys = BackupKeys.create(chosen.file)
    except SaasError as error:
        raise Stop(FAULTS.get(error.code, str(error)).format(file=chosen.file)) from error
    say(f"Key file {chosen.file} is made. The configuration of the control plane needs:")
    say(f"  saas_backup_key_file = {chosen.file}")
    say(f"Its fingerprint is {keys.fingerprint()}.")


def show(chosen):
    """Print which keys are in the file, never a key."""
    try:
        keys = BackupKeys.load(chosen.file)
    except SaasError as error:
        raise Stop(FAULTS.get(error.code, str(error)).format(file=chosen.file)) from error
    for kek_id in keys.ids:
        say(f"{kek_id}  {keys.fingerprint(kek_id)}{'  in use' if kek_id == keys.current else ''}")
