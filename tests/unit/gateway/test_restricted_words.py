"""Words for what a restricted tenant cannot add, in the user's language."""

import pytest

from saas_business_management.kernel.gateway import restricted_words
from saas_business_management.kernel.gateway.restricted_words import (
    APPS,
    USERS,
    restricted_refusal,
)


@pytest.mark.parametrize(
    ("what", "over_limit", "language", "expected"),
    [
        (APPS, True, "en_US", "No apps can be added while more is used"),
        (USERS, False, "fr_FR", "pay the invoice"),
        (APPS, False, "de_CH", "bezahlen Sie die Rechnung"),
        (USERS, True, "de-DE", "kann kein interner Benutzer hinzukommen"),
        (USERS, True, "", "choose a bigger plan"),
    ],
)
def test_it_says_what_why_and_what_to_do(what, over_limit, language, expected):
    assert expected in restricted_refusal(what, over_limit, language)


def test_every_language_has_every_sentence():
    first, *others = restricted_words._TEXTS.values()
    assert all(other.keys() == first.keys() for other in others)
    assert len({text for texts in (first, *others) for text in texts.values()}) == 8
