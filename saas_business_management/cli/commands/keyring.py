"""`keyring-create`: the key file that closes the secrets in the control database."""

from ...adapters.keyring import Keyring
from ...kernel.errors import SaasError
from .grammar import command, folder
from .say import Stop, say

FAULTS = {
    "keyring_exists": (
        "“{file}” is there and was not touched: without its keys no stored secret opens again."
    ),
    "keyring_folder": (
        "“{file}” cannot be written. Make its folder first, and run this as the user of Odoo."
    ),
}


def add_to(commands):
    """Add the command; it runs before there is a database."""
    parser = command(
        commands,
        "keyring-create",
        create,
        "make the key file of the control plane",
        needs_database=False,
    )
    parser.add_argument(
        "--file", required=True, type=folder, help="where; keep a copy apart from database backups"
    )


def create(chosen):
    """Make the key file, readable by its owner alone; never over an existing one."""
    try:
        Keyring.create(chosen.file)
    except SaasError as error:
        raise Stop(FAULTS.get(error.code, str(error)).format(file=chosen.file)) from error
    say(f"Key file {chosen.file} is made. The configuration of the control plane needs:")
    say(f"  saas_keyring_file = {chosen.file}")
