"""The page on which an operator brings an Odoo zip into the upload folder.

The body is written to the disk as it comes, at most as much as is imported. Nothing in the file is
looked at here: that is the operation's. The page works without script.
"""

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from .. import messages
from ..kernel.errors import Refused


def _most_bytes(_controller):
    return request.env["saas.backup"].sudo()._import_most_bytes()


class Upload(http.Controller):
    @http.route("/saas/backup/upload", type="http", auth="user", methods=["GET"], sitemap=False)
    def page(self, **_query):
        """Show the form to who may import."""
        return self._page() if self._may() else self._nothing()

    @http.route(
        "/saas/backup/upload",
        type="http",
        auth="user",
        methods=["POST"],
        sitemap=False,
        max_content_length=_most_bytes,
    )
    def upload(self, file=None, **form):
        """Take one file."""
        if not self._may():
            return self._nothing()
        if form or not getattr(file, "filename", ""):
            return self._page(fault=True, status=400)
        try:
            name = request.env["saas.backup"]._take_upload(file.filename, file.stream)
        except Refused as error:
            return self._page(error=messages.text(request.env, error), status=400)
        return self._page(name=name)

    def _may(self):
        try:
            request.env["saas.backup.import"].check_access("create")
        except AccessError:
            return False
        return True

    def _nothing(self):
        return request.make_response("", [("Cache-Control", "no-store")], status=404)

    def _page(self, name="", error="", fault=False, status=200):
        values = {"name": name, "error": error, "fault": fault}
        response = request.render("saas_business_management.upload_page", values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "DENY"
        return response
