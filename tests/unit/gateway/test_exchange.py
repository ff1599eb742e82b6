"""What becomes of Odoo's answer on its way out."""

import pytest

from saas_business_management.gateway.exchange import Exchange

PAGE = b"<html><body>x</body></html>"


class Body(list):
    """Pieces that note whether they were closed."""

    closed = False

    def close(self):
        self.closed = True


def passed(element, pieces, *headers, status="200 OK"):
    told = []
    exchange = Exchange(lambda *given: told.append(given))
    exchange.begin(status, [("Content-Type", "text/html; charset=utf-8"), *headers])
    body = Body(pieces)
    out = b"".join(exchange.with_element(body, lambda _page: element))
    return dict(told[0][1]), out, body


def test_a_page_gets_the_element_and_its_new_length():
    headers, out, body = passed("<i>é</i>", [PAGE], ("Content-Length", str(len(PAGE))))
    assert out == PAGE.replace(b"</body>", "<i>é</i></body>".encode())
    assert headers["Content-Length"] == str(len(out))
    assert body.closed


def test_a_page_of_unknown_length_gets_it_as_it_goes_by():
    headers, out, body = passed("<i/>", [PAGE[:20], PAGE[20:]])
    assert out == PAGE.replace(b"</body>", b"<i/></body>")
    assert "Content-Length" not in headers
    assert body.closed


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (("Content-Encoding", "gzip"), "200 OK"),
        (("Content-Type", "application/json"), "200 OK"),
        (("X-Other", "x"), "404 Not Found"),
        (("X-Other", "x"), "303 See Other"),
    ],
)
def test_packed_answers_other_types_and_other_codes_stay_as_they_are(header, status):
    told = []
    exchange = Exchange(lambda *given: told.append(given))
    kept = [("Content-Type", "text/html")] if header[0] != "Content-Type" else []
    exchange.begin(status, [*kept, header, ("Content-Length", str(len(PAGE)))])
    body = Body([PAGE])
    assert exchange.with_element(body, lambda _page: "<i/>") is body
    assert dict(told[0][1])["Content-Length"] == str(len(PAGE))


def test_cookies_stay_on_their_host():
    headers, _out, _body = passed("", [], ("Set-Cookie", "a=1; Domain=.example.com; Path=/"))
    assert headers["Set-Cookie"] == "a=1; Path=/"


def test_who_makes_the_element_sees_the_page_unless_it_goes_by_in_pieces():
    seen = []
    for length in ([("Content-Length", str(len(PAGE)))], []):
        exchange = Exchange(lambda *given: None)
        exchange.begin("200 OK", [("Content-Type", "text/html"), *length])
        b"".join(exchange.with_element(Body([PAGE]), lambda page: seen.append(page) or ""))
    assert seen == [PAGE, b""]


def test_a_page_that_gets_nothing_is_not_read():
    exchange = Exchange(lambda *given: None)
    exchange.begin("200 OK", [("Content-Type", "text/html"), ("Content-Length", "1")])
    body = Body([PAGE])
    assert exchange.with_element(body, None) is body
