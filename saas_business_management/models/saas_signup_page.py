"""What the progress page shows: the real steps of the operation, in a customer's words.

Owns: these words, which step of ours belongs to which of theirs, the way in. Does not own: the
page.
"""

import time
from datetime import timedelta

from odoo import api, fields, models

from ..kernel.lifecycle.states import SERVING
from ..kernel.provisioning import naming
from .saas_job_look import duration_text

# Steps of the operation → the line of the page they belong to; what is not here is "database".
LINES = {
    "settle": "settings",
    "publish": "address",
    "check": "check",
    "open": "check",
    "welcome": "mail",
}
SLOW = timedelta(seconds=15)
ENTRY_HOURS = 24


class SaasSignup(models.Model):
    _inherit = "saas.signup"

    @api.private
    def _progress(self):
        """Return `state` (preparing, open, stuck), `lines` of (label, state, time), `slow`."""
        self.ensure_one()
        _, tenant = self.env._, self.tenant_id.sudo()
        if tenant.state in SERVING:
            state = "open"
        elif self.state == "failed" or tenant.state in ("failed", "draft", "deleted", "deleting"):
            state = "stuck"
        else:
            state = "preparing"
        told = {
            "database": _("Database created"),
            "settings": _("Your settings"),
            "address": _("Address"),
            "check": _("Final check"),
        }
        found = self._line_states(tenant)
        lines = [{"label": _("E-mail confirmed"), "state": "done", "time": ""}]
        for key, label in told.items():
            line_state, seconds = found.get(key, ("todo", 0))
            line_state = "done" if state == "open" else line_state
            lines.append({"label": label, "state": line_state, "time": duration_text(seconds)})
        late = self.confirmed_at and fields.Datetime.now() - self.confirmed_at > SLOW
        return {"state": state, "lines": lines, "slow": bool(late and state == "preparing")}

    def _line_states(self, tenant):
        """Return `(state, seconds)` of each line of the page."""
        job = tenant.job_ids.filtered(lambda one: one.kind == "provision_tenant").sorted("id")[-1:]
        by_line = {}
        for step in job.step_ids.sorted(lambda one: (one.sequence, one.id)):
            by_line.setdefault(LINES.get(step.name, "database"), []).append(step)
        found = {}
        for line, steps in by_line.items():
            states = {step.state for step in steps}
            over = states <= {"done", "skipped"}
            begun = states & {"done", "running"}
            state = "done" if over else "running" if begun else "todo"
            found[line] = (state, sum(step.seconds for step in steps))
        return found

    @api.private
    def _entry_url(self):
        """Return where the person who confirmed goes: to choose a password, once, or to log in.

        The caller has made sure that it is that person's browser.
        """
        self.ensure_one()
        tenant_sudo = self.tenant_id.sudo()
        if tenant_sudo.state not in SERVING:
            return ""
        links_sudo = self.env["saas.link"].sudo()
        own = links_sudo.search([("tenant_id", "=", tenant_sudo.id), ("purpose", "=", "welcome")])
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=ENTRY_HOURS)
        if any(one.used_at for one in own) or not self.confirmed_at or self.confirmed_at < since:
            return f"{tenant_sudo.url}/web/login"
        own.filtered(lambda one: not one.replaced)._use_each()
        return tenant_sudo._password_url(int(time.time()))

    @api.private
    def _card(self):
        """Return what the plan costs now, in the currency that was chosen."""
        plan_sudo = self.plan_id.sudo()
        currency = self.currency_id
        if not plan_sudo.version_id._price_in(currency):
            currency = plan_sudo.version_id.currency_id
        return plan_sudo._signup_card(currency)

    @api.private
    def _zone(self):
        """Return what follows its subdomain."""
        return self.plan_id._signup_zone(self.company_id)

    @api.model
    @api.private
    def _proposed(self, company_name):
        """Return a subdomain made from the name of a company, empty when none can be made."""
        return naming.propose(company_name)


class SaasLink(models.Model):
    _inherit = "saas.link"

    @api.private
    def _use_each(self):
        """Use up every one that still works."""
        for one in self:
            one._use()
