"""The addresses of a tenant: which host names lead to it, and by which one it calls itself.

Owns: the primary host name, redirects in the route map, the order to set `web.base.url`. Does not
own: single host names (`saas_tenant_host.py`), the route map's rows (`saas_route.py`).
"""

from odoo import api, models

from ..kernel.lifecycle.states import SERVING


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _can_have_hosts(self):
        """Say whether own host names may be added: as soon as the tenant has its subdomain."""
        return self.state in ("trial", "active", "suspended", "migrating")

    def _own_primary(self):
        """Return the own host name that is primary and works, or nothing."""
        return self.host_ids.sudo().filtered(lambda one: one.is_primary and one._is_routed())

    def _primary_host(self):
        """Return the host name that visitors of all others are sent to."""
        return self._own_primary().host or self.host

    def _route_hosts(self):
        """Return the host names that lead here, each with the one its visitors are sent to."""
        if self._route_state() == "gone":
            return {}
        primary = self._primary_host()
        routed_sudo = self.host_ids.sudo().filtered(lambda one: one._is_routed())
        names = routed_sudo.mapped("host")
        return {name: primary if primary in names and name != primary else False for name in names}

    def _after_hosts_changed(self, address_too):
        """Tell the nodes at once; have the database call itself anew when its primary changed."""
        self.ensure_one()
        self.invalidate_recordset(["host_ids"])
        self._sync_route()
        if address_too:
            self._order_address()

    def _order_address(self):
        # The role of a stopped tenant may not log in; the daily comparison follows when it may.
        if self.database_id and self.state in SERVING:
            self.env["saas.job"]._enqueue(
                "set_addresses",
                spec={"tenant_id": self.id},
                serial_key=f"address:{self.id}",
                priority=5,
                tenant_id=self.id,
                cluster_id=self.cluster_id.id,
            )

    # Buttons

    def action_add_host(self):
        """Ask for an own host name."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Host Name"),
            "res_model": "saas.tenant.host.add",
            "view_mode": "form",
            "target": "new",
            "context": {"default_tenant_id": self.id},
        }

    # Steps of operations

    @api.private
    def _step_host_judged(self, host_id, seen):
        """Take over a look at an own host name; one that was removed meanwhile is left alone."""
        host_sudo = self.env["saas.tenant.host"].sudo().browse(host_id).exists()
        if not host_sudo or host_sudo.state == "released" or host_sudo.tenant_id != self:
            return {"holds": False, "status": "removed"}
        return host_sudo._take_look(seen)

    @api.private
    def _step_host_certificate(self, host_id, state, until):
        """Take over a look at a certificate; no answer leaves what was known."""
        host_sudo = self.env["saas.tenant.host"].sudo().browse(host_id).exists()
        if host_sudo and state != "unknown":
            host_sudo._keep_certificate(state, until)
