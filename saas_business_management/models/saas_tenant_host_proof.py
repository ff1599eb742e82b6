"""The proof of an own host name: records to set, what was found, when it is looked at again.

Owns: these fields, taking over what a look found, mails. Does not own: looking
(`jobs/check_host.py`), the rules (`kernel/hosts`).
"""

from datetime import datetime, timezone
from urllib.parse import urlsplit

from odoo import api, fields, models
from psycopg2.errors import UniqueViolation

from .. import messages
from ..kernel.hosts import own_host, proof, recheck
from ..kernel.work.states import OPEN

MARKS = [
    ("found", "✔ Found"),
    ("not_visible_yet", "⌛ Not visible yet"),
    ("points_elsewhere", "✖ Points elsewhere"),
    ("root_needs_a", "✖ Not set"),
    ("txt_missing", "⌛ Not visible yet"),
    ("txt_wrong", "✖ Another value"),
]
CERTIFICATES = [
    ("trusted", "Trusted"),
    ("untrusted", "Not trusted by browsers"),
    ("none", "None yet"),
    ("unknown", "Not known"),
]
# So many rows of one tenant stay in one cron call; the others follow five minutes later.
MOST_CHECKS = 500
ROUTED = ("live", "change")


class SaasTenantHost(models.Model):
    _inherit = "saas.tenant.host"

    token = fields.Char(readonly=True, copy=False)
    asked_at = fields.Datetime(readonly=True, string="Asked For")
    checked_at = fields.Datetime(readonly=True, string="Last Check")
    next_check_at = fields.Datetime(readonly=True, string="Next Check", index=True)
    failures = fields.Integer(readonly=True, help="Looks in a row that found it wrong.")
    grace_until = fields.Datetime(readonly=True, string="Works Until")
    reminded = fields.Boolean(readonly=True)
    status = fields.Char(readonly=True, string="Status Code")
    status_facts = fields.Json(readonly=True)
    status_text = fields.Char(compute="_compute_status_text", string="Status")
    pointing = fields.Selection(MARKS, readonly=True, string="Points Here")
    proof = fields.Selection(MARKS, readonly=True, string="Proven")
    certificate = fields.Selection(CERTIFICATES, readonly=True, default="unknown")
    certificate_until = fields.Datetime(readonly=True, string="Certificate Until")
    record_type = fields.Char(compute="_compute_records", string="Type")
    record_name = fields.Char(compute="_compute_records", string="Record Name")
    record_value = fields.Char(compute="_compute_records", string="Record Value")
    proof_name = fields.Char(compute="_compute_records", string="Proof Name")

    @api.depends("host", "kind", "token", "tenant_id.host")
    def _compute_records(self):
        """Tell the records to set where the name was bought."""
        for one in self:
            own = one.kind == "custom" and one.host
            rows = one._records() if own else ()
            pointing = [row for row in rows if row.kind != "TXT"]
            one.record_type = " / ".join(dict.fromkeys(row.kind for row in pointing))
            one.record_name = one.host if own else False
            one.record_value = ", ".join(row.value for row in pointing)
            one.proof_name = own_host.proof_name(one.host) if own else False
            if own and not pointing:
                one.record_type = "A"
                one.record_value = self.env._(
                    "the addresses of %(target)s", target=one.tenant_id.host
                )

    def _records(self):
        wanted = self._wanted()
        return own_host.records(wanted.host, wanted.target, wanted.addresses, wanted.token)

    def _wanted(self):
        tenant = self.tenant_id
        return proof.Wanted(
            self.host or "",
            tenant.host or "",
            tenant.cluster_id.sudo()._front_addresses(),
            self.token or "",
        )

    @api.depends("state", "status", "status_facts", "grace_until", "kind")
    def _compute_status_text(self):
        for one in self:
            one.status_text = one.kind == "custom" and one._told()

    def _told(self):
        """Say in the reader's language how the records stand and what follows."""
        text = messages.host_text(self.env, self.status or "", self.status_facts or {})
        follows = ""
        if self.state == "change" and self.holds and self.grace_until:
            until = fields.Datetime.context_timestamp(self, self.grace_until)
            follows = self.env._(
                "It works until %(until)s.", until=until.strftime("%Y-%m-%d %H:%M %Z")
            )
        elif self.state == "change":
            follows = self.env._("It does not lead to the tenant.")
        elif self.state == "waiting" and self.status != "found":
            follows = self.env._("It is looked at every 5 minutes, up to 48 hours.")
        return f"{text} {follows}".strip()

    # Checking

    @api.private
    def _is_routed(self):
        """Say whether visitors of this name reach the tenant."""
        self.ensure_one()
        if self.kind == "custom":
            return self.holds and self.state in ROUTED
        return self.state != "released"

    def _ask_again(self):
        standing = recheck.ask_again(self._standing(), fields.Datetime.now())
        if self.state != "released":
            self.sudo().write(self._standing_vals(standing))
            self._order_check(priority=1)

    def _order_check(self, priority=5):
        """Order a look at each; one that is ordered already is not ordered again."""
        self._forget_looks()
        for one_sudo in self.sudo():
            tenant_sudo = one_sudo.tenant_id
            spec = {
                "host_id": one_sudo.id,
                "host": one_sudo.host,
                "target": tenant_sudo.host,
                "tls": urlsplit(tenant_sudo.cluster_id.public_url_pattern or "").scheme == "https",
            }
            self.env["saas.job"]._enqueue(
                "check_host",
                spec=spec,
                dedupe_key=f"check_host:{one_sudo.id}",
                priority=priority,
                tenant_id=tenant_sudo.id,
                cluster_id=tenant_sudo.cluster_id.id,
            )

    def _forget_looks(self):
        """Keep the last look of each name: 576 in two days would hide everything else a tenant's
        Operations Log tells.
        """
        keys = [f"check_host:{one.id}" for one in self]
        over = [("dedupe_key", "in", keys), ("kind", "=", "check_host"), ("state", "=", "done")]
        self.env["saas.job"].sudo().search(over).unlink()

    @api.private
    def _open_check(self):
        """Return the look that is ordered for this name, or nothing."""
        key = [("dedupe_key", "=", f"check_host:{self.id}"), ("state", "in", tuple(OPEN))]
        return self.env["saas.job"].sudo().search(key, limit=1)

    @api.model
    def _cron_check(self):
        """Order a look at every own host name whose time has come."""
        due = [
            ("kind", "=", "custom"),
            ("state", "in", ("waiting", "live", "change")),
            ("next_check_at", "<=", fields.Datetime.now()),
        ]
        self.search(due, order="next_check_at", limit=MOST_CHECKS)._order_check()

    @api.private
    def _take_look(self, seen):
        """Take over what name servers said (`kernel.hosts.proof.Seen` as a dictionary, or None
        when nobody answered); return what became of it.
        """
        self.ensure_one()
        verdict = self._judge(seen)
        standing = recheck.follow(self._standing(), verdict.status, fields.Datetime.now())
        was_routed, was_primary = self._is_routed(), self.is_primary
        self._keep(verdict, standing)
        if self._is_routed() != was_routed:
            self._routing_changed(was_primary)
        if standing.mail:
            self._send(standing.mail)
        return {"holds": self.holds, "status": self.status}

    def _judge(self, seen):
        if seen is None:
            facts = {"host": self.host, "target": self.tenant_id.host or ""}
            return proof.Verdict(proof.UNKNOWN, self.pointing, self.proof, facts)
        looked = proof.Seen(**{name: tuple(values) for name, values in seen.items()})
        verdict = proof.judge(looked, self._wanted())
        if verdict.status == proof.FOUND and not self.holds and not self._try_to_hold():
            return proof.Verdict(proof.TAKEN, verdict.pointing, verdict.proof, verdict.facts)
        return verdict

    def _try_to_hold(self):
        """Take the name; of two who prove it at one moment the index lets one have it."""
        if self.search_count([("host", "=", self.host), ("holds", "=", True)], limit=1):
            return False
        self.flush_recordset()
        try:
            with self.env.cr.savepoint():
                self.write({"holds": True})
                self.flush_recordset()
        except UniqueViolation:
            self.invalidate_recordset(["holds"])
            return False
        return True

    def _standing(self):
        return recheck.Standing(
            state=self.state if self.state in ("waiting", "live", "change") else "waiting",
            holds=self._is_routed(),
            asked_at=self.asked_at or self.create_date,
            failures=self.failures,
            grace_until=self.grace_until or None,
            reminded=self.reminded,
            next_at=self.next_check_at or None,
        )

    @api.model
    def _standing_vals(self, standing):
        return {
            "state": standing.state,
            "holds": standing.holds,
            "asked_at": standing.asked_at,
            "failures": standing.failures,
            "grace_until": standing.grace_until or False,
            "reminded": standing.reminded,
            "next_check_at": standing.next_at or False,
        }

    def _keep(self, verdict, standing):
        looked = {
            "status": verdict.status,
            "status_facts": verdict.facts,
            "pointing": verdict.pointing or False,
            "proof": verdict.proof or False,
            "checked_at": fields.Datetime.now(),
        }
        served = {"served": True} if standing.holds else {}
        self.write({**self._standing_vals(standing), **looked, **served})

    def _routing_changed(self, was_primary):
        """Lead visitors here, or no more; the subdomain is primary again when nothing else is."""
        tenant, note = self.tenant_id, self.env["saas.audit.entry"]._note
        if self._is_routed():
            note("host_opened", tenant, host=self.host)
            if self.wants_primary and not tenant._own_primary():
                self.is_primary = was_primary = True
        else:
            note("host_closed", tenant, host=self.host, status=self.status)
            self.is_primary = False
        tenant._after_hosts_changed(was_primary)

    def _send(self, kind):
        """Queue the mail to the tenant's administrator."""
        name = f"saas_business_management.mail_template_host_{kind}"
        tenant = self.tenant_id
        values = {"email_to": tenant.admin_email, "recipient_ids": [], "saas_tenant_id": tenant.id}
        self.env.ref(name).sudo().send_mail(self.id, force_send=False, email_values=values)
        self.env["mail.mail"]._send_soon()

    @api.private
    def _keep_certificate(self, state, until):
        """Keep what browsers are shown; `until` is an ISO instant or empty."""
        end = until and datetime.fromisoformat(until).astimezone(timezone.utc).replace(tzinfo=None)
        self.write({"certificate": state, "certificate_until": end or False})

    @api.private
    def _url(self):
        """Return the address of this name, for mails."""
        pattern = self.tenant_id.cluster_id.sudo().public_url_pattern or ""
        return pattern.replace("{host}", self.host)

    @api.private
    def _subdomain_url(self):
        pattern = self.tenant_id.cluster_id.sudo().public_url_pattern or ""
        return pattern.replace("{host}", self.tenant_id.host or "")
