"""Answers as bytes."""

import io
import json
import xmlrpc.client

import pytest

from saas_business_management.gateway.pages import send
from saas_business_management.kernel.gateway.answers import (
    ALL,
    BUSY,
    CLOSED_BY_REASON,
    PREPARING,
)
from saas_business_management.kernel.gateway.brand import Brand
from saas_business_management.kernel.gateway.kind import Kind
from saas_business_management.kernel.gateway.limits import Rule
from saas_business_management.kernel.gateway.over_limit import over_limit
from saas_business_management.kernel.gateway.page import About

OVER_LIMIT = [
    over_limit(Rule(meter, policy, 60, since=0, limit=10**6), 100, 7)
    for meter in ("api", "traffic")
    for policy in ("block", "throttle")
]
PAYMENT = CLOSED_BY_REASON["payment"]


def sent(answer, kind=Kind.PAGE, name="Acme", question=b"", who=None, **environ):
    told = []
    who = who or About(name)
    environ = {"wsgi.input": io.BytesIO(question), "CONTENT_LENGTH": str(len(question)), **environ}
    body = b"".join(send(answer, kind, who, environ, lambda *args: told.append(args)))
    return told[0][0], dict(told[0][1]), body


@pytest.mark.parametrize("answer", [*ALL, *OVER_LIMIT], ids=lambda answer: answer.code)
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


@pytest.mark.parametrize("answer", [*ALL, *OVER_LIMIT], ids=lambda answer: answer.code)
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
    assert b"".join(send(PAYMENT, Kind.PAGE, About(), environ, lambda *args: None))


def test_a_client_that_stops_sending_gets_its_answer():
    class Slow:
        def read(self, count):
            raise TimeoutError

    environ = {"CONTENT_LENGTH": "10", "wsgi.input": Slow()}
    assert b"unpaid" in b"".join(send(PAYMENT, Kind.PAGE, About(), environ, lambda *args: None))


def test_head_has_no_body():
    _status, headers, body = sent(PAYMENT, REQUEST_METHOD="HEAD")
    assert body == b""
    assert int(headers["Content-Length"]) > 500


BRAND = Brand(
    3,
    "Nova <Cloud>",
    primary="#ffcc00",
    texts='{"closed_payment": "{name} rests. <b>Call us</b>."}',
    support_name="Our team",
    support_email="help@nova.example",
    support_phone="+33 1 23",
    support_url="https://nova.example/help/",
    legal_name="Nova SAS",
    terms_url="javascript:alert(1)",
    privacy_url="https://nova.example/privacy",
)


def test_a_closed_page_says_since_when_and_until_when_the_data_is_kept():
    who = About("Acme", "suspended", "2026-03-03T10:42:00Z", "2026-03-14")
    page = sent(PAYMENT, who=who)[2].decode()
    assert "Since 3 March 2026." in page
    assert "Your data is safe and kept until 14 March 2026." in page
    assert "Your data is safe. " not in page


@pytest.mark.parametrize("strange", ["", "x", "2026", "2026-13-01", "2026-03", "--"])
def test_strange_dates_are_not_told(strange):
    page = sent(PAYMENT, who=About("Acme", "suspended", strange, strange))[2].decode()
    assert "Since" not in page and "kept until" not in page


def test_an_open_database_that_is_busy_has_no_dates():
    page = sent(BUSY, who=About("Acme", "active", "2026-03-03", "2026-03-14"))[2].decode()
    assert "2026" not in page


def test_the_page_is_the_brands():
    page = sent(PAYMENT, who=About("Acme", "suspended", brand=BRAND, reference="ab12"))[2].decode()
    assert "Nova &lt;Cloud&gt;" in page
    assert "Acme rests. &lt;b&gt;Call us&lt;/b&gt;." in page
    assert "an invoice is unpaid" not in page
    assert "Reference: closed-payment-ab12" in page
    for way in ("mailto:help@nova.example", "tel:+33123", "https://nova.example/help/"):
        assert f'href="{way}"' in page
    assert "javascript:" not in page
    assert "#ffcc00" in page
    assert len(page.encode()) < 15_000


def test_programs_read_our_words_whatever_the_brand():
    body = sent(PAYMENT, Kind.JSON2, who=About("Acme", "suspended", brand=BRAND))[2]
    assert "because an invoice is unpaid" in json.loads(body)["message"]


def test_a_preview_for_every_answer_is_small_even_with_a_full_brand():
    for answer in ALL:
        assert len(sent(answer, who=About("x" * 200, brand=BRAND))[2]) < 15_000


class Pieces(io.RawIOBase):
    """A body that comes in pieces and says no length."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    def read(self, size=-1):
        return self._pieces.pop(0) if self._pieces else b""


def test_a_question_in_pieces_is_read_to_its_end():
    question = json.dumps({"id": 5}).encode()
    given = {"wsgi.input": Pieces(question[:4], question[4:]), "wsgi.input_terminated": True}
    _status, _headers, body = sent(PAYMENT, Kind.JSONRPC, **given)
    assert json.loads(body)["id"] == 5
    assert given["wsgi.input"].read() == b""
