"""`python -m tests.bench [PART …]`: measure the product and its peers in one run.

Parts: warm, clone, together, routing, states, guard, metering, usage, engine, backup, restore,
night, copy, move, campaign, billing, monitoring, pages; all of them without an argument, and only
then the addon's page `docs/benchmarks.md` is written. Ends with 1 when a peer is missing or a goal
was not reached. SAAS_NODE_WORKERS gives the node worker processes, SAAS_BENCH_TENANTS the tenants
of the campaign. `python -m tests.bench.billing`, `… .metering`, `… .usage` and `… .monitoring`
measure that part alone, which needs no installation.
"""

import os
import sys
from collections.abc import Sequence

from dev import paths
from dev.say import Failed
from tests import bare

bare.install()

from tests.bench import (  # noqa: E402
    backup,
    billing,
    campaigns,
    clicks,
    copies,
    engine,
    machine,
    metering,
    monitoring,
    moves,
    pages,
    peers,
    restores,
    routing,
    states,
    usage,
)
from tests.bench.backup_peers import BackupPeers  # noqa: E402
from tests.bench.counter import Counter  # noqa: E402
from tests.bench.stage import MODULES, Stage  # noqa: E402
from tests.helpers.bench import Report, table  # noqa: E402

PAGE = paths.ROOT / paths.ADDON / "docs" / "benchmarks.md"
INTRODUCTION = f"""\
# Benchmarks

Written by `make bench`: every figure comes from one run on one machine, the peers' too. Template:
{", ".join(MODULES)}, built by the product with the real Odoo. p50 and p95 are measured values, not
interpolated ones; of a single value only that is shown.

*Click* is the instant at which the web client's call of **Provision** is sent; *login page* the one
at which the whole page with the login form has come from the node under the tenant's host name. The
visitor asks 2 ms after the routes have changed and again every 2 ms.
"""


class Run:
    """One run on one stage; `peer` is started by the first part that needs it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.report = stage, Report()
        self._counter = Counter(stage.stack)
        self._peer: peers.Peer | None = None
        self.parts = {
            "warm": ("Out of standby copies", self._measure_warm),
            "clone": ("Copied on demand, beside others", self._measure_clones),
            "together": ("Many at once", self._measure_together),
            "routing": ("Routing", self._measure_routing),
            "states": ("Closed tenants and big maps", self._measure_states),
            "guard": ("The guard alone", self._measure_guard),
            "metering": (metering.TITLE, lambda: metering.measure_metering(self.report)),
            "usage": (usage.TITLE, lambda: usage.measure_usage(self.report)),
            "engine": ("Job engine", self._measure_engine),
            "backup": ("Backups of one tenant", self._measure_backup),
            "restore": ("Restores", self._measure_restores),
            "night": ("Backups of a hundred tenants", self._measure_night),
            "copy": (copies.TITLE, self._measure_copies),
            "move": (moves.TITLE, self._measure_moves),
            "campaign": (campaigns.TITLE, self._measure_campaigns),
            "billing": (billing.TITLE, lambda: billing.measure_billing(self.report)),
            "monitoring": (
                monitoring.TITLE,
                lambda: monitoring.measure_monitoring(self.report),
            ),
            # The last one: its made-up tenants are in everybody's way.
            "pages": (pages.TITLE, lambda: pages.measure_pages(self._counter, self.report)),
        }

    def measure(self, wanted: Sequence[str]) -> None:
        """Measure part after part; the machine's load stands beside each."""
        for name in wanted:
            title, work = self.parts[name]
            self.report.section(title)
            before = machine.load()
            work()
            self.report.say(f"Load average before {before}, after {machine.load()}.")

    def close(self) -> None:
        """Stop what was started for this run."""
        self._counter.close()
        if self._peer is not None:
            self._peer.close()

    def _measure_warm(self) -> None:
        clicks.measure_warm(self._counter, self.report)

    def _measure_clones(self) -> None:
        clone = clicks.measure_clones(self._counter, self.report)
        peers.measure_peers(self._plain(), self.report, clone)
        steps = self.stage.build_steps()
        seconds = sum(took or 0 for _, took in steps)
        self.report.add("template_build", [seconds], "s", "our template, built once")
        when = "in this run" if self.stage.built_now else "in an earlier run, kept since"
        self.report.say(
            f"The template was built {when} ({self.stage.golden_facts}); seconds by step: "
            + ", ".join(f"{label} {took or 0:.1f}" for label, took in steps)
            + "."
        )

    def _measure_together(self) -> None:
        clicks.measure_together(self._counter, self.report)

    def _measure_routing(self) -> None:
        plain = self._plain()
        plain.start()
        try:
            opened = self._counter.open_one()
            host = self._counter.operator.one(
                "saas.tenant", [("id", "=", opened.tenant_id)], ["host"]
            )["host"]
            port = self.stage.stack.settings.node_port
            routing.measure_routing(port, host, plain, self.report)
        finally:
            plain.close()

    def _measure_states(self) -> None:
        states.measure_states(self._counter, self.report)

    def _measure_guard(self) -> None:
        routing.measure_guard(self.report)

    def _measure_engine(self) -> None:
        engine.measure_engine(self.stage.stack, self.report)

    def _measure_backup(self) -> None:
        backup.measure_tenants(BackupPeers(self._plain()), self.report)

    def _measure_night(self) -> None:
        backup.measure_night(self._counter, self.stage.folder, self.report)

    def _measure_restores(self) -> None:
        restores.measure_restores(self._counter, self.stage.folder, self.report)

    def _measure_copies(self) -> None:
        copies.measure_copies(self._counter, self._plain(), self.report)

    def _measure_moves(self) -> None:
        moves.measure_moves(self.stage, self._counter, self._plain(), self.report)

    def _measure_campaigns(self) -> None:
        campaigns.measure_campaigns(self.stage, self._counter, self._plain(), self.report)

    def _plain(self) -> peers.Peer:
        if self._peer is None:
            self._peer = peers.Peer(self.stage)
        return self._peer


def main(wanted: Sequence[str]) -> int:
    """Measure, write the page of a whole run, say what was not reached."""
    with Stage(int(os.environ.get("SAAS_NODE_WORKERS") or 0)) as stage:
        run = Run(stage)
        try:
            unknown = set(wanted) - set(run.parts)
            if unknown:
                raise Failed(f"There is no part {', '.join(unknown)}: {', '.join(run.parts)}.")
            run.measure(wanted or tuple(run.parts))
        finally:
            run.close()
        page = _page(run)
    if not wanted:
        PAGE.write_text(page)
    print(f"\n{page}")
    missed = run.report.missed()
    for one in missed:
        print(f"Not reached: {one}")
    return 1 if missed else 0


def _page(run: Run) -> str:
    facts = machine.facts(run.stage.stack)
    return f"{INTRODUCTION}\n{table(('', ''), facts)}\n\n{run.report.markdown()}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as reason:
        print(reason, file=sys.stderr)
        sys.exit(1)
