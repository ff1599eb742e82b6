"""Two workers take from one wallet at once: together never more than there is."""

import pytest

PLAYER = "tests.integration.billing.at_once:play"


@pytest.mark.parametrize(
    ("grants", "amount", "taken", "left"),
    [
        (["100.00"], "70.00", ["70.00", "30.00"], ["0.00"]),
        # The second one sees that the first grant is gone and takes of the other.
        (["50.00", "50.00"], "50.00", ["50.00", "50.00"], ["0.00", "0.00"]),
    ],
    ids=["one grant", "two grants"],
)
def test_of_two_workers_one_waits_and_sees_what_the_other_left(place, grants, amount, taken, left):
    told = place.call(PLAYER, grants=grants, amount=amount)
    assert (told["taken"], told["left"], told["errors"]) == (taken, left, [])
    assert told["cut_off"] == 1, "it had read what was there before, so it began anew"
