"""What users read above their own web client of incidents and maintenance that concern them.

Owns: who is told what now, in each installed language, and that it ends. Does not own: showing it
(nodes), banners about limits (`saas_quota_banner.py`), when (`kernel/monitoring/news.py`).

Only what was published is told. Nodes hear of it when it says another thing than before.
"""

import json
from datetime import timezone

from odoo import api, fields, models

from ..kernel.monitoring import incident, maintenance, news


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    news_route = fields.Json(
        readonly=True, copy=False, help="What nodes show of incidents and maintenance."
    )

    def _route_values(self):
        values = super()._route_values()
        if not self.news_route:
            return values
        limits = dict(values.get("limits") or {})
        limits["banner"] = news.first(limits.get("banner"), self.news_route)
        return {**values, "limits": limits}

    @api.model
    @api.private
    def _tell_news(self):
        """Bring what is shown in line with what is published now; return who was told anew."""
        wanted = self._news_now()
        before = self.sudo().search([("news_route", "!=", False)])
        changed = self.sudo().browse()
        for tenant_sudo in before | self.sudo().browse(wanted):
            told = wanted.get(tenant_sudo.id) or False
            if _same(told, tenant_sudo.news_route):
                continue
            tenant_sudo.news_route = told
            tenant_sudo._sync_route()
            changed |= tenant_sudo
        return changed

    @api.model
    def _news_now(self):
        """Return the line of each tenant that is to read one; an incident goes first."""
        found = {}
        for one_sudo in self._maintenance_now():
            for tenant_sudo in one_sudo.affected_ids:
                found.setdefault(tenant_sudo.id, (one_sudo, tenant_sudo))
        opened = [("is_public", "=", True), ("state", "in", incident.OPEN)]
        opened_sudo = self.env["saas.incident"].sudo().search(opened, order="started_at desc, id")
        for one_sudo in opened_sudo:
            for tenant_sudo in one_sudo.affected_ids:
                found[tenant_sudo.id] = (one_sudo, tenant_sudo)
        lines = {}
        return {
            tenant: self._news_line(lines, about, tenant_sudo)
            for tenant, (about, tenant_sudo) in found.items()
        }

    @api.model
    def _maintenance_now(self):
        standing = [("state", "in", maintenance.STANDING), ("published_at", "!=", False)]
        rows_sudo = self.env["saas.maintenance"].sudo().search(standing, order="start_at, id")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        return rows_sudo.filtered(
            lambda one: news.is_told(
                one.start_at.replace(tzinfo=timezone.utc),
                one.end_at.replace(tzinfo=timezone.utc),
                now,
            )
        )

    @api.model
    def _news_line(self, lines, about, tenant):
        """Return the banner about a record; who shares brand and time zone shares the line."""
        zone = tenant.partner_id.tz or tenant.company_id.partner_id.tz or "UTC"
        brand_sudo = tenant.shown_brand_id.sudo()
        key = (about, brand_sudo.id, zone)
        if key not in lines:
            texts = {}
            for lang, _name in self.env["res.lang"].get_installed():
                spoken = about.with_context(lang=lang)
                texts.setdefault(lang.split("_")[0], spoken._banner_text(zone))
            level = "warning" if about._name == "saas.incident" else "info"
            link = brand_sudo._status_url() or None
            lines[key] = {"level": level, "texts": texts, "link": link, "news": True}
        return lines[key]


def _same(one, other):
    return json.dumps(one or None, sort_keys=True) == json.dumps(other or None, sort_keys=True)


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    def _banner_text(self, _zone):
        """Return what users read above their web client."""
        return self.env._("%(title)s: we are working on it.", title=self.public_title)

    def _put_course(self, vals):
        super()._put_course(vals)
        self.env["saas.tenant"]._tell_news()

    def write(self, vals):
        """Who is touched, and what they read, can change while it is open."""
        done = super().write(vals)
        told = {"public_title", "everyone", "cluster_ids", "tenant_ids", "company_id"}
        if told & set(vals) and any(self.mapped("is_public")):
            self.env["saas.tenant"]._tell_news()
        return done


class SaasMaintenance(models.Model):
    _inherit = "saas.maintenance"

    def _banner_text(self, zone):
        """Return what users read above their web client."""
        window = self._window_text(zone)
        if not self.interruption:
            return self.env._(
                "Maintenance on %(window)s: %(title)s.", window=window, title=self.title
            )
        return self.env._(
            "Maintenance on %(window)s: %(title)s. Expected interruption: %(time)s.",
            window=window,
            title=self.title,
            time=self.interruption,
        )

    def _put_course(self, vals):
        super()._put_course(vals)
        self.env["saas.tenant"]._tell_news()

    @api.model
    def _cron_course(self):
        """After what is due: who moves, opens or comes near a window reads of it by then."""
        super()._cron_course()
        self.env["saas.tenant"]._tell_news()
