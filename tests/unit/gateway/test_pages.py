"""Answers as bytes."""

import io
import json
import xmlrpc.client

import pytest

from saas_business_management.gateway.pages import send
from saas_business_management.kernel.gateway.answers import ALL, CLOSED_BY_REASON, PREPARING
from saas_business_management.kernel.gateway.kind import Kind

PAYMENT = CLOSED_BY_REASON["payment"]


def sent(answer, kind=Kind.PAGE, name="Acme", question=b"", **environ):
    told = []
    environ = {"wsgi.input": io.BytesIO(question), "CONTENT_LENGTH": str(len(question)), **environ}
    body = b"".join(send(answer, kind, name, environ, lambda *args: told.append(args)))
    return told[0][0], dict(told[0][1]), body


@pytest.mark.parametrize("answer", ALL, ids=lambda answer: answer.code)
def test_every_page_is_small_plain_and_follows_the_dark(answer):
    status, headers, body = sent(answer)
    page = body.decode()
    assert status.startswith(str(answer.status))
    assert len(body) < 15_000
    assert "prefers-color-scheme:dark" in page
    assert 'name="viewport"' in page
    assert "<script" not in page
    assert "{" not in page.split("</style>")[1]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("answer", ALL, ids=lambda answer: answer.code)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_retry_stands_in_the_head_of_every_dialect(answer, kind):
    _status, headers, _body = sent(answer, kind)
    expected = str(answer.retry_seconds) if answer.retry_seconds else None
    assert headers.get("Retry-After") == expected


def test_a_name_is_shown_as_text():
    page = sent(PAYMENT, name='<b>&"{message}')[2].decode()
    assert "&lt;b&gt;&amp;&quot;{message} is closed" in page


def test_without_a_name_it_is_this_database():
    assert "This database is closed" in sent(PAYMENT, name="")[2].decode()


def test_a_page_looks_again_only_when_something_will_change():
    assert b'http-equiv="refresh" content="2"' in sent(PREPARING)[2]
    assert b"refresh" not in sent(PAYMENT)[2]


@pytest.mark.parametrize("call_id", [1, "a", 0.5, None])
def test_json_rpc_keeps_the_id(call_id):
    question = json.dumps({"id": call_id}).encode()
    status, _headers, body = sent(PAYMENT, Kind.JSONRPC, question=question)
    found = json.loads(body)
    assert (status, found["id"], found["error"]["code"]) == ("200 OK", call_id, 402)
    assert found["error"]["data"]["name"] == "odoo.exceptions.UserError"


@pytest.mark.parametrize(
    "question", [b"", b"[", b"[]", b'{"id": [1]}', b"[" * 50_000, b" " * 70_000]
)
def test_json_rpc_survives_nonsense(question):
    assert json.loads(sent(PAYMENT, Kind.JSONRPC, question=question)[2])["id"] is None


def test_json_2_has_the_real_code():
    status, headers, body = sent(PAYMENT, Kind.JSON2)
    assert (status, headers["Content-Type"]) == ("402 Payment Required", "application/json")
    assert json.loads(body)["message"].startswith("This database is closed")


def test_xml_rpc_is_a_fault():
    status, _headers, body = sent(PAYMENT, Kind.XMLRPC)
    assert status == "200 OK"
    with pytest.raises(xmlrpc.client.Fault, match="unpaid") as fault:
        xmlrpc.client.loads(body)
    assert fault.value.faultCode == 402


@pytest.mark.parametrize("length", ["", "-1", "x", "1e3", "99999999999", None])
def test_a_strange_length_reads_nothing(length):
    class Closed:
        def read(self, count):
            raise AssertionError

    environ = {"CONTENT_LENGTH": length, "wsgi.input": Closed()}
    assert b"".join(send(PAYMENT, Kind.PAGE, "", environ, lambda *args: None))


def test_a_client_that_stops_sending_gets_its_answer():
    class Slow:
        def read(self, count):
            raise TimeoutError

    environ = {"CONTENT_LENGTH": "10", "wsgi.input": Slow()}
    assert b"unpaid" in b"".join(send(PAYMENT, Kind.PAGE, "", environ, lambda *args: None))


def test_head_has_no_body():
    _status, headers, body = sent(PAYMENT, REQUEST_METHOD="HEAD")
    assert body == b""
    assert int(headers["Content-Length"]) > 500
