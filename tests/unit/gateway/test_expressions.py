"""What tenants' expressions may reach through `format`."""

import ast

import pytest

from saas_business_management.kernel.gateway.expressions import (
    GUARD_NAME,
    GuardedFormatter,
    guard_expression,
    guard_formats,
    guarded_format,
    may_format,
)


class Thing:
    """Something with hidden, listed and open attributes."""

    _hidden = "hidden"
    connection = "listed"
    name = "open"

    def format(self, amount):
        return f"{amount} of {self.name}"


def run(source, mode="eval", **names):
    """Run a source as the node would: guarded, with our function among the builtins."""
    names[GUARD_NAME] = lambda value, attribute: guarded_format(
        value, attribute, lambda text: GuardedFormatter()
    )
    parsed = ast.parse(source, mode=mode)
    tree = guard_formats(parsed) or parsed
    scope = {**names}
    result = eval(compile(tree, "x", mode), scope)  # noqa: S307
    return result if mode == "eval" else scope["result"]


SAME = [
    "'{:,.2f}'.format(1234.5)",
    "'{} {}'.format(1, 2)",
    "'{0[a]} {1.name}'.format({'a': 3}, thing)",
    "'{a!r:>{width}}'.format(a='x', width=8)",
    "'{a}'.format_map({'a': 1})",
    "'{{}}'.format()",
    "str.format('{}', 7)",
    "''.join(map('{:02d}'.format, [1, 2]))",
    "'{}'.format(*[5])",
    "'{a}'.format(**{'a': 6})",
    "[f('x') for f in ['{}'.format]]",
    "(lambda f: f(1))('{}'.format)",
    "f'{thing.name}'",
    "thing.format(3)",
    "'%s' % thing.name",
]


@pytest.mark.parametrize("source", SAME)
def test_honest_formats_give_what_python_gives(source):
    assert run(source, thing=Thing()) == eval(source, {"thing": Thing()})  # noqa: S307


REFUSED = [
    "'{0.__class__}'.format(thing)",
    "'{0._hidden}'.format(thing)",
    "'{0.connection}'.format(thing)",
    "'{a.__class__.__mro__}'.format(a=thing)",
    "'{a._hidden}'.format_map({'a': thing})",
    "'{0[0].__class__}'.format([thing])",
    "'{0.name.__class__}'.format(thing)",
    "'{:{0._hidden}}'.format(thing)",
    "'{0:{1._hidden}}'.format('x', thing)",
    "str.format('{0._hidden}', thing)",
    "''.join(map('{0._hidden}'.format, [thing]))",
    "[f(thing) for f in ['{0._hidden}'.format]][0]",
    "(lambda f: f(thing))('{0._hidden}'.format)",
    "('{0.' + '_hidden}').format(thing)",
    "type_of_text.format('{0._hidden}', thing)",
    "'{0._hidden}'.\uff46ormat(thing)",
    "'{0._hidden}'.f\u1d52rmat(thing)",
    "'{0.mro}'.format(thing_class)",
    "holder.text.format(thing)",
    "holder.format(thing)",
]


class Holder:
    """Passes on every attribute of a text it holds, as Odoo's lazy values do."""

    text = "{0._hidden}"

    def __getattr__(self, name):
        return getattr(self.text, name)


@pytest.mark.parametrize("source", REFUSED)
def test_hidden_and_listed_attributes_are_refused(source):
    class Listed(GuardedFormatter):
        refused = ("connection", "mro")

    def guard(value, attribute):
        return guarded_format(value, attribute, lambda text: Listed())

    names = {"thing": Thing(), "type_of_text": str, "thing_class": Thing, "holder": Holder()}
    code = compile(guard_formats(ast.parse(source, mode="eval")), "x", "eval")
    with pytest.raises(NameError, match="forbidden name"):
        eval(code, {**names, GUARD_NAME: guard})  # noqa: S307


def test_blocks_of_statements_are_guarded_as_well():
    source = "make = '{0._hidden}'.format\nresult = make(thing)"
    with pytest.raises(NameError, match="forbidden name"):
        run(source, mode="exec", thing=Thing())
    assert run("result = '{}'.format(4)", mode="exec") == "4"


def test_lines_keep_their_numbers():
    tree = guard_formats(ast.parse("a = 1\nb = '{}'.format(a)\nc = 2"))
    assert [node.lineno for node in tree.body] == [1, 2, 3]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.b(c)", False),
        ("'{}'.format(1)", True),
        ("x.\uff46ormat", True),
        (b"a", True),
        ("ä", True),
    ],
)
def test_only_what_could_format_is_rewritten(source, expected):
    assert may_format(source) is expected


def test_an_expression_without_format_stays_as_it_is():
    assert guard_expression("values.get('a')") == "values.get('a')"
    assert guard_expression("( 'information é' )") == "( 'information é' )"
    assert GUARD_NAME in guard_expression("values.get('a').format(1)")
