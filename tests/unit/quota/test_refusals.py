"""What people read when their database refuses something for a limit."""

import json

import pytest

from saas_business_management.kernel.quota.refusals import SENTENCES, refusal

USERS, STORAGE = "saas_user_limit", "saas_storage_limit"


def told(constraint, language="en_US", **facts):
    return refusal(constraint, json.dumps(facts), language)


def test_errors_of_others_are_none_of_ours():
    assert refusal("res_users_login_key", "{}", "en_US") is None
    assert refusal(None, None, None) is None


def test_a_full_plan_names_limit_use_and_what_to_do():
    text = told(USERS, code="users_full", limit=1500, used=1500, wanted=1)
    assert text.startswith("Your plan includes 1,500 users, and 1,500 are in use")
    assert "Archive users" in text and "bigger plan" in text


def test_germans_read_german_with_their_marks():
    text = told(USERS, "de_AT", code="users_full", limit=1500, used=1499, wanted=2)
    assert text.startswith("Ihr Tarif umfasst 1.500 Benutzer, 1.499 davon sind in Gebrauch")


@pytest.mark.parametrize("language", ["fr_FR", "", None, "xx", "../../etc"])
def test_everybody_else_reads_english(language):
    assert told(USERS, language, code="users_uncounted").startswith("The users of this database")


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1_999_999, "1.99 MB"),
        (2**63 - 1, "9,223,372,036.85 GB"),
    ],
)
def test_room_is_told_in_units_and_never_as_more_than_there_is(room, shown):
    assert f"has room for {shown} more" in told(STORAGE, code="storage_full", room=room, wanted=1)


@pytest.mark.parametrize(
    "detail",
    [
        None,
        "",
        "no json",
        "[1]",
        "null",
        "{}",
        '{"code": ["users_full"]}',
        '{"code": "made_up", "limit": "<b>9</b>"}',
        '{"code": "storage_full", "room": "x", "wanted": -1}',
        '{"code": "users_full", "limit": 1e9, "used": true}',
        "[" * 100_000,
    ],
)
@pytest.mark.parametrize("constraint", [USERS, STORAGE])
def test_what_a_tenant_forged_shows_no_word_of_it(constraint, detail):
    text = refusal(constraint, detail, "en_US")
    assert "<b>" not in text and "x" not in text.split("room for ")[-1].split(" ")[0]


def test_every_sentence_is_there_in_both_languages_with_the_same_numbers():
    for texts in SENTENCES.values():
        assert set(texts) == {"en", "de"}
        fields = [
            sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in texts.values()
        ]
        assert fields[0] == fields[1]
