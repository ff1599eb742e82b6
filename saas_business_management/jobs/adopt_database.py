"""Make a database that was made without us a tenant, where it stands and with what is in it.

Nothing of it changes before it was read again and is what the person saw. Until it is handed over
everything can be given back: name, owners, rights, address, files.
"""

from collections.abc import Mapping
from typing import Any

from ..kernel.errors import Broken
from ..kernel.migration.adoption import require_same
from ..kernel.secret import Secret
from .base import Context, Job, Step
from .look_adoption import look_at, modules_here
from .provision_tenant import check_page


def _begin(ctx: Context) -> Mapping[str, Any]:
    return ctx.records.call("adoption", "begin", fence=ctx.fence)


def _release(ctx: Context) -> None:
    ctx.records.call("tenant", "release_database")


def _look(ctx: Context) -> None:
    """A later run finds the database under its new name: it was looked at before."""
    ours = ctx.ports.cluster.database(ctx.facts["database"])
    if ours is not None and ours.oid == ctx.facts["oid"]:
        return
    look = look_at(ctx, ctx.facts["name"])
    require_same(ctx.facts["seen"], look)
    ctx.records.call("adoption", "confirmed", look=look, modules=modules_here(ctx))


def _make_role(ctx: Context) -> None:
    ctx.ports.cluster.ensure_role(ctx.facts["database"], ctx.facts["generation"])


def _drop_role(ctx: Context) -> None:
    if "database" in ctx.facts:
        ctx.ports.cluster.drop_role(ctx.facts["database"])


def _hold(ctx: Context) -> None:
    facts = ctx.facts
    ctx.ports.cluster.hold_foreign(facts["name"], facts["oid"], facts["database"])


def _give_back(ctx: Context) -> None:
    facts = ctx.facts
    rights = facts["seen"]["rights"]
    ctx.ports.cluster.give_back(facts["database"], facts["name"], facts["seen"]["owner"], rights)


def _own(ctx: Context) -> None:
    count = ctx.ports.cluster.own_foreign(ctx.facts["database"], ctx.facts["seen"]["owner"])
    ctx.log(f"{count} tables and other objects changed hands")


def _take_files(ctx: Context) -> None:
    ctx.ports.filestore.take_foreign(ctx.facts["name"], ctx.facts["database"])


def _give_files_back(ctx: Context) -> None:
    ctx.ports.filestore.give_foreign_back(ctx.facts["database"], ctx.facts["name"])


def _address(ctx: Context) -> None:
    facts = ctx.facts
    ctx.ports.cluster.set_address(facts["database"], facts["generation"], facts["base_url"])


def _address_back(ctx: Context) -> None:
    facts, seen = ctx.facts, ctx.facts["seen"]
    login = (facts["database"], facts["generation"])
    ctx.ports.cluster.put_address_back(*login, seen["base_url"], seen["frozen"])


def _prove(ctx: Context) -> None:
    """Let nobody in before every hostile statement was refused to its new role."""
    found = ctx.ports.cluster.attack(ctx.facts["database"], ctx.facts["generation"], "")
    through = [one.name for one in found if one.outcome == "succeeded"]
    if through:
        raise Broken("adoption_not_isolated", count=len(through), first=through[0])


def _publish(ctx: Context) -> None:
    ctx.records.call("tenant", "publish")


def _withdraw(ctx: Context) -> None:
    ctx.records.call("tenant", "withdraw")


def _open(ctx: Context) -> None:
    user, partner = ctx.facts["seen"]["admin"]
    admin = {"admin_user_id": user, "admin_partner_id": partner}
    ctx.records.call("tenant", "open", admin=admin)


def _sign(ctx: Context) -> None:
    """From now on whoever knew its secret before can sign nothing."""
    secret: Secret = ctx.records.call("tenant", "birth_secret")["secret"]
    name, generation = ctx.facts["database"], ctx.facts["generation"]
    ctx.ports.cluster.set_database_secret(name, generation, secret)


def _hand_over(ctx: Context) -> None:
    ctx.ports.cluster.mark_role(ctx.facts["database"], "claimed")


def _finish(ctx: Context) -> None:
    ctx.records.call("adoption", "done")


ADOPT_DATABASE = Job(
    kind="adopt_database",
    label="Adopt Database",
    steps=(
        Step("begin", "Reserve name and address", _begin, _release),
        Step("look", "Read it once more", _look),
        Step("role", "Create database role", _make_role, _drop_role),
        Step("hold", "Take it from its owner", _hold, _give_back, weight=2),
        Step("own", "Hand everything inside to the role", _own, weight=4),
        Step("files", "Take its files", _take_files, _give_files_back),
        Step("address", "Set its address", _address, _address_back),
        Step("prove", "Prove that it is kept apart", _prove),
        Step("publish", "Open the address", _publish, _withdraw),
        Step("check", "Ask for the login page", check_page, weight=2),
        Step("open", "Hand over", _open, final=True),
        Step("sign", "Sign with a secret of its own", _sign),
        Step("hand_over", "Mark it as taken over", _hand_over),
        Step("finish", "Order backup and checks", _finish),
    ),
    on_undone=("adoption", "undone"),
)
