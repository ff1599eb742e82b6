"""Names that people choose and names that nobody chooses."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.provisioning.naming import (
    checked,
    database_name,
    host_name,
    is_ours,
    normalise_subdomain,
    propose,
    staging_name,
    stem_of,
    suggest,
    taken,
)

RESERVED = frozenset({"www", "admin", "api", "mail", "postgres", "template1"})
GRAMMAR = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
valid = st.from_regex(GRAMMAR, fullmatch=True).filter(lambda name: name[2:4] != "--")
random_bytes = st.binary(min_size=16, max_size=40)


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as error:
        normalise_subdomain(text, RESERVED)
    return error.value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme", "acme"),
        ("  Acme ", "acme"),
        ("ACME-2", "acme-2"),
        ("ａｃｍｅ", "acme"),
        ("acme²", "acme2"),
        ("\N{KELVIN SIGN}ite", "kite"),
        ("abc", "abc"),
        ("a" * 32, "a" * 32),
        ("a--b", "a--b"),
    ],
)
def test_one_normal_form(text: str, name: str) -> None:
    assert normalise_subdomain(text, RESERVED) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "subdomain_empty"),
        ("   ", "subdomain_empty"),
        ("a", "subdomain_too_short"),
        ("ab", "subdomain_too_short"),
        ("a" * 33, "subdomain_too_long"),
        ("a" * 64, "subdomain_too_long"),
        ("a" * 100_000, "subdomain_too_long"),
        ("xn--80ak6aa92e", "subdomain_punycode"),
        ("ab--cd", "subdomain_punycode"),
        ("-acme", "subdomain_form"),
        ("acme-", "subdomain_form"),
        ("1acme", "subdomain_form"),
        ("acme_shop", "subdomain_form"),
        ("acme.shop", "subdomain_form"),
        ("..", "subdomain_form"),
        ("_x", "subdomain_form"),
        ("acme\r\nHost: x", "subdomain_form"),
        ("acme\n", "subdomain_form"),
        ("acme\0", "subdomain_form"),
        ("acme%00", "subdomain_form"),
        ("acme.*", "subdomain_form"),
        ("acme|other", "subdomain_form"),
        ("\N{CYRILLIC SMALL LETTER A}cme", "subdomain_form"),
        ("acme\N{ZERO WIDTH SPACE}", "subdomain_form"),
        ("acme٣", "subdomain_form"),
        ("İstanbul", "subdomain_form"),
        ("straße", "subdomain_form"),
        ("www", "subdomain_reserved"),
        ("  ADMIN", "subdomain_reserved"),
        ("ｐostgres", "subdomain_reserved"),
        ("template1", "subdomain_reserved"),
    ],
)
def test_bad_subdomains_are_refused_with_their_reason(text: str, code: str) -> None:
    error = refusal(text)
    assert error.code == code
    if code != "subdomain_empty":
        shown = str(error.facts["text"])
        assert len(shown) <= 40 and shown.isprintable()


@given(st.text())
def test_whatever_is_accepted_follows_the_grammar_and_is_its_own_normal_form(text: str) -> None:
    try:
        name = normalise_subdomain(text, RESERVED)
    except Refused as error:
        assert error.code.startswith("subdomain_")
        return
    assert GRAMMAR.fullmatch(name) and name not in RESERVED
    assert normalise_subdomain(name, RESERVED) == name


@given(valid, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_name_of_the_grammar_is_accepted_however_it_is_typed(name: str, form: str) -> None:
    assume(name not in RESERVED)
    assert normalise_subdomain(f" {unicodedata.normalize(form, name.upper())} ", RESERVED) == name


def test_free_names_beside_a_taken_one() -> None:
    assert suggest("acme", {"acme"}) == ["acme-erp", "acme-2"]
    assert suggest("acme", {"acme", "acme-erp", "acme-2"}) == ["acme-3", "acme-4"]
    assert suggest("acme", {"acme"}, {"acme-erp"}) == ["acme-2", "acme-3"]
    error = taken("acme", {"acme"})
    assert (error.code, error.facts) == (
        "subdomain_taken",
        {"text": "acme", "free": ["acme-erp", "acme-2"]},
    )


@given(valid, st.sets(valid, max_size=5), st.integers(0, 5))
def test_suggestions_are_valid_free_and_different(name: str, others: set[str], count: int) -> None:
    found = suggest(name, others | {name}, RESERVED, count)
    assert len(found) == len(set(found)) == count
    for one in found:
        assert normalise_subdomain(one, RESERVED) == one and one not in others | {name}


@pytest.mark.parametrize(
    ("company", "name"),
    [
        ("Acme Retail", "acme-retail"),
        ("Acme Ltd", "acme"),
        ("Acme Retail S.A.", "acme-retail"),
        ("Müller & Söhne GmbH", "muller-sohne"),
        ("Société Générale", "societe-generale"),
        ("Łódź Ærø", "lodz-aero"),
        ("Weißbräu", "weissbrau"),
        ("O'Brien's Café", "obriens-cafe"),
        ("24 Hour Fitness", "hour-fitness"),
        ("SA", ""),
        ("株式会社", ""),
        ("!!!", ""),
        ("A", ""),
        ("", ""),
    ],
)
def test_a_subdomain_is_proposed_from_the_company_name(company: str, name: str) -> None:
    assert propose(company) == name


@given(st.text())
def test_a_proposal_is_valid_or_empty(company: str) -> None:
    name = propose(company)
    assert name == "" or normalise_subdomain(name) == name


@given(st.sampled_from("gt"), random_bytes)
def test_database_names_are_of_our_form_and_short_enough(kind: str, entropy: bytes) -> None:
    name = database_name(kind, entropy)
    assert re.fullmatch(r"[gt]_[a-z2-7]{26}", name) and name[0] == kind
    assert is_ours(name) and checked(name) == name and stem_of(name) == name


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_random_bytes_give_different_names(one: bytes, other: bytes) -> None:
    assert (database_name("t", one) == database_name("t", other)) == (one == other)


@pytest.mark.parametrize(("kind", "entropy"), [("x", bytes(16)), ("", bytes(16)), ("t", bytes(15))])
def test_too_little_randomness_or_an_unknown_kind_is_refused(kind: str, entropy: bytes) -> None:
    with pytest.raises(Refused) as error:
        database_name(kind, entropy)
    assert error.value.code == "database_name_form"


@given(random_bytes, st.sampled_from("rz"), st.integers(0, 2**63))
def test_staging_names_keep_their_stem_and_stay_below_the_limit(
    entropy: bytes, purpose: str, fence: int
) -> None:
    name = database_name("t", entropy)
    staged = staging_name(name, purpose, fence)
    assert staged == f"{name}_{purpose}{fence}" and len(staged) <= 63
    assert is_ours(staged) and stem_of(staged) == name


@pytest.mark.parametrize(
    ("name", "purpose", "fence"),
    [
        ("acme", "r", 1),
        ("t_" + "a" * 26, "x", 1),
        ("t_" + "a" * 26, "r", -1),
        ("t_" + "a" * 26, "r", 10**40),
    ],
)
def test_a_staging_name_that_is_not_ours_is_refused(name: str, purpose: str, fence: int) -> None:
    with pytest.raises(Refused) as error:
        staging_name(name, purpose, fence)
    assert error.value.code == "database_name_form"


@pytest.mark.parametrize(
    "name",
    [
        "postgres",
        "template1",
        "control",
        "t_" + "a" * 25,
        "t_" + "a" * 27,
        "t_" + "A" * 26,
        "t_" + "1" * 26,
        "x_" + "a" * 26,
        "t_" + "a" * 26 + "\n",
        "t_" + "a" * 26 + "_r",
        "t_" + "a" * 26 + "_q1",
        "t_" + "a" * 26 + '"; DROP DATABASE control; --',
        "t_" + "a" * 26 + "_r" + "1" * 34,
        "",
    ],
)
def test_foreign_names_are_not_ours(name: str) -> None:
    assert not is_ours(name)
    with pytest.raises(Refused):
        checked(name)


def test_host_names_are_exact_and_lower_case() -> None:
    assert host_name("acme", "localhost") == "acme.localhost"
    assert host_name("Acme", " Example.COM. ") == "acme.example.com"


@pytest.mark.parametrize(
    "base",
    ["", " ", ".", "exa_mple.com", "example.com:8070", "a..b", "-a.com", "a/b", "x" * 64, "a.b\n"],
)
def test_a_base_host_that_is_no_host_name_is_refused(base: str) -> None:
    with pytest.raises(Refused) as error:
        host_name("acme", base)
    assert error.value.code == "base_host_form"


def test_a_host_name_never_exceeds_what_dns_carries() -> None:
    base = ".".join(["x" * 60] * 4)
    assert len(host_name("acme", base)) <= 253
    with pytest.raises(Refused):
        host_name("a" * 32, base)
