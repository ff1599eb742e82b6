"""Customers at work, operations ordered at random, processes that die: in rounds, each looked at.

Owns: the choices, the rounds, what is told at the end. Does not own: operations, misfortunes, what
must hold afterwards.
"""

import random
import time
from contextlib import suppress

from dev.say import Failed
from tests.soak.faults import Faults
from tests.soak.ledger import Ledger
from tests.soak.operations import Operations, Tenant
from tests.soak.stage import Stage
from tests.soak.truth import complaints

ROUND_SECONDS, TICK_SECONDS, FAULT_SECONDS = 60, 0.5, 2.5
AT_ONCE, SETTLE_SECONDS, STUCK_SECONDS = 4, 300, 60
QUIET_SHARE, QUIET_TRIES = 0.3, 6
SHARES = {
    "suspend": 2, "backup": 5, "restore": 3, "undo restore": 6, "copy": 2, "move": 4, "upgrade": 3,
    "export": 2, "plan": 2,
}  # fmt: skip
# What the control plane looks at by itself all the time is not waited for.
OPEN = """
SELECT kind, state, error_code FROM saas_job WHERE state IN ('waiting', 'running', 'undoing')
   AND (tenant_id IS NOT NULL OR database_id IS NOT NULL)
   AND kind NOT IN ('verify_backup', 'prove_restore', 'prove_isolation', 'check_host')
   AND due_at < (now() AT TIME ZONE 'UTC') + interval '90 seconds'
"""


class Soak:
    """One run; `findings` is empty when all is well."""

    def __init__(self, minutes: float, tenants: int, seed: int) -> None:
        self._dice = random.Random(seed)
        self._seconds, self._wanted = minutes * 60, tenants
        self._stage = Stage()
        self._operations = Operations(self._stage)
        self._faults = Faults(self._stage, self._dice)
        self._tenants: list[Tenant] = []
        self._settled: list[float] = []
        self.findings: list[str] = []

    def run(self) -> None:
        """Soak, then say what was done."""
        try:
            self._stage.start()
            self._open_all()
            self._stage.newer_version(1)
            end, turn = time.monotonic() + self._seconds, 1
            while time.monotonic() < end:
                self._round(min(ROUND_SECONDS, end - time.monotonic()))
                self._look(f"after round {turn}")
                turn += 1
                if turn % 6 == 0:
                    self._stage.newer_version(turn)
        finally:
            for one in self._tenants:
                one.ledger.close()
            with suppress(Failed):
                self._stage.close()

    def _open_all(self) -> None:
        for number in range(self._wanted):
            name = f"soak{number}"
            tenant = Tenant(name, Ledger(name, self._stage.where))
            if not self._operations.order("provision", tenant):
                raise Failed(f"{name} was not ordered: {self._operations.not_done}")
            self._tenants.append(tenant)
        self._settle()
        for one in self._tenants:
            one.ledger.begin()
        time.sleep(5)
        self._look("at the beginning")

    def _round(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        fault_at = time.monotonic() + self._dice.expovariate(1 / FAULT_SECONDS)
        while time.monotonic() < end:
            self._operations.follow()
            if len(self._operations.running) < AT_ONCE:
                self._order()
            if time.monotonic() > fault_at:
                self._say(f"  {self._faults.happen()}")
                fault_at = time.monotonic() + self._dice.expovariate(1 / FAULT_SECONDS)
            time.sleep(TICK_SECONDS)

    def _order(self) -> None:
        free = [one for one in self._tenants if not one.busy]
        if not free:
            return
        tenant = self._dice.choice(free)
        kind = self._chosen(tenant)
        backup = self._dice.choice(tenant.backups) if kind in ("restore", "export") else None
        if kind == "move" and self._dice.random() < QUIET_SHARE:
            tenant.be_quiet(QUIET_TRIES)
        if self._operations.order(kind, tenant, backup):
            self._say(f"  {kind} {tenant.subdomain}")

    def _chosen(self, tenant: Tenant) -> str:
        if tenant.suspended:
            return "resume"
        if tenant.quiet and tenant.moved:
            return "undo move"
        shares = dict(SHARES)
        if not tenant.backups:
            shares |= {"restore": 0, "export": 0}
        if tenant.before is None:
            shares["undo restore"] = 0
        if tenant.before is not None:
            shares |= {"move": 0, "upgrade": 0, "restore": 0}
        return self._dice.choices([*shares], [*shares.values()])[0]

    def _look(self, when: str) -> None:
        self._settle()
        told = [*self._operations.faults, *complaints(self._stage, self._tenants)]
        self._operations.faults = []
        self.findings += [f"{when}: {one}" for one in told]
        for one in told:
            self._say(f"! {one}")
        numbers = sum(len(one.ledger.kept) for one in self._tenants)
        self._say(f"{when}: {len(told)} findings; {numbers} numbers stand in the ledgers")

    def _settle(self) -> None:
        """Wait until everything that was ordered has come to its end."""
        begun = time.monotonic()
        while True:
            self._operations.follow()
            left = self._stage.rows(OPEN)
            if not self._operations.running and not left:
                break
            if time.monotonic() - begun > SETTLE_SECONDS:
                self.findings.append(f"stuck: {left}")
                self._say(f"! stuck: {left}")
                break
            time.sleep(TICK_SECONDS)
        self._settled.append(time.monotonic() - begun)

    @property
    def counts(self) -> dict[str, int]:
        """What was done, and how often something went wrong."""
        faults = {f"misfortune: {name}": n for name, n in sorted(self._faults.count.items())}
        return {**dict(sorted(self._operations.done.items())), **faults}

    def report(self) -> str:
        """Return what was done, what went wrong, what was found."""
        faults = sum(self._faults.count.values())
        longest = max(self._settled[1:], default=0)
        lines = [
            f"{sum(self._operations.done.values())} operations done: {self._operations.done}",
            f"{faults} misfortunes: {self._faults.count}",
            f"not done: {self._operations.not_done}",
            f"longest until everything had come to its end: {longest:.0f} s (goal {STUCK_SECONDS})",
            f"{len(self.findings)} findings",
            *self.findings,
        ]
        return "\n".join(lines)

    @staticmethod
    def _say(text: str) -> None:
        print(time.strftime("%H:%M:%S"), text, flush=True)
