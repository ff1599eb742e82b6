"""Attachments of a masked copy: what people uploaded gives way to a placeholder.

Owns: which attachments are Odoo's own and stay, what stands in the place of the others. Does not
own: the files on the disk, which go with what names them (`adapters/filestore.py`, `keep_only`).

Pictures and other binary fields of records are dropped: the field is empty then. Uploaded files
keep their row, because messages and records name it.

Source: Odoo 19 `addons/base/models/ir_attachment.py`, `ir_qweb.py` (bundles).
"""

import hashlib
from collections.abc import Collection

from psycopg2 import sql

from .connect import Cursor

PLACEHOLDER = b"Masked"
# Bundles, styles made in the editor, pictures that modules ship.
OWN_URLS = ("/web/assets/%", "/_custom/%")
OWN_MODELS = (
    *("ir.ui.menu", "ir.module.module", "payment.method", "payment.provider", "res.lang"),
    *("res.country", "ir.actions.report", "onboarding.onboarding.step"),
)
OWN = sql.SQL("(coalesce(url, '') LIKE ANY ({}) OR coalesce(res_model, '') = ANY ({}))").format(
    sql.Literal([*OWN_URLS]), sql.Literal([*OWN_MODELS])
)


def met() -> sql.Composable:
    """Return the condition of what gives way."""
    return sql.SQL("NOT {}").format(OWN)


def replace(cursor: Cursor, columns: Collection[str]) -> None:
    """Drop pictures, put the placeholder into everything else that is not Odoo's own.

    Raises: Unavailable, Broken.
    """
    if "res_field" in columns:
        order = "DELETE FROM public.ir_attachment WHERE res_field IS NOT NULL AND NOT {}"
        cursor.execute(sql.SQL(order).format(OWN))
    becomes = {
        "name": sql.SQL("'file-' || id || '.txt'"),
        "type": sql.Literal("binary"),
        "db_datas": sql.Literal(PLACEHOLDER),
        "file_size": sql.Literal(len(PLACEHOLDER)),
        "checksum": sql.Literal(hashlib.sha1(PLACEHOLDER, usedforsecurity=False).hexdigest()),
        "mimetype": sql.Literal("text/plain"),
        **{
            name: sql.SQL("NULL")
            for name in ("store_fname", "url", "index_content", "description", "access_token")
        },
    }
    parts = [
        sql.SQL("{} = {}").format(sql.Identifier(name), value)
        for name, value in becomes.items()
        if name in columns
    ]
    order = sql.SQL("UPDATE public.ir_attachment SET {} WHERE NOT {}")
    cursor.execute(order.format(sql.SQL(", ").join(parts), OWN))


def needed(cursor: Cursor) -> list[str]:
    """Return the names of the files that an attachment still has."""
    cursor.execute("SELECT to_regclass('public.ir_attachment') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return []
    cursor.execute(
        "SELECT DISTINCT store_fname::text FROM public.ir_attachment"
        " WHERE store_fname IS NOT NULL AND store_fname <> '' ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall()]
