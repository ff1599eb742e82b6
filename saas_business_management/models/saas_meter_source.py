"""Where a meter's readings come from, and the question of a business meter.

Owns: the source, the question and its check, what is asked of a tenant. Does not own: asking (job
`sample_usage`), built-in meters (`kernel/metering/builtin.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import messages
from ..kernel.errors import Refused
from ..kernel.metering.builtin import BUILTIN, BUSINESS, USERS, source_of
from ..kernel.metering.question import check_question

ADMIN = "saas_business_management.group_saas_admin"
SOURCES = [
    ("sizes", "Database and Files"),
    ("users", "Users of the Tenant"),
    ("business", "Question to the Tenant"),
    ("gateway", "Gateway"),
    ("events", "Usage Events"),
]
# Tables of Odoo itself; users of the platform's own (1) and templates are not counted.
USER_QUESTIONS = {
    "internal_users": (
        "SELECT count(*) FROM public.res_users WHERE active AND NOT share AND id <> 1"
    ),
    "portal_users": "SELECT count(*) FROM public.res_users WHERE active AND share",
    "active_users": """
        SELECT count(*) FROM public.res_users AS u
         WHERE u.active AND NOT u.share AND u.id <> 1
           AND (EXISTS (SELECT FROM public.res_users_log AS l
                         WHERE l.create_uid = u.id AND l.create_date >= %(month_ago)s)
             OR EXISTS (SELECT FROM public.res_device_log AS d
                         WHERE d.user_id = u.id AND d.last_activity >= %(month_ago)s))
    """,
}
QUESTION_NAMES = {"source", "question", "covers", "module"}


# The sources that built-in meters alone have.
OURS = ("sizes", "users", "gateway")


class SaasMeter(models.Model):
    _inherit = "saas.meter"

    source = fields.Selection(
        SOURCES,
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Who tells what was used.",
    )
    is_builtin = fields.Boolean(string="Built-in", compute="_compute_is_builtin")
    module = fields.Char(
        string="Needs Module",
        help="Technical name, such as sale. A tenant without it is not asked and has no quantity.",
    )
    question = fields.Text(
        help="One SELECT that returns one number. It is asked as the tenant itself, reading only, "
        "and cut off after two seconds.",
    )
    covers = fields.Selection(
        [("moment", "What There Is Now"), ("day", "What Came Today")],
        string="The Number Is",
        default="moment",
        required=True,
        help="What Came Today: the question uses %(since)s and %(until)s, the bounds of the day, "
        "and days are added up.",
    )

    @api.depends("code")
    def _compute_source(self):
        for meter in self:
            told = source_of(meter.code or "")
            # What was a built-in one is none any more when its code is changed.
            kept = meter.source if meter.source not in OURS else False
            meter.source = told if meter.code in BUILTIN else kept or told

    def _compute_is_builtin(self):
        for meter in self:
            meter.is_builtin = meter.code in BUILTIN

    @api.constrains("code", "source", "question")
    def _check_source(self):
        for meter in self:
            built_in = meter.code in BUILTIN
            if meter.source != (source_of(meter.code) if built_in else meter.source):
                raise ValidationError(
                    self.env._("The product itself tells “%(meter)s”.", meter=meter.name)
                )
            if not built_in and meter.source in OURS:
                raise ValidationError(
                    self.env._(
                        "Only built-in meters have this source. Choose Question to the Tenant or "
                        "Usage Events."
                    )
                )
            if meter.source == BUSINESS:
                meter._check_question()

    def _check_question(self):
        try:
            check_question(self.question or "")
        except Refused as error:
            raise ValidationError(messages.text(self.env, error)) from None

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("question") for vals in vals_list):
            self._refuse_asking()
        return super().create(vals_list)

    def write(self, vals):
        changed = [name for name in QUESTION_NAMES & vals.keys() if self._differs(name, vals[name])]
        if changed and (vals.get("question") or any(meter.question for meter in self)):
            self._refuse_asking()
        return super().write(vals)

    def _differs(self, name, value):
        return any(meter[name] != value for meter in self)

    def _refuse_asking(self):
        """Questions are statements for tenants' databases: administrators alone write them."""
        if not self.env.su and not self.env.user.has_group(ADMIN):
            raise UserError(
                self.env._(
                    "Only an administrator of the platform writes questions to tenants. Ask one of "
                    "yours; the price is yours to set."
                )
            )

    @api.model
    @api.private
    def _questions(self, source):
        """Return what is asked of a tenant as `code, text, module, day`; codes name a reading or a
        meter.
        """
        if source == USERS:
            return [
                {"code": code, "text": text, "module": "", "day": False}
                for code, text in USER_QUESTIONS.items()
            ]
        return [
            {
                "code": meter.code,
                "text": meter.question,
                "module": meter.module or "",
                "day": meter.covers == "day",
            }
            for meter in self.sudo().search([("source", "=", source)], order="id")
        ]
