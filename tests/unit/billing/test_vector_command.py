"""The command that runs worked examples, and what its translators may not do."""

import ast
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.vectors import MODULES
from tests.vectors.__main__ import main
from tests.vectors.answer import differences, plain
from tests.vectors.records import MODULES as RECORDED
from tests.vectors.records import WITHOUT
from tests.vectors.records.registry import players, plays
from tests.vectors.registry import op, operations

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vectors"
GOOD = {
    "id": "ROU-1",
    "title": "Half a yen",
    "input": {"op": "round", "values": [["2.5", "JPY"]]},
    "expected": {"rounded": ["3"]},
}
WRONG = {**GOOD, "id": "ROU-2", "expected": {"rounded": ["2"]}}
COMPUTING = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
COUNTING = {
    "sum",
    "min",
    "max",
    "abs",
    "pow",
    "divmod",
    "float",
    "Fraction",
    "quantize",
    "timedelta",
}


def run(tmp_path, capsys, vectors, *words):
    """The exit status and what was printed."""
    file = tmp_path / "vectors.json"
    file.write_text(vectors if isinstance(vectors, str) else json.dumps(vectors), encoding="utf-8")
    status = main([str(file), *words])
    told = capsys.readouterr()
    return status, told.out.splitlines(), told.err.strip()


def test_it_ends_with_both_numbers_and_tells_each_difference(tmp_path, capsys):
    assert run(tmp_path, capsys, [GOOD]) == (0, ["1 passed, 0 failed"], "")
    status, lines, _err = run(tmp_path, capsys, [GOOD, WRONG])
    assert status == 1
    assert lines == ['FAIL ROU-2 Half a yen: expected rounded[0] "2" got "3"', "1 passed, 1 failed"]


def test_one_vector_can_be_run_alone(tmp_path, capsys):
    assert run(tmp_path, capsys, [GOOD, WRONG], "--only", "ROU-1")[0] == 0
    status, _lines, told = run(tmp_path, capsys, [GOOD], "--only", "X-1")
    assert status == 1 and told.endswith("has no vector X-1.")


def test_an_unknown_operation_fails_and_says_so(tmp_path, capsys):
    status, lines, _err = run(tmp_path, capsys, [{**GOOD, "input": {"op": "guess"}}])
    assert status == 1
    assert lines[0].endswith("got LookupError: unknown operation 'guess'")
    assert lines[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    "asked",
    [{"op": "round"}, {"op": "round", "values": [["x", "JPY"]]}, {"op": "round", "values": 5}, {}],
)
def test_an_input_that_nobody_understands_is_a_failure_of_that_vector_alone(
    tmp_path, capsys, asked
):
    status, lines, _err = run(tmp_path, capsys, [{**GOOD, "input": asked}, GOOD])
    assert status == 1 and lines[-1] == "1 passed, 1 failed"


def test_a_refusal_of_the_product_is_an_answer_with_its_code(tmp_path, capsys):
    asked = {"op": "credit_note", "invoice_total": "45", "previous_credits": "30", "request": "20"}
    vector = {**GOOD, "input": asked, "expected": {"error": "exceeds_creditable"}}
    assert run(tmp_path, capsys, [vector])[0] == 0
    nan = {**GOOD, "input": {"op": "round", "values": [["NaN", "JPY"]]}}
    lines = run(tmp_path, capsys, [nan])[1]
    assert '"error": "number_invalid"' in lines[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not a JSON file"),
        ('{"id": "A"}', "has to hold a list of vectors."),
        ('[{"id": "A"}]', "Vector 1 of"),
        ("[5]", "needs id, input, expected."),
        ('[{"id": "A", "input": [], "expected": {}}]', "input has to be an object."),
    ],
)
def test_a_file_without_vectors_is_told_in_a_sentence(tmp_path, capsys, text, told):
    status, lines, error = run(tmp_path, capsys, text)
    assert status == 1 and lines == [] and told in error


def test_a_missing_file_is_told_in_a_sentence(tmp_path, capsys):
    assert main([str(tmp_path / "none.json")]) == 1
    assert "Cannot read" in capsys.readouterr().err
    (tmp_path / "latin.json").write_bytes(b"[\xff]")
    assert main([str(tmp_path / "latin.json")]) == 1


def test_it_runs_without_odoo_and_without_anything_installed():
    words = [
        sys.executable,
        "-S",
        "-m",
        "tests.vectors",
        "tests/vectors/data/billing.json",
        "--only",
    ]
    done = subprocess.run(
        [*words, "PRO-02"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1 passed, 0 failed\n"), done.stderr


@pytest.mark.parametrize(
    ("expected", "got", "count"),
    [
        ({"a": "1.00"}, {"a": "1.00", "b": "more"}, 0),
        ({"a": "1.00"}, {"a": "1.0"}, 1),
        ({"a": "1"}, {"a": 1}, 1),
        ({"a": 1}, {"a": True}, 1),
        ({"a": None}, {}, 1),
        ({"a": None}, {"a": None}, 0),
        ({"a": ["1", "2"]}, {"a": ["1"]}, 1),
        ({"a": ["1", "2"]}, {"a": ["2", "1"]}, 2),
        ({"a": []}, {"a": ["1"]}, 1),
        ({"a": {"b": [{"c": "1"}]}}, {"a": {"b": [{"c": "2"}]}}, 1),
        ({"a": {}}, {"a": None}, 1),
    ],
)
def test_an_answer_may_tell_more_but_nothing_else(expected, got, count):
    assert len(list(differences(expected, got))) == count


def test_values_are_printed_as_the_vectors_write_them():
    assert plain({"a": (Decimal("1E+2"), None, 5, True, "x")}) == {"a": ["100", None, 5, True, "x"]}
    with pytest.raises(TypeError):
        plain(1.5)


def test_an_operation_has_one_translator():
    assert "round" in operations()
    with pytest.raises(ValueError, match="two translators for round"):
        op("round")(print)


def computations(tree):
    """What computes in a translator: there is to be nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, COMPUTING):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            if name in COUNTING:
                yield f"line {node.lineno}: {name}"


def answers_in(tree, expected):
    """Values of expected answers that a translator writes down itself, other than as names of
    inputs and outputs.
    """
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            names |= {id(one) for one in node.keys}
        if isinstance(node, ast.Subscript):
            names.add(id(node.slice))
        if isinstance(node, ast.Compare):
            names |= {id(one) for one in (node.left, *node.comparators)}
        parts = getattr(node, "args" if isinstance(node, ast.Call) else "elts", ())
        if isinstance(node, ast.Call | ast.Tuple):
            names |= {id(one) for one in parts if str(_value(one)).isidentifier()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in names and node.value in expected:
            yield f"line {node.lineno}: {node.value!r}"


def _value(node):
    return node.value if isinstance(node, ast.Constant) else ""


def leaves(value):
    """Every value of an answer that says something."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)
    elif isinstance(value, str) or (isinstance(value, int) and value not in (0, 1)):
        yield value


EXPECTED = set(
    leaves(
        [
            one["expected"]
            for one in json.loads((FOLDER / "data" / "billing.json").read_text("utf-8"))
        ]
    )
)


TRANSLATORS = [*MODULES, *(f"records/{name}" for name in RECORDED)]


@pytest.mark.parametrize("name", TRANSLATORS)
def test_a_translator_neither_computes_nor_knows_an_answer(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    assert list(computations(tree)) == []
    assert list(answers_in(tree, EXPECTED)) == []


@pytest.mark.parametrize("name", ["reading.py", "records/reading.py"])
def test_reading_a_vector_computes_nothing(name):
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    assert list(computations(tree)) == []


def test_each_operation_is_played_with_records_or_says_why_not():
    played = set(players())
    assert played & set(WITHOUT) == set()
    assert played | set(WITHOUT) == set(operations())
    assert all(WITHOUT.values())


def test_an_operation_has_one_player():
    with pytest.raises(ValueError, match="two players for cancel"):
        plays("cancel")(print)


@pytest.mark.parametrize(
    "text", ["a + b", "a -= 1", "x = number(a) * 2", "sum(a)", "timedelta(days=1)"]
)
def test_a_planted_computation_is_found(text):
    assert list(computations(ast.parse(text)))


def test_a_planted_answer_is_found():
    assert list(answers_in(ast.parse('x = {"state": "posted"}'), {"posted"}))
    assert list(answers_in(ast.parse('x = number("1.00")'), {"1.00"}))
    assert not list(answers_in(ast.parse('x = {"posted": asked["posted"]}'), {"posted"}))
