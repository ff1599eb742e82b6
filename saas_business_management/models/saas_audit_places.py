"""Where the audit log hears of what is done to tenants, plans, coupons, clusters, templates, links.

Owns: these entries. Does not own: what is done there. Rights and keys of people:
`saas_audit_rights.py`.
"""

from odoo import api, models

CONNECTION = (
    *("pg_host", "pg_port", "prov_role", "node_role", "pg_bin", "node_url", "base_host"),
    *("public_url_pattern", "filestore_path", "data_dir", "odoo_command", "addons_path"),
)


class SaasTenant(models.Model):
    _name = "saas.tenant"
    _inherit = ["saas.tenant", "saas.noted.export"]

    def _fire(self, event, *, system=False, note="", **known):
        move = super()._fire(event, system=system, note=note, **known)
        facts = {"state": [move.source, move.target], "automatic": system}
        reason = note or str(known.get("reason") or "")
        self.env["saas.audit.entry"]._note(f"tenant_{event}", self, reason, **facts)
        return move


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    def write(self, vals):
        before = {plan.id: (plan.price, plan.currency_id.name) for plan in self}
        done = super().write(vals)
        for plan in self:
            price, currency = before[plan.id]
            if (price, currency) != (plan.price, plan.currency_id.name):
                facts = {
                    "price": [price, plan.price],
                    "currency": [currency, plan.currency_id.name],
                }
                self.env["saas.audit.entry"]._note("price_changed", plan, **facts)
        return done

    def _make_version(self, before_sudo, note):
        changes = {one.name: [one.before, one.after] for one in self._changes()}
        version_sudo = super()._make_version(before_sudo, note)
        facts = {"version": [before_sudo.display_name, version_sudo.display_name], **changes}
        self.env["saas.audit.entry"]._note("price_version_published", self, note, **facts)
        return version_sudo


class SaasCoupon(models.Model):
    _inherit = "saas.coupon"

    @api.model_create_multi
    def create(self, vals_list):
        coupons = super().create(vals_list)
        for coupon in coupons:
            facts = {"discount": coupon.discount}
            self.env["saas.audit.entry"]._note("coupon_created", coupon, **facts)
        return coupons

    def write(self, vals):
        names = [name for name in vals if name in self._fields]
        before = {coupon.id: coupon._noted(names) for coupon in self}
        done = super().write(vals)
        for coupon in self:
            now = coupon._noted(names)
            was = before[coupon.id]
            facts = {name: [was[name], now[name]] for name in now if was[name] != now[name]}
            if facts:
                self.env["saas.audit.entry"]._note("coupon_changed", coupon, **facts)
        return done

    def _noted(self, names):
        """Return these fields as plain values."""
        return {
            name: ", ".join(self[name].mapped("display_name"))
            if self._fields[name].relational
            else str(self[name])
            for name in names
        }


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    def write(self, vals):
        names = [name for name in CONNECTION if name in vals]
        before = {one.id: {name: one.sudo()[name] for name in names} for one in self}
        done = super().write(vals)
        for cluster in self:
            facts = {
                name: [was, cluster.sudo()[name]]
                for name, was in before[cluster.id].items()
                if was != cluster.sudo()[name]
            }
            if facts:
                self.env["saas.audit.entry"]._note("cluster_changed", cluster, **facts)
        return done

    def _seal(self, name, secret):
        former = bool(self.sudo()[name])
        super()._seal(name, secret)
        facts = {"secret": name.removesuffix("_sealed"), "replaced": former}
        self.env["saas.audit.entry"]._note("secret_stored", self, **facts)


class SaasTemplateVersion(models.Model):
    _inherit = "saas.template.version"

    def _publish(self):
        former = self.template_id.published_version_id.display_name
        super()._publish()
        facts = {"version": [former, self.display_name]}
        self.env["saas.audit.entry"]._note("version_published", self.template_id, **facts)


class SaasLink(models.Model):
    _inherit = "saas.link"

    def _use(self):
        done = super()._use()
        if done:
            facts = {"purpose": self.purpose}
            self.env["saas.audit.entry"]._note("link_used", self._leads_to(), **facts)
        return done

    def _leads_to(self):
        """Return the record that the link was made for."""
        return self.tenant_id
