"""`backup-key-create`: the key file of the backups, apart from the one of the stored secrets."""

from ...adapters.backup_keys import BackupKeys
from ...kernel.errors import SaasError
from .grammar import command, folder
from .say import Stop, say

FAULTS = {
    "backup_kek_exists": (
        "“{file}” is there and was not touched: without its keys no backup opens again."
    ),
    "backup_kek_folder": (
        "“{file}” cannot be written. Make its folder first, and run this as the user of Odoo."
    ),
}


def add_to(commands):
    """Add the command; it runs before there is a database."""
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


def create(chosen):
    """Make the key file, readable by its owner alone; never over an existing one."""
    try:
        keys = BackupKeys.create(chosen.file)
    except SaasError as error:
        raise Stop(FAULTS.get(error.code, str(error)).format(file=chosen.file)) from error
    say(f"Key file {chosen.file} is made. The configuration of the control plane needs:")
    say(f"  saas_backup_key_file = {chosen.file}")
    say(f"Its fingerprint is {keys.fingerprint()}.")
