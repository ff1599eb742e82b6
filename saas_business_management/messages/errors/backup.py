"""Sentences of errors while backups are planned, made, restored and taken away."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Schedules and retention of backups
    "backup_schedule_unit": _lt(
        "“%(unit)s” is no schedule: back up every few hours, daily or weekly."
    ),
    "backup_schedule_hours": _lt("Back up every 1 to 24 hours, not every %(hours)s."),
    "backup_schedule_weekday": _lt("Choose a day of the week."),
    "backup_schedule_window": _lt("A window begins and ends between 0:00 and 23:59."),
    "backup_retention_nothing": _lt(
        "This would keep no backup at all. Enter at least one number above 0."
    ),
    "backup_retention_number": _lt("“%(number)s” is not possible here: at most %(most)s are kept."),
    # Making backups
    "backup_no_policy": _lt(
        "No backup policy counts for %(tenant)s. Switch one on, or choose one on the tenant."
    ),
    "control_backup_no_policy": _lt(
        "No backup policy counts for the control plane. Choose one in the settings and switch it "
        "on."
    ),
    "backup_no_target": _lt("The policy “%(policy)s” names no backup target. Add one to it."),
    "backup_tenant_closed": _lt(
        "%(tenant)s has no database of its own now, so it was not backed up. Its last backup stays."
    ),
    "restore_kind_unknown": _lt("Choose what is restored and where to."),
    "restore_gone": _lt("This backup is not on its target any more. Choose another one."),
    "restore_key": _lt(
        "The key does not open this backup (%(why)s), so nothing was restored. Bring the key file "
        "back, then try again."
    ),
    "restore_busy": _lt(
        "Another operation is under way with this tenant. It can be restored when that ends."
    ),
    "restore_state": _lt(
        "A tenant in state %(state)s cannot be restored in place. Restore it to a copy instead."
    ),
    "restore_without_database": _lt(
        "This tenant has no database to restore into. Restore it to a copy instead."
    ),
    "restore_files_elsewhere": _lt(
        "Files alone can be restored in place only: a copy needs its records."
    ),
    "sandbox_end": _lt(
        "A sandbox ends after today and within %(most)s days. Choose a day in between."
    ),
    "restore_typed": _lt("Type %(subdomain)s to go on."),
    "restore_reason": _lt("Write why: it stands in the timeline and in the audit log."),
    "restore_server_older": _lt(
        "The backup comes from PostgreSQL %(dumped)s, and this cluster runs %(server)s. Restore it "
        "on a cluster that is as new."
    ),
    "restore_differs": _lt(
        "The restored copy differs from its backup in %(count)s places, first: %(first)s. Nothing "
        "was put in place; the tenant is as it was."
    ),
    "restore_waits_for_safety": _lt("The safety backup is being made; the restore goes on then."),
    "restore_without_safety": _lt(
        "The safety backup failed, so nothing was restored. See why in the list of backups."
    ),
    "restore_undo_missing": _lt(
        "What was live before is not there any more, so the restore cannot be taken back. Its "
        "safety backup can be restored."
    ),
    "not_neutral": _lt(
        "The copy could not be made harmless: %(servers)s mail servers and %(crons)s scheduled "
        "actions stay active. It was not opened."
    ),
    "database_changed": _lt(
        "Database %(database)s is not the one it was, so nothing was swapped. Run the doctor."
    ),
    "backup_incomplete": _lt(
        "%(count)s objects of the backup are not on the target as they were written, first "
        "%(object)s. It does not count as a backup; a new one is made."
    ),
    # Downloads of backups
    "passphrase_short": _lt(
        "The passphrase is too short: use at least %(least)s characters. Nothing was ordered."
    ),
    "passphrase_long": _lt("The passphrase is too long. Nothing was ordered."),
    "passphrase_differs": _lt(
        "The two passphrases are not the same. Type the same one twice; nothing was ordered."
    ),
    "export_without_passphrase": _lt(
        "Choose a passphrase: without one this file would open for nobody."
    ),
    "export_gone": _lt("This backup is not on its target any more, so no file can be made of it."),
    "export_too_large": _lt(
        "This backup is too large for a download: at most %(most_bytes)s of database and files. "
        "Copy it from its target and read it with the backup reader instead."
    ),
    "export_no_room": _lt(
        "The control plane's disk has too little room for this file: %(needed_bytes)s are needed, "
        "%(free_bytes)s are free. Nothing was made. Free space, or remove older downloads."
    ),
    "export_key_gone": _lt(
        "What the passphrase was made into is gone, so the file was not made. Order it anew."
    ),
    "export_damaged": _lt(
        "The file is not what was written, so it is not offered. Order it anew, and look at the "
        "disk of the control plane."
    ),
}
