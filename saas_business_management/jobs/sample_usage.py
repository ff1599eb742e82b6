"""Take readings of the tenants of a cluster that are due: sizes, users, business.

Whoever gives no answer is unknown with a reason; the operation itself does not fail for it. Nothing
is written outside, so that looking twice does no harm.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..adapters.ports import ABSENT, Question, Told
from ..kernel.errors import SaasError
from ..kernel.metering.builtin import BUSINESS, SIZES, USERS
from .base import Context, Job, Step

# Then the others wait for the next operation: a slow cluster does not hold a worker for ever.
LONGEST_SECONDS = 240.0
INSTANTS = ("since", "until", "now", "month_ago")
# Behind the code of a meter: the number is of the day before.
BEFORE = "@before"


def _sizes(ctx: Context) -> Mapping[str, Any]:
    """Measure databases by one statement, and the files of each."""
    due = ctx.records.call("cluster", "usage_due", source=SIZES)["tenants"]
    if not due:
        return _counted(SIZES, [])
    problem, sizes = "", {}
    try:
        sizes = ctx.ports.cluster.sizes([one["database"] for one in due])
    except SaasError as error:
        problem = error.code
    looks = []
    for one in due:
        size = sizes.get(one["database"])
        told = {"database_bytes": None if size is None else str(size)}
        files, trouble = _files(ctx, one["database"])
        missing = problem or ("" if size is not None else "database_missing")
        looks.append(_look(one, {**told, "filestore_bytes": files}, missing or trouble))
    return _store(ctx, SIZES, looks)


def _files(ctx: Context, database: str) -> tuple[str | None, str]:
    try:
        return str(ctx.ports.filestore.used_bytes(database)), ""
    except SaasError as error:
        return None, error.code


def _users(ctx: Context) -> Mapping[str, Any]:
    return _ask_all(ctx, USERS)


def _business(ctx: Context) -> Mapping[str, Any]:
    return _ask_all(ctx, BUSINESS)


def _ask_all(ctx: Context, source: str) -> Mapping[str, Any]:
    """Ask each tenant that is due; those for whom there was no time stay due."""
    order = ctx.records.call("cluster", "usage_due", source=source)
    until = ctx.ports.clock.monotonic() + LONGEST_SECONDS
    looks = []
    for one in order["tenants"]:
        if ctx.ports.clock.monotonic() > until:
            ctx.log(f"{source}: {len(order['tenants']) - len(looks)} wait for the next look")
            break
        looks.append(_ask(ctx, one, order["questions"]))
    return _store(ctx, source, looks)


def _ask(ctx: Context, one: Mapping[str, Any], texts: list[Mapping[str, Any]]) -> dict[str, Any]:
    asked = [question for text in texts for question in _questions(one, text)]
    try:
        told = ctx.ports.cluster.ask(one["database"], one["generation"], asked)
    except SaasError as error:
        return _look(one, {}, error.code)
    numbers = {code: answer.number or None for code, answer in told.items() if _counts(answer)}
    problems = [answer.problem for answer in told.values() if _counts(answer) and answer.problem]
    return _look(one, numbers, problems[0] if problems else "")


def _questions(one: Mapping[str, Any], text: Mapping[str, Any]) -> list[Question]:
    """Return what is asked: of a day also the one before, when nobody asked since it ended."""
    values = {name: datetime.fromisoformat(one[name]) for name in INSTANTS}
    asked = [Question(text["code"], text["text"], values, text["module"])]
    if text["day"] and one.get("before"):
        last = {**values, "since": datetime.fromisoformat(one["before"]), "until": values["since"]}
        asked.append(Question(text["code"] + BEFORE, text["text"], last, text["module"]))
    return asked


def _counts(answer: Told) -> bool:
    """Tell whether the tenant has what was asked for at all."""
    return answer.problem != ABSENT


def _look(one: Mapping[str, Any], numbers: Mapping[str, Any], problem: str) -> dict[str, Any]:
    told = {"tenant": one["tenant"], "numbers": dict(numbers), "problem": problem}
    return {**told, "ended": one.get("since", "")}


def _store(ctx: Context, source: str, looks: list[dict[str, Any]]) -> Mapping[str, Any]:
    if looks:
        ctx.records.call("cluster", "usage_read", source=source, looks=looks)
    return _counted(source, looks)


def _counted(source: str, looks: list[dict[str, Any]]) -> Mapping[str, Any]:
    unknown = sum(bool(one["problem"]) for one in looks)
    return {source: {"looked": len(looks), "unknown": unknown}}


SAMPLE_USAGE = Job(
    kind="sample_usage",
    label="Take Readings",
    steps=(
        Step("sizes", "Measure databases and files", _sizes),
        Step("users", "Count users", _users),
        Step("business", "Count orders, invoices and the like", _business),
    ),
    give_up_seconds=600,
    exclusive=False,
)
