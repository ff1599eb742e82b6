"""The audit log as a file with its proof, for administrators; taking it away is noted itself.

It holds every company's entries, for a chain with gaps proves nothing: who may see one company
alone does not get it.
"""

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class Audit(http.Controller):
    @http.route("/saas/audit/log.jsonl", type="http", auth="user", methods=["GET"], readonly=False)
    def download(self, **_query):
        """Send the chain, one line for each entry (`docs/audit.md`)."""
        seals = request.env["saas.audit.seal"]
        try:
            lines = seals._download()
        except AccessError:
            raise request.not_found() from None
        name = f"audit-log-{fields.Date.today()}.jsonl"
        headers = {
            "Content-Type": "application/jsonl; charset=utf-8",
            "Content-Disposition": content_disposition(name),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response("".join(f"{line}\n" for line in lines), list(headers.items()))
