"""The one line that a tenant's users read about its limits, in each language that is installed.

Owns: these sentences. Does not own: when there is one (`kernel/quota/enforcement.py`), showing it
(nodes).

A sentence has no number that changes with each reading: nodes hear of it only when it says another
thing.
"""

from odoo import fields, models
from odoo.tools import format_date

from ..kernel.quota.enforcement import CALLS, STORAGE, TRAFFIC, USERS, worst
from ..kernel.quota.terms import BLOCKED, CHARGE, FORCED, OVER, SUSPEND, THROTTLE, WARNED

WORDS = {BLOCKED: "danger", OVER: "warning", WARNED: "info"}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _banner(self, states):
        """Return the banner as nodes read it, or nothing where nobody has to know."""
        found = worst(states)
        if not found or self._needs_no_banner(found):
            return {}
        if not self.env["saas.quota.setting"]._of(self.company_id).banner:
            return {}
        texts = {}
        for lang, _name in self.env["res.lang"].get_installed():
            texts.setdefault(lang.split("_")[0], self.with_context(lang=lang)._banner_text(found))
        link = self.shown_brand_id.sudo().support_url or None
        return {"banner": {"level": WORDS[found.level], "texts": texts, "link": link}}

    def _needs_no_banner(self, state):
        """Who is charged for more, and only warned, need not be told every day."""
        return state.terms.policy == CHARGE and state.level == WARNED

    def _banner_text(self, state):
        if state.level == BLOCKED:
            return self._banner_blocked(state)
        name = self._banner_name(state)
        if state.level == WARNED:
            return self.env._(
                "%(meter)s: over %(percent)s%% of what your plan includes is used.",
                meter=name,
                percent=max(state.mark, state.terms.warn) if state.mark < 100 else 100,
            )
        if state.terms.policy == CHARGE:
            return self.env._(
                "%(meter)s: more is used than your plan includes. It goes on and is charged.",
                meter=name,
            )
        if state.terms.policy not in FORCED or not state.grace_until:
            return self.env._(
                "%(meter)s: more is used than your plan includes. Use less or choose a bigger "
                "plan.",
                meter=name,
            )
        return self._banner_grace(state, name)

    def _banner_grace(self, state, name):
        day = format_date(self.env, self._day_of_instant(state.grace_until))
        if state.terms.policy == SUSPEND:
            return self.env._(
                "%(meter)s is over its limit. This database is closed on %(day)s unless you use "
                "less or choose a bigger plan.",
                meter=name,
                day=day,
            )
        return self.env._(
            "%(meter)s is over its limit. From %(day)s on it is held back unless you use less or "
            "choose a bigger plan.",
            meter=name,
            day=day,
        )

    def _banner_blocked(self, state):
        _ = self.env._
        slow = state.terms.policy == THROTTLE
        if state.meter == USERS:
            return _(
                "All users of your plan are in use, so no user can be added. Archive a user or "
                "choose a bigger plan."
            )
        if state.meter == STORAGE:
            return _(
                "Storage is full, so new files are refused. Reading and deleting go on. Delete "
                "files or choose a bigger plan."
            )
        if state.meter == CALLS and slow:
            return _(
                "The API calls of this month are used up, so further calls are slowed down. "
                "People work as ever."
            )
        if state.meter == CALLS:
            return _(
                "The API calls of this month are used up, so further calls are refused. People "
                "work as ever."
            )
        if state.meter == TRAFFIC and slow:
            return _("The bandwidth of this month is used up, so requests are slowed down.")
        return _("The bandwidth of this month is used up, so requests are refused.")

    def _banner_name(self, state):
        _ = self.env._
        return {
            USERS: _("Users"),
            STORAGE: _("Storage"),
            CALLS: _("API Calls"),
            TRAFFIC: _("Bandwidth"),
        }[state.meter]

    def _day_of_instant(self, at):
        """Return the day that an aware instant is on where the tenant's company is."""
        zone = self.company_id.partner_id.tz or self.env.user.tz
        naive = at.replace(tzinfo=None)
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), naive).date()
