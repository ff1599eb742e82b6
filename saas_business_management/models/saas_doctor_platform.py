"""The doctor's checks of this installation: address, keys, mail, scheduled work, programs."""

import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from odoo import fields, models
from odoo.tools import SQL, config

RUNNERS = ("ir_cron_run_1", "ir_cron_run_2", "ir_cron_run_3")
CRONS = (*RUNNERS, "ir_cron_maintain", "ir_cron_audit", "ir_cron_doctor")
LATE_MINUTES = 15
LOCAL = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_at_platform(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_at_platform()
        yield self._look_at_address()
        yield self._look_at_keyring()
        yield self._look_at_mail_server()
        yield self._look_at_unsent_mail()
        yield self._look_at_crons()
        yield self._look_at_worker()
        yield self._look_at_database_role()
        yield self._look_at_database_manager()
        yield self._look_at_pdf()
        yield self._look_at_right_to_left()

    def _look_at_address(self) -> dict[str, Any]:
        address = self.env["ir.config_parameter"].get_param("web.base.url") or ""
        host = urlsplit(address).hostname or ""
        what = self.env._("Links in mails lead to %(address)s", address=address)
        if host in LOCAL or host.endswith(".localhost"):
            return self._told(
                "base_url", "platform", "warning", what,
                self.env._("Only somebody at this very machine can open them."),
                self.env._("Set the address of the control plane under Settings › SaaS Management, and keep it."),
            )  # fmt: skip
        if not address.startswith("https://"):
            return self._told(
                "base_url", "platform", "warning", what,
                self.env._("Without HTTPS anybody on the way can read them."),
                self.env._("Put a proxy with a certificate in front, and begin the address with https://."),
            )  # fmt: skip
        return self._told("base_url", "platform", "ok", what)

    def _look_at_keyring(self) -> dict[str, Any]:
        faults = {
            "keyring_missing": self.env._("The key file was not found"),
            "keyring_open_to_others": self.env._("The key file can be read by others"),
            "keyring_damaged": self.env._("The key file is damaged"),
        }
        fault = self.env["saas.keyring"]._fault()
        if not fault:
            return self._told("keyring", "keys", "ok", self.env._("The key file is there and readable by its owner alone"))
        return self._told(
            "keyring", "keys", "failing", faults.get(fault, fault),
            self.env._("Without it the secrets of clusters cannot be read, so no operation runs."),
            self.env._("Put the key file back, name it as saas_keyring_file in the configuration and make it 0600."),
        )  # fmt: skip

    def _look_at_mail_server(self) -> dict[str, Any]:
        smtp = config.get("smtp_server") or "localhost"
        configured = smtp not in LOCAL or int(config.get("smtp_port") or 25) != 25
        if self.env["ir.mail_server"].search_count([], limit=1) or configured:
            return self._told("mail_server", "mail", "ok", self.env._("An outgoing mail server is set"))
        return self._told(
            "mail_server", "mail", "warning", self.env._("No outgoing mail server is set"),
            self.env._("Welcome mails wait, so customers cannot set their password."),
            self.env._("Add one under Settings › Technical › Outgoing Mail Servers, or smtp_server in the configuration."),
        )  # fmt: skip

    def _look_at_unsent_mail(self) -> dict[str, Any]:
        since = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        failed = self.env["mail.mail"].search_count([("state", "=", "exception"), ("create_date", ">", since)])
        if not failed:
            return self._told("mail_unsent", "mail", "ok", self.env._("No mail of the last 7 days was refused"))
        return self._told(
            "mail_unsent", "mail", "warning", self.env._("%(count)s mails of the last 7 days were not sent", count=failed),
            self.env._("Their readers do not know what they should know."),
            self.env._("See the reason under Settings › Technical › Emails, mend it and send them again."),
        )  # fmt: skip

    def _crons(self, names: tuple[str, ...]) -> models.Model:
        found = self.env["ir.cron"].with_context(active_test=False)
        for name in names:
            found |= self.env.ref(f"saas_business_management.{name}", raise_if_not_found=False) or found.browse()
        return found

    def _look_at_crons(self) -> dict[str, Any]:
        crons = self._crons(CRONS)
        off = crons.filtered(lambda cron: not cron.active).mapped("name")
        if len(crons) == len(CRONS) and not off:
            return self._told("crons", "work", "ok", self.env._("Every scheduled action is switched on"))
        return self._told(
            "crons", "work", "failing",
            self.env._("Scheduled actions are switched off or missing: %(names)s", names=", ".join(off) or "?"),
            self.env._("Operations, standby copies and audits stand still."),
            self.env._("Switch them on under Settings › Technical › Scheduled Actions, or upgrade this module."),
        )  # fmt: skip

    def _look_at_worker(self) -> dict[str, Any]:
        if self._worker_alive():
            return self._told("worker", "work", "ok", self.env._("The control worker runs operations"))
        return self._told(
            "worker", "work", "failing",
            self.env._("The control worker has not run for %(minutes)s minutes", minutes=LATE_MINUTES),
            self.env._("Operations are accepted and wait."),
            self.env._("Start a worker: odoo --no-http -d %(name)s --max-cron-threads=4", name=self.env.cr.dbname),
        )  # fmt: skip

    def _worker_alive(self) -> bool:
        """A runner row is locked while its worker waits for operations; else its turn must not be long overdue."""
        runners = self._crons(RUNNERS).filtered("active")
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=LATE_MINUTES)
        return bool(runners - runners.try_lock_for_update()) or any(cron.nextcall > limit for cron in runners)

    def _look_at_database_role(self) -> dict[str, Any]:
        [[is_super]] = self.env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        if not is_super:
            return self._told("control_role", "platform", "ok", self.env._("The control plane is no PostgreSQL superuser"))
        return self._told(
            "control_role", "platform", "warning", self.env._("The control plane connects as a PostgreSQL superuser"),
            self.env._("A mistake or a stolen session would reach the whole database server."),
            self.env._("Give it a role of its own, without SUPERUSER, that owns the control database."),
        )  # fmt: skip

    def _look_at_database_manager(self) -> dict[str, Any]:
        if not config["list_db"]:
            return self._told("list_db", "platform", "ok", self.env._("The database manager is closed"))
        return self._told(
            "list_db", "platform", "warning", self.env._("The database manager is open"),
            self.env._("Whoever guesses its password can copy or delete the control database."),
            self.env._("Set list_db = False in the configuration and restart."),
        )  # fmt: skip

    def _look_at_pdf(self) -> dict[str, Any]:
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state in ("ok", "workers"):
            return self._told("pdf", "platform", "ok", self.env._("Documents can be printed"))
        return self._told(
            "pdf", "platform", "warning", self.env._("Documents cannot be printed"),
            self.env._("Invoices and reports go out without their PDF."),
            self.env._("Install wkhtmltopdf 0.12.6 on the machine of the control plane and restart."),
        )  # fmt: skip

    def _look_at_right_to_left(self) -> dict[str, Any]:
        langs = self.env["res.lang"].search([("direction", "=", "rtl")])
        if not langs or shutil.which("rtlcss"):
            return self._told("rtlcss", "platform", "ok", self.env._("Every language is shown in its direction"))
        return self._told(
            "rtlcss", "platform", "warning",
            self.env._("%(languages)s is shown in the wrong direction", languages=", ".join(langs.mapped("name"))),
            self.env._("Pages mix both directions."),
            self.env._("Install the program rtlcss (npm install -g rtlcss) and restart."),
        )  # fmt: skip
