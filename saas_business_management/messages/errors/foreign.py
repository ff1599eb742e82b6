"""Sentences of errors in files of other installations."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "import_name_form": _lt(
        "“%(name)s” cannot be imported: its name may have letters, digits, dots, hyphens and "
        "underscores, and ends with .zip."
    ),
    "import_file_missing": _lt(
        "The file is not in the upload folder of the control plane. Put it there and import it "
        "again."
    ),
    "import_file_there": _lt(
        "A file “%(name)s” is in the upload folder already, and it was not touched. Rename yours."
    ),
    "import_tenant_has_data": _lt(
        "%(tenant)s has a database already, so nothing is imported for it. Choose a tenant that is "
        "a draft."
    ),
    "import_modules_missing": _lt(
        "The cluster does not have these modules of the file: %(modules)s. Nothing was imported. "
        "Add them to the cluster's Odoo, or uninstall them where the file comes from."
    ),
    "import_other_series": _lt(
        "What the file holds is not an Odoo %(wanted)s, whatever it says of itself. Nothing was "
        "imported."
    ),
    "zip_form": _lt(
        "This is no zip of Odoo's database manager, or it is damaged. Nothing was imported."
    ),
    "zip_incomplete": _lt(
        "The zip needs a manifest.json and one dump, dump.sql or dump.dump. Nothing was imported."
    ),
    "zip_entry_form": _lt(
        "The zip holds something that Odoo never puts into one, such as a link or a path that "
        "leads elsewhere. Nothing was imported."
    ),
    "zip_encrypted": _lt("The zip is encrypted, so it cannot be read. Nothing was imported."),
    "zip_double": _lt("The zip holds the same name twice. Nothing was imported."),
    "zip_too_many": _lt("The zip holds more than %(most)s files. Nothing was imported."),
    "zip_too_large": _lt(
        "The zip holds more than %(most_bytes)s, which is the most that is imported. Nothing was "
        "imported."
    ),
    "zip_bomb": _lt(
        "The zip would grow far beyond what a database can be, so it was not opened. Nothing was "
        "imported."
    ),
    "zip_version": _lt(
        "The zip is of Odoo %(version)s; only %(wanted)s can be imported. Upgrade it where it "
        "comes from first. Nothing was imported."
    ),
    "zip_kind": _lt(
        "The dump.dump in the zip is no archive of pg_dump in custom format. Nothing was imported."
    ),
    "archive_kind": _lt(
        "The dump holds a %(kind)s, which no Odoo database needs. Nothing was imported."
    ),
    "plain_not_loaded": _lt(
        "The database server did not take line %(line)s of the dump (%(reason)s). Nothing was "
        "imported, and nothing is left of it."
    ),
    "plain_statement_unknown": _lt(
        "Line %(line)s of the dump begins a statement that is never taken from a file (%(begin)s). "
        "Nothing was imported. Dump the database with Odoo or pg_dump, without what is not Odoo's."
    ),
    "plain_statement_form": _lt(
        "The statement in line %(line)s of the dump is not written as pg_dump writes it, so it was "
        "not taken. Nothing was imported."
    ),
    "plain_text_form": _lt(
        "The text in line %(line)s of the dump cannot be what pg_dump wrote, so it was not taken. "
        "Nothing was imported."
    ),
    "plain_function": _lt(
        "The statement in line %(line)s of the dump calls %(name)s, which no Odoo database needs. "
        "Nothing was imported."
    ),
    "plain_setting": _lt(
        "Line %(line)s of the dump changes the setting %(name)s, which pg_dump never does. Nothing "
        "was imported."
    ),
    "plain_extension": _lt(
        "The dump needs the extension %(name)s (line %(line)s), which tenants do not get. Nothing "
        "was imported."
    ),
    "plain_command": _lt(
        "Line %(line)s of the dump is a command to a program, not a statement. Nothing was "
        "imported, and nothing was run."
    ),
    "plain_copy_source": _lt(
        "The dump copies rows from a file or a program of the server (line %(line)s). Nothing was "
        "imported, and nothing was run."
    ),
    "plain_truncated": _lt(
        "The dump is cut off: after line %(line)s its end is missing. Nothing was imported. Get a "
        "whole one."
    ),
    "plain_too_long": _lt(
        "A statement in line %(line)s of the dump is longer than any of an Odoo database. Nothing "
        "was imported."
    ),
}
