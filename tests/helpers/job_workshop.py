"""Jobs of plain steps that write down what they did, to look at the runner itself.

Owns: steps that fail on order. Does not own: real jobs (`job_orders.py`).
"""

from collections import defaultdict
from typing import Any

from saas_business_management.adapters.fakes.clock import FakeClock
from saas_business_management.adapters.fakes.filestore import FakeFilestore
from saas_business_management.jobs.base import Context, Job, Step
from saas_business_management.jobs.ports import Ports
from tests.helpers.job_journal import MemoryDatabase, Session
from tests.helpers.jobs import Deed, Desk


class Notes:
    """Records that keep what they are told, in the transaction of the step."""

    def __init__(self, session: Session, _row_id: int) -> None:
        self._session = session

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        self._session.rows["notes"].append(step)
        return {"noted": step, **values}


class Workshop:
    """`did` lists what was done outside, in order; `fail` and `when_doing` plan what happens."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.seen: dict[str, dict[str, Any]] = {}
        self._deeds: dict[str, list[Deed]] = defaultdict(list)

    def fail(self, name: str, *errors: BaseException) -> None:
        """Have a step, or `undo <step>`, end in these errors one after the other, then go well."""
        self._deeds[name].extend(errors)

    def step(self, name: str, facts: dict[str, Any] | None = None, **options: Any) -> Step:
        """Return a step with an undo that notes itself in the records, then in `did`."""

        def act(ctx: Context) -> dict[str, Any] | None:
            self._do(name, ctx)
            return facts

        def undo(ctx: Context) -> None:
            self._do(f"undo {name}", ctx)

        return Step(name, name.title(), act, undo, **options)

    def desk(self, *steps: Step, **options: Any) -> Desk:
        """Return a desk that takes orders for a job of these steps, under the kind `work`."""
        database = MemoryDatabase({"notes": []})
        ports = Ports(FakeClock(), filestore=FakeFilestore())
        return Desk(database, ports, Notes, {"work": Job("work", "Work", steps, **options)})

    def _do(self, name: str, ctx: Context) -> None:
        ctx.records.call("note", name)
        self.seen[name] = dict(ctx.facts)
        if self._deeds[name]:
            deed = self._deeds[name].pop(0)
            if isinstance(deed, BaseException):
                raise deed
            deed()
        self.did.append(name)
