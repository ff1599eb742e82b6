"""Making a tenant: what is checked before, and what each step of the operation writes to records.

Owns: placement by facts of records, the claim of a copy, the route, the handing over. Does not
own: the steps' order and
the work on servers (`jobs/provision_tenant.py`).
"""

import secrets

from odoo import api, fields, models
from psycopg2.errors import UniqueViolation

from ..kernel.errors import Refused
from ..kernel.provisioning import link, naming

PASSWORD_PAGE_SECONDS = 15 * 60


class SaasTenantProvision(models.Model):
    _inherit = "saas.tenant"

    # Before

    def _preflight(self):
        """Settle what the operation needs: normal subdomain, customer, cluster, published version.

        Raises:
            Refused: subdomain codes, `template_unpublished`, `no_cluster`.
        """
        self.ensure_one()
        subdomain = self._checked_subdomain()
        version_sudo = self._choose_version()
        vals = {
            "subdomain": subdomain,
            "version_id": version_sudo.id,
            "cluster_id": version_sudo.cluster_id.id,
        }
        if version_sudo.template_id != self.template_id:
            vals["template_id"] = version_sudo.template_id.id
        if not self.partner_id:
            vals["partner_id"] = self._known_customer().id
        self.write(vals)

    def _choose_version(self):
        """Return the published version on the cluster to which choice and rules lead."""
        versions_sudo = self._published_versions()
        if not versions_sudo:
            raise Refused("template_unpublished", template=self.template_id.name)
        key = self._placed(versions_sudo.cluster_id).cluster
        there_sudo = versions_sudo.filtered(lambda one: one.cluster_id.key == key)
        own_sudo = there_sudo.filtered(lambda one: one.template_id == self.template_id)
        return (own_sudo or there_sudo)[:1]

    def _known_customer(self):
        """Return the customer who has the administrator's address, or nothing."""
        domain = [
            ("email_normalized", "=", self.admin_email),
            ("company_id", "in", (False, self.company_id.id)),
        ]
        return self.env["res.partner"].search(domain, limit=1).commercial_partner_id

    def _make_customer(self):
        """Return a customer made from the administrator; not at the click, where it would take a
        third of the time.
        """
        return self._known_customer() or self.env["res.partner"].create(
            {
                "name": self.name,
                "email": self.admin_email,
                "is_company": True,
                "company_id": self.company_id.id,
            }
        )

    def _reserve_host(self):
        """Take the host name; of two who ask at the same moment the constraint lets one have it.

        Raises:
            Refused: `subdomain_taken`.
        """
        own_sudo = self.host_ids.sudo().filtered(lambda one: one.host == self.host)
        if own_sudo:
            own_sudo.write({"state": "reserved", "holds": True, "released_at": False})
            return
        hosts_sudo = self.env["saas.tenant.host"].sudo()
        try:
            with self.env.cr.savepoint():
                hosts_sudo.create({"host": self.host, "tenant_id": self.id})
        except UniqueViolation:
            raise naming.taken(self.subdomain, {self.subdomain}) from None

    @api.model
    def _provision_from_values(self, vals):
        """Create and order a tenant in one go, for the command line and the API. Return it."""
        tenant = self.create(vals)
        tenant.action_provision()
        return tenant

    # Steps of the operation

    def _step_claim(self, fence):
        """Take a standby copy, or reserve the name of a new one; a second call finds the first
        one's choice.
        """
        database_sudo = self.database_id.sudo()
        if not database_sudo:
            database_sudo = self._take_standby() or self.env["saas.database"]._reserve(
                "tenant",
                self.cluster_id,
                version_id=self.version_id.id,
                tenant_id=self.id,
                fence=fence,
            )
            self._set({"database_id": database_sudo.id})
        return {
            **database_sudo._copy_facts(),
            "warm": database_sudo.stage == "claimed",
            "host": self.host,
            "identity": self._identity(),
        }

    def _take_standby(self):
        database_sudo = self._standby_copies(20).try_lock_for_update(limit=1)
        database_sudo.write({"stage": "claimed", "tenant_id": self.id})
        return database_sudo

    def _likely_copy(self):
        """Return the finished copy that the claim will find, or nothing; another may be quicker."""
        return self.database_id.sudo().filtered(lambda one: one.stage == "claimed") or (
            self.env["saas.database"] if self.database_id else self._standby_copies(1)
        )

    def _standby_copies(self, limit):
        """Return finished copies, but none whose password is about to change
        (`saas_cluster_secret.py`): it is changed without a lock, which a frozen worker would keep.
        """
        return (
            self.env["saas.database"]
            .sudo()
            .search(
                [
                    ("stage", "=", "standby"),
                    ("secret_pending", "=", False),
                    ("version_id", "=", self.version_id.id),
                    ("cluster_id", "=", self.cluster_id.id),
                ],
                order="id",
                limit=limit,
            )
        )

    def _identity(self):
        """Return what makes the copy the customer's (`adapters.ports.Identity`)."""
        partner = self.partner_id
        return {
            "base_url": self.url,
            "company_name": self.name,
            "company_email": partner.email or self.admin_email,
            "admin_name": self.admin_name,
            "admin_login": self.admin_email,
            "admin_email": self.admin_email,
            "language": partner.lang or "",
            "time_zone": partner.tz or "",
            "parameters": {},
        }

    def _step_release_database(self):
        """Forget the copy: whatever was made of it is gone."""
        database_sudo = self.database_id.sudo()
        self._set({"database_id": False})
        if database_sudo:
            database_sudo._step_forget()

    def _step_publish(self):
        """Lead the host name to the database; nodes see it within milliseconds."""
        self._put_routes()

    def _step_withdraw(self):
        self.env["saas.route"].sudo()._put(self.database_id, {"state": "gone", "host": False})

    def _step_open(self, admin):
        """The login page was seen: the tenant is the customer's from now on."""
        self.database_id.sudo().stage = "claimed"
        self.host_ids.sudo().filtered(lambda one: one.host == self.host).write(
            {"state": "live", "served": True}
        )
        self._fire("provisioned", system=True)
        if not self.partner_id:
            self.partner_id = self._make_customer()
        ends = fields.Date.add(fields.Date.context_today(self), days=self.plan_id.trial_days)
        self._set(
            {
                "trial_end_on": ends if self.state == "trial" else False,
                "admin_user_ref": admin["admin_user_id"],
                "admin_partner_ref": admin["admin_partner_id"],
            }
        )

    def _step_welcome(self):
        """Queue the welcome mail once; the mail server may be away, the tenant is open all the
        same.
        """
        if not self.env["saas.link"].sudo().search_count([("tenant_id", "=", self.id)], limit=1):
            self._send_welcome()

    def _step_failed(self):
        """Everything was undone: free the name, say why."""
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context["saas_job_id"])
        if job_sudo.error_code == "operation_cancelled":
            self._fire("provisioning_cancelled", system=True)
        else:
            self._fire(
                "provisioning_failed",
                system=True,
                reason=job_sudo.error_code or "unforeseen",
                note=job_sudo.error_text,
            )
        self.host_ids._release()

    # Welcome

    def _send_welcome(self):
        """Queue a mail with a fresh one-time link. Return the link's address."""
        self.ensure_one()
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        self.env["saas.link"].sudo()._renew("welcome", self, token)
        address = f"{self.get_base_url()}/saas/welcome/{token.reveal()}"
        template = self.env.ref("saas_business_management.mail_template_welcome")
        # Not on the tenant's record: whoever may read that could use the link.
        apart = {"model": False, "res_id": False, "saas_tenant_id": self.id}
        template.with_context(welcome_url=address).sudo().send_mail(
            self.id, force_send=False, email_values=apart
        )
        self.env["mail.mail"]._send_soon()
        return address

    def _password_url(self, now):
        """Return the address at which the tenant's Odoo lets its administrator choose a password,
        for 15 minutes.

        `now` is a Unix time. The token is signed with the tenant's own secret.
        """
        self.ensure_one()
        token = link.signup_token(
            self.database_id.sudo()._database_secret(),
            self.admin_partner_ref,
            [self.admin_user_ref],
            None,
            link.RESET,
            now + PASSWORD_PAGE_SECONDS,
        )
        return f"{self.url}/web/reset_password?token={token}"
