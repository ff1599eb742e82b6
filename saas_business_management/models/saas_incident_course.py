"""The course of an incident: the one writer of its state, and of what is told with it.

Owns: moves, publishing, freezing whom it touched. Does not own: the table
(`kernel/monitoring/incident.py`), the dialog (`wizards/saas_incident_post.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import messages
from ..kernel.errors import Refused
from ..kernel.monitoring import incident

LONGEST_TEXT = 2000


class SaasIncident(models.Model):
    _inherit = "saas.incident"

    def _facts(self, reason=""):
        allowed = self.env.su or self.env["saas.incident"].has_access("write")
        return incident.Facts(allowed, reason, bool((self.root_cause or "").strip()))

    @api.private
    def _post(self, text, event="", public=False, own_texts=None):
        """Write an update down, with the move it comes with; public ones are mailed soon.

        `own_texts` maps brands (ids) to what their customers read instead.
        """
        self.ensure_one()
        text = (text or "").strip()
        if not text or len(text) > LONGEST_TEXT:
            raise UserError(
                self.env._(
                    "Write what happened, in at most %(most)s characters.", most=LONGEST_TEXT
                )
            )
        if event:
            self._fire(event, text)
        kind = "note"
        if public:
            kind = "opened" if not self.is_public else "update"
            kind = "resolved" if event == "resolve" else kind
            self._publish()
        made = self._write_down(kind, text, public, own_texts)
        if public:
            self.env.ref("saas_business_management.ir_cron_tell_incidents").sudo()._trigger()
            self.env["saas.status.period"]._judge(self._brands())
        return made

    def _publish(self):
        """Let customers read of it from now on."""
        if not (self.public_title or "").strip():
            raise UserError(
                self.env._("Write a public title first: customers read it on every page and mail.")
            )
        if not self.is_public:
            self._put_course({"is_public": True, "published_at": fields.Datetime.now()})
            self.env["saas.audit.entry"]._note("incident_published", self)

    def _write_down(self, kind, text, public=False, own_texts=None):
        at_work = self.env["saas.incident.update"]._at_work()
        vals = {
            "incident_id": self.id,
            "kind": kind,
            "state": self.state,
            "text": text,
            "is_public": public,
            "user_id": self.env.uid,
        }
        made = at_work.create(vals)
        for brand_id, own in (own_texts or {}).items():
            at_work.create({**vals, "text": own, "brand_id": brand_id, "general_id": made.id})
        return made._hands_off()

    @api.private
    def _fire(self, event, reason=""):
        """Let an event happen: state, moments, whom it touched, audit log. Return the state."""
        self.ensure_one()
        self.lock_for_update()
        try:
            target = incident.decide(self.state, event, self._facts(reason))
        except Refused as error:
            raise UserError(messages.text(self.env, error)) from None
        now = fields.Datetime.now()
        vals = {"state": target}
        if not self.acknowledged_at:
            vals["acknowledged_at"] = now
        if target == incident.RESOLVED:
            vals |= {
                "resolved_at": now,
                "is_frozen": True,
                "frozen_ids": [Command.set(self._affected().ids)],
            }
        if event == "reopen":
            vals |= {"resolved_at": False, "is_frozen": False}
        if target == incident.POST_MORTEM and not self.post_mortem:
            vals["post_mortem"] = self._post_mortem_form()
        self._put_course(vals)
        self.env["saas.audit.entry"]._note(f"incident_{event}", self, reason[:200])
        return target

    @api.private
    def _state_after(self, event):
        """Return the label of the state that an event leads to, of the state now without one."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        targets = {move.event: move.target for move in incident.TABLE}
        return labels.get(targets.get(event) or self.state, "")

    def _post_mortem_form(self):
        """Return the headings of a post-mortem, filled in with what is known."""
        return self.env["ir.qweb"]._render(
            "saas_business_management.incident_post_mortem", {"incident": self}
        )

    def _open_dialog(self, event, title):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "saas.incident.post",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_incident_id": self.id, "default_event": event},
        }

    def action_post(self):
        """Ask for an update."""
        return self._open_dialog(False, self.env._("Post Update"))

    def action_resolve(self):
        """Ask for the last words."""
        return self._open_dialog("resolve", self.env._("Resolve Incident"))

    def action_reopen(self):
        """Ask why it is not over."""
        return self._open_dialog("reopen", self.env._("Reopen Incident"))

    def action_investigate(self):
        """Take it up."""
        self.check_access("write")
        for one in self:
            one._fire("investigate")
            one._write_down("note", self.env._("Investigation began."))
        return True

    def action_review(self):
        """Begin the post-mortem."""
        self.check_access("write")
        for one in self:
            one._fire("review")
            one._write_down("note", self.env._("Post-mortem began."))
        return True
