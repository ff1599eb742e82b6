"""What users read when a limit of their plan refuses something."""

import pytest

from saas_business_management.kernel.gateway import refusals
from saas_business_management.kernel.gateway.refusals import app_refusal, refusal

USERS, STORAGE = "saas_user_limit", "saas_storage_limit"


def test_the_limit_is_named():
    said = refusal(USERS, '{"limit": 10, "used": 10}', "en_US")
    assert said == (
        "All 10 users of your plan are in use, so this user was not created. Nobody is locked "
        "out. Archive a user or choose a bigger plan."
    )
    assert refusal(USERS, '{"limit": 10}', "de_DE").startswith("Alle 10 Benutzer")
    assert refusal(USERS, '{"limit": 1, "used": 1}', "de").startswith("Der eine Benutzer")


@pytest.mark.parametrize(
    "detail",
    [
        *("", "x", "[]", "{}", "[" * 50_000, f'{{"limit": {10**30}}}'),
        *('{"limit": "<b>"}', '{"limit": true}', '{"limit": 0}'),
    ],
)
def test_details_that_say_nothing_are_not_shown(detail):
    assert refusal(USERS, detail, "en").startswith("All users of your plan")


@pytest.mark.parametrize("language", ["", "en", "fr_FR", "xx"])
def test_other_languages_read_english(language):
    assert refusal(STORAGE, "", language).startswith("The storage of your plan is full")


def test_refusals_of_others_are_not_ours():
    assert refusal("res_partner_check_name", "", "en") == ""
    assert refusal("", "", "en") == ""


def test_one_app_some_apps_and_apps_that_are_needed():
    assert app_refusal(["CRM"], "", "en").startswith("“CRM” is not part of your plan, so nothing")
    assert app_refusal(["A", "B", "C"], "", "en").startswith("“A”, “B” and “C” are not")
    assert app_refusal(["B"], "A", "en").startswith("“A” needs “B”, which your plan")
    assert app_refusal(["A", "B"], "", "de_CH").startswith("„A“ und „B“ gehören nicht")


def test_every_language_says_everything():
    first, *others = refusals._TEXTS.values()
    assert all(other.keys() == first.keys() for other in others)
