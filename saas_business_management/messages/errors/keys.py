"""Sentences of errors about keys: of backups, of the control plane."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Keys of backups
    "backup_kek_missing": _lt(
        "The key file of the backups was not found, so no backup is made or opened. Bring it back "
        "from its safe copy, or name it as saas_backup_key_file in the configuration."
    ),
    "backup_kek_open_to_others": _lt(
        "The key file of the backups can be read by others (mode %(mode)s), so it was not used. "
        "Set its mode to 0600."
    ),
    "backup_kek_damaged": _lt(
        "The key file of the backups is damaged and was not used. Bring it back from its safe copy."
    ),
    "backup_kek_exists": _lt("There is a key file of the backups already; it was not touched."),
    "backup_kek_folder": _lt(
        "The key file of the backups could not be written. Make its folder, writable for the "
        "product's user."
    ),
    "backup_kek_unknown": _lt(
        "A backup key was closed with key “%(key)s”, and the key file of the backups does not have "
        "it. Bring that file back from its safe copy."
    ),
    "backup_key_damaged": _lt(
        "The stored key of these backups was changed or moved, so it was not used. Restore the "
        "control database from before."
    ),
    "backup_kek_shared": _lt(
        "The backups and the stored secrets have the same key: whoever gets one gets both. Make a "
        "file of its own with “odoo saas backup-key-create”."
    ),
    "backup_kek_old_needed": _lt(
        "Keys of tenants or backups of the control database still need an old key. Run “odoo saas "
        "rotate backup-keys” first, and wait until those backups have expired."
    ),
    "backup_key_destroyed": _lt(
        "The key of these backups of %(tenant)s was destroyed, so nobody can open them again."
    ),
    "backup_key_held": _lt(
        "A backup of %(tenant)s is under legal hold, so its key was not destroyed. End the hold "
        "first."
    ),
    "recovery_sheet_missing": _lt(
        "The key of the backups stands on no confirmed recovery sheet, so nothing is encrypted "
        "with it. Make one under Configuration › Data › Keys, print it and confirm it."
    ),
    "backup_policy_no_target": _lt(
        "%(policy)s has no target, so nothing could be stored. Choose one first."
    ),
    "backup_key_form": _lt("This is no key of a backup, and nothing was opened with it."),
    # Keys of the control plane
    "keyring_missing": _lt(
        "The key file of the control plane was not found. Nothing was changed. Bring it back from "
        "its safe copy: without it no stored secret can be read."
    ),
    "keyring_open_to_others": _lt(
        "The key file can be read by others (mode %(mode)s), so it was not used. Set its mode to "
        "0600."
    ),
    "keyring_damaged": _lt(
        "The key file is damaged and was not used. Bring it back from its safe copy."
    ),
    "keyring_exists": _lt("There is a key file already, and it was not touched."),
    "keyring_folder": _lt(
        "The key file could not be written. Make its folder, writable for the product's user."
    ),
    "secret_key_unknown": _lt(
        "A stored secret was closed with key “%(key)s”, and the key file does not have it. Bring "
        "that key back from its safe copy."
    ),
    "secret_damaged": _lt(
        "A stored secret was changed or moved, so it was not used. Enter it again."
    ),
}
