"""Addresses that people type in: one form, and where they may lead."""

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.outgoing.address import may_call, parse_endpoint


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://s3.example.com", "https://s3.example.com"),
        (" https://S3.Example.COM/ ", "https://s3.example.com"),
        ("https://s3.example.com:443", "https://s3.example.com"),
        ("https://s3.example.com:9000", "https://s3.example.com:9000"),
        ("https://93.184.216.34:8443", "https://93.184.216.34:8443"),
        ("https://[2606:2800:220::1]:9000", "https://[2606:2800:220::1]:9000"),
    ],
)
def test_an_endpoint_has_one_form(text, url):
    assert parse_endpoint(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3.example.com",
        "ftp://s3.example.com",
        "file:///etc/passwd",
        "gopher://s3.example.com",
        "https://user@s3.example.com",
        "https://user:secret@s3.example.com",
        "https://s3.example.com/path",
        "https://s3.example.com?x=1",
        "https://s3.example.com#x",
        "https://s3.example.com\\@evil.example",
        "https://s3.example.com:0",
        "https://s3.example.com:65536",
        "https://s3.example.com:https",
        "https://s3 .example.com",
        "https://s3.example.com\r\nX: y",
        "https://-s3.example.com",
        "https://s3..example.com",
        "https://2130706433",
        "https://0x7f000001",
        "https://0177.0.0.1",
        "https://0x7f.0.0.1",
        "https://127.1",
        "https://1.2.3.256",
        "https://[127.0.0.1]",
        "https://[::1",
        "https://::1",
        "https://１２７.0.0.1",
        "https://" + "a" * 64 + ".example.com",
        "javascript:alert(1)",
    ],
)
def test_other_forms_are_refused_whatever_is_allowed(text):
    for inside in (False, True):
        with pytest.raises(Refused) as told:
            parse_endpoint(text, inside)
        assert told.value.code == "address_form"
        assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://s3.example.com", "address_without_tls"),
        ("http://s3.example.com:9000", "address_without_tls"),
        ("https://s3.example.com:22", "address_port"),
        ("https://s3.example.com:5432", "address_port"),
        ("https://s3.example.com:80", "address_port"),
    ],
)
def test_only_inside_it_may_be_without_tls_or_on_any_port(text, code):
    with pytest.raises(Refused) as told:
        parse_endpoint(text)
    assert told.value.code == code
    assert parse_endpoint(text, inside_allowed=True).url == text


PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"]
PUBLIC += ["64:ff9b::808:808", "2002:808:808::1"]
INSIDE = ["127.0.0.1", "127.9.9.9", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1"]
INSIDE += ["100.64.0.1", "::1", "fd12:3456::1", "::ffff:10.0.0.5"]
NEVER = ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1"]
NEVER += ["0.0.0.0", "0.1.2.3", "::", "255.255.255.255", "100.100.100.200", "fd00:ec2::254"]
NEVER += ["192.0.0.192", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"]
NEVER += ["::ffff:0.0.0.0", "name.example", "", "1.2.3"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address):
    assert may_call(address)
    assert may_call(address, inside_allowed=True)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_may_be_called_where_allowed(address):
    assert not may_call(address)
    assert may_call(address, inside_allowed=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_called(address):
    assert not may_call(address)
    assert not may_call(address, inside_allowed=True)


@pytest.mark.parametrize(
    "address",
    ["2002:7f00:1::1", "64:ff9b::7f00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1"],
)
def test_an_address_inside_is_not_hidden_by_translation(address):
    assert not may_call(address)
