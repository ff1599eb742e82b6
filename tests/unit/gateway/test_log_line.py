"""What may stand in a line of a log."""

import json

import pytest

from saas_business_management.kernel.gateway.log_line import (
    MESSAGE_LENGTH,
    as_json,
    scrubbed,
    short,
)

SECRET = "s3cr3t-Value"


@pytest.mark.parametrize(
    "text",
    [
        f'"GET /web/login?access_token={SECRET} HTTP/1.1" 200 -',
        f"redirect to https://acme.example/my?x=1&token={SECRET}",
        f"could not connect to postgres://alice:{SECRET}@db/control",
        f"password={SECRET}",
        f"{{'password': '{SECRET}', 'login': 'a'}}",
        f'"api_key": "{SECRET} with blanks"',
        f"Authorization: Bearer {SECRET}",
        f"session_id={SECRET}; other=1",
        f"smtp_password : {SECRET}",
        f"bad query: INSERT INTO t VALUES ('{SECRET}')\nERROR: duplicate key",
        f"ERROR: duplicate key\nDETAIL: Key (email)=({SECRET}) already exists.",
        f"ERROR: syntax error\nLINE 1: SELECT '{SECRET}'",
    ],
)
def test_secrets_and_contents_are_left_out(text):
    assert SECRET not in scrubbed(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /web/login answered 500",
        "What now? Nothing",
        "3 of 4 tokens left",
        "password was changed",
    ],
)
def test_what_is_harmless_stays(text):
    assert scrubbed(text) == text


def test_the_reason_of_the_database_stays():
    assert "ERROR: duplicate key" in scrubbed("bad query: SELECT 1\nERROR: duplicate key")


def test_a_kept_message_is_one_line_of_bounded_length():
    assert short("a\nb\x00c\u202ed") == "a b c d"
    assert len(short("x" * 5000)) == MESSAGE_LENGTH


def test_json_leaves_out_what_is_empty_and_keeps_the_order():
    told = as_json({"time": "now", "request": "", "operation": 0, "message": "ü \n", "x": None})
    assert list(json.loads(told)) == ["time", "message"]
    assert "\n" not in told
