"""What a tenant's own database refuses for a limit, said in words.

Owns: the sentence in place of the database's. Does not own: the words (`kernel/quota/refusals.py`),
refusing.

Odoo turns a broken constraint into a ValidationError whose text its model gives; without this
people would read the database's English and where in its code it happened.

Source: Odoo 19 `service/model.py` (`retrying`), `orm/models.py` (`_sql_error_to_message`).
"""

import logging

from odoo import api, models

from ..kernel.quota.refusals import refusal
from .node import Node

_logger = logging.getLogger(__name__)


def install(node: Node) -> None:
    """Nothing is asked of the node: the database says all of it."""


class Base(models.AbstractModel):
    _inherit = "base"
    _module = "base"

    @api.model
    def _sql_error_to_message(self, exc):
        language = self.env.context.get("lang") or self.env.user.lang
        diag = exc.diag
        told = refusal(diag.constraint_name, diag.message_detail, language)
        if told is None:
            return super()._sql_error_to_message(exc)
        _logger.info("%s: refused by %s", self.env.cr.dbname, diag.constraint_name)
        return told
