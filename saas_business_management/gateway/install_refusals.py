"""A database that refuses by a limit of the plan, said in words: patches of `odoo.service`.

Owns: turning the refusal of a trigger in schema `saas` into a message, also where a file is
uploaded. Does not own: the triggers, the words (`kernel/quota/refusals.py`).

Source: `odoo/service/model.py` (retrying), `odoo/orm/models.py` (load, _sql_error_to_message),
`addons/web/controllers/binary.py` and `addons/mail/controllers/attachment.py` (uploads).
"""

import functools
import json
import logging
import re

import psycopg2
from odoo import api, http, models
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.service import model
from psycopg2.errorcodes import CHECK_VIOLATION

from ..kernel.quota.refusals import CONSTRAINTS, refusal
from .node import Node

_logger = logging.getLogger(__name__)
# Both answer with JSON that their pages show; neither shows what is raised.
UPLOADS = frozenset({"/web/binary/upload_attachment", "/mail/attachment/upload"})
_ERROR = re.compile(r'\{"error": "(?:[^"\\]|\\.)*"\}')


def install(_node: Node) -> None:
    """Patch what every request and call runs in."""
    model.retrying = _told(model.retrying)


def _told(original):
    """Turn the refusal into a message where Odoo would put words of its own around it."""

    @functools.wraps(original)
    def retrying(func, env):
        def work():
            result = func()
            if not env.cr._closed:
                env.cr.flush()  # what is refused only now is refused here
            return result

        # A trigger that waits for the end of the transaction refuses behind the work.
        return _saying(env, lambda: original(lambda: _saying(env, work), env))

    return retrying


def _saying(env, work):
    try:
        return work()
    except psycopg2.IntegrityError as error:
        if env.cr._closed or not _is_ours(error):
            raise
        env.cr.rollback()
        env.transaction.reset()
        raise _as_message(env, error) from error


def _is_ours(error: psycopg2.Error) -> bool:
    return error.pgcode == CHECK_VIOLATION and error.diag.constraint_name in CONSTRAINTS


def _as_message(env, error: psycopg2.Error) -> ValidationError:
    """Return what to raise; the database has to answer again: the user is asked his language."""
    constraint, detail = error.diag.constraint_name, error.diag.message_detail
    _logger.info("%s: refused by %s", env.cr.dbname, constraint)
    return ValidationError(refusal(constraint, detail, _language(env)))


def _language(env) -> str:
    """Return the language of who asked; a visitor that is nobody speaks the page's."""
    here = request.env if request and request.env and request.env.cr is env.cr else env
    user = here.user if here.uid else here["res.users"]
    own = user.lang if user and not user._is_public() else ""
    return own or env.context.get("lang") or here.context.get("lang") or ""


class Base(models.AbstractModel):
    _inherit = "base"
    _module = "base"

    @api.model
    def _sql_error_to_message(self, exc):
        """Say it in the list of an import as well."""
        if _is_ours(exc):
            return str(_as_message(self.env, exc))
        return super()._sql_error_to_message(exc)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"
    _module = "base"

    @classmethod
    def _dispatch(cls, endpoint):
        if request.httprequest.path not in UPLOADS:
            return super()._dispatch(endpoint)
        request.saas_refusal = ""
        try:
            answer = super()._dispatch(endpoint)
        except ValidationError:
            if not request.saas_refusal:
                raise
            return request.make_json_response({"error": request.saas_refusal})
        return _with_refusal(answer, request.saas_refusal)


class Attachment(models.Model):
    _inherit = "ir.attachment"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if not request or request.httprequest.path not in UPLOADS:
            return super().create(vals_list)
        try:
            # The files before this one are kept: their answer says so.
            with self.env.cr.savepoint():
                return super().create(vals_list)
        except psycopg2.IntegrityError as error:
            if not _is_ours(error):
                raise
            refused = _as_message(self.env, error)
            request.saas_refusal = str(refused)
            raise refused from error


def _with_refusal(answer, text: str):
    """Put the reason in place of the general words that the upload has for every failure."""
    if text and isinstance(answer, http.Response):
        told = json.dumps({"error": text})
        answer.set_data(_ERROR.sub(lambda _found: told, answer.get_data(as_text=True)))
    return answer
