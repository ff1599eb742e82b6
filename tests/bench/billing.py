"""Invoices a second beside others that bill, rating, previews.

Owns: a database for the product and one for its peers, what is asked of both, the goals. Does not
own: the work itself (`billing_child.py`).

Every figure is for the same work: a month of so many customers, each with a fee and a line of
usage, taxed, posted; nobody is mailed.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dev import paths
from dev.say import fail, step
from dev.venv import pip_install_into
from tests.helpers.bench import Figure, Report, at_least, at_most
from tests.helpers.odoo_place import odoo_place

# `SAAS_BENCH_SUBSCRIPTIONS=20` tries the part out; its figures then say nothing.
TITLE = "Billing, beside others that bill"
COUNT = int(os.environ.get("SAAS_BENCH_SUBSCRIPTIONS") or 500)
RATED = 2 * COUNT
METERS = 5
PREVIEWS = 20
RATING_SECONDS, PREVIEW_MILLISECONDS = 10, 200
PEERS = {"contract": "odoo-addon-contract", "subscription_oca": "odoo-addon-subscription-oca"}
CHILD = "tests.bench.billing_child"


def measure_billing(report: Report) -> None:
    """Bill with the product, with plain documents, with both peers; then rate and preview."""
    addons = tuple(_peer(module) for module in PEERS)
    with odoo_place("bench-billing", fast=False) as place:
        plain = place.call(f"{CHILD}:plain", count=COUNT)
        ours = place.call(f"{CHILD}:ours", count=COUNT)
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(place.call, f"{CHILD}:help_out")
            both = place.call(f"{CHILD}:ours", count=COUNT, beside=True)
            assert second.result()["ran"], "the second worker had nothing to do"
        rating = place.call(f"{CHILD}:rating", count=RATED, meters=METERS)
        previews = place.call(f"{CHILD}:previews", count=PREVIEWS)
    with odoo_place("bench-peers", tuple(PEERS), addons, fast=False, addon=False) as place:
        peers = {module: place.call(f"{CHILD}:{module}", count=COUNT) for module in PEERS}
    _tell_invoices(report, ours, both, plain, peers)
    report.add(
        "rating",
        [rating["seconds"]],
        "s",
        f"periods of {RATED} subscriptions closed, {METERS} meters of each rated",
        at_most(rating["seconds"], RATING_SECONDS, f"≤ {RATING_SECONDS} s for 1000"),
    )
    figure = Figure("preview", tuple(one * 1000 for one in previews), "ms", "")
    report.add(
        "change_preview",
        figure.values,
        "ms",
        "preview of a plan change with its exact documents",
        at_most(figure.p95, PREVIEW_MILLISECONDS, f"p95 ≤ {PREVIEW_MILLISECONDS} ms"),
    )


def _tell_invoices(
    report: Report, ours: dict, both: dict, plain: dict, peers: dict[str, dict]
) -> None:
    words = f"{COUNT} subscriptions, a fee and a usage line each, rated, drafted and posted"
    rate = _add(report, "invoices", ours, words)
    report.say(
        "Of it closing and rating "
        f"{ours['close']:.1f} s, drafting {ours['draft']:.1f} s, posting {ours['post']:.1f} s; "
        "the rest is the run itself, with a commit after each step."
    )
    rate_both = _add(report, "invoices_both", both, "the same by two workers, each a process")
    base = _add(
        report,
        "plain_moves",
        plain,
        "plain `account.move`: created and posted in batches of 50, the same two lines",
    )
    rates = [
        _add(report, module, found, f"OCA `{module}` {_version(module)}: drafted, then posted")
        for module, found in peers.items()
    ]
    report.add(
        "of_plain",
        [rate / base],
        "×",
        "our invoices a second by one worker, of those of plain documents",
        at_least(rate / base, 0.85, "≥ 0.85 ×"),
    )
    report.add(
        "of_the_better_peer",
        [rate / max(rates)],
        "×",
        "our invoices a second by one worker, of those of the better peer",
        at_least(rate / max(rates), 1.3, "≥ 1.3 ×"),
    )
    report.add(
        "both_of_the_better_peer",
        [rate_both / max(rates)],
        "×",
        "by two workers, of which the product comes with three; a peer's cron is one",
    )


def _add(report: Report, name: str, found: dict, about: str) -> float:
    assert found["posted"] == COUNT, f"{name} posted {found['posted']} of {COUNT}"
    rate = found["posted"] / found["seconds"]
    report.add(f"{name}_per_second", [rate], "a second", about)
    return rate


def _peer(module: str) -> Path:
    """The addons folder of a peer, fetched once; without it nothing is measured."""
    folder = paths.CACHE / "peers" / module
    if not (folder / "odoo" / "addons" / module / "__manifest__.py").exists():
        with step(f"OCA {module}"):
            pip_install_into(folder, f"{PEERS[module]}>=19,<20")
    addons = folder / "odoo" / "addons"
    if not (addons / module / "__manifest__.py").exists():
        fail(f"{PEERS[module]} holds no addon '{module}'.")
    return addons


def _version(module: str) -> str:
    found = sorted((paths.CACHE / "peers" / module).glob("odoo_addon_*.dist-info"))
    return found[-1].name.removesuffix(".dist-info").rpartition("-")[2] if found else ""


def main() -> int:
    """Measure this part alone, and say what was not reached."""
    report = Report()
    report.section(TITLE)
    measure_billing(report)
    missed = report.missed()
    for one in missed:
        print(f"Not reached: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
