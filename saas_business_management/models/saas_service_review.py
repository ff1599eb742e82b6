"""The monthly service review: what a customer's databases were like, on paper, once a month.

Owns: the rows, making the paper once and keeping it, sending it, the advice. Does not own: the
figures (`saas_service_level.py`), how it looks (`views/saas_service_review_report.xml`).

The paper is made once and stays as it was sent. Without a converter of PDFs it is a page (HTML).
"""

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date, format_datetime

from .account_move_pdf import READY
from .saas_backup import RESTORABLE

REPORT = "saas_business_management.report_service_review"
AT_ONCE = 10
NEAR_PERCENT = 80
MOST_CHANGES = 12
PDF = "application/pdf"
GIVEN = ("approved", "credited")


class SaasServiceReview(models.Model):
    _name = "saas.service.review"
    _description = "Monthly Service Review"
    _inherit = ["mail.thread"]
    _order = "month desc, id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    month = fields.Date(required=True, readonly=True, index=True)
    level_ids = fields.Many2many("saas.service.level", readonly=True, string="Service Levels")
    shown_brand_id = fields.Many2one("saas.brand", compute="_compute_shown_brand_id")
    tenant_count = fields.Integer(compute="_compute_figures", string="Databases")
    worst = fields.Float(compute="_compute_figures", digits=(6, 3), string="Lowest (%)")
    missed = fields.Boolean(readonly=True, string="Promise Missed")
    attachment_id = fields.Many2one("ir.attachment", readonly=True, copy=False, string="Paper")
    made_at = fields.Datetime(readonly=True, copy=False, string="Made")
    sent_at = fields.Datetime(readonly=True, copy=False, string="Sent")

    _once = models.Constraint(
        "UNIQUE (partner_id, company_id, month)", "This customer has a review of this month."
    )

    @api.depends("partner_id.name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.partner_id.name}, {review._month_words()}"

    @api.depends("level_ids.tenant_id.brand_id")
    def _compute_shown_brand_id(self):
        for review in self:
            review.shown_brand_id = review.level_ids.tenant_id[:1].shown_brand_id

    @api.depends("level_ids.availability")
    def _compute_figures(self):
        for review in self:
            known = review.level_ids.filtered("has_result")
            review.tenant_count = len(review.level_ids)
            review.worst = min(known.mapped("availability"), default=0)

    def _month_words(self):
        return format_date(self.env, self.month, date_format="MMMM y") if self.month else ""

    # Making

    @api.model
    def _cron_make(self):
        """Make the reviews of the month before, and send them where that is wanted."""
        first = date_utils.start_of(fields.Date.context_today(self), "month")
        last = date_utils.start_of(first - timedelta(days=1), "month")
        self._gather(last)
        waiting_sudo = self.sudo().search([("attachment_id", "=", False)], limit=AT_ONCE)
        for review_sudo in waiting_sudo:
            review_sudo._make()
            if review_sudo.company_id.saas_service_review_mail:
                review_sudo._send()
            self.env["ir.cron"]._commit_progress(1)
        if len(waiting_sudo) == AT_ONCE:
            self.env.ref("saas_business_management.ir_cron_service_reviews")._trigger()

    @api.model
    @api.private
    def _gather(self, first):
        """Note which customers get a review of a month: those whose databases were reckoned."""
        domain = [("month", "=", first), ("state", "!=", "running"), ("partner_id", "!=", False)]
        levels_sudo = self.env["saas.service.level"].sudo().search(domain)
        there_sudo = self.sudo().search([("month", "=", first)])
        known = {(one.partner_id.id, one.company_id.id) for one in there_sudo}
        made_sudo = self.sudo()
        for customer in levels_sudo.partner_id.commercial_partner_id:
            theirs = levels_sudo.filtered(
                lambda row, customer=customer: row.partner_id.commercial_partner_id == customer
            )
            for company in theirs.company_id:
                if (customer.id, company.id) in known:
                    continue
                rows = theirs.filtered(lambda row, company=company: row.company_id == company)
                vals = {"partner_id": customer.id, "company_id": company.id, "month": first}
                vals |= {"level_ids": [fields.Command.set(rows.ids)]}
                vals |= {"missed": any(rows.mapped("missed"))}
                made_sudo |= self.sudo().create(vals)
        return made_sudo

    def _make(self):
        """Make the paper; once made it stays."""
        for review_sudo in self.sudo().filtered(lambda one: not one.attachment_id):
            reader = review_sudo.partner_id
            spoken = review_sudo.with_context(
                lang=reader.lang or self.env.lang, tz=review_sudo.level_ids[:1].timezone or "UTC"
            )
            content, kind = spoken._paper()
            review_sudo.write(
                {
                    "attachment_id": self.env["ir.attachment"]
                    .sudo()
                    .create(
                        {
                            "name": f"{spoken._file_name()}.{kind}",
                            "datas": base64.b64encode(content),
                            "mimetype": PDF if kind == "pdf" else "text/html",
                            "res_model": self._name,
                            "res_id": review_sudo.id,
                        }
                    )
                    .id,
                    "made_at": fields.Datetime.now(),
                }
            )

    def _paper(self):
        """Return the content and `pdf`, or `html` where this machine makes no PDF."""
        reports_sudo = self.env["ir.actions.report"].sudo()
        if reports_sudo.get_wkhtmltopdf_state() in READY:
            return reports_sudo._render_qweb_pdf(REPORT, self.ids)
        return reports_sudo._render_qweb_html(REPORT, self.ids)

    def _file_name(self):
        name = self.env._("Service review %(month)s", month=self.month.strftime("%Y-%m"))
        return f"{name} {self.partner_id.name}".replace("/", "-")

    # Sending

    def _send(self):
        """Queue the mail with the paper, once."""
        template = self.env.ref("saas_business_management.mail_template_service_review").sudo()
        for review_sudo in self.sudo().filtered(lambda one: one.attachment_id and not one.sent_at):
            if not review_sudo.partner_id.email:
                continue
            values = {"attachment_ids": review_sudo.attachment_id.ids}
            template.send_mail(review_sudo.id, force_send=False, email_values=values)
            review_sudo.sent_at = fields.Datetime.now()

    def action_send(self) -> bool:
        """Send it to its customer."""
        self._check_operator()
        for review in self:
            if not review.partner_id.email:
                raise UserError(
                    self.env._("%(name)s has no e-mail address.", name=review.partner_id.name)
                )
        self._send()
        return True

    def action_download(self) -> dict:
        """Open the paper."""
        self.ensure_one()
        self.check_access("read")
        url = f"/web/content/{self.attachment_id.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_operator(self):
        if not self.env.user.has_group("saas_business_management.group_saas_operator"):
            raise UserError(self.env._("Only an operator does this. Ask one."))
        self.check_access("read")

    # What stands in it

    def _portal_url(self):
        """Return where the customer finds the databases it is about."""
        return f"{self.get_base_url()}/my/databases"

    def _rows(self):
        """Return what the paper tells of each database."""
        return [self._row(level) for level in self.level_ids.sorted(lambda one: one.tenant_id.name)]

    def _row(self, level):
        tenant = level.tenant_id
        since, until = level.start_at, level.end_at
        told = level._portal_month()
        return {
            **told,
            "name": tenant.name,
            "host": tenant._primary_host() or "",
            "plan": level.plan_id.name or "",
            "downtimes": level._portal_downtimes(),
            "left_out_why": self._left_out(level),
            "incidents": self._incidents(tenant, since, until),
            "usage": tenant._portal_usages()[tenant.id],
            "backups": self._backups(tenant, since, until),
            "last_backup": self._moment(tenant.backup_last_at),
            "proof": tenant._portal_proof(),
            "changes": self._changes(tenant, since, until),
            "advice": self._advice(tenant),
            "credit": level.sudo().credit_ids.filtered(lambda one: one.state in GIVEN),
        }

    def _incidents(self, tenant, since, until):
        """Return what customers were told of incidents: `[(when, public title, state)]`.

        The title for our own people may name another customer, and what was never published is
        nobody else's.
        """
        found = self.env["saas.incident"]._of_tenant(tenant, since, until).filtered("is_public")
        told = [tenant._portal_incident(one) for one in found]
        return [(self._moment(one["began"]), one["title"], one["state"]) for one in told]

    def _moment(self, at):
        return format_datetime(self.env, at, dt_format="short") if at else self.env._("never")

    def _left_out(self, level):
        """Return why minutes were left out: `[(reason, how long)]`."""
        _ = self.env._
        names = {
            "closed": _("Not open yet, closed or archived"),
            "maintenance": _("Maintenance told in time"),
            "customer": _("Caused on your side"),
            "force_majeure": _("Force majeure"),
            "other": _("Other reasons"),
        }
        return [
            (name, level._span_words(level[f"excluded_{reason}"]))
            for reason, name in names.items()
            if level[f"excluded_{reason}"]
        ]

    def _backups(self, tenant, since, until):
        made = [("tenant_id", "=", tenant.id), ("taken_at", ">=", since), ("taken_at", "<", until)]
        backups_sudo = self.env["saas.backup"].sudo()
        return {
            "made": backups_sudo.search_count([*made, ("state", "in", RESTORABLE)]),
            "failed": backups_sudo.search_count(
                [
                    ("tenant_id", "=", tenant.id),
                    ("state", "=", "failed"),
                    ("started_at", ">=", since),
                    ("started_at", "<", until),
                ]
            ),
        }

    def _changes(self, tenant, since, until):
        """Return what was done to a database: `[(when, what)]`."""
        domain = [("tenant_id", "=", tenant.id), ("at", ">=", since), ("at", "<", until)]
        rows_sudo = self.env["saas.tenant.event"].sudo().search(domain, limit=MOST_CHANGES)
        return [(self._moment(row.at), row.event_label) for row in rows_sudo]

    def _advice(self, tenant):
        """Return sentences on what to do, worked out from what is known now."""
        _ = self.env._
        found = []
        bars = tenant._portal_usages()[tenant.id]
        near = [bar for bar in bars if (bar["percent"] or 0) >= NEAR_PERCENT]
        for bar in near:
            found.append(
                _(
                    "%(name)s: %(percent)s %% of the limit is used.",
                    name=bar["name"],
                    percent=bar["percent"],
                )
            )
        larger = tenant._larger_plan([bar["code"] for bar in near]) if near else None
        if larger:
            found.append(_("The plan %(plan)s allows more of it.", plan=larger.name))
        tier = tenant._service_tier()
        now = fields.Datetime.now()
        if not tenant.backup_last_at:
            found.append(_("There is no backup yet. Ask us why."))
        elif now - tenant.backup_last_at > timedelta(hours=tier.rpo_hours or 24):
            found.append(_("The last backup is older than promised. We are looking into it."))
        if tier.proof_days and (
            not tenant.backup_proven_at
            or now - tenant.backup_proven_at > timedelta(days=tier.proof_days)
        ):
            found.append(
                _("No restore was proven in the last %(days)s days.", days=tier.proof_days)
            )
        return found


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _larger_plan(self, codes):
        """Return the cheapest plan on sale with a higher limit for each of these meters."""
        self.ensure_one()
        plan_sudo = self.plan_id.sudo()
        names = [f"limit_{code}" for code in codes if f"limit_{code}" in plan_sudo._fields]
        if not plan_sudo or not names:
            return plan_sudo.browse()
        domain = [("kind", "=", "plan"), ("company_id", "in", (False, self.company_id.id))]
        domain += [("id", "!=", plan_sudo.id), ("currency_id", "=", plan_sudo.currency_id.id)]
        others = plan_sudo.search([*domain, ("version_id", "!=", False)])
        fit = others.filtered(
            lambda one: all(not one[name] or one[name] > plan_sudo[name] for name in names)
        )
        return fit.sorted("price")[:1]

    @api.private
    def _portal_reviews(self):
        """Return the reviews of the customer: `[(month, public number)]`, the newest first."""
        account_sudo = self.sudo().partner_id.commercial_partner_id
        domain = [("partner_id", "=", account_sudo.id), ("attachment_id", "!=", False)]
        domain += [("level_ids.tenant_id", "=", self.id)]
        found_sudo = self.env["saas.service.review"].sudo().search(domain, limit=12)
        return [(one._month_words(), one.month.strftime("%Y-%m")) for one in found_sudo]

    @api.private
    def _portal_review(self, month):
        """Return the paper of a month as an attachment, or none; `month` such as 2026-03."""
        account_sudo = self.sudo().partner_id.commercial_partner_id
        domain = [("partner_id", "=", account_sudo.id), ("attachment_id", "!=", False)]
        domain += [("level_ids.tenant_id", "=", self.id)]
        found_sudo = self.env["saas.service.review"].sudo().search(domain)
        mine = found_sudo.filtered(lambda one: one.month.strftime("%Y-%m") == month)
        return mine[:1].attachment_id


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_service_review_mail = fields.Boolean(
        string="Mail the Monthly Service Review",
        help="Each customer gets the review of the month before by e-mail.",
    )
