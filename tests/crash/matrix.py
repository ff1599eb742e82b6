"""The orders on which workers are killed, the points they pass, and which of them are tried.

Owns: orders, the recorded points, the slice. Does not own: carrying a case out
(`helpers/crash.py`).
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.crash import REAL, STUB, Case, Crash

PROOF = os.environ.get("SAAS_PROOF") == "1"
RECORDED = Path(__file__).with_name("recorded_points.json")
# How many of the points of an order are tried in `make test`: each n-th.
EVERY = 60
BACK = " on the way back"
# How many workers one by one die over the same order when it takes long: fewer than it takes to
# give it up. Between two neighbouring points little or nothing is done, so that in the proof such
# an order is cancelled at each second one.
DEATHS = 4
SPARSE = 2


@dataclass(frozen=True)
class Order:
    """One kind of work: how it is asked for, what is right afterwards.

    Once it has passed `final` there is no way back. `deepest` is where a worker dies before
    somebody cancels, so that everything has to be undone.

    Of an order about a tenant that is open already `about_open` says so: it is there afterwards
    too; when it `makes_copy`, it is about a tenant of its own, made of that one. `inside` is a
    question to the database it is about, and what that answers when the work is done. With
    `about_customer` it bills a customer of its own, and orders more by itself, as one does that
    `follows` is true of.
    """

    label: str
    deed: str
    template: str
    done: str
    undone: tuple[str, ...]
    final: str
    deepest: str = ""
    warm: bool = False
    waits_for_page: str = ""
    kind: str = ""
    about_open: bool = False
    long: bool = False
    makes_copy: bool = False
    about_customer: bool = False
    follows: bool = False
    inside: tuple[str, int] | None = None

    @property
    def job_kinds(self) -> tuple[str, ...]:
        """The kinds of operations that it orders; all but the first follow by themselves."""
        return tuple((self.kind or KINDS[self.deed]).split())

    @property
    def spends(self) -> bool:
        """Whether a database stands afterwards that no other case needs."""
        if self.deed == "drop" or self.about_customer:
            return False
        return self.makes_copy or not self.about_open

    def complaints(self, case: Case) -> list[str]:
        """What is wrong when the work is done."""
        if (self.about_customer or self.follows) and case.crash.resumes:
            case.crash.run_all()
        found = case.complaints(self.done)
        if self.inside:
            question, answer = self.inside
            told = case.ask_inside(question)
            found += [] if told == answer else [f"inside: {told} instead of {answer}"]
        return found

    def place(self, crash: Crash, kill: str = "", template: str = "") -> Case:
        """Have it done by a worker that is killed at a point."""
        return crash.order(self.deed, kill=kill, **self._prepared(crash, template))

    def place_and_stop(self, crash: Crash, point: str, stale: float) -> Case:
        """Have it begun by a worker that halts at a point."""
        return crash.order_and_stop(self.deed, point, stale=stale, **self._prepared(crash))

    def place_in_background(self, crash: Crash) -> Case:
        """Have it begun; back as soon as it is ordered."""
        return crash.order_in_background(self.deed, **self._prepared(crash))

    def _prepared(self, crash: Crash, template: str = "") -> dict[str, object]:
        """Make what has to be there before; return what the order says."""
        if self.about_open:
            return {"tenant": crash.ready_for(self.deed)}
        if self.about_customer:
            told, crash.points_to = crash.points_to, None
            customer = crash.run("billing_ready", order=self.deed).result
            crash.points_to = told
            return {"customer": customer}
        template = template or self.template
        crash.golden(template)
        if self.deed == "drop":
            return {"database": self._victim(crash, template)}
        if self.deed == "delete":
            return {"tenant": crash.marked()}
        if self.warm:
            crash.standby(template)
        elif self.deed == "provision":
            crash.no_standby(template)
        return {"template": template}

    def cheapest(self, point: str, points: list[str]) -> str:
        """The template to use when the order is taken back: no page is asked for before that."""
        late = self.waits_for_page and points.index(point) > points.index(self.waits_for_page)
        return self.template if late else STUB

    def past_return(self, point: str, points: list[str]) -> bool:
        """Whether a worker that dies there leaves what can only be finished."""
        return points.index(point) >= points.index(self.final)

    def _victim(self, crash: Crash, template: str) -> int:
        if self.label == "drop standby":
            return crash.standby(template)
        number = crash.control("SELECT id FROM saas_template WHERE code = %s", template)[0][0]
        if not crash.retired(number):
            crash.order("build", template=template)
        return crash.retired(number)[-1]


KINDS = {
    "provision": "provision_tenant",
    "fill": "fill_standby",
    "build": "build_template",
    "drop": "drop_database",
    "delete": "delete_tenant",
}
CHECK = "provision_tenant.check.before"
GONE = ("tenant_gone", "draft")
OPEN, CLOSE = "provision_tenant.open.committed", "drop_database.close.committed"
DELETE = "delete_tenant.close.committed"
NEUTRAL = """
SELECT count(*) FROM ir_config_parameter WHERE key = 'database.is_neutralized' AND value = 'true'
"""
LIMITED = """
SELECT count(*) FROM pg_trigger WHERE tgname = 'saas_check_users_insert' AND tgenabled = 'O'
"""
GUESTS = "SELECT count(*) FROM res_users WHERE active AND login LIKE 'support-%'"


def _about_open(
    deed: str, kind: str, done: str, undone: tuple[str, ...] = (), final: str = "", **more: object
) -> Order:
    return Order(
        deed.replace("_", " "), deed, REAL, done, undone, final, kind=kind, about_open=True, **more
    )


def _about_customer(
    deed: str, kind: str, done: str, undone: tuple[str, ...] = (), final: str = ""
) -> Order:
    label = deed.replace("_", " ")
    return Order(label, deed, STUB, done, undone, final, kind=kind, about_customer=True)


ORDERS = {
    one.label: one
    for one in (
        Order("provision cold", "provision", REAL, "tenant_open", GONE, OPEN,
              deepest=CHECK, waits_for_page=CHECK),
        Order("provision warm", "provision", REAL, "tenant_open", GONE, OPEN,
              deepest=CHECK, warm=True, waits_for_page=CHECK),
        Order("fill standby", "fill", STUB, "standby_ready", ("database_gone",),
              "fill_standby.ready.committed", deepest="fill_standby.ready.after"),
        Order("build", "build", STUB, "version_published", ("version_gone",),
              "build_template.publish.committed", deepest="build_template.publish.after"),
        Order("drop standby", "drop", STUB, "database_gone", ("database_kept", "standby"), CLOSE),
        Order("delete tenant", "delete", REAL, "tenant_deleted", ("tenant_marked",), DELETE),
        Order("drop golden", "drop", STUB, "database_gone", ("database_kept", "ready"), CLOSE),
        _about_open("suspend", "apply_state", "tenant_closed"),
        _about_open("resume", "apply_state", "tenant_reopened"),
        _about_open("rotate", "rotate_role", "tenant_rotated", undone=("tenant_not_rotated",),
                    final="rotate_role.publish.committed"),
        _about_open("isolate", "prove_isolation", "tenant_isolated"),
        _about_open("check_host", "check_host", "tenant_host_looked_up"),
        _about_open("set_address", "set_addresses", "tenant_addressed"),
        _about_open("limit", "apply_limits", "tenant_limited", inside=(LIMITED, 1)),
        _about_open("enter", "open_support", "tenant_entered", undone=("tenant_not_entered",),
                    final="open_support.enter.committed", inside=(GUESTS, 1)),
        _about_open("leave", "close_support", "tenant_left", inside=(GUESTS, 0)),
        _about_open("back_up", "backup_tenant", "tenant_backed_up",
                    undone=("tenant_not_backed_up",), final="backup_tenant.store.committed",
                    deepest="backup_tenant.store.after"),
        _about_open("prove", "verify_backup", "tenant_proven", undone=("tenant_not_proven",),
                    final="verify_backup.tell.committed"),
        _about_open("test_target", "test_target", "tenant_target_tested",
                    undone=("tenant_target_untested",), final="test_target.test.committed"),
        _about_open("restore", "restore_tenant", "tenant_restored",
                    undone=("tenant_not_restored",), final="restore_tenant.finish.committed",
                    deepest="restore_tenant.finish.after", long=True),
        _about_open("undo_restore", "undo_restore", "tenant_restore_undone",
                    undone=("tenant_restore_stands",), final="undo_restore.finish.committed",
                    deepest="undo_restore.finish.after", long=True),
        _about_open("renew_secret", "renew_signing_secret", "tenant_signed_anew",
                    undone=("tenant_signed_as_before",),
                    final="renew_signing_secret.finish.committed",
                    deepest="renew_signing_secret.finish.after"),
        _about_open("change_secret", "rotate_cluster_secret", "tenant_secret_changed",
                    undone=("tenant_secret_kept",),
                    final="rotate_cluster_secret.begin.committed"),
        _about_open("restore_aside", "restore_copy", "tenant_copied",
                    undone=("tenant_not_copied",), final="restore_copy.open.committed",
                    deepest="restore_copy.open.after", long=True, makes_copy=True,
                    inside=(NEUTRAL, 1)),
        _about_open("prove_restore", "prove_restore", "tenant_restore_proven",
                    undone=("tenant_restore_not_proven",), final="prove_restore.end.committed",
                    deepest="prove_restore.check.after", long=True),
        _about_open("copy", "copy_tenant", "tenant_copied_live",
                    undone=("tenant_not_copied_live",), final="copy_tenant.open.committed",
                    deepest="copy_tenant.open.after", long=True, makes_copy=True,
                    inside=(NEUTRAL, 1)),
        _about_open("refresh", "copy_tenant", "tenant_refreshed",
                    undone=("tenant_not_refreshed",), final="copy_tenant.open.committed",
                    deepest="copy_tenant.open.after", long=True, follows=True,
                    inside=(NEUTRAL, 1)),
        _about_open("adopt", "adopt_database", "tenant_adopted",
                    undone=("tenant_given_back",), final="adopt_database.open.committed",
                    deepest="adopt_database.open.after", makes_copy=True),
        _about_open("upgrade", "upgrade_tenant", "tenant_upgraded",
                    undone=("tenant_not_upgraded",), final="upgrade_tenant.finish.committed",
                    deepest="upgrade_tenant.finish.after", long=True),
        _about_open("upgrade_in_place", "upgrade_tenant", "tenant_upgraded",
                    undone=("tenant_not_upgraded",), final="upgrade_tenant.finish.committed",
                    deepest="upgrade_tenant.finish.after", long=True),
        _about_open("rehearse", "upgrade_tenant", "tenant_rehearsed",
                    undone=("tenant_not_upgraded",), final="upgrade_tenant.drop.committed",
                    deepest="upgrade_tenant.drop.after", long=True),
        _about_open("undo_upgrade", "undo_upgrade", "tenant_upgrade_undone",
                    undone=("tenant_upgrade_stands",), final="undo_upgrade.finish.committed",
                    deepest="undo_upgrade.finish.after", long=True),
        _about_open("move", "move_tenant", "tenant_moved", undone=("tenant_not_moved",),
                    final="move_tenant.switch.committed", deepest="move_tenant.switch.after",
                    long=True, follows=True),
        _about_open("undo_move", "undo_move", "tenant_move_undone",
                    undone=("tenant_move_stands",), final="undo_move.switch.committed",
                    deepest="undo_move.switch.after", long=True, follows=True),
        _about_open("export", "export_backup", "tenant_taken_away",
                    undone=("tenant_not_taken_away",), final="export_backup.offer.committed",
                    deepest="export_backup.offer.after"),
        _about_open("bring_in", "import_backup", "tenant_brought_in",
                    undone=("tenant_not_brought_in",), final="import_backup.store.committed",
                    deepest="import_backup.check.after"),
        _about_open("expire", "expire_backups", "tenant_expired",
                    undone=("tenant_not_expired",), final="expire_backups.begin.committed"),
        _about_customer("bill", "bill_subscription", "billing_done", ("billing_not_begun",),
                        "bill_subscription.close.committed"),
        _about_customer("settle", "bill_subscription", "billing_settled",
                        ("billing_not_settled",), "bill_subscription.close.committed"),
        _about_customer("post", "post_invoices", "billing_done", ("billing_not_posted",),
                        "post_invoices.post.committed"),
        _about_customer("bill_run", "bill_subscription post_invoices", "billing_run_over"),
    )
}  # fmt: skip
# What cannot be taken back is finished instead, or has nothing to take back.
TAKEN_BACK = {label: one for label, one in ORDERS.items() if one.undone}
UNDONE = {f"{one.label}{BACK}": one for one in ORDERS.values() if one.deepest}


def short(labels: dict[str, Order]) -> dict[str, Order]:
    """Those over which one worker dies."""
    return {label: one for label, one in labels.items() if not one.long}


def long(labels: dict[str, Order]) -> dict[str, Order]:
    """Those that take long."""
    return {label: one for label, one in labels.items() if one.long}


def points(label: str) -> list[str]:
    """The points an order is known to pass, each once, in their order."""
    return (
        json.loads(RECORDED.read_text(encoding="utf-8")).get(label, []) if RECORDED.exists() else []
    )


def chosen(label: str, every: int = EVERY, first: int = 0, proof: int = 1) -> list[str]:
    """The points tried now: each n-th, in the proof each `proof`-th."""
    step = proof if PROOF else every
    return points(label)[first % step :: step]


def cases(labels: dict[str, Order], every: int = EVERY, proof: int = 1) -> list[tuple[str, str]]:
    """Label and point of every case; the slices of two orders begin at different points."""
    return [
        (label, point)
        for place, label in enumerate(labels)
        for point in chosen(label, every, 3 * place + 1, proof)
    ]


def chains(labels: dict[str, Order], deaths: int = DEATHS) -> list[tuple[str, list[str]]]:
    """Label and points of every case in which worker after worker dies, each further on."""
    found = []
    for place, label in enumerate(labels):
        tried = chosen(label, first=3 * place + 1)
        count = -(-len(tried) // deaths)
        found += [(label, tried[first::count]) for first in range(count)]
    return found


def record(crash: Crash, label: str) -> list[str]:
    """The points an order passes now."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "points")
        if label in ORDERS:
            order = ORDERS[label]
            if not order.about_customer:
                crash.golden(order.template)
            crash.points_to = log
            order.place(crash)
        else:
            case = UNDONE[label].place(crash, UNDONE[label].deepest, STUB)
            assert case.cancel()
            crash.points_to = log
            case.resume()
        crash.points_to = None
        own = tuple(f"{kind}." for kind in {**ORDERS, **UNDONE}[label].job_kinds)
        return list(
            dict.fromkeys(one for one in log.read_text().splitlines() if one.startswith(own))
        )
