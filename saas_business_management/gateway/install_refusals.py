"""What a tenant's own database refuses for a limit, said in words.

Owns: the sentence in place of the database's, and that uploads show it. Does not own: the words
(`kernel/quota/refusals.py`), refusing.

Odoo turns a broken constraint into a ValidationError whose text its model gives; without this
people would read the database's English and where in its code it happened. The two ways by which
the web client sends files hide what happened: one catches everything, the other shows a page.

Source: Odoo 19 `service/model.py` (`retrying`), `orm/models.py` (`_sql_error_to_message`),
`addons/web/controllers/binary.py` (`upload_attachment`),
`addons/mail/controllers/attachment.py` (`mail_attachment_upload`).
"""

import json
import logging
import threading

from odoo import api, models
from odoo.http import request
from psycopg2.errors import CheckViolation

from ..kernel.quota.refusals import refusal
from .node import Node

_logger = logging.getLogger(__name__)
_last = threading.local()
FORM, MAIL = "/web/binary/upload_attachment", "/mail/attachment/upload"


def install(node: Node) -> None:
    """Nothing is asked of the node: the database says all of it."""


def sentence_of(env, error) -> str | None:
    """Return what people read, None when it is no refusal of ours."""
    language = env.context.get("lang") or env.user.lang
    told = refusal(error.diag.constraint_name, error.diag.message_detail, language)
    if told is not None:
        _logger.info("%s: refused by %s", env.cr.dbname, error.diag.constraint_name)
    return told


class Base(models.AbstractModel):
    _inherit = "base"
    _module = "base"

    @api.model
    def _sql_error_to_message(self, exc):
        return sentence_of(self.env, exc) or super()._sql_error_to_message(exc)


class Attachment(models.Model):
    _inherit = "ir.attachment"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        try:
            return super().create(vals_list)
        except CheckViolation as error:
            _last.refusal = error
            raise


class Http(models.AbstractModel):
    _inherit = "ir.http"
    _module = "base"

    @classmethod
    def _dispatch(cls, endpoint):
        if request.httprequest.path not in (FORM, MAIL):
            return super()._dispatch(endpoint)
        _last.refusal = None
        try:
            answer = super()._dispatch(endpoint)
        except CheckViolation as error:
            return _refused(error)
        return answer if _last.refusal is None else _refused(_last.refusal)


def _refused(error):
    """Answer an upload that a limit refused as the web client shows it.

    Raises: CheckViolation when it was none of ours.
    """
    language = request.env.context.get("lang") or "en_US"
    told = refusal(error.diag.constraint_name, error.diag.message_detail, language)
    if told is None:
        raise error
    _logger.info("%s: an upload was refused", request.env.cr.dbname)
    request.env.cr.rollback()
    request.env.transaction.reset()
    if request.httprequest.path == MAIL:
        return request.make_json_response({"error": told})
    return request.make_response(json.dumps([{"error": told}]))
