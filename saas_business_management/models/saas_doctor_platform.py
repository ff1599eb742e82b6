"""The doctor's checks of this installation: address, keys, mail, programs.

Owns: these checks. Does not own: scheduled work (`saas_doctor_work.py`), clusters and what lives on
them (`saas_doctor_clusters.py`, `saas_doctor_catalogue.py`).
"""

import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from odoo import fields, models
from odoo.tools import SQL, config

LOCAL = ("localhost", "127.0.0.1", "0.0.0.0")


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield self._look_at_address()
        yield self._look_at_keyring()
        yield self._look_at_mail_server()
        yield self._look_at_unsent_mail()
        yield self._look_at_database_role()
        yield self._look_at_database_manager()
        yield self._look_at_pdf()
        yield self._look_at_right_to_left()

    def _look_at_address(self) -> dict[str, Any]:
        _ = self.env._
        address = self.env["ir.config_parameter"].get_param("web.base.url") or ""
        host = urlsplit(address).hostname or ""
        what = _("Links in mails lead to %(address)s", address=address)
        if host in LOCAL or host.endswith(".localhost"):
            why = _("Only somebody at this very machine can open them.")
            mend = _("Set and keep the address of the control plane in its settings.")
            return self._told("base_url", "platform", "warning", what, why, mend)
        if not address.startswith("https://"):
            why = _("Without HTTPS anybody on the way can read them.")
            mend = _(
                "Put a proxy with a certificate in front, and begin the address with https://."
            )
            return self._told("base_url", "platform", "warning", what, why, mend)
        return self._told("base_url", "platform", "ok", what)

    def _look_at_keyring(self) -> dict[str, Any]:
        _ = self.env._
        faults = {
            "": _("The key file is there and readable by its owner alone"),
            "keyring_missing": _("The key file was not found"),
            "keyring_open_to_others": _("The key file can be read by others"),
        }
        fault = self.env["saas.keyring"]._fault()
        what = faults.get(fault) or _("The key file is damaged")
        why = _("Without it the secrets of clusters cannot be read, so no operation runs.")
        mend = _("Put it back, name it as saas_keyring_file in the configuration and make it 0600.")
        level = "failing" if fault else "ok"
        return self._told("keyring", "keys", level, what, why, mend)

    def _look_at_mail_server(self) -> dict[str, Any]:
        _ = self.env._
        smtp = config.get("smtp_server") or "localhost"
        if smtp not in LOCAL or self.env["ir.mail_server"].search_count([], limit=1):
            what = _("An outgoing mail server is set")
            return self._told("mail_server", "mail", "ok", what)
        what = _("No outgoing mail server is set")
        why = _("Welcome mails wait, so customers cannot set their password.")
        mend = _("Add one in Odoo's settings, or smtp_server in the configuration.")
        return self._told("mail_server", "mail", "warning", what, why, mend)

    def _look_at_unsent_mail(self) -> dict[str, Any]:
        _ = self.env._
        since = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        refused = [("state", "=", "exception"), ("create_date", ">", since)]
        count = self.env["mail.mail"].search_count(refused)
        if not count:
            what = _("No mail of the last 7 days was refused")
            return self._told("mail_unsent", "mail", "ok", what)
        what = _("Mails of the last 7 days that were not sent: %(count)s", count=count)
        why = _("Their readers do not know what they should know.")
        mend = _("See the reason in Odoo's list of e-mails, mend it and send them again.")
        return self._told("mail_unsent", "mail", "warning", what, why, mend)

    def _look_at_database_role(self) -> dict[str, Any]:
        _ = self.env._
        question = SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [[is_super]] = self.env.execute_query(question)
        if not is_super:
            what = _("The control plane is no PostgreSQL superuser")
            return self._told("control_role", "platform", "ok", what)
        what = _("The control plane connects as a PostgreSQL superuser")
        why = _("A mistake or a stolen session would reach the whole database server.")
        mend = _("Give it a role without SUPERUSER that owns the control database.")
        return self._told("control_role", "platform", "warning", what, why, mend)

    def _look_at_database_manager(self) -> dict[str, Any]:
        _ = self.env._
        if not config["list_db"]:
            what = _("The database manager is closed")
            return self._told("list_db", "platform", "ok", what)
        what = _("The database manager is open")
        why = _("Whoever guesses its password can copy or delete the control database.")
        mend = _("Set list_db = False in the configuration and restart.")
        return self._told("list_db", "platform", "warning", what, why, mend)

    def _look_at_pdf(self) -> dict[str, Any]:
        _ = self.env._
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "workers"):
            return self._told("pdf", "platform", "ok", _("Documents can be printed"))
        what = _("Documents cannot be printed")
        why = _("Invoices and reports go out without their PDF.")
        mend = _("Install wkhtmltopdf 0.12.6 on the machine of the control plane and restart.")
        return self._told("pdf", "platform", "warning", what, why, mend)

    def _look_at_right_to_left(self) -> dict[str, Any]:
        _ = self.env._
        langs = self.env["res.lang"].search([("direction", "=", "rtl")])
        if not langs or shutil.which("rtlcss"):
            what = _("Every language is shown in its direction")
            return self._told("rtlcss", "platform", "ok", what)
        names = ", ".join(langs.mapped("name"))
        what = _("Shown in the wrong direction: %(languages)s", languages=names)
        why = _("Pages mix both directions.")
        mend = _("Install the program rtlcss (npm install -g rtlcss) and restart.")
        return self._told("rtlcss", "platform", "warning", what, why, mend)
