"""Which parts of a view are code."""

import pytest

from saas_business_management.kernel.gateway.markup import UNREADABLE, code_in


@pytest.mark.parametrize(
    "arch",
    [
        "<t t-name='x'><p class='a' style='b'>Text</p></t>",
        "<form><field name='x' invisible='state == 1'/></form>",
        "<?xml version='1.0'?><data><p>x</p></data>",
        "<p>t-out='x'</p><p>two roots</p>",
        "<!-- <t t-out='x'/> --><p/>",
        "",
        "<xpath expr='//p' position='attributes'><attribute name='class'>x</attribute></xpath>",
    ],
)
def test_text_is_no_code(arch):
    assert code_in(arch) == frozenset()


@pytest.mark.parametrize(
    ("arch", "found"),
    [
        ("<t t-out='1 + 1'/>", ("t-out", "1 + 1")),
        ("<a t-att-href='x'/>", ("t-att-href", "x")),
        ("<a t-attf-href='{{ x }}'/>", ("t-attf-href", "{{ x }}")),
        ("<a t-out\n = \n'x'/>", ("t-out", "x")),
        ("<t t-set='x'>text</t>", ("t-set", "x")),
        ("<a xmlns:n='u' n:t-out='x'/>", ("t-out", "x")),
        ("<attribute name='t-out'>evil</attribute>", ("attribute t-out", "evil\0\0\0")),
        ("<attribute name='t&#45;out'>evil</attribute>", ("attribute t-out", "evil\0\0\0")),
        ("<attribute name='t-if' add='evil'/>", ("attribute t-if", "\0evil\0\0")),
    ],
)
def test_directives_are_code_however_they_are_written(arch, found):
    assert found in code_in(f"<data>{arch}</data>")


@pytest.mark.parametrize(
    "arch",
    [
        "<!DOCTYPE x [<!ENTITY e '&#60;a t&#45;out=\"evil\"/&#62;'>]><x>&e;</x>",
        "<p>not closed",
        "<p>&unknown;</p>",
    ],
)
def test_what_cannot_be_read_is_code(arch):
    ((kind, _text),) = code_in(arch)
    assert kind == UNREADABLE


def test_the_same_code_in_other_text_is_the_same_code():
    before = code_in("<div><p t-if='x'>old</p></div>")
    after = code_in("<section class='new'><p t-if='x'>new <b>text</b></p></section>")
    assert before == after
