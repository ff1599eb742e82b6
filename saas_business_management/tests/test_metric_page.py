"""`docs/metrics.md` names every metric with its meaning; it is made of the register.

`SAAS_RECORD=1` writes the page.
"""

import os
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..kernel.monitoring.metric import FAMILIES, METRICS
from ..messages import metrics as words

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
HEAD = """# Metrics

What monitoring measures, and what each figure means. Tables and codes are for rules of alerts and
for whoever asks the control database; screens show the names.

A *reading* is a figure of that moment. *Added* is what came since the look before; such figures add
up over time. What could not be measured has no value: unknown is never zero. Rows stay 7 days,
their averages over 5 minutes 35 days, over an hour 13 months, over a day 5 years. Families that
change slowly (size, security, backups, backup target) are kept as rows and as days.
The system parameters `saas.metric_raw_days`, `saas.metric_five_days`, `saas.metric_hour_days` and
`saas.metric_day_days` set other times.

A cluster is asked by the role `saas_monitor`, which reads statistics and enters no tenant's
database. Statements are counted where pg_stat_statements is loaded and created in the database
`postgres`; their texts are kept without any value. Three looks in a row that take too long pause
the looks at that cluster for 15 minutes.
"""


def page():
    parts = [HEAD]
    for family in FAMILIES.values():
        every = f"{family.seconds} s" if family.seconds < 60 else f"{family.seconds // 60} min"
        parts.append(f"\n## {words.FAMILIES[family.code]._source}\n")
        parts.append(f"Family `{family.code}`, of each {family.scope}, every {every}.\n")
        parts.append("| Metric | Code | Unit | Kind | Layer | Meaning |")
        parts.append("|---|---|---|---|---|---|")
        for one in METRICS.values():
            if one.family == family.code:
                label, meaning = words.METRICS[one.code]
                kind = "added" if one.kind == "delta" else "reading"
                parts.append(
                    f"| {label._source} | `{one.code}` | {one.unit} | {kind} | {one.layer} |"
                    f" {meaning._source} |"
                )
    return "\n".join(parts) + "\n"


@tagged("post_install", "-at_install")
class TestMetricPage(TransactionCase):
    def test_every_metric_and_family_has_words_and_none_is_left_over(self):
        self.assertEqual(set(words.METRICS), set(METRICS))
        self.assertEqual(set(words.FAMILIES), set(FAMILIES))

    def test_the_page_says_what_the_register_says(self):
        if os.environ.get("SAAS_RECORD"):
            PAGE.write_text(page(), encoding="utf-8")
        self.assertEqual(PAGE.read_text(encoding="utf-8"), page())
