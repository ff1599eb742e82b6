"""A proof that was cut off goes on with what is missing, and with what was changed since."""

import pytest

from dev import proof
from dev.closing_lines import Counts
from dev.suite_run import Outcome
from dev.suites import suites

EVERY = suites()
SUITES = EVERY[:3]


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(proof, "COUNTS", tmp_path / "proof")
    monkeypatch.setattr(proof, "DONE", tmp_path / "proof" / "done")
    monkeypatch.setattr(proof, "PAGE", tmp_path / "docs" / "proof.md")
    return tmp_path


def nothing(_old, _new):
    return []


def something(*files):
    return lambda _old, _new: list(files)


def whole(suite, passed=7):
    return Outcome(suite, Counts(passed, 0, 1), "", "7 passed", 3.5)


def test_what_was_whole_is_kept_and_what_failed_is_run_again(place):
    assert proof.resume("abc", SUITES, nothing) == []
    proof.keep_outcome(whole(SUITES[0]), "abc")
    proof.keep_outcome(Outcome(SUITES[1], Counts(3, 1), "failed", "1 failed", 2.0), "abc")
    proof.keep_outcome(Outcome(SUITES[2], absent=True), "abc")
    proof.keep("crash", {"killed": (3, 1.0)})
    assert proof.resume("abc", SUITES, nothing) == [whole(SUITES[0])]
    assert (proof.COUNTS / "crash.json").exists()


@pytest.mark.parametrize(
    ("commit", "changed"),
    [
        ("def", something("saas_business_management/models/saas_tenant.py")),
        ("def", lambda _old, _new: None),
        ("", nothing),
    ],
    ids=["a changed product", "an unknown commit", "a changed tree"],
)
def test_what_may_end_otherwise_begins_anew(place, commit, changed):
    proof.resume("abc", SUITES, nothing)
    proof.keep_outcome(whole(SUITES[0]), "abc")
    proof.keep("crash", {"killed": (3, 1.0)})
    assert proof.resume(commit, SUITES, changed) == []
    assert not (proof.COUNTS / "crash.json").exists()
    assert proof.resume("abc", SUITES, nothing) == []


def test_a_changed_test_counts_for_its_suite_alone(place):
    proof.resume("abc", EVERY, nothing)
    for one in EVERY:
        proof.keep_outcome(whole(one), "abc")
    kept = proof.resume("def", EVERY, something("tests/unit/jobs/test_base.py"))
    missing = {one.name for one in EVERY} - {one.suite.name for one in kept}
    assert missing == {"unit", "lint", "architecture", "strength"}
    for one in kept:
        assert one == whole(one.suite)


@pytest.mark.parametrize(
    ("file", "suite", "read"),
    [
        ("tests/crash/test_killed.py", "crash", True),
        ("tests/crash/test_killed.py", "contract", False),
        ("tests/crash/matrix.py", "contract", True),
        ("tests/crash/recorded_points.json", "crash", True),
        ("tests/crash/recorded_points.json", "contract", False),
        ("tests/vectors/test_vectors.py", "contract", True),
        ("tests/conftest.py", "contract", True),
        ("tests/helpers/crash.py", "contract", True),
        ("saas_business_management/tests/test_plan.py", "crash", True),
        ("dev/proof.py", "crash", False),
        ("dev/proof.py", "unit", True),
        ("dev/proof.py", "lint", True),
        ("dev/suites.py", "crash", True),
        ("Makefile", "crash", True),
    ],
)
def test_whatever_a_suite_may_read_counts(file, suite, read):
    assert proof.is_read(file, suite) is read


def test_a_changed_tree_is_never_gone_on_with(place):
    for _again in range(2):
        assert proof.resume("", SUITES, nothing) == []
        proof.keep_outcome(whole(SUITES[0]), "")


def test_the_page_says_commit_counts_ends_and_cases(place):
    proof.resume("abc", SUITES, nothing)
    proof.keep_outcome(whole(SUITES[0]), "abc")
    proof.keep("crash", {"killed": (3, 1.0)})
    failed = Outcome(SUITES[1], Counts(3, 1), "failed", "1 failed", 2.0)
    proof.write([whole(SUITES[0]), failed], SUITES, "abc")
    text = proof.PAGE.read_text(encoding="utf-8")
    first, second, third = (one.name for one in SUITES)
    (row,) = (line for line in text.splitlines() if line.startswith(f"| {first} |"))
    assert row.startswith(f"| {first} | 7 passed, 0 failed, 1 skipped | whole | 4 s | 20")
    assert row.endswith(" | abc |")
    assert f"| {second} | 3 passed, 1 failed | failed | 2 s | 20" in text
    assert f"| {third} | not run yet" in text
    assert "| killed | 3 | 1 s |" in text and "| **all** | **3** |" in text
    proof.write([failed], SUITES, "")
    assert " | changed |" in proof.PAGE.read_text(encoding="utf-8")


def test_the_page_keeps_what_it_said_of_other_suites(place):
    proof.resume("abc", SUITES, nothing)
    proof.keep_outcome(whole(SUITES[0]), "abc")
    for suite in ("crash", "unit"):
        proof.keep(suite, {"killed": (3, 1.0)})
    proof.write([whole(SUITES[0])], SUITES, "abc")
    before = proof.PAGE.read_text(encoding="utf-8")
    proof.begin()
    proof.resume("def", SUITES, nothing)
    proof.keep_outcome(whole(SUITES[1], passed=9), "def")
    proof.keep("unit", {"killed": (5, 1.0)})
    proof.write([whole(SUITES[1], passed=9)], SUITES, "def")
    text = proof.PAGE.read_text(encoding="utf-8")
    kept = next(line for line in before.splitlines() if line.startswith(f"| {SUITES[0].name} |"))
    assert kept in text
    assert f"| {SUITES[1].name} | 9 passed" in text
    assert text.count("## Matrix of suite") == 2
    assert "| killed | 3 | 1 s |" in text and "| killed | 5 | 1 s |" in text
    proof.write([], SUITES, "def")
    assert proof.PAGE.read_text(encoding="utf-8") == text


def test_what_the_parts_of_a_suite_counted_is_added_up(place):
    proof.keep("crash", {"killed": (3, 1.0), "stopped": (1, 2.0)}, "1/2")
    proof.keep("crash", {"killed": (4, 2.0)}, "2/2")
    proof.write([], EVERY, "abc")
    page = proof.PAGE.read_text()
    assert "| killed | 7 | 3 s |" in page
    assert "| stopped | 1 | 2 s |" in page
    assert page.count("Matrix of suite") == 1
