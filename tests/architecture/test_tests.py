"""The tests themselves: none is left out in silence, and each can fail."""

import ast
from collections.abc import Iterator

import pytest

from .scan import ADDON, ROOT, Source, dotted, sources

LEAVING_OUT = ("skip", "skipif", "xfail", "skipIf", "skipUnless", "skipTest", "importorskip")
SUITES = [*sources("*.py", ROOT / "tests"), *sources("*.py", ADDON / "tests")]


def silent_skips(source: Source) -> Iterator[str]:
    """Yield what leaves a test out without saying why."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _last(node.func) in LEAVING_OUT and not _says_why(node):
            yield f"{source.line(node)}: left out without a reason"
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for mark in node.decorator_list:
                if not isinstance(mark, ast.Call) and _last(mark) in LEAVING_OUT:
                    yield f"{source.line(node)}: left out without a reason"


def unfailing(source: Source) -> Iterator[str]:
    """Yield the tests that hold nothing which can fail."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = list(ast.walk(node))
            checks = any(isinstance(part, ast.Assert | ast.Raise) for part in body)
            called = any(isinstance(part, ast.Call) for part in body)
            if not checks and not called:
                yield f"{source.line(node)}: {node.name} cannot fail"


def _last(node: ast.AST) -> str:
    return dotted(node).rsplit(".", 1)[-1]


def _says_why(node: ast.Call) -> bool:
    reasons = [word.value for word in node.keywords if word.arg in ("reason", "msg")]
    place = 1 if _last(node.func) in ("skipif", "skipIf", "skipUnless") else 0
    if _last(node.func) != "importorskip":
        reasons += node.args[place:]
    return any(not isinstance(one, ast.Constant) or bool(one.value) for one in reasons)


def test_no_test_is_left_out_without_a_reason() -> None:
    assert [told for source in SUITES for told in silent_skips(source)] == []


def test_every_test_can_fail() -> None:
    assert [told for source in SUITES for told in unfailing(source)] == []
    assert len(SUITES) > 10


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\npytest.skip()",
        "import pytest\npytest.skip('')",
        "@pytest.mark.skip\ndef test_x():\n    assert x",
        "@pytest.mark.skip()\ndef test_x():\n    assert x",
        "@pytest.mark.skipif(x, reason='')\ndef test_x():\n    assert x",
        "@pytest.mark.xfail\ndef test_x():\n    assert x",
        "@unittest.skip('')\nclass T: ...",
        "boto = pytest.importorskip('boto3')",
    ],
)
def test_a_silent_skip_is_found(text: str) -> None:
    assert list(silent_skips(Source("unit/test_x.py", text)))


def test_a_reason_is_enough() -> None:
    text = "pytest.skip('no browser')\n@pytest.mark.skipif(x, reason='15')\ndef test_x():\n    f()"
    assert list(silent_skips(Source("unit/test_x.py", text))) == []


def test_a_test_without_a_check_is_found() -> None:
    assert list(unfailing(Source("unit/test_x.py", "def test_x():\n    x = 1")))
    assert not list(unfailing(Source("unit/test_x.py", "def test_x():\n    assert x")))
