"""Copies at work: what the steps of their operations ask and note.

Owns: the link from an operation to its copy, the steps. Does not own: its row (`saas_copy.py`),
what is done outside (`jobs/copy_tenant.py`).
"""

from dataclasses import astuple
from datetime import datetime, timezone

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_datetime

from ..kernel.errors import Refused
from ..kernel.migration import copying


class SaasJob(models.Model):
    _inherit = "saas.job"

    copy_id = fields.Many2one(
        "saas.copy", readonly=True, index="btree_not_null", ondelete="restrict", string="Copy"
    )


class SaasCopy(models.Model):
    _inherit = "saas.copy"

    @api.private
    def _step_begin(self, fence):
        """Reserve the database; a second call finds the first one's choice.

        Raises: Refused (`copy_state`).
        """
        into_sudo, source_sudo = self.into_id.sudo(), self.tenant_id.sudo()
        if source_sudo.state not in copying.COPIED:
            raise Refused("copy_state", state=source_sudo.state)
        database_sudo = self.database_id.sudo()
        if not database_sudo:
            database_sudo = self.env["saas.database"]._reserve(
                "tenant",
                into_sudo.cluster_id,
                version_id=source_sudo.version_id.id,
                tenant_id=into_sudo.id,
                fence=fence,
            )
            self._put({"database_id": database_sudo.id})
            if not self.refresh:
                into_sudo._set({"database_id": database_sudo.id})
        rules = self.env["saas.masking.rule"]._for_tenant(source_sudo)
        return {
            **self._step_source(),
            "link": "copy",
            "copy": database_sudo.name,
            "generation": database_sudo.generation,
            "birth": database_sudo.birth,
            "host": into_sudo._primary_host() if self.refresh else into_sudo.host,
            "base_url": into_sudo.url,
            "masked": self.masked,
            "rules": [list(astuple(rule)) for rule in rules] if self.masked else [],
        }

    @api.private
    def _step_source(self):
        """Return the database that is copied, and which password opens it now."""
        database_sudo = self.tenant_id.sudo().database_id
        return {"source": database_sudo.name, "source_login": database_sudo.generation}

    @api.private
    def _step_birth_secret(self):
        return {"secret": self.database_id.sudo()._database_secret()}

    @api.private
    def _step_forget(self):
        """Whatever was made of it is gone."""
        database_sudo = self.database_id.sudo()
        if not self.refresh:
            self.into_id.sudo()._set({"database_id": False})
        self._put({"database_id": False})
        if database_sudo:
            database_sudo._step_forget()

    @api.private
    def _step_publish(self, oid):
        """Lead the address to the copy, away from the one it had before."""
        into_sudo, database_sudo = self.into_id.sudo(), self.database_id.sudo()
        database_sudo.write({"oid": oid, "stage": "claimed" if self.refresh else "building"})
        if self.refresh and into_sudo.database_id != database_sudo:
            self._put({"former_id": into_sudo.database_id.id})
            self._lead(database_sudo, self.former_id.sudo())
        else:
            into_sudo._put_routes()

    @api.private
    def _step_withdraw(self):
        """Lead nobody there any more."""
        database_sudo, former_sudo = self.database_id.sudo(), self.former_id.sudo()
        if self.refresh and former_sudo:
            self._lead(former_sudo, database_sudo)
        elif database_sudo:
            closed = {"state": "gone", "host": False}
            self.env["saas.route"].sudo()._put(database_sudo, closed)

    def _lead(self, to_sudo, away_sudo):
        """Lead the copy's address from one database to another, in one moment."""
        into_sudo, routes_sudo = self.into_id.sudo(), self.env["saas.route"].sudo()
        # Two rows cannot have one name; limits are taken from the row that is not gone yet.
        routes_sudo._put(away_sudo, {"host": False})
        routes_sudo.flush_model(["host"])
        into_sudo._set({"database_id": to_sudo.id})
        into_sudo._put_routes()
        routes_sudo._put(away_sudo, {"state": "gone", "host": False})

    @api.private
    def _step_open(self):
        """The login page was seen: it is the customer's from now on."""
        into_sudo, source_sudo = self.into_id.sudo(), self.tenant_id.sudo()
        admin = {
            "admin_user_id": source_sudo.admin_user_ref,
            "admin_partner_id": source_sudo.admin_partner_ref,
        }
        if self.refresh:
            into_sudo._set(
                {
                    "admin_user_ref": admin["admin_user_id"],
                    "admin_partner_ref": admin["admin_partner_id"],
                }
            )
        else:
            into_sudo._step_open(admin)

    @api.private
    def _step_done(self, tables=0, rows=0, masked_rows=None, taken_at=""):
        """Note what was copied and masked; the database before is dropped."""
        if self.state == "done":
            return
        now = fields.Datetime.now()
        counts = masked_rows or {}
        taken = datetime.fromisoformat(taken_at).astimezone(timezone.utc).replace(tzinfo=None)
        self._put(
            {
                "state": "done",
                "finished_at": now,
                "seconds": (now - self.started_at).total_seconds(),
                "tables": tables or 0,
                "rows": rows or 0,
                "taken_at": taken.replace(microsecond=0),
                "masked_rows": counts,
                "masked_values": sum(counts.values()),
            }
        )
        self.former_id.sudo()._enqueue_drop()
        self._told("copied", "copy_done")
        self.into_id.sudo().message_post(body=self._note())

    def _note(self):
        at = format_datetime(self.env, self.taken_at, dt_format="medium")
        facts = {"tenant": self.tenant_id.name, "at": at, "count": self.masked_values}
        if self.masked:
            return self.env._(
                "It shows %(tenant)s as it was at %(at)s. %(count)s values are masked.", **facts
            )
        return self.env._(
            "It shows %(tenant)s as it was at %(at)s. Personal data is NOT masked.", **facts
        )

    @api.private
    def _step_failed(self):
        """Everything is as it was; the operation says why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        self._put(
            {
                "state": "failed",
                "finished_at": fields.Datetime.now(),
                "error_text": job_sudo.error_text or job_sudo.error_code,
            }
        )
        self._told("copy_failed", "copy_failed")
        if not self.refresh:
            self.into_id.sudo()._step_failed()

    def _told(self, event, action):
        facts = {"use": self.use, "masked": self.masked, "refresh": self.refresh}
        self.into_id.sudo()._journal(event, self.reason or "", facts=facts)
        self.env["saas.audit.entry"]._note(action, self.tenant_id, self.reason or "", **facts)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _step_claim_copy(self, fence):
        """A sandbox made of a backup is masked, too."""
        rules = self.env["saas.masking.rule"]._for_tenant(self.copied_from_id or self)
        told = super()._step_claim_copy(fence)
        return {**told, "rules": [list(astuple(rule)) for rule in rules]}

    @api.private
    def _step_masking_rules(self):
        """Return what a preview of masking looks for, and where."""
        database_sudo = self.database_id.sudo()
        rules = self.env["saas.masking.rule"]._for_tenant(self)
        return {
            "source": database_sudo.name,
            "source_login": database_sudo.generation,
            "rules": [list(astuple(rule)) for rule in rules],
        }

    @api.private
    def _step_masking_preview(self, counts):
        """Write into the chatter what masking would meet."""
        row = Markup("<tr><td>%s</td><td>%s</td></tr>")
        met = sorted((place, count) for place, count in counts.items() if count)
        lines = Markup().join(row % one for one in met)
        text = self.env._(
            "A masked copy of today would mask %(count)s values in %(places)s places:",
            count=sum(count for _place, count in met),
            places=len(met),
        )
        self.message_post(body=Markup("<p>%s</p><table>%s</table>") % (text, lines))
