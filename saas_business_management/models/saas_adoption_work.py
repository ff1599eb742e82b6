"""The work on adoptions: what its steps are told, and what they leave on the rows.

Owns: an adoption's course through its operations, the operation's link, what the tenant it becomes
does otherwise than a new one. Does not own: the row and its buttons (`saas_adoption.py`), what is
done outside (`jobs/adopt_database.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.errors import SaasError

SEEN = ("oid", "owner", "modules", "version", "rights", "base_url", "frozen", "admin")


class SaasJob(models.Model):
    _inherit = "saas.job"

    adoption_id = fields.Many2one(
        "saas.adoption",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        string="Adoption",
    )


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    def action_find_foreign(self):
        """Have the databases listed that no tenant owns, and show them."""
        self._check_startable()
        adoptions = self.env["saas.adoption"]
        adoptions._check_administrator()
        adoptions._find(self)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_adoption"
        )

    @api.private
    def _step_foreign_found(self, found):
        """Take over which databases of others stand there; what is gone is marked."""
        adoptions_sudo = self.env["saas.adoption"].sudo()
        there = adoptions_sudo.browse()
        for row in found:
            there |= adoptions_sudo._put_found(row, self)
        listed = [("cluster_id", "=", self.id), ("state", "not in", ("running", "done", "gone"))]
        (adoptions_sudo.search(listed) - there)._put({"state": "gone"})


class SaasAdoption(models.Model):
    _inherit = "saas.adoption"

    @api.private
    def _step_wanted(self):
        """Return which database is read."""
        return {"name": self.name}

    @api.private
    def _step_looked(self, look, modules):
        """Note what was read and whether it may be adopted."""
        if self.state == "running":
            return
        blocked = self._verdict(look, modules).blockers
        self._put({**self._read_values(look, modules), "state": "blocked" if blocked else "ready"})

    def _read_values(self, look, modules):
        return {
            "look": look,
            "here": modules,
            "looked_at": fields.Datetime.now(),
            "version": look.get("version") or False,
            "user_count": look.get("users") or 0,
            "module_count": len(look.get("modules") or ()),
            "file_count": look.get("files") or 0,
            "files_found": bool(look.get("files_found")),
        }

    @api.private
    def _step_begin(self, fence):
        """Reserve the name it will have, and return what the person saw."""
        tenant_sudo = self.tenant_id.sudo()
        database_sudo = tenant_sudo.database_id
        if not database_sudo:
            database_sudo = self.env["saas.database"]._reserve(
                "tenant", self.cluster_id, tenant_id=tenant_sudo.id, fence=fence, oid=self.oid
            )
            tenant_sudo._set({"database_id": database_sudo.id})
        return {
            "name": self.name,
            "oid": self.oid,
            "database": database_sudo.name,
            "generation": database_sudo.generation,
            "host": tenant_sudo.host,
            "base_url": tenant_sudo.url,
            "seen": {word: self.look[word] for word in SEEN},
        }

    @api.private
    def _step_confirmed(self, look, modules):
        """Refuse what may not be adopted any more.

        Raises: Refused (the codes of `kernel/migration/adoption.py`).
        """
        for blocker in self._verdict(look, modules).blockers:
            raise blocker

    @api.private
    def _step_done(self):
        """It is a tenant: back it up, limit it, prove it; nobody pays before a person says so."""
        if self.state == "done":
            return
        self._put({"state": "done", "finished_at": fields.Datetime.now(), "error_text": False})
        facts = {
            "database": self.name,
            "owner": self.owner,
            "into": self.tenant_id.database_id.name,
        }
        self.env["saas.audit.entry"]._note("adoption_done", self.tenant_id, **facts)
        self.tenant_id._order_first_proof()
        try:
            with self.env.cr.savepoint():
                self.tenant_id._order_backup("manual", priority=10)
        except SaasError as error:
            self.tenant_id.message_post(
                body=self.env._(
                    "It has no backup yet (%(code)s): give it a backup policy and back it up.",
                    code=error.code,
                )
            )

    @api.private
    def _step_undone(self):
        """It belongs to whom it belonged before."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        self.tenant_id._step_failed()
        why = job_sudo.error_text or job_sudo.error_code
        self._put({"state": "undone", "finished_at": fields.Datetime.now(), "error_text": why})
        self.env["saas.audit.entry"]._note("adoption_undone", self.tenant_id, database=self.name)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    adopted = fields.Boolean(
        readonly=True,
        copy=False,
        help="Its data was made without us: its billing begins when a person says so.",
    )
    adoption_ids = fields.One2many("saas.adoption", "tenant_id", readonly=True)

    def _order_provisioning(self):
        """An adoption that failed is never made an empty tenant."""
        if self.sudo().adoption_ids:
            raise UserError(
                self.env._(
                    "%(tenant)s is the adoption of a database. Adopt it again from "
                    "Adopt a Database.",
                    tenant=self.name,
                )
            )
        return super()._order_provisioning()

    def _begin_subscription(self):
        """What was adopted is only proposed: a person starts its billing."""
        if self.adopted:
            self._propose_subscription()
            return
        super()._begin_subscription()
