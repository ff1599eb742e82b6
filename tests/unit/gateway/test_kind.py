"""In which dialect a caller is answered."""

import pytest

from saas_business_management.kernel.gateway.kind import Kind, kind_of

CASES = [
    ("/", "", Kind.PAGE),
    ("/web/login", "", Kind.PAGE),
    ("/odoo/contacts", "", Kind.PAGE),
    ("/web/login", "application/x-www-form-urlencoded", Kind.PAGE),
    ("/web/static/img/logo.png", "", Kind.STATIC),
    ("/my_addon/static/src/x.js", "", Kind.STATIC),
    ("/web/assets/1/2.js", "", Kind.PAGE),
    ("/a/b/static/c", "", Kind.PAGE),
    ("/web/dataset/call_kw/res.partner/read", "application/json", Kind.JSONRPC),
    ("/web/dataset/call_button", "", Kind.JSONRPC),
    ("/mail/data", "application/json; charset=utf-8", Kind.JSONRPC),
    ("/jsonrpc", "application/json", Kind.JSONRPC),
    ("/jsonrpc", "", Kind.JSONRPC),
    ("/json/2/res.partner/read", "application/json", Kind.JSON2),
    ("/json/version", "", Kind.JSON2),
    ("/jsonx", "", Kind.PAGE),
    ("/xmlrpc/2/object", "text/xml", Kind.XMLRPC),
    ("/xmlrpc/common", "text/xml", Kind.XMLRPC),
    ("/websocket", "", Kind.WEBSOCKET),
    ("/websocket/health", "", Kind.PAGE),
    ("/web/database/manager", "", Kind.MANAGER),
    ("/web/database", "", Kind.MANAGER),
    ("/web/database/drop", "application/x-www-form-urlencoded", Kind.MANAGER),
    ("/web/database/list", "application/json", Kind.MANAGER),
    ("//web//database/manager", "", Kind.MANAGER),
    ("/fr/web/database/manager", "", Kind.MANAGER),
    ("/fr_BE/web/database/selector", "", Kind.MANAGER),
    ("/sr@latin/web/database/backup", "", Kind.MANAGER),
    ("/web/DATABASE/manager", "", Kind.MANAGER),
    ("/web/databases", "", Kind.PAGE),
    ("/our-french/web/database/manager", "", Kind.MANAGER),
    ("/shop/product/web/database", "", Kind.PAGE),
    ("", "", Kind.PAGE),
]


@pytest.mark.parametrize(("path", "content_type", "kind"), CASES)
def test_the_path_tells_the_kind(path, content_type, kind):
    assert kind_of(path, content_type) is kind
