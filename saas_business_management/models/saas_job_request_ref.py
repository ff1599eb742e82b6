"""The request that ordered an operation, so that both can be followed in logs.

Owns: the number on the operation, binding it to the thread that carries the operation. Does not
own: the number (`ir_http.py`), the form of the log (`gateway/json_log.py`).
"""

import threading
from contextlib import contextmanager

from odoo import api, fields, models

from ..kernel.gateway.reference import OPERATION, THREAD


@contextmanager
def bound(request_ref, operation):
    """Let what this thread logs and orders carry the request's number and the operation's id."""
    thread = threading.current_thread()
    before = getattr(thread, THREAD, ""), getattr(thread, OPERATION, 0)
    setattr(thread, THREAD, request_ref), setattr(thread, OPERATION, operation)
    try:
        yield
    finally:
        setattr(thread, THREAD, before[0]), setattr(thread, OPERATION, before[1])


def current_reference():
    """Return the number of the request this thread works for, empty for none."""
    return getattr(threading.current_thread(), THREAD, "") or ""


class SaasJob(models.Model):
    _inherit = "saas.job"

    request_ref = fields.Char(
        string="Reference",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: current_reference() or False,
        help="The number of the request that ordered it, as the answer and the logs show it.",
    )
    log_count = fields.Integer(compute="_compute_log_count", string="Log Lines")

    def _compute_log_count(self):
        lines = self.env["saas.log.line"]
        may = lines.has_access("read")
        for job in self:
            job.log_count = lines.search_count(job._log_domain()) if may else 0

    def _log_domain(self):
        own = [("job_id", "=", self.id)]
        return ["|", *own, ("request", "=", self.request_ref)] if self.request_ref else own

    @api.private
    def _carrying(self):
        """Return a context in which logs carry this operation's id."""
        return bound(self.request_ref or "", self.id)

    def action_view_log(self):
        """Open the lines of the log of this operation and of the request that ordered it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_log_line"
        )
        return dict(
            action,
            domain=self._log_domain(),
            context={},
            path=False,
            display_name=self.env._("Log of %(name)s", name=self.display_name),
        )
