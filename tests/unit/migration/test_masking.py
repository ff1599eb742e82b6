"""What stands in the place of personal data: the same for the same, and nothing leads back."""

import json
import random
import re

import pytest

from saas_business_management.kernel.migration.masking import (
    MADE,
    MAIL_HOST,
    Masker,
    Rule,
    is_iban,
    is_identifier,
)

ONE, OTHER = Masker(b"1" * 32), Masker(b"2" * 32)
MAIL = re.compile(r"[a-z0-9]+@masked\.invalid")
VALUES = {
    "name": ["Anna Berger", "Łukasz Żółć", "李小龍", 'O\'Neil, "Bob"', "a" * 4000, "😀 Smile"],
    "email": ["anna@acme.example", '"Anna B." <anna@acme.example>', "ä@ö.example", "admin"],
    "phone": ["+49 30 123456", "(030) 12-34", "٠١٢٣٤٥", "call me"],
    "street": ["Main Road 5", "Ул. Ленина, 1"],
    "city": ["Köln", "São Paulo"],
    "bank": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "1234567890", "12"],
    "code": ["DE123456789", "00-11-22", "X"],
}
EVERY = [(kind, value) for kind, values in VALUES.items() for value in values]


def test_every_kind_that_is_made_up_has_values_here():
    assert set(VALUES) == set(MADE)


@pytest.mark.parametrize(("kind", "value"), EVERY)
def test_a_value_is_replaced_the_same_way_inside_a_copy_and_otherwise_in_another(kind, value):
    made = ONE.replacement(kind, value)
    assert made and made != value and made == Masker(b"1" * 32).replacement(kind, value)
    assert made != OTHER.replacement(kind, value)
    assert made.isprintable()


@pytest.mark.parametrize(("kind", "value"), EVERY)
def test_nothing_of_a_value_is_left_in_its_replacement(kind, value):
    made = ONE.replacement(kind, value).casefold()
    words = [one.casefold() for one in re.findall(r"\w{5,}", value)]
    assert not [one for one in words if one in made]


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_what_is_empty_stays_empty(kind, value):
    assert ONE.replacement(kind, value) == value


@pytest.mark.parametrize(("kind", "value"), EVERY)
@pytest.mark.parametrize("limit", [1, 5, 24, 64])
def test_a_replacement_fits_its_column(kind, value, limit):
    assert 1 <= len(ONE.replacement(kind, value, limit)) <= limit


@pytest.mark.parametrize("kind", MADE)
def test_ten_thousand_values_get_as_many_replacements(kind):
    dice = random.Random(7)
    values = {f"{dice.randrange(10**11, 10**12)}" for _turn in range(10_000)}
    if kind == "city":
        values = {*list(values)[:100]}
    elif kind in ("phone", "street"):
        values = {*list(values)[:1000]}
    assert len({ONE.replacement(kind, value) for value in values}) == len(values)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("name", ["Anna Berger", " anna  BERGER "]),
        ("email", ["Anna@Acme.example", "anna@acme.example", "A <anna@acme.example>"]),
        ("phone", ["+49 30/12", "493012", "0049-30-12"]),
        ("bank", ["de89 3704 0044 0532 0130 00", "DE89370400440532013000"]),
    ],
)
def test_one_value_written_in_two_ways_is_still_one(kind, values):
    made = {re.sub(r"\s", "", ONE.replacement(kind, value)) for value in values}
    assert len(made) == 1


def test_addresses_are_well_formed_and_lead_nowhere():
    told = ONE.replacement("email", "Anna <anna@acme.example>, bob@acme.example; carol@a.example")
    found = told.split(", ")
    assert len({*found}) == 3 and all(MAIL.fullmatch(one) for one in found)
    assert MAIL_HOST.endswith(".invalid")


@pytest.mark.parametrize(
    "value",
    [
        "DE89 3704 0044 0532 0130 00",
        "FR14 2004 1010 0505 0001 3M02 606",
        "MT84MALT011000012345MTLCAST001S",
        "NO93 8601 1117 947",
    ],
)
def test_an_iban_becomes_another_valid_one_in_the_same_shape(value):
    made = ONE.replacement("bank", value)
    bare = made.replace(" ", "")
    assert is_iban(bare) and bare != value.replace(" ", "") and bare[:2] == value[:2]
    assert [one.isspace() for one in made] == [one.isspace() for one in value]
    assert [one.isdigit() for one in bare] == [one.isdigit() for one in value.replace(" ", "")]


def test_wrong_check_digits_are_no_iban():
    assert is_iban("DE89370400440532013000") and not is_iban("DE88370400440532013000")
    assert not is_iban("DE89") and not is_iban("")


def test_short_numbers_get_longer_so_that_two_do_not_meet():
    made = {ONE.replacement("bank", str(number)) for number in range(100)}
    assert len(made) == 100


def test_translated_values_keep_languages_and_shape():
    told = json.loads(ONE.translated("name", '{"en_US": "Anna", "de_DE": "Anna", "n": [1, null]}'))
    assert told["en_US"] == told["de_DE"] == ONE.replacement("name", "Anna")
    assert told["n"] == [1, None]


def test_dates_move_by_the_same_days_in_a_copy_and_never_stay():
    shifts = {Masker(bytes([number]) * 32).shift_days for number in range(200)}
    assert len(shifts) > 100 and min(abs(one) for one in shifts) >= 30
    assert any(one < 0 for one in shifts) and any(one > 0 for one in shifts)
    assert ONE.shift_days == Masker(b"1" * 32).shift_days


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="too short"):
        Masker(b"short")


def test_names_of_columns_are_plain():
    assert is_identifier("res_partner")
    for wrong in ("", "res partner", 'a"b', "Res", "1a", "a" * 64, "x; drop"):
        assert not is_identifier(wrong)


def test_a_rule_says_what_it_is_about():
    assert str(Rule("res_partner", "email", "email")) == "res_partner.email"
    assert str(Rule("bus_bus", "", "rows")) == "bus_bus"
