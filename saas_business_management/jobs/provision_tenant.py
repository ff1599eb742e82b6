"""Provision a tenant: claim or copy a database, make it the customer's, open its address, prove it,
say welcome."""

from collections.abc import Mapping
from typing import Any

from ..adapters.ports import FrontDoorPort, Identity
from ..kernel.errors import Broken, Unavailable
from .base import Context, Job, Step
from .copy_steps import copy_steps

CHECK_SECONDS = 30
# A node hears of a route within milliseconds; who asks sooner meets 404 and keeps others waiting.
FIRST_LOOK_SECONDS, NEXT_LOOK_SECONDS = 0.02, 0.1
LOGIN_MARK = 'name="login"'


def _claim(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("tenant", "claim", fence=ctx.fence)


def _release(ctx: Context) -> None:
    ctx.records.call("tenant", "release_database")


def _settle(ctx: Context) -> Mapping[str, Any]:
    name, identity = ctx.facts["database"], Identity(**ctx.facts["identity"])
    ctx.ports.cluster.mark_role(name, "claimed")
    return ctx.ports.cluster.settle(name, ctx.facts["generation"], identity)


def _publish(ctx: Context) -> None:
    ctx.records.call("tenant", "publish")


def _withdraw(ctx: Context) -> None:
    ctx.records.call("tenant", "withdraw")


def check_page(ctx: Context, door: FrontDoorPort | None = None) -> Mapping[str, Any]:
    """Ask for the login page as a visitor would, until it is served or the time is up; at the
    cluster's own door unless another is given.
    """
    clock = ctx.ports.clock
    start = clock.monotonic()
    clock.sleep(FIRST_LOOK_SECONDS)
    while True:
        try:
            answer = (door or ctx.ports.front_door).get(ctx.facts["host"], "/web/login")
            if answer.status == 200 and LOGIN_MARK in answer.body:
                return {"login_seconds": round(clock.monotonic() - start, 3)}
            seen = Broken("login_page_wrong", host=ctx.facts["host"], status=answer.status)
        except Unavailable as error:
            seen = error
        if clock.monotonic() - start > CHECK_SECONDS:
            raise seen
        clock.sleep(NEXT_LOOK_SECONDS)


def _open(ctx: Context) -> None:
    ctx.records.call("tenant", "open", admin=_admin(ctx))


def _admin(ctx: Context) -> dict[str, Any]:
    return {name: ctx.facts[name] for name in ("admin_user_id", "admin_partner_id")}


def _welcome(ctx: Context) -> None:
    ctx.records.call("tenant", "welcome")


PROVISION_TENANT = Job(
    kind="provision_tenant",
    label="Provision",
    steps=(
        Step("claim", "Reserve database", _claim, _release),
        *copy_steps("tenant"),
        Step("settle", "Set company, administrator and address", _settle),
        Step("publish", "Open the address", _publish, _withdraw),
        Step("check", "Ask for the login page", check_page, weight=2),
        Step("open", "Hand over", _open, final=True),
        Step("welcome", "Send welcome mail", _welcome),
    ),
    on_undone=("tenant", "failed"),
)
