"""The copy of the map on disk."""

import json

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.gateway.brand import Brand
from saas_business_management.kernel.gateway.copy import (
    is_of_earlier_format,
    read_copy,
    write_copy,
)
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret

KEY = Secret("key of the node")
ROUTES = [
    Route(2, "", "t_b", 1, "standby"),
    Route(1, "acme.localhost", "t_a", 3, "suspended", "payment", "uuid", 'Größe "A"\n'),
    Route(3, "full.localhost", "t_f", 1, "active", limits='{"api": {"policy": "block"}}'),
]
BRANDS = [Brand(3, "Größe", True, texts='{"archived": "Ask us."}', logo="aaaa")]


def written() -> bytes:
    return write_copy(ROUTES, BRANDS, "paris", KEY)


def test_a_copy_gives_back_what_was_written():
    by_id = sorted(ROUTES, key=lambda route: route.id)
    assert read_copy(written(), "paris", KEY) == (by_id, BRANDS)
    assert read_copy(write_copy([], [], "paris", KEY), "paris", KEY) == ([], [])


def test_equal_routes_give_equal_bytes():
    assert written() == write_copy(ROUTES[::-1], BRANDS, "paris", KEY)


def test_every_single_changed_byte_is_noticed():
    content = written()
    for place in range(len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(Broken, match="route_copy_damaged"):
            read_copy(changed, "paris", KEY)


def test_every_cut_is_noticed():
    content = written()
    for length in range(len(content)):
        with pytest.raises(Broken, match="route_copy_damaged"):
            read_copy(content[:length], "paris", KEY)


@pytest.mark.parametrize("rest", [b"x", b"\n", b"\xff", b"{}\n"])
def test_something_behind_the_end_is_noticed(rest):
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(written() + rest, "paris", KEY)


def test_the_copy_of_another_node_or_key_is_refused():
    content = written()
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(content, "lyon", KEY)
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(content, "paris", Secret("another key"))


@pytest.mark.parametrize("head", ["[]", "7", "null", '{"format": 1}', '{"format": 2, "hmac": ""}'])
def test_a_foreign_head_is_refused(head):
    body = written().split(b"\n")[1]
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(head.encode() + b"\n" + body + b"\n", "paris", KEY)


def test_no_key_stands_in_the_copy():
    content = written()
    assert KEY.reveal().encode() not in content
    assert set(json.loads(content.split(b"\n")[0])) == {"format", "node", "hmac"}


def test_a_copy_of_an_earlier_format_is_known_by_its_head():
    assert is_of_earlier_format(b'{"format": 1, "node": "paris", "hmac": ""}\n{}\n')
    for other in (written(), b"", b"[]\n", b'{"format": "1"}\n', b"\xff\n", b'{"format": 99}\n'):
        assert not is_of_earlier_format(other)
    assert not is_of_earlier_format(b"[" * 100_000), "deeper than a parser goes"
