"""Who was sold a plan: subscriptions behind a plan and behind each of its versions.

Owns: these counts and the lists behind them. Does not own: subscriptions, who keeps which price.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.billing.subscription import RUNNING

BILLING = (
    "saas_business_management.group_saas_billing_user,"
    "saas_business_management.group_saas_billing_approver"
)


# Where the plan or the version of an add-on stands, seen from its row.
OF_ADDONS = {"plan_id": "version_id.plan_id", "version_id": "version_id"}


def running_by(name, record):
    """Return the domain of the subscriptions that run by a plan or version, or have it as add-on.

    `name` is the field of a subscription that holds such a record.
    """
    goes_on = Domain("end_on", "=", False) | Domain("end_on", ">", fields.Date.today())
    as_addon = Domain("addon_ids", "any", Domain(OF_ADDONS[name], "=", record.id) & goes_on)
    return Domain("state", "in", tuple(RUNNING)) & (Domain(name, "=", record.id) | as_addon)


def count_running(name, record):
    """Return how many subscriptions run by a plan or version."""
    return record.env["saas.subscription"].search_count(running_by(name, record))


def open_running(name, record):
    """Return the action that lists the subscriptions which run by a plan or version."""
    record.ensure_one()
    action = record.env["ir.actions.act_window"]._for_xml_id(
        "saas_business_management.action_saas_subscription"
    )
    return dict(action, domain=list(running_by(name, record)), context={}, path=False)


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_subscription_count", groups=BILLING
    )

    @api.depends("version_ids")
    def _compute_subscription_count(self) -> None:
        for plan in self:
            plan.subscription_count = count_running("plan_id", plan._origin)

    def action_view_subscriptions(self) -> dict:
        """Open the subscriptions that run on this plan, whatever their version."""
        return open_running("plan_id", self)


class SaasPlanVersion(models.Model):
    _inherit = "saas.plan.version"

    subscription_count = fields.Integer(
        string="Subscriptions",
        compute="_compute_subscription_count",
        groups=BILLING,
        help="That run by this version, and keep its prices.",
    )

    @api.depends("state")
    def _compute_subscription_count(self) -> None:
        for version in self:
            version.subscription_count = count_running("version_id", version._origin)

    def action_view_subscriptions(self) -> dict:
        """Open the subscriptions that run by this version."""
        return open_running("version_id", self)
