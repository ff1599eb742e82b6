"""Sentences of errors in what a backup consists of, and in the programs that read it."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "backup_form": _lt(
        "This is no backup of ours, or it is damaged (%(where)s). Nothing was restored. Use "
        "another backup."
    ),
    "backup_truncated": _lt(
        "The backup is cut off: its end is missing. Nothing was restored. Use another backup."
    ),
    "backup_trailing": _lt(
        "The backup is longer than it should be. Nothing was restored. Use another backup."
    ),
    "backup_damaged": _lt(
        "The backup was changed after it was written, so it cannot be trusted. Nothing was "
        "restored. Use another backup."
    ),
    "backup_binding": _lt(
        "What lies in the place of this backup belongs to another one (%(what)s). Nothing was "
        "restored. Look at the backup target."
    ),
    "backup_stale": _lt(
        "An older backup was put in the place of this one. Nothing was restored. Look at the "
        "backup target."
    ),
    "backup_key_missing": _lt(
        "The backup needs key “%(key)s”, which is not there. Nothing was restored. Bring it back "
        "from its safe copy."
    ),
    "backup_key_wrong": _lt(
        "The key stored as “%(key)s” is not the one that closed this backup. Nothing was restored. "
        "Bring the right one back from its safe copy."
    ),
    "backup_context_form": _lt("A backup was given a name of a wrong form. Nothing was written."),
    "backup_header_form": _lt("A backup was given a wrong size or key. Nothing was written."),
    "backup_name_form": _lt("An object of a wrong name was not asked for. Nothing was changed."),
    "backup_version_unknown": _lt(
        "The backup has format version %(version)s, which is newer than this program. Update it, "
        "then try again."
    ),
    "backup_suite_unknown": _lt(
        "The backup is encrypted in way %(suite)s, which this program does not know. Update it, "
        "then try again."
    ),
    "backup_part_missing": _lt("The backup has no part “%(part)s”. Choose another backup."),
    "backup_too_large": _lt("Something is too large for a backup. Nothing was written."),
    "backup_source_changed": _lt(
        "A file changed while it was read. Nothing was kept. It is tried again by itself."
    ),
    "object_differs": _lt(
        "The backup target has something else than what was sent. There is no backup. Test the "
        "target."
    ),
    "pg_dump_too_old": _lt(
        "The program pg_dump has version %(program)s and the server version %(server)s. Nothing "
        "was written. Set the folder of newer programs on the cluster."
    ),
    "pg_restore_too_new": _lt(
        "The program pg_restore has version %(program)s, which is too new for a server of version "
        "%(server)s. Nothing was restored. Set the folder of its own programs on the cluster."
    ),
    "database_not_empty": _lt(
        "The database is not empty, so nothing was restored into it. Restore into a new one."
    ),
    "folder_not_empty": _lt("The folder is not empty, so nothing was written. Name a new one."),
    "archive_damaged": _lt("The dump inside is not whole. Nothing was kept. Use another backup."),
    "unaccent_mutable": _lt(
        "The backup needs the function unaccent to be immutable. Nothing was restored. Have a "
        "superuser run ALTER FUNCTION unaccent(text) IMMUTABLE in the new database, then try again."
    ),
    "archive_version_unknown": _lt(
        "The dump inside was written by a newer pg_dump. Nothing was restored. Set the folder of "
        "newer programs on the cluster."
    ),
    "spool_denied": _lt(
        "The folder for temporary files may not be written. Nothing was restored. Give the "
        "product's user the right to write there."
    ),
    "spool_unreachable": _lt(
        "The folder for temporary files does not answer (%(reason)s). It is tried again by itself."
    ),
    "program_missing": _lt(
        "The program %(program)s was not found. Nothing was changed. Install PostgreSQL's client "
        "programs, or set their folder on the cluster."
    ),
    "program_failed": _lt(
        "The program %(program)s failed with status %(status)s. Nothing was kept. The log has the "
        "details."
    ),
    "program_stopped": _lt(
        "The program %(program)s was ended from outside (%(signal)s). Nothing was kept. It is "
        "tried again by itself."
    ),
    "program_timeout": _lt(
        "The program %(program)s took longer than %(seconds)s seconds and was ended. Nothing was "
        "kept. It is tried again by itself."
    ),
}
