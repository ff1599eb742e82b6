"""The form in which a plan writes down a charge: names and plain values.

Owns: reading that form, the list of price models. Does not own: the models, the plan's record.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from ..errors import Refused
from .arithmetic import ZERO, counted
from .charge import Charge, Price
from .flat import FlatPrice
from .graduated import GraduatedPrice
from .package import PackagePrice
from .per_unit import UnitPrice
from .percentage import PercentagePrice
from .price_tier import PriceTier
from .volume import VolumePrice

Form = Mapping[str, object]


def read_charge(form: Form) -> Charge:
    """Return the charge of a form: `model`, what this model needs, `included`, `max_amount`.

    Numbers are texts, whole numbers or decimals. Names that no model knows are passed over.

    Raises: Refused (`price_model_unknown`, `price_missing`, `number_invalid`, and whatever the
    model refuses).
    """
    model = form.get("model")
    read = _MODELS.get(model) if isinstance(model, str) else None
    if read is None:
        raise Refused("price_model_unknown", model=model)
    return Charge(read(form), _number(form, "included", ZERO), _optional(form, "max_amount"))


def read_number(value: object, name: str) -> Decimal:
    """Return a number that somebody wrote; `name` is told when it is none.

    Raises: Refused (`number_invalid`) for what is no number, for a float, whose digits nobody
    wrote, for NaN and infinity.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refused("number_invalid", name=name)
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Refused("number_invalid", name=name) from None
    if not found.is_finite():
        raise Refused("number_invalid", name=name)
    return found


def read_tiers(form: Form) -> tuple[PriceTier, ...]:
    """Return the price tiers of a form, not yet checked.

    Raises: Refused (`tiers_empty`, `price_missing`, `number_invalid`).
    """
    rows = form.get("tiers")
    if not isinstance(rows, list | tuple) or not all(isinstance(one, Mapping) for one in rows):
        raise Refused("tiers_empty")
    return tuple(
        PriceTier(
            _optional(row, "up_to"),
            _number(row, "unit_price"),
            _number(row, "flat_amount", ZERO),
            _optional(row, "over"),
        )
        for row in rows
    )


def _number(form: Form, name: str, missing: Decimal | None = None) -> Decimal:
    value = form.get(name)
    if value is not None:
        return read_number(value, name)
    if missing is None:
        raise Refused("price_missing", name=name)
    return missing


def _optional(form: Form, name: str) -> Decimal | None:
    return None if form.get(name) is None else read_number(form[name], name)


def _package(form: Form) -> Price:
    free = _number(form, "free_units", ZERO)
    return PackagePrice(_number(form, "package_size"), _number(form, "package_price"), free)


def _percentage(form: Form) -> Price:
    free = counted(_number(form, "free_transactions", ZERO), "free_transactions")
    if free != free.to_integral_value():
        raise Refused("number_invalid", name="free_transactions")
    return PercentagePrice(
        _number(form, "rate_percent"),
        _number(form, "fixed_fee", ZERO),
        _optional(form, "per_transaction_min"),
        _optional(form, "per_transaction_max"),
        int(free),
        _number(form, "free_amount", ZERO),
    )


_MODELS: dict[str, Callable[[Form], Price]] = {
    "flat": lambda form: FlatPrice(_number(form, "amount")),
    "per_unit": lambda form: UnitPrice(_number(form, "unit_price")),
    "graduated": lambda form: GraduatedPrice(read_tiers(form), _optional(form, "block")),
    "volume": lambda form: VolumePrice(read_tiers(form), _optional(form, "block")),
    "package": _package,
    "percentage": _percentage,
}
MODELS = tuple(_MODELS)
