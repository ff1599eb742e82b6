"""What will happen to a tenant and when, in sentences, move by move.

Owns: the sentences. Does not own: the moves and their dates (`kernel/lifecycle/schedule.py`).
"""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date

from ..kernel.lifecycle import schedule

_lt = LazyTranslate(__name__)

SENTENCES = {
    "trial_ended.active": _lt("%(date)s: its trial ends and it becomes active."),
    "trial_ended.suspended": _lt("%(date)s: its trial ends and it is closed; its data stays."),
    "trial_ended.archived": _lt("%(date)s: its trial ends and it is archived; its data stays."),
    "archived.archived": _lt("%(date)s: it is archived: out of service, its data stays."),
    "deletion_requested.deleting": _lt(
        "%(date)s: the time for which its data is kept is over and it is marked for deletion; "
        "that can be undone."
    ),
    "deleted.deleted": _lt("%(date)s: its database and files are destroyed for good."),
}


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    outlook = fields.Html(compute="_compute_outlook", string="What Will Happen", sanitize=False)

    @api.depends("state", "state_since", "reason", "trial_end_on", "deletion_on", "plan_id")
    def _compute_outlook(self):
        """Tell move by move what comes if nobody does anything."""
        for tenant in self:
            moves = schedule.forecast(tenant._standing(), tenant._policy())
            lines = [Markup("<li>%s</li>") % self._sentence(move) for move in moves]
            tenant.outlook = (
                Markup("<ul class='mb-0'>%s</ul>") % Markup().join(lines)
                if lines
                else self.env._("Nothing happens by itself.")
            )

    def _sentence(self, move):
        text = SENTENCES[f"{move.event}.{move.state}"]
        return self.env._(text) % {"date": format_date(self.env, move.on)}
