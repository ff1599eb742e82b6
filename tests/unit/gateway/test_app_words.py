"""What users read when an app is not part of their plan."""

import pytest

from saas_business_management.kernel.gateway import app_words
from saas_business_management.kernel.gateway.app_words import app_refusal


def test_one_app_some_apps_and_apps_that_are_needed():
    assert app_refusal(["CRM"], "", "en").startswith("“CRM” is not part of your plan, so nothing")
    assert app_refusal(["A", "B", "C"], "", "en").startswith("“A”, “B” and “C” are not")
    assert app_refusal(["B"], "A", "en").startswith("“A” needs “B”, which your plan")
    assert app_refusal(["A", "B"], "", "de_CH").startswith("„A“ und „B“ gehören nicht")


@pytest.mark.parametrize("language", ["", "en_US", "fr_FR", "xx"])
def test_other_languages_read_english(language):
    assert app_refusal(["CRM"], "", language) == app_refusal(["CRM"], "", "en")


def test_many_names_are_cut():
    assert "N5" not in app_refusal([f"N{number}" for number in range(9)], "", "en")


def test_every_language_says_everything():
    first, *others = app_words._TEXTS.values()
    assert all(other.keys() == first.keys() for other in others)
