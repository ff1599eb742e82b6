"""Plain numbers of prices and limits: what is no number at all is refused with a sentence.

Owns: NaN and infinity, which JSON parsers let through and Odoo cannot round. Does not own: borders
(constraints of each model), numbers that keep their digits (`saas_decimal.py`).
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any

from odoo import api, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.errors import Refused


class SaasNumber(models.AbstractModel):
    _name = "saas.number"
    _description = "Numbers"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        self._refuse_no_numbers(vals_list)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        self._refuse_no_numbers([vals])
        return super().write(vals)

    @api.model
    def _refuse_no_numbers(self, vals_list: Iterable[dict[str, Any]]) -> None:
        for vals in vals_list:
            for name, value in vals.items():
                if isinstance(value, float) and not isfinite(value):
                    label = self._fields[name]._description_string(self.env)
                    error = Refused("number_invalid", name=label)
                    raise ValidationError(messages.text(self.env, error))
