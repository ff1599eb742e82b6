"""Moves as a tenant has them: whether it may go, what it takes along, where it lives.

Owns: the facts of a wish, the address at another cluster, the change of cluster, database, routes
and host names in one transaction. Does not own: moves (`saas_move.py`), what stands in the way
(`kernel/migration/move_fit.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.migration import move, move_fit
from ..kernel.provisioning import naming
from ..kernel.provisioning.placement import Wish, unfit
from ..kernel.work.states import OPEN


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    move_ids = fields.One2many("saas.move", "tenant_id", readonly=True, string="Moves")
    move_count = fields.Integer(compute="_compute_moves", string="Moves Made")
    undo_move_id = fields.Many2one("saas.move", compute="_compute_moves")
    undo_move_until = fields.Datetime(compute="_compute_moves", string="Move Undo Until")

    @api.depends("move_ids.state", "move_ids.undo_until")
    def _compute_moves(self):
        for tenant in self:
            tenant.move_count = len(tenant.move_ids)
            tenant.undo_move_id = tenant.move_ids.filtered("can_undo")[:1]
            tenant.undo_move_until = tenant.undo_move_id.undo_until

    def action_view_moves(self):
        """Open the moves of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_move"
        )
        return dict(
            action,
            domain=[("tenant_id", "=", self.id)],
            context={},
            path=False,
            display_name=self.env._("Moves of %(name)s", name=self.name),
        )

    def action_move(self):
        """Open the dialog for a move of this tenant."""
        self.ensure_one()
        self.check_access("write")
        return self.env["saas.tenant.move"]._open_for(self)

    # For the API and programs; people have the dialog

    def action_move_to(self, destination, note, region_agreed=False, outside_window=False):
        """Move the tenant to the cluster with this id; return the id of the move."""
        self.ensure_one()
        cluster = self.env["saas.cluster"].browse(destination).exists()
        try:
            one = self.env["saas.move"]._order_move(
                self, cluster, note, region_agreed, outside_window
            )
            return one.id
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    def action_undo_move(self):
        """Take the last move back."""
        self.ensure_one()
        if not self.undo_move_id:
            raise UserError(self.env._("There is no move that could be taken back."))
        return self.undo_move_id.action_undo_move()

    # Whether one is possible

    @api.private
    def _move_wish(
        self, destination, *, reason="", region_agreed=False, outside_window=False, job=None
    ):
        """Return what the kernel decides about; `job` is the operation that asks, if one does."""
        self.ensure_one()
        here_sudo, there_sudo = self.cluster_id.sudo(), destination.sudo()
        leaves = here_sudo.region if (here_sudo.region or "") != (there_sudo.region or "") else ""
        wanted = Wish(company_id=self.company_id.id)
        return move_fit.Wish(
            state=self.state,
            busy=self._restore_busy(job) or self._is_backed_up_now(),
            has_database=self.database_id.sudo().stage == "claimed",
            same_cluster=here_sudo == there_sudo,
            unfit=unfit(there_sudo._placement_facts(), wanted) if there_sudo else "inactive",
            tested=there_sudo.state == "ready",
            host_taken=self._host_taken_at(there_sudo),
            leaves_region=leaves or "",
            region_agreed=region_agreed,
            **self._release_facts(),
            outside_window=outside_window,
            reason=reason or "",
        )

    def _release_facts(self):
        """Return when its release window opens; a closed tenant waits for none."""
        if not self._is_serving():
            return {}
        now = fields.Datetime.now()
        window = self.env["saas.release.window"]._next(self, now)
        later = window and window[0] > now
        return {"opens_at": window[0] if later else None, "never_open": not window}

    @api.private
    def _move_hindrances(self, destination, **agreed):
        """Return what stands in the way, apart from what people type; for dialogs."""
        wish = self._move_wish(destination, reason="asked", **agreed)
        return [messages.text(self.env, error) for error in move_fit.hindrances(wish)]

    def _is_backed_up_now(self):
        """Tell whether a backup reads the database: a freeze would end it."""
        running = [
            *(("tenant_id", "=", self.id), ("kind", "=", "backup_tenant")),
            ("state", "in", ("running", "undoing")),
        ]
        return bool(self.env["saas.job"].sudo().search_count(running, limit=1))

    def _host_at(self, cluster):
        """Return the host name the subdomain has at a cluster."""
        return naming.host_name(self.subdomain, cluster.sudo().base_host)

    def _host_taken_at(self, cluster):
        """Return the host name that somebody else has at a cluster, empty when it is free."""
        if not cluster or not self.subdomain:
            return ""
        host = self._host_at(cluster)
        taken = [("host", "=", host), ("holds", "=", True), ("tenant_id", "!=", self.id)]
        return host if self.env["saas.tenant.host"].sudo().search_count(taken, limit=1) else ""

    @api.private
    def _address_at(self, cluster):
        """Return `host`, by which the login page is asked for at a cluster, and `address`, empty
        when the tenant's own stays as it is.
        """
        host = self._own_primary().host or self._host_at(cluster)
        address = cluster.sudo().public_url_pattern.replace("{host}", host)
        return {"host": host, "address": address if address != self.url else ""}

    # What it takes along

    @api.private
    def _reserve_elsewhere(self, cluster, fence):
        """Write down a database on another cluster that signs what this one signs; return it."""
        here_sudo = self.database_id.sudo()
        made_sudo = self.env["saas.database"]._reserve(
            "tenant",
            cluster,
            version_id=here_sudo.version_id.id,
            tenant_id=self.id,
            fence=fence,
        )
        # Sessions, links in mails and the identity told to others stay valid.
        made_sudo._keep_secret(here_sudo._database_secret())
        made_sudo.birth = here_sudo.birth
        return made_sudo

    @api.private
    def _live_at(self, cluster, database):
        """Make this tenant live on another cluster, in the transaction of the caller: cluster,
        database, host names, routes, and orders that were not begun yet.
        """
        routes_sudo, former_sudo = self.env["saas.route"].sudo(), self.database_id.sudo()
        host = self.host
        # A name moves to another row only after its former one has let go of it.
        routes_sudo._put(former_sudo, {"state": "gone", "host": False, "redirect": False})
        routes_sudo.flush_model()
        former_sudo.write({"kind": "moved", "stage": "ready"})
        self._set({"cluster_id": cluster.id, "database_id": database.id})
        if self.host != host:
            self._change_subdomain_host(host)
        self._put_routes()
        self._follow_orders(cluster)

    def _change_subdomain_host(self, former):
        self._reserve_host()
        rows_sudo = self.host_ids.sudo()
        live = {"state": "live", "served": True}
        rows_sudo.filtered(lambda one: one.host == self.host).write(live)
        rows_sudo.filtered(lambda one: one.host == former)._release()
        self.invalidate_recordset(["host_ids"])

    def _follow_orders(self, cluster):
        """Have orders that wait, and were never begun, carried out where the tenant lives now."""
        waiting = [
            *(
                ("tenant_id", "=", self.id),
                ("state", "in", tuple(OPEN)),
                ("started_at", "=", False),
            ),
            *(("tenant_move_id", "=", False), ("cluster_id", "!=", cluster.id)),
        ]
        self.env["saas.job"].sudo().search(waiting).write({"cluster_id": cluster.id})

    @api.private
    def _settle_in(self):
        """Order what a tenant needs where it lives now: its state, its limits, a backup."""
        self._step_order_access()
        self._have_limits_applied()
        if self._share() is not None:
            self._have_workload_applied()
        try:
            with self.env.cr.savepoint():
                self._order_backup("schedule", priority=40)
        except SaasError:
            # Closed, or without a policy: then there was none before, either.
            return

    @api.private
    def _step_deleted(self):
        """What was left behind by moves goes with the tenant."""
        left = [("tenant_id", "=", self.id), ("kind", "=", "moved"), ("stage", "!=", "dropped")]
        left_sudo = self.env["saas.database"].sudo().search(left)
        done = super()._step_deleted()
        left_sudo._enqueue_drop()
        return done

    @api.private
    def _move_destinations(self):
        """Return the clusters a tenant may be moved to at all: others, of its company."""
        others = Domain("id", "!=", self.cluster_id.id)
        return others & Domain("company_id", "in", (False, self.company_id.id))

    @api.private
    def _expected_outage(self):
        """Return how many seconds a move of this tenant is expected to keep people waiting."""
        return move.expected_outage(self._size_mb())

    def _size_mb(self):
        return self.backup_last_mb or 0.0
