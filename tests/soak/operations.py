"""What is done to tenants while they are at work, and what has to be true when it is over.

Owns: ordering operations as people do, following them to their end, what each means for the data.
Does not own: who chooses (`soak.py`), what goes wrong meanwhile (`faults.py`).

An order is a program on the records that gives the number of its operation to `FOUND`, or a
sentence when it is refused.
"""

from dataclasses import dataclass, field

from tests.soak.ledger import READ, Ledger
from tests.soak.stage import TEMPLATE, Stage

HEAD = """
from odoo.addons.saas_business_management.kernel.errors import SaasError
from odoo.exceptions import UserError
jobs = env["saas.job"]
tenant = env["saas.tenant"].search([("subdomain", "=", SUBDOMAIN)])
newest = lambda kind: jobs.search([("tenant_id", "=", tenant.id), ("kind", "=", kind)],
                                  order="id desc", limit=1).id
try:
"""
TAIL = """
    FOUND(number)
    env.cr.commit()
except (SaasError, UserError) as error:
    env.cr.rollback()
    FOUND(str(error) or type(error).__name__)
"""
ORDERS = {
    "provision": """
    template = env["saas.template"].search([("code", "=", TEMPLATE)])
    plan = env["saas.plan"].search([("code", "=", "small")])
    tenant = env["saas.tenant"].create({"name": SUBDOMAIN, "subdomain": SUBDOMAIN,
        "template_id": template.id, "plan_id": plan.id, "admin_name": "Ana",
        "admin_email": f"ana@{SUBDOMAIN}.example"})
    tenant.action_provision()
    number = newest("provision_tenant")
""",
    "suspend": """
    tenant.action_suspend("manual")
    number = newest("apply_state")
""",
    "resume": """
    tenant.action_resume()
    number = newest("apply_state")
""",
    "backup": """
    tenant.action_back_up_now()
    number = newest("backup_tenant")
""",
    "restore": """
    backup = env["saas.backup"].browse(BACKUP)
    env["saas.restore"]._order_restore(backup, "in_place", "all", typed=SUBDOMAIN, reason="soak")
    number = newest("restore_tenant")
""",
    "undo restore": """
    tenant.action_undo_restore()
    number = newest("undo_restore")
""",
    "copy": """
    made = tenant.copy_tenant_ids.filtered(lambda one: one.state in ("trial", "active"))
    one = made[:1].action_refresh_copy() if made else tenant.action_order_copy(
        "sandbox", f"{SUBDOMAIN}-copy", "soak")
    number = jobs.search([("kind", "=", "copy_tenant")], order="id desc", limit=1).id
""",
    "move": """
    there = env["saas.cluster"].search([("id", "!=", tenant.cluster_id.id)])
    tenant.action_move_to(there.id, "soak")
    number = newest("move_tenant")
""",
    "undo move": """
    tenant.action_undo_move()
    number = newest("undo_move")
""",
    "upgrade": """
    tenant.action_upgrade()
    number = newest("upgrade_tenant")
""",
    "export": """
    backup = env["saas.backup"].browse(BACKUP)
    export = env["saas.backup.export"]._order_for(backup, "odoo_zip")
    number = export.sudo().job_id.id
""",
    "plan": """
    tenant.plan_id = env["saas.plan"].search(
        [("code", "in", ("small", "large")), ("id", "!=", tenant.plan_id.id)], limit=1)
    tenant._have_limits_applied()
    number = newest("apply_limits")
""",
}
# Whoever writes rests: what was written meanwhile is given up on purpose, or forbids it.
STILL = {"restore", "undo restore", "undo move"}
FOLLOW = "SELECT state, error_code, deaths FROM saas_job WHERE id = %s"
ENDED = ("done", "failed", "cancelled", "dead")
BACKUP_OF = """
SELECT b.id FROM saas_backup b JOIN saas_job j ON j.backup_id = b.id
 WHERE j.id = %s AND b.state = 'stored'
"""
MAILS = "SELECT count(*) FROM ir_mail_server WHERE active AND smtp_host <> 'invalid'"


@dataclass(frozen=True)
class Backup:
    """A backup: what was confirmed when it was ordered, and when it was over."""

    number: int
    least: list[int]
    most: list[int]

    def may_hold(self, found: list[int]) -> bool:
        """Tell whether a restore of it may find these numbers."""
        long_enough = len(self.least) <= len(found) <= len(self.most)
        return long_enough and found == self.most[: len(found)]


@dataclass
class Tenant:
    """One tenant: its ledger, its backups."""

    subdomain: str
    ledger: Ledger
    backups: list["Backup"] = field(default_factory=list)
    # What was live before the last restore, as long as that can be taken back.
    before: list[int] | None = None
    doubtful: int | None = None
    suspended: bool = False
    busy: bool = False
    # It is moved while nobody writes, so that the move can be taken back.
    quiet: int = 0
    moved: bool = False

    def be_quiet(self, tries: int) -> None:
        """Write nothing until a move is taken back, or that was refused so often."""
        if not self.quiet:
            self.ledger.rest()
            self.quiet, self.moved = tries, False

    def was_quiet(self) -> None:
        """Write again."""
        if self.quiet:
            self.ledger.go_on()
            self.quiet, self.moved = 0, False


@dataclass
class Running:
    """An operation under way: its number, what stood in the ledger when it was ordered."""

    kind: str
    tenant: Tenant
    number: int
    kept: list[int]
    backup: Backup | None = None


class Operations:
    """Orders and follows; `faults` collects what must not be."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.running: list[Running] = []
        self.done: dict[str, int] = {}
        self.not_done: dict[str, int] = {}
        self.faults: list[str] = []

    def order(self, kind: str, tenant: Tenant, backup: Backup | None = None) -> bool:
        """Order one; false when it is refused."""
        still = kind in STILL
        if still:
            tenant.ledger.rest()
        kept = list(tenant.ledger.kept)
        names = {"SUBDOMAIN": tenant.subdomain, "TEMPLATE": TEMPLATE}
        number = self._stage.ask(
            HEAD + ORDERS[kind] + TAIL, BACKUP=backup.number if backup else 0, **names
        )
        if not isinstance(number, int) or not number:
            self._count(self.not_done, f"{kind}: refused ({str(number)[:70]})")
            if still:
                tenant.ledger.go_on()
            if tenant.quiet:
                self._less_quiet(kind, tenant)
            return False
        tenant.busy = True
        self.running.append(Running(kind, tenant, number, kept, backup))
        return True

    @staticmethod
    def _less_quiet(kind: str, tenant: Tenant) -> None:
        """What a move orders at its end is in the way of its undo for a moment."""
        if kind == "undo move" and tenant.quiet > 1:
            tenant.quiet -= 1
        elif kind in ("move", "undo move"):
            tenant.was_quiet()

    def follow(self) -> None:
        """Take over what has ended since."""
        for one in list(self.running):
            state, code, deaths = self._stage.rows(FOLLOW, one.number)[0]
            if state not in ENDED:
                continue
            if state == "dead" and (deaths or 0) >= 5:
                # What killed five workers waits for a person; here the person knows who it was.
                self._count(self.not_done, f"{one.kind}: asked again after five deaths")
                self._stage.ask(
                    "env['saas.job'].browse(NUMBER).action_retry()\nenv.cr.commit()",
                    NUMBER=one.number,
                )
                continue
            self.running.remove(one)
            self._end(one, state, code)

    def _end(self, one: Running, state: str, code: str | None) -> None:
        tenant, kind = one.tenant, one.kind
        if kind == "undo move" or (kind == "move" and state != "done"):
            tenant.was_quiet()
        if state == "done":
            self._count(self.done, kind)
            after = getattr(self, f"_after_{kind.replace(' ', '_')}", None)
            if after:
                after(one)
        else:
            self._count(self.not_done, f"{kind}: {state} ({code})")
            if state == "dead":
                self.faults.append(f"{kind} of {tenant.subdomain} is dead: {code}")
        if kind in STILL:
            tenant.ledger.go_on()
        tenant.busy = False

    # What each means

    def _after_suspend(self, one: Running) -> None:
        one.tenant.suspended = True

    def _after_resume(self, one: Running) -> None:
        one.tenant.suspended = False

    def _after_backup(self, one: Running) -> None:
        rows = self._stage.rows(BACKUP_OF, one.number)
        if rows:
            ledger = one.tenant.ledger
            with ledger.lock:
                doubtful = [] if ledger.doubtful is None else [ledger.doubtful]
                made = Backup(rows[0][0], one.kept, [*ledger.kept, *doubtful])
            one.tenant.backups.append(made)

    def _after_restore(self, one: Running) -> None:
        """The data is that of the backup: a beginning of what was confirmed, as long as it was."""
        ledger = one.tenant.ledger
        with ledger.lock:
            found, backup = self._found(one.tenant), one.backup
            if not backup.may_hold(found):
                self.faults.append(
                    f"restore of {one.tenant.subdomain}: {len(found)} numbers, between "
                    f"{len(backup.least)} and {len(backup.most)} were expected"
                )
            # What was in doubt went away with the data before; an undo brings it back.
            one.tenant.before, one.tenant.doubtful = ledger.kept, ledger.doubtful
            ledger.kept, ledger.doubtful = found, None

    def _after_undo_restore(self, one: Running) -> None:
        ledger = one.tenant.ledger
        with ledger.lock:
            ledger.kept, ledger.doubtful = one.tenant.before, one.tenant.doubtful
            ledger.settle(self._found(one.tenant), "after a restore was taken back")
            one.tenant.before = None

    def _after_move(self, one: Running) -> None:
        one.tenant.moved = True

    def _after_upgrade(self, one: Running) -> None:
        one.tenant.before = None

    def _after_copy(self, one: Running) -> None:
        """A masked copy has what stood there when it was taken, and sends nothing."""
        name = f"{one.tenant.subdomain}-copy"
        found = [n for (n,) in self._stage.read(name, READ)]
        ledger = one.tenant.ledger
        with ledger.lock:
            doubtful = [] if ledger.doubtful is None else [ledger.doubtful]
            made = Backup(0, one.kept, [*ledger.kept, *doubtful])
        if not made.may_hold(found):
            told = f"between {len(made.least)} and {len(made.most)} were expected"
            self.faults.append(f"copy {name}: {len(found)} numbers, {told}")
        if self._stage.read(name, MAILS)[0][0]:
            self.faults.append(f"copy {name} sends mail")

    def _found(self, tenant: Tenant) -> list[int]:
        return [n for (n,) in self._stage.read(tenant.subdomain, READ)]

    @staticmethod
    def _count(where: dict[str, int], what: str) -> None:
        where[what] = where.get(what, 0) + 1
