"""Short forms for the tests of billing: amounts, days, currencies, refusals."""

from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.money import currency
from saas_business_management.kernel.period import Period

D = Decimal
USD, JPY, KWD = currency("USD"), currency("JPY"), currency("KWD")
NAN, ENDLESS = D("NaN"), D("Infinity")


def day(text):
    return date.fromisoformat(text)


def at(text):
    """An instant with its offset."""
    return datetime.fromisoformat(text)


def days(start, end):
    return Period(day(start), day(end))


APRIL = days("2025-04-01", "2025-05-01")


@contextmanager
def refused(code, **facts):
    """Expect a refusal of this code, with these facts among its own."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code
    assert {name: caught.value.facts.get(name) for name in facts} == facts
