"""Words of the answers: what a visitor may read and what not."""

import re

import pytest

from saas_business_management.kernel.gateway.answers import ALL, OVER_LIMIT, REASONS

FORBIDDEN = re.compile(
    r"tenant|instance|postgres|sql|server|node|cluster|suspend|lock|terminat|sorry|please|!", re.I
)


@pytest.mark.parametrize("answer", [*ALL, *OVER_LIMIT], ids=lambda answer: answer.code)
def test_words_of_the_house_and_no_names_of_machines(answer):
    said = f"{answer.title} {answer.message} {answer.next_step}"
    assert not FORBIDDEN.search(said)
    assert answer.status in REASONS


@pytest.mark.parametrize("answer", [*ALL, *OVER_LIMIT], ids=lambda answer: answer.code)
def test_a_name_stands_only_where_a_sentence_begins_or_a_title_ends(answer):
    for text in (answer.message, answer.next_step):
        for place in re.finditer(r"\{name\}", text):
            before = text[: place.start()].rstrip()
            assert not before or before.endswith(".")


def test_codes_are_unique():
    assert len({answer.code for answer in (*ALL, *OVER_LIMIT)}) == len(ALL) + len(OVER_LIMIT)


@pytest.mark.parametrize(
    "answer", [a for a in (*ALL, *OVER_LIMIT) if a.status in (402, 429, 503)], ids=lambda a: a.code
)
def test_who_finds_a_closed_door_reads_what_comes_next(answer):
    assert answer.next_step
