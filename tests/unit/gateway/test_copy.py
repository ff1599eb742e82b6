"""The copy of the map on disk."""

import json

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.gateway.copy import read_copy, write_copy
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret

KEY = Secret("key of the node")
ROUTES = [
    Route(2, "", "t_b", 1, "standby"),
    Route(1, "acme.localhost", "t_a", 3, "suspended", "payment", "uuid", 'Größe "A"\n'),
]


def test_a_copy_gives_back_what_was_written():
    assert read_copy(write_copy(ROUTES, "paris", KEY), "paris", KEY) == ROUTES[::-1]
    assert read_copy(write_copy([], "paris", KEY), "paris", KEY) == []


def test_equal_routes_give_equal_bytes():
    assert write_copy(ROUTES, "paris", KEY) == write_copy(ROUTES[::-1], "paris", KEY)


def test_every_single_changed_byte_is_noticed():
    content = write_copy(ROUTES, "paris", KEY)
    for place in range(len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(Broken, match="route_copy_damaged"):
            read_copy(changed, "paris", KEY)


def test_every_cut_is_noticed():
    content = write_copy(ROUTES, "paris", KEY)
    for length in range(len(content)):
        with pytest.raises(Broken, match="route_copy_damaged"):
            read_copy(content[:length], "paris", KEY)


@pytest.mark.parametrize("rest", [b"x", b"\n", b"\xff", b"{}\n"])
def test_something_behind_the_end_is_noticed(rest):
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(write_copy(ROUTES, "paris", KEY) + rest, "paris", KEY)


def test_the_copy_of_another_node_or_key_is_refused():
    content = write_copy(ROUTES, "paris", KEY)
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(content, "lyon", KEY)
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(content, "paris", Secret("another key"))


@pytest.mark.parametrize("head", ["[]", "7", "null", '{"format": 1}', '{"format": 2, "hmac": ""}'])
def test_a_foreign_head_is_refused(head):
    body = write_copy(ROUTES, "paris", KEY).split(b"\n")[1]
    with pytest.raises(Broken, match="route_copy_damaged"):
        read_copy(head.encode() + b"\n" + body + b"\n", "paris", KEY)


def test_no_key_stands_in_the_copy():
    content = write_copy(ROUTES, "paris", KEY)
    assert KEY.reveal().encode() not in content
    assert set(json.loads(content.split(b"\n")[0])) == {"format", "node", "hmac"}
