"""The page for outsiders: its program accepts an honest log and finds every change."""

import json
import re
import subprocess
import sys

import pytest

from saas_business_management.kernel.audit.entry import told
from tests.architecture.scan import ADDON

from .test_chain import SEALED, chained, entry

PAGE = (ADDON / "docs" / "audit.md").read_text(encoding="utf-8")
ODD = {"é\u2028\x7f": ['"\\\n\x01', 2**60, 0.1, None, {"b": True, "a": -1}]}


@pytest.fixture
def check(tmp_path):
    """Run the page's program on lines; return what it says, empty when the log holds."""
    program = tmp_path / "check.py"
    program.write_text(re.search(r"```python\n(.*?)```", PAGE, re.S)[1], encoding="utf-8")

    def run(sealed, *known):
        log = tmp_path / "log.jsonl"
        lines = [
            json.dumps(
                {"number": seal.number, "link": seal.link, "entry": told(one)},
                ensure_ascii=False,
                sort_keys=True,
            )
            for seal, one in sealed
        ]
        log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        command = [sys.executable, program, log, *known]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()

    return run


def test_an_honest_log_holds(check):
    assert check(SEALED) == ""
    assert check(SEALED, f"3:{SEALED[2][0].link}", f"8:{SEALED[7][0].link}") == ""
    assert check(chained([entry(0, facts=ODD, reason="x\ty", name="日本")])) == ""


def test_a_changed_entry_is_named(check):
    tampered = [*SEALED[:4], (SEALED[4][0], entry(4, reason="paid")), *SEALED[5:]]
    assert check(tampered) == "broken at number 5, entry 104"


def test_a_gap_and_a_log_that_was_cut_off_or_made_anew_are_found(check):
    assert check([*SEALED[:2], *SEALED[3:]]).startswith("broken at number 4")
    assert check(SEALED[:5], f"8:{SEALED[7][0].link}") == "cut off before number 8"
    anew = chained([entry(number, reason="forged") for number in range(8)])
    assert check(anew) == ""
    assert check(anew, f"8:{SEALED[7][0].link}").startswith("broken at number 8")


def test_the_page_names_every_field():
    for name in told(entry(0)):
        assert f"`{name}`" in PAGE
