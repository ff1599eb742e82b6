"""The page of attacks names tests that exist and codes that are known."""

import ast
import re

from saas_business_management.kernel.gateway.event import RULES as NODE_RULES

from .codes import tables
from .scan import ADDON, ROOT, python

PAGE = (ADDON / "docs" / "attacks.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.*)\|(.*)\|(.*)\|$", PAGE, re.M)
LABELS = tables(next(one for one in python() if one.path == "messages/actions.py"))


def _missing(named: str) -> bool:
    """Whether there is no such test; `named` is `path::function`."""
    path, _, function = named.partition("::")
    place = ROOT / path
    if not place.is_file():
        return True
    tree = ast.walk(ast.parse(place.read_text(encoding="utf-8")))
    return function not in {node.name for node in tree if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_table_names_a_test_that_exists() -> None:
    named = {row: re.findall(r"`([^`]+::[^`]+)`", tests) for row, _attack, tests, _told in ROWS}
    assert {row for row, tests in named.items() if not tests} == set()
    assert [one for tests in named.values() for one in tests if _missing(one)] == []
    assert {int(row) for row in named} == {
        *range(4, 10),
        *range(11, 22),
        *range(28, 41),
    }


def test_a_test_that_is_gone_is_found() -> None:
    assert _missing("tests/architecture/test_attacks.py::test_nothing_of_this_name")
    assert _missing("tests/architecture/no_such_file.py::test_x")
    assert not _missing("tests/architecture/test_attacks.py::test_a_test_that_is_gone_is_found")


def test_every_code_it_promises_is_known_and_no_rule_of_a_node_is_forgotten() -> None:
    told = {row: (words.split()[0], re.findall(r"`(\w+)`", words)) for row, *_, words in ROWS}
    events = {code for word, codes in told.values() if word == "event" for code in codes}
    noted = {code for word, codes in told.values() if word == "audit" for code in codes}
    assert events <= set(LABELS["RULES"])
    assert noted <= set(LABELS["ACTIONS"])
    assert events >= NODE_RULES
    assert {word for word, _codes in told.values()} == {"event", "audit", "refused", "none:"}
