"""What in a tenant is newer than a backup: ordering the count and saying what it found.

Owns: the operation's order, its answer in words. Does not own: which kinds are told
(`kernel/backup/newer.py`), counting (`jobs/count_newer.py`), the dialog that shows it
(`wizards/saas_tenant_restore_newer.py`).
"""

from datetime import timezone

from odoo import api, models
from odoo.tools import LazyTranslate
from odoo.tools.misc import format_datetime, formatLang

from ..kernel.work.states import OPEN

_lt = LazyTranslate(__name__)

KINDS = {
    "contacts": _lt("Contacts"),
    "leads": _lt("Leads and opportunities"),
    "sales": _lt("Sales orders"),
    "purchases": _lt("Purchase orders"),
    "invoices": _lt("Invoices and accounting entries"),
    "payments": _lt("Payments"),
    "till_orders": _lt("Orders of the till"),
    "transfers": _lt("Transfers of goods"),
    "manufacturing": _lt("Manufacturing orders"),
    "products": _lt("Products"),
    "tasks": _lt("Tasks"),
    "employees": _lt("Employees"),
    "meetings": _lt("Meetings"),
    "users": _lt("Users"),
    "messages": _lt("Messages"),
    "files": _lt("Files"),
    "others": _lt("Other records"),
}


class SaasBackup(models.Model):
    _inherit = "saas.backup"

    @api.private
    def _shows(self):
        """Return the aware instant that the backup shows."""
        return (self.taken_at or self.started_at).replace(tzinfo=timezone.utc)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _order_newer(self, backup):
        """Have counted what is newer than a backup; return the operation.

        A closed tenant's role is lent, so it waits for backups that do the same.
        """
        self.ensure_one()
        self.check_access("write")
        serial = None if self._is_serving() else backup._serial_key(self)
        return self.env["saas.job"]._enqueue(
            "count_newer",
            spec={"since": backup._shows().isoformat()},
            dedupe_key=f"count_newer:{self.id}:{backup.uuid}",
            serial_key=serial,
            priority=1,
            tenant_id=self.id,
            cluster_id=self.cluster_id.id,
        )

    @api.private
    def _step_newer_begin(self):
        """Return where is counted."""
        database_sudo = self.database_id.sudo()
        return {
            "database": database_sudo.name,
            "login": database_sudo.generation,
            "open": self._is_serving(),
        }


class SaasJob(models.Model):
    _inherit = "saas.job"

    @api.private
    def _is_counting(self):
        """Tell whether the count is still under way."""
        return self.state in OPEN

    @api.private
    def _newer_text(self):
        """Return what a count found, for people; what is not known is never told as nothing."""
        self.ensure_one()
        _ = self.env._
        if self._is_counting():
            return _("Counting what is newer than this backup…")
        newer = (self.sudo().facts or {}).get("newer")
        if self.state != "done" or not newer:
            return _(
                "What is newer than this backup is not known: nobody could look into the "
                "database. It leaves the live database all the same."
            )
        return "\n".join([*self._newer_lines(newer), self._newer_note()])

    def _newer_lines(self, newer):
        _ = self.env._
        lines = [self._newer_line(*count) for count in newer["counts"]]
        if lines:
            lines.insert(
                0, _("Created or changed since this backup, and gone from the live database then:")
            )
        elif not newer["unknown"]:
            lines.append(_("Nothing that people enter was created or changed since this backup."))
        if newer["unknown"]:
            kinds = ", ".join(str(self._newer_kind(kind)) for kind in newer["unknown"])
            lines.append(
                _(
                    "Not known, because counting took too long, all or a part of: %(kinds)s.",
                    kinds=kinds,
                )
            )
        return lines

    def _newer_line(self, kind, number, more):
        _ = self.env._
        told = {"kind": self._newer_kind(kind), "number": formatLang(self.env, number, digits=0)}
        if more:
            return _("· %(kind)s: more than %(number)s", **told)
        return _("· %(kind)s: %(number)s", **told)

    def _newer_kind(self, kind):
        return self.env._(KINDS.get(kind, KINDS["others"]))

    def _newer_note(self):
        at = format_datetime(self.env, self.ended_at, dt_format="short")
        return self.env._("Counted %(at)s. What was deleted since then cannot be counted.", at=at)
