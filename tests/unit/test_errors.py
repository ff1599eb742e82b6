"""The three kinds of failure."""

import pytest

from saas_business_management.kernel.errors import Broken, Refused, SaasError, Unavailable


@pytest.mark.parametrize(
    ("error", "kind"), [(Refused, "refused"), (Unavailable, "unavailable"), (Broken, "broken")]
)
def test_each_kind_is_told_by_its_name(error: type[SaasError], kind: str) -> None:
    assert error.kind == kind
    assert isinstance(error("some_code"), SaasError)


def test_an_error_carries_its_code_and_facts() -> None:
    error = Refused("subdomain_taken", text="acme", free=["acme-2"])
    assert error.code == "subdomain_taken"
    assert error.facts == {"text": "acme", "free": ["acme-2"]}
    assert str(error) == "subdomain_taken (free=['acme-2'], text=acme)"


def test_an_error_without_facts_prints_its_code_alone() -> None:
    assert str(Broken("driver_error")) == "driver_error"


def test_the_kinds_do_not_catch_each_other() -> None:
    with pytest.raises(Unavailable):
        try:
            raise Unavailable("connection_lost")
        except (Refused, Broken):
            raise AssertionError("caught by another kind") from None
