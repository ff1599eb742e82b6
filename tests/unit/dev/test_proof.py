"""A proof that was cut off goes on with what is missing, at the same commit alone."""

import pytest

from dev import proof
from dev.closing_lines import Counts
from dev.suite_run import Outcome
from dev.suites import suites

SUITES = suites()[:3]


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(proof, "COUNTS", tmp_path / "proof")
    monkeypatch.setattr(proof, "DONE", tmp_path / "proof" / "done")
    monkeypatch.setattr(proof, "PAGE", tmp_path / "docs" / "proof.md")
    return tmp_path


def whole(suite, passed=7):
    return Outcome(suite, Counts(passed, 0, 1), "", "7 passed", 3.5)


def test_what_was_whole_is_kept_and_what_failed_is_run_again(place):
    assert proof.resume("abc", SUITES) == []
    proof.keep_outcome(whole(SUITES[0]))
    proof.keep_outcome(Outcome(SUITES[1], Counts(3, 1), "failed", "1 failed", 2.0))
    proof.keep_outcome(Outcome(SUITES[2], absent=True))
    proof.keep("crash", {"killed": (3, 1.0)})
    assert proof.resume("abc", SUITES) == [whole(SUITES[0])]
    assert (proof.COUNTS / "crash.json").exists()


@pytest.mark.parametrize("commit", ["def", ""])
def test_another_commit_or_a_changed_tree_begins_anew(place, commit):
    proof.resume("abc", SUITES)
    proof.keep_outcome(whole(SUITES[0]))
    proof.keep("crash", {"killed": (3, 1.0)})
    assert proof.resume(commit, SUITES) == []
    assert not (proof.COUNTS / "crash.json").exists()


def test_a_changed_tree_is_never_gone_on_with(place):
    for _again in range(2):
        assert proof.resume("", SUITES) == []
        proof.keep_outcome(whole(SUITES[0]))


def test_the_page_says_commit_counts_ends_and_cases(place):
    proof.resume("abc", SUITES)
    proof.keep_outcome(whole(SUITES[0]))
    proof.keep("crash", {"killed": (3, 1.0)})
    failed = Outcome(SUITES[1], Counts(3, 1), "failed", "1 failed", 2.0)
    proof.write([whole(SUITES[0]), failed], "abc")
    text = proof.PAGE.read_text(encoding="utf-8")
    assert "Commit abc, " in text
    assert f"| {SUITES[0].name} | 7 passed, 0 failed, 1 skipped | whole | 4 s | 20" in text
    assert f"| {SUITES[1].name} | 3 passed, 1 failed | failed | 2 s |  |" in text
    assert "| killed | 3 | 1 s |" in text and "| **all** | **3** |" in text
    proof.write([whole(SUITES[0])], "abc", changed=True)
    assert "Commit abc and changes" in proof.PAGE.read_text(encoding="utf-8")
