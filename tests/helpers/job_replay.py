"""Running an order with something happening at one of the points it passes.

Owns: one case of the matrix, its outcome. Does not own: which cases there are (`tests/unit/jobs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from saas_business_management.jobs.base import Job
from saas_business_management.jobs.registry import JOBS
from tests.helpers.job_orders import ORDERS
from tests.helpers.job_world import World
from tests.helpers.jobs import Deed, KilledHere, Points


@dataclass(frozen=True)
class Outcome:
    """What came of a case: state of the job, all that is left, points passed on the way."""

    state: str
    records: str
    outside: str
    passed: tuple[str, ...]
    leftovers: tuple[str, ...]

    @property
    def end(self) -> tuple[str, str]:
        """What must be the same in the end."""
        return self.records, self.outside


class Case:
    """One order on a fresh world; `job` replaces the job under test, as a planted defect does."""

    def __init__(self, label: str, job: Job | None = None) -> None:
        self.world = World()
        self.desk = self.world.desk
        self.row_id = ORDERS[label].place(self.world)
        self.desk.jobs = {**JOBS, job.kind: job} if job else JOBS
        tenants = self.world.rows["tenants"].values()
        served = [row for row in tenants if row["database"] and row["host_state"] == "live"]
        self.served = [row[name] for row in served for name in ("database", "host")]

    def run(
        self,
        at: Mapping[int, Deed] | None = None,
        on: Mapping[str, Deed] | None = None,
        resume: bool = True,
    ) -> Outcome:
        """Have workers carry it through."""
        self.desk.points = Points(at, on)
        row = self.desk.work(self.row_id, resume=resume)
        passed = tuple(self.desk.points.passed)
        return Outcome(
            row["state"], self.world.records(), self.world.outside(), passed, self._leftovers()
        )

    def take_over(self) -> None:
        """Have another worker do all the rest, as if the one at work had been stopped for long."""
        self.desk.work(self.row_id)

    def cancel(self) -> None:
        """Ask the job to stop, as a person would while it runs."""
        self.desk.cancelled.add(self.row_id)

    def _leftovers(self) -> tuple[str, ...]:
        """Return what an undone job must not leave: what was not finished before, any finding."""
        world, rows = self.world, self.world.rows
        stages = {name: row["stage"] for name, row in rows["databases"].items()}
        kept = [name for name, stage in stages.items() if stage in ("ready", "standby")]
        kept += self.served
        found = {
            "row": [name for name, stage in stages.items() if stage != "dropped"],
            "server": world.cluster.databases_by_name,
            "role": world.cluster.roles_by_name,
            "folder": [*world.files.names(), *world.there_files.names()],
            "server there": world.there.databases_by_name,
            "role there": world.there.roles_by_name,
            "route": [name for name, row in rows["routes"].items() if row["state"] != "gone"],
            "host": [row["host"] for row in rows["tenants"].values() if row["host_state"]],
            "guest": [
                login
                for server in world.cluster.databases_by_name.values()
                for login, active in server.guests.items()
                if active
            ],
            "finding": [f"{one.kind} {one.name}" for one in world.audit()],
        }
        return tuple(f"{what} {n}" for what, names in found.items() for n in names if n not in kept)


def killed(*places: int) -> dict[int, Deed]:
    """Return the order to kill the worker at these points."""
    return {place: KilledHere() for place in places}
