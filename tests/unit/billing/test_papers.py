"""One paper or two."""

import pytest

from saas_business_management.kernel.billing.papers import NET, SEPARATE, documents

from .figures import JPY, NAN, USD, D, refused


@pytest.mark.parametrize(
    ("credit", "charge", "separate", "net"),
    [
        (10, 15, ["out_refund 10.00", "out_invoice 15.00"], ["out_invoice 5.00"]),
        (15, 10, ["out_refund 15.00", "out_invoice 10.00"], None),
        (10, 10, ["out_refund 10.00", "out_invoice 10.00"], []),
        (0, 10, ["out_invoice 10.00"], ["out_invoice 10.00"]),
        (10, 0, ["out_refund 10.00"], None),
        (0, 0, [], []),
    ],
)
def test_a_credit_and_a_charge_become_papers(credit, charge, separate, net):
    def told(way):
        found = documents(D(credit), D(charge), USD, way)
        return [f"{one.kind} {one.amount}" for one in found]

    assert told(SEPARATE) == separate
    assert told(NET) == (separate if net is None else net)


def test_amounts_are_rounded_and_zero_or_more():
    assert [one.amount for one in documents(D("1.4"), D("2.5"), JPY)] == [1, 3]
    for credit, charge, name in ((-1, 0, "credit"), (0, -1, "charge")):
        with refused("number_negative", name=name):
            documents(credit, charge, USD)
    with refused("number_invalid", name="credit"):
        documents(NAN, 0, USD)
    with refused("papers_unknown", papers="one"):
        documents(1, 1, USD, "one")
