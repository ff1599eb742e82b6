"""Prepaid credits: liability first, revenue as they are used."""

from saas_business_management.kernel.billing.prepaid import recognize

from .figures import NAN, USD, D, refused


def test_a_purchase_is_a_liability_and_its_use_revenue():
    found = recognize(D("100"), [D("15"), D("85.00")], USD)
    assert [str(one) for one in found.liability] == ["100.00", "85.00", "0.00"]
    assert [str(one) for one in found.revenue] == ["15.00", "85.00"]
    assert recognize(D(1), [], USD).revenue == ()


def test_nobody_uses_more_than_he_bought():
    with refused("prepaid_overdrawn", left=D("85.00"), used=D("85.01")):
        recognize(D("100"), [D("15"), D("85.01"), D("1")], USD)
    with refused("prepaid_overdrawn", left=D("2.00"), used=D("3.00")):
        recognize(D("10"), [D("5"), D("3"), D("3")], USD)
    for purchase, used, name in ((-1, 0, "purchase"), (1, -1, "used")):
        with refused("number_negative", name=name):
            recognize(purchase, [used], USD)
    with refused("number_invalid", name="purchase"):
        recognize(NAN, [], USD)
