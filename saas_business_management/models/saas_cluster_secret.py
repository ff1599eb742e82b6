"""A new secret for a cluster: from being written down to the old one being forgotten.

Owns: the button, what the operation asks and writes. Does not own: its order of things
(`jobs/rotate_cluster_secret.py`), the nodes' file (`saas_cluster_prepare_secret.py`), changing one
tenant's password (`saas_tenant_rotation.py`).

`cluster_secret_sealed` is the old secret until the last role has left it. It then takes the place
of `cluster_secret_next_sealed`.
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..kernel.errors import Refused
from ..kernel.secret import Secret
from ..kernel.work.states import UNSETTLED
from .saas_cluster_connection import ADMIN

KIND = "rotate_cluster_secret"
SECRET_BYTES = 32
AT_WORK = ("running", "undoing")
WITH_ROLE = ("building", "ready", "standby", "claimed")
FAILED_REST_MINUTES = 15


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    cluster_secret_next_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    secret_change = fields.Selection(
        [("prepared", "Prepared"), ("moving", "Under Way")],
        string="New Cluster Secret",
        readonly=True,
        copy=False,
        groups=ADMIN,
    )
    secret_line = fields.Integer(readonly=True, copy=False, groups=ADMIN)
    secret_changed_at = fields.Datetime(
        string="Cluster Secret Changed", readonly=True, copy=False, groups=ADMIN
    )
    secret_left_count = fields.Integer(
        string="Passwords Still to Be Changed", compute="_compute_secret_left_count", groups=ADMIN
    )

    def _compute_secret_left_count(self):
        counts = dict(
            self.env["saas.database"]
            .sudo()
            ._read_group(self._secret_left(), ["cluster_id"], ["__count"])
        )
        for cluster in self:
            cluster.secret_left_count = counts.get(cluster._origin, 0)

    @api.private
    def _to_spec(self):
        """While it moves, passwords are made from the next secret, and the old one still opens."""
        spec = super()._to_spec()
        if self.secret_change == "moving":
            following = self._open_secret("cluster_secret_next_sealed")
            spec |= {"older_cluster_secret": spec["cluster_secret"], "cluster_secret": following}
        return spec

    @api.private
    def _prepare_secret_change(self):
        """Write the next secret down; a second call keeps the first one's."""
        self.ensure_one()
        if not self.cluster_secret_next_sealed:
            self._cluster_secret()
            self._seal("cluster_secret_next_sealed", Secret(secrets.token_urlsafe(SECRET_BYTES)))
            self.secret_change = "prepared"

    def action_change_secret(self):
        """Give all tenants of the cluster passwords from the prepared secret, in the background."""
        self.check_access("write")
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Only an administrator can change a cluster's secret."))
        self._check_startable()
        for cluster in self:
            cluster._check_secret_prepared()
            cluster._order_secret_change()
        return True

    def _check_secret_prepared(self):
        if not self.sudo().secret_change:
            raise UserError(
                self.env._(
                    "The nodes of %(cluster)s do not have its new secret yet. Run “odoo saas "
                    "rotate cluster-secret --secret-file FILE --prepare” and copy the file to "
                    "every node first.",
                    cluster=self.name,
                )
            )

    def _order_secret_change(self):
        """Return the operation; the one that is open or stopped goes on, and is not begun twice."""
        known = [("cluster_id", "=", self.id), ("kind", "=", KIND)]
        job = self.env["saas.job"].search([*known, ("state", "in", tuple(UNSETTLED))], limit=1)
        if job.state == "dead":
            job.action_retry()
        elif not job:
            self.env["saas.audit.entry"]._note("cluster_secret_change_begun", self)
            job = self._start(KIND, {})
        return job

    # Steps of the operation

    def _step_secret_keep(self):
        """Store what signs sessions where it still follows from the secret that will change."""
        rows_sudo = self._secret_databases(WITH_ROLE).filtered(lambda row: not row.secret_sealed)
        for row_sudo in rows_sudo:
            row_sudo._keep_secret(row_sudo._database_secret())
        return {"kept": len(rows_sudo)}

    def _step_secret_begin(self):
        if not self.cluster_secret_next_sealed:
            raise Refused("cluster_secret_not_prepared", cluster=self.key)
        self.secret_change = "moving"

    def _step_secret_line(self):
        """Return a number: claims from before the change have smaller ones."""
        self.env.cr.execute(SQL("SELECT nextval('saas_fence_seq')"))
        return {"line": self.env.cr.fetchone()[0]}

    def _step_secret_drain(self, line):
        """Return how many other operations may still work with the old secret alone."""
        before = [
            ("cluster_id", "=", self.id),
            ("state", "in", AT_WORK),
            ("fence", ">", 0),
            ("fence", "<=", line),
            ("id", "!=", self.env.context.get("saas_job_id", 0)),
        ]
        return {"busy": self.env["saas.job"].sudo().search_count(before)}

    def _step_secret_list(self, line):
        """Mark every role there is: one made later has its password from the new secret."""
        rows_sudo = self._secret_databases(WITH_ROLE)
        rows_sudo.write({"secret_pending": True})
        self.secret_line = line
        return {"total": len(rows_sudo)}

    def _step_secret_standbys(self):
        """Return the standby copies that wait; until they are done nobody claims one
        (`saas.tenant._standby_copies`).
        """
        rows_sudo = self._secret_databases(("standby",)).filtered("secret_pending")
        return {
            "standbys": [{"database": row.name, "generation": row.generation} for row in rows_sudo]
        }

    def _step_secret_given(self, database):
        rows_sudo = self._secret_databases(("standby",))
        rows_sudo.filtered(lambda row: row.name == database).secret_pending = False

    def _step_secret_order(self):
        """Order a new password for every tenant that waits for one and has no such order."""
        rows_sudo = self._secret_databases(("claimed",)).filtered("secret_pending")
        ordered_sudo = self._secret_orders(rows_sudo.tenant_id)
        for tenant_sudo in rows_sudo.tenant_id - ordered_sudo.tenant_id:
            tenant_sudo._order_rotation(line=self.secret_line)

    def _step_secret_left(self):
        databases_sudo = self.env["saas.database"].sudo()
        return {"left": databases_sudo.search_count(self._secret_left())}

    def _step_secret_changed(self):
        """Forget the old secret; a second call finds it done."""
        if self.secret_change != "moving":
            return
        self._seal("cluster_secret_sealed", self._open_secret("cluster_secret_next_sealed"))
        self.write(
            {
                "cluster_secret_next_sealed": False,
                "secret_change": False,
                "secret_changed_at": fields.Datetime.now(),
            }
        )
        self.env["saas.audit.entry"]._note("cluster_secret_rotated", self)
        # It enters every tenant with its password and puts right what should be wrong.
        self._start("audit_rights", {}, once=False)

    # What they look at

    def _secret_databases(self, stages):
        domain = [("cluster_id", "=", self.id), ("kind", "=", "tenant"), ("stage", "in", stages)]
        return self.env["saas.database"].sudo().search(domain, order="id")

    def _secret_left(self):
        return (
            Domain("cluster_id", "in", self.ids)
            & Domain("secret_pending", "=", True)
            & Domain("stage", "in", WITH_ROLE)
        )

    def _secret_orders(self, tenants_sudo):
        """Return the orders of this change that stand: open, waiting for a person, or failed so
        lately that another try would only fill the list.
        """
        lately = fields.Datetime.subtract(fields.Datetime.now(), minutes=FAILED_REST_MINUTES)
        known = [("kind", "=", "rotate_role"), ("tenant_id", "in", tenants_sudo.ids)]
        standing = Domain("state", "in", tuple(UNSETTLED)) | Domain("ended_at", ">", lately)
        jobs_sudo = self.env["saas.job"].sudo().search(Domain(known) & standing)
        return jobs_sudo.filtered(lambda job: (job.spec or {}).get("line") == self.secret_line)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _step_rotated(self, generation):
        """An order of the change has made the password from the new secret; any other may have
        done so before the change began.
        """
        super()._step_rotated(generation)
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        line = (job_sudo.spec or {}).get("line")
        if line and line == self.cluster_id.sudo().secret_line:
            self.database_id.sudo().secret_pending = False
