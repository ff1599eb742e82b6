"""Numbers of billing that a binary float would spoil: unit prices, quantities, bounds.

Owns: the field that keeps their digits, and the check of models that have such fields. Does not
own: which texts are numbers (`kernel/billing/decimals.py`), what the numbers mean.
"""

from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.billing import decimals
from ..kernel.errors import Refused


class Exact(fields.Char):
    """A decimal number of up to 26 + 12 digits, kept in its one spelling; empty is no number.

    What is no number stays as it was typed, so that the form can show it; a model that inherits
    `saas.exact` refuses to store it. `signed=True` allows negative numbers.
    """

    signed = False

    def convert_to_cache(self, value: Any, record: models.BaseModel, validate: bool = True) -> Any:
        text = super().convert_to_cache(value, record, validate)
        if not (text or "").strip():
            return None
        try:
            return decimals.spell(decimals.read(text, signed=True))
        except Refused:
            return text


class SaasExact(models.AbstractModel):
    _name = "saas.exact"
    _description = "Exact Numbers"

    @api.model
    def _exact_names(self) -> list[str]:
        return [
            name
            for name, field in self._fields.items()
            if isinstance(field, Exact) and field.store and not field.compute
        ]

    @api.constrains(lambda self: self._exact_names())
    def _check_exact(self) -> None:
        for record in self:
            for name in record._exact_names():
                record._number(name)

    def _number(self, name: str) -> Decimal | None:
        """Return the number in a field of this record, or None when the field is empty.

        Raises: ValidationError, with the label of the field and what is wrong with it.
        """
        self.ensure_one()
        text, field = self[name], self._fields[name]
        if not text:
            return None
        try:
            return decimals.read(text, signed=field.signed)
        except Refused as error:
            label = field._description_string(self.env)
            told = messages.text(self.env, error)
            raise ValidationError(
                self.env._("%(field)s: %(problem)s", field=label, problem=told)
            ) from None

    @api.model
    def _spelled(self, text: str | bool) -> str:
        """Return a number with the separators of the reader's language; a dash when there is none.

        What is no number is shown as it is.
        """
        try:
            number = f"{decimals.read(text or '', signed=True):,f}"
        except Refused:
            return text or "—"
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        signs = {",": language.thousands_sep or "", ".": language.decimal_point or "."}
        return "".join(signs.get(sign, sign) for sign in number)
