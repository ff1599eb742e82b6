"""The drawn page says what the table says."""

from saas_business_management.kernel.lifecycle.diagram import document, mermaid
from saas_business_management.kernel.lifecycle.transitions import TABLE


def test_every_arrow_of_the_table_is_drawn_and_no_other() -> None:
    drawn = set()
    for line in mermaid().splitlines():
        if "-->" in line and "[*]" not in line:
            ends, _colon, events = line.strip().partition(": ")
            source, target = ends.split(" --> ")
            drawn |= {(source, target, event) for event in events.split(", ")}
    assert drawn == {(source, rule.target, rule.event) for rule in TABLE for source in rule.sources}


def test_the_page_holds_one_table_row_for_each_row_of_the_table() -> None:
    rows = [line for line in document().splitlines() if line.startswith("| ")]
    assert len(rows) == len(TABLE) + 1
    assert document().endswith("\n") and not document().endswith("\n\n")
