"""One element before the end of a page, however its bytes are cut."""

import pytest

from saas_business_management.kernel.gateway.insertion import insert_into, insert_whole

PAGES = [
    b"<html><body>text</body></html>",
    b"<body>'</body>' in a script</body>\n</html>\n",
    b"</body>",
    b"no body at all",
    b"</bod",
    b"",
    b"<body></body></body>" * 3,
]


@pytest.mark.parametrize("page", PAGES)
def test_pieces_give_what_the_whole_gives(page):
    whole = insert_whole(page, b"<x>")
    for size in range(1, len(page) + 2):
        pieces = [page[at : at + size] for at in range(0, len(page), size)]
        assert b"".join(insert_into(pieces, b"<x>")) == whole, size


def test_it_stands_before_the_last_end_of_the_body_once():
    assert insert_whole(PAGES[1], b"<x>") == b"<body>'</body>' in a script<x></body>\n</html>\n"
    assert insert_whole(PAGES[3], b"<x>") == PAGES[3]


def test_what_is_safe_goes_on_at_once():
    def pieces():
        yield b"a" * 100
        raise AssertionError

    assert next(insert_into(pieces(), b"<x>")) == b"a" * 94
