"""Files of backups, sent to who ordered them: a link works once, and for 15 minutes.

A download that was cut off goes on with the same link while its time lasts: the rest of a file is
no second one. A link that is unknown, of somebody else or without its file answers like one that
never existed.
"""

import os
import re

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import Stream, request

# The rest of a file, not its begin.
GOING_ON = re.compile(r"bytes=[1-9][0-9]*-[0-9]*")


class Export(http.Controller):
    @http.route(
        "/saas/backup/export/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        readonly=False,
    )
    def download(self, token, **_query):
        """Send the file, or the part of it that is asked for."""
        link_sudo = self._link(token)
        if not link_sudo:
            return self._nothing(404)
        export_sudo = link_sudo.export_id
        if request.httprequest.method == "HEAD":
            return self._sent(export_sudo)
        going_on = bool(GOING_ON.fullmatch(request.httprequest.headers.get("Range", "")))
        if going_on and link_sudo._may_go_on():
            return self._sent(export_sudo)
        if not link_sudo._use():
            self._refused("link_used" if link_sudo.used_at else "link_expired", link_sudo)
            return self._nothing(410)
        export_sudo._fetched()
        return self._sent(export_sudo)

    def _link(self, token):
        """Return the link when it was made for this very person, and its file is there."""
        link_sudo = request.env["saas.link"].sudo()._find("backup_export", token[:100])
        none_sudo = link_sudo.browse()
        if not link_sudo:
            self._refused("link_unknown")
            return none_sudo
        export_sudo = link_sudo.export_id
        if export_sudo.user_id != request.env.user or not self._may_read(export_sudo):
            self._refused("link_foreign", link_sudo)
            return none_sudo
        if not export_sudo._is_there() or not os.path.isfile(export_sudo._file_path()):
            return none_sudo
        return link_sudo

    def _may_read(self, export_sudo):
        """Rights may have been taken away since the link was made; customers have their team's."""
        if export_sudo._is_of_customer(request.env.user):
            return True
        export = request.env["saas.backup.export"].browse(export_sudo.id)
        try:
            export.check_access("read")
        except AccessError:
            return False
        return True

    def _refused(self, rule, link_sudo=None):
        tenant_sudo = link_sudo.tenant_id if link_sudo else None
        request.env["saas.security.event"]._record(rule, tenant_sudo)

    def _nothing(self, status):
        """Answer without a word; not by an exception, which would take the event back."""
        return request.make_response("", [("Cache-Control", "no-store")], status=status)

    def _sent(self, export_sudo):
        path = export_sudo._file_path()
        stream = Stream(
            type="path",
            path=path,
            mimetype="application/octet-stream",
            download_name=export_sudo._file_name(),
            etag=export_sudo.sha256,
            last_modified=int(os.stat(path).st_mtime),
            size=os.stat(path).st_size,
        )
        response = stream.get_response(as_attachment=True)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
