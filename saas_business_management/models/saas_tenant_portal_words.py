"""What a customer reads of a database: its state, the one banner, the activity log.

Owns: these words. Does not own: the state (`saas_tenant_lifecycle.py`).

What operators write as a reason is for their team and never stands here.
"""

from odoo import api, models
from odoo.tools import LazyTranslate, format_date

from ..kernel.lifecycle.states import SERVING
from ..kernel.monitoring import health, layer_health

_lt = LazyTranslate(__name__)

OK, WARN, BAD, WORK, MUTED = "success", "warning", "danger", "info", "secondary"
ICONS = {
    OK: "fa-check-circle",
    WARN: "fa-exclamation-triangle",
    BAD: "fa-times-circle",
    WORK: "fa-refresh",
    MUTED: "fa-circle-o",
}
TROUBLE = (health.CRITICAL, health.WARNING)
# What serves a database, as customers call it.
PORTAL_LAYERS = {
    "application": _lt("Application"),
    "database": _lt("Database"),
    "infrastructure": _lt("Servers and backups"),
}
PORTAL_HEALTHS = {
    health.OK: (OK, _lt("Operational")),
    health.WARNING: (WARN, _lt("Degraded")),
    health.CRITICAL: (BAD, _lt("Serious trouble")),
    health.UNKNOWN: (MUTED, _lt("Not known right now")),
}
CLOSED = {
    "payment": _lt("Closed: unpaid invoice"),
    "quota": _lt("Closed: over a limit"),
    "trial_end": _lt("Closed: the trial has ended"),
    "manual": _lt("Closed at your request or by support"),
    "security": _lt("Closed: security check, we write to you"),
}
# What a customer reads in the activity log; other entries are the platform's own affair.
ACTIVITY = {
    "tenant_provisioned": _lt("Database created"),
    "tenant_trial_converted": _lt("Trial became a paid plan"),
    "tenant_trial_ended": _lt("Trial ended"),
    "tenant_suspended": _lt("Database closed"),
    "tenant_resumed": _lt("Database open again"),
    "tenant_archived": _lt("Database archived"),
    "tenant_reactivated": _lt("Database brought back"),
    "tenant_deletion_requested": _lt("Deletion planned"),
    "tenant_deletion_undone": _lt("Deletion undone"),
    "tenant_restricted": _lt("New users and apps held back"),
    "tenant_unrestricted": _lt("New users and apps possible again"),
    "subscription_plan_changed": _lt("Plan changed"),
    "subscription_change_withdrawn": _lt("Planned change of the plan withdrawn"),
    "subscription_addon_changed": _lt("Add-on changed"),
    "subscription_paused": _lt("Subscription paused"),
    "subscription_resumed": _lt("Subscription goes on"),
    "subscription_cancellation_planned": _lt("Subscription cancelled for the end of the period"),
    "subscription_cancellation_undone": _lt("Cancellation undone"),
    "subscription_cancelled": _lt("Subscription cancelled"),
    "subscription_ended": _lt("Subscription ended"),
    "restore_ordered": _lt("Restore asked for"),
    "restore_done": _lt("Backup restored"),
    "restore_failed": _lt("Restore failed; nothing was changed"),
    "restore_undo_ordered": _lt("Undo of a restore asked for"),
    "restore_undone": _lt("Restore undone"),
    "portal_restore_asked": _lt("Restore asked for from support"),
    "host_added": _lt("Web address added"),
    "host_removed": _lt("Web address removed"),
    "host_primary_set": _lt("Main web address set"),
    "backup_export_ordered": _lt("Download of a backup asked for"),
    "backup_export_downloaded": _lt("Backup downloaded"),
    "support_asked": _lt("Support asked to enter"),
    "support_allowed": _lt("Support access allowed"),
    "support_refused": _lt("Support access refused"),
    "support_entered": _lt("Support entered the database"),
    "support_left": _lt("Support left the database"),
}
MOST_ENTRIES = 30


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _portal_state(self):
        """Return the state in the customer's words: `{"text", "look", "icon"}`."""
        self.ensure_one()
        look, text = self._portal_told()
        return {"look": look, "text": text, "icon": ICONS[look]}

    def _portal_told(self):
        _ = self.env._
        away = "migrating" if self.swapping else self.state
        under_way = {
            "draft": _("Being prepared"),
            "provisioning": _("Being prepared"),
            "failed": _("We are working on it"),
            "migrating": _("Maintenance, back in a moment"),
        }
        if away in under_way:
            return WORK, under_way[away]
        if self.state == "suspended":
            return BAD, str(self.env._(CLOSED.get(self.reason) or CLOSED["manual"]))
        if self.state == "archived":
            return MUTED, self._portal_until(_("Archived"), _("Archived, kept until %(day)s"))
        if self.state == "deleting":
            return BAD, self._portal_until(_("Will be deleted"), _("Will be deleted on %(day)s"))
        if self.restricted:
            return WARN, _("Open, but no new users or apps: invoice overdue")
        return self._portal_health()

    def _portal_health(self):
        """Say how an open database answers; what nobody knows is not called operational.

        A major outage is what visitors meet. What is wrong behind it is called degraded; affairs of
        the team itself (its own work, its rights) are no fault of the service.
        """
        _ = self.env._
        ours = self.health_whose == layer_health.PLATFORM
        if self.health == health.CRITICAL:
            if ours:
                return BAD, _("Major outage on our side: we are working on it")
            return BAD, _("Major outage: we are working on it")
        if self.health == health.WARNING or self._portal_behind() in TROUBLE:
            if ours:
                return WARN, _("Degraded on our side: we are looking into it")
            return WARN, _("Degraded: we are looking into it")
        if self.state == "trial":
            return OK, self._portal_trial()
        return (OK, _("Operational")) if self.health == health.OK else (MUTED, _("Open"))

    def _portal_behind(self):
        """Return the worst of the layers that serve it; what was judged too long ago is unknown."""
        if self.health_old:
            return health.UNKNOWN
        return layer_health.worst(self[f"health_{layer}"] for layer in PORTAL_LAYERS)

    def _portal_layers(self):
        """Return for its page what serves an open database: name, look, icon and word of each."""
        if self.state not in SERVING or self.health_old:
            return []
        rows = []
        for layer, name in PORTAL_LAYERS.items():
            found = self[f"health_{layer}"]
            if found:
                look, word = PORTAL_HEALTHS[found]
                rows.append(
                    {
                        "name": self.env._(name),
                        "look": look,
                        "icon": ICONS[look],
                        "word": self.env._(word),
                    }
                )
        return rows

    def _portal_until(self, without, text):
        day = self.deletion_on if self.state == "deleting" else self._kept_until()
        return text % {"day": format_date(self.env, day)} if day else without

    def _portal_trial(self):
        _ = self.env._
        if not self.trial_end_on:
            return _("Trial")
        left = (self.trial_end_on - self._today()).days
        if left <= 0:
            return _("Trial, last day")
        if left == 1:
            return _("Trial, 1 day left")
        return _("Trial, %(days)s days left", days=left)

    @api.private
    def _portal_open_url(self):
        """Return where the button leads, empty while the database is not open."""
        return self.url if self._is_serving() and self.url and not self.swapping else ""

    # The one banner

    @api.private
    def _portal_banner(self, usage=None):
        """Return the worst there is to say: `{"look", "text", "action"}`, or nothing.

        `action` is the page that helps: plan, money, support or cancel. `usage` are the bars of the
        page, when it has them already.
        """
        self.ensure_one()
        usage = self._portal_usages()[self.id] if usage is None else usage
        for found in (
            self._portal_banner_closed,
            self._portal_banner_money,
            lambda: self._portal_banner_usage(usage),
        ):
            told = found()
            if told:
                return told
        return self._portal_banner_news()

    def _portal_banner_closed(self):
        _ = self.env._
        if self.state == "suspended" and self.reason == "payment":
            text = _(
                "This database is closed because an invoice is unpaid. Your data is safe. It "
                "opens again the moment the invoice is paid."
            )
            return {"look": BAD, "text": text, "action": "money"}
        if self.state == "suspended" and self.reason in ("quota", "trial_end"):
            text = _(
                "This database is closed. Your data is safe. Choose a plan that fits to open "
                "it again."
            )
            return {"look": BAD, "text": text, "action": "plan"}
        if self.state in ("suspended", "archived", "deleting"):
            text = _(
                "This database is closed. Your data is safe. Write to support to have it "
                "opened again."
            )
            if self.state == "deleting" and self.deletion_on:
                text = _(
                    "On %(day)s this database and its backups are destroyed. Until then "
                    "support can undo it.",
                    day=format_date(self.env, self.deletion_on),
                )
            return {"look": BAD, "text": text, "action": "support"}
        return {}

    def _portal_banner_money(self):
        _ = self.env._
        if self.restricted:
            text = _(
                "An invoice is overdue, so no users or apps can be added. Paying lifts that "
                "at once."
            )
            return {"look": WARN, "text": text, "action": "money"}
        if self._portal_subscription().state == "past_due":
            text = _("An invoice is overdue. Nothing is closed yet.")
            return {"look": WARN, "text": text, "action": "money"}
        return {}

    def _portal_banner_usage(self, usage):
        _ = self.env._
        bars = [bar for bar in usage if (bar["percent"] or 0) >= 80]
        if not bars:
            return {}
        worst = max(bars, key=lambda bar: bar["percent"])
        facts = {"meter": worst["name"], "percent": worst["percent"]}
        text = _("%(meter)s: %(percent)s%% of what your plan includes is used.", **facts)
        return {"look": worst["look"], "text": text, "action": "plan"}

    def _portal_banner_news(self):
        _ = self.env._
        one = self._portal_subscription()
        if one and one.ends_on and one.state != "cancelled":
            text = _(
                "Your subscription ends on %(day)s. Until then everything works and you can undo.",
                day=format_date(self.env, one.last_day),
            )
            return {"look": WARN, "text": text, "action": "undo"}
        if self.state == "trial" and self.trial_end_on:
            text = _("Your trial ends on %(day)s.", day=format_date(self.env, self.trial_end_on))
            return {"look": WORK, "text": text, "action": "plan"}
        return {}

    # The activity log

    @api.private
    def _portal_activity(self):
        """Return what happened, the newest first: `{"at", "what", "who"}`."""
        self.ensure_one()
        wanted = [("tenant_id", "=", self.id), ("action", "in", list(ACTIVITY))]
        entries = self.env["saas.audit.entry"].sudo().search(wanted, limit=MOST_ENTRIES)
        team = (
            self.env["saas.customer.member"]
            .sudo()
            .search([("account_id", "=", self.partner_id.commercial_partner_id.id)])
            .user_id
        )
        return [
            {
                "at": entry.at,
                "what": self.env._(ACTIVITY[entry.action]),
                "who": self._portal_who(entry.user_id, team),
            }
            for entry in entries
        ]

    def _portal_who(self, user, team):
        """Name people of the customer alone; of ours, that it was support or went by itself."""
        if user in team or (
            user.share
            and user.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        ):
            return user.name
        return (
            self.env._("Support")
            if user and user != self.env.ref("base.user_root")
            else (self.env._("By itself"))
        )
