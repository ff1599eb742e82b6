"""Sentences about moving subscriptions and billing them."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Subscriptions
    "subscription_refused": _lt(
        "%(event)s is not possible now: the subscription is in state %(state)s. Nothing was "
        "changed."
    ),
    "subscription_refused.no_right": _lt(
        "%(event)s needs the right of a billing user, which you do not have. Ask one."
    ),
    "subscription_refused.no_reason": _lt("%(event)s needs a reason. Enter one and try again."),
    "subscription_refused.customer_known": _lt(
        "The customer of this subscription is archived. Bring the contact back, then try again."
    ),
    "subscription_refused.offer_in_force": _lt(
        "Its plan version is not published any more, or has no price in its currency. Choose the "
        "published version, or publish one with a price."
    ),
    "subscription_refused.alone_on_tenant": _lt(
        "Its tenant has another subscription that runs. Cancel that one first, or change its plan."
    ),
    "subscription_refused.trial_over": _lt(
        "The trial is still running. It ends by itself on its last day."
    ),
    "subscription_refused.suspended_for_trial_end": _lt(
        "It was not suspended because its trial ended. It goes on by itself when everything that "
        "is overdue is paid."
    ),
    "subscription_refused.suspended_for_payment": _lt(
        "It was not suspended for an unpaid invoice. End its trial instead."
    ),
    "subscription_refused.nothing_overdue": _lt(
        "Invoices of this subscription are still overdue. It goes on by itself when they are paid."
    ),
    "subscription_refused.no_end_planned": _lt(
        "Its end is planned already. Undo the cancellation first, then try again."
    ),
    "subscription_refused.end_planned": _lt(
        "No end is planned, so there is nothing to undo. Nothing was changed."
    ),
    "subscription_refused.end_reached": _lt(
        "Its last day has not passed. It ends by itself after that day."
    ),
    "subscription_refused.end_ahead": _lt(
        "Its last day has passed, so the cancellation cannot be undone. Win it back instead."
    ),
    "coupon_redeemed": _lt("Coupon “%(coupon)s” was redeemed here already. Nothing was changed."),
    "nothing_changes": _lt("It has %(plan)s in this quantity already. Nothing was changed."),
    "price_missing_in_currency": _lt(
        "%(plan)s has no price in %(currency)s. Add one to the plan and publish a new version, or "
        "choose another plan."
    ),
    "addon_plan": _lt("%(addon)s is not sold with %(plan)s. Choose an add-on that is."),
    "addon_cycle": _lt(
        "%(addon)s is billed in other periods than %(plan)s. Give both the same billing cycle and "
        "publish a new version."
    ),
    "phases_overlap": _lt(
        "Two phases of this subscription share days (%(start)s, %(end)s). Nothing was billed. "
        "Tell the platform's administrator."
    ),
    "too_many_periods": _lt(
        "More than %(count)s periods of this subscription would be due at once. Nothing was "
        "billed. Correct the day that it is billed from."
    ),
    "pause_past": _lt(
        "A pause begins tomorrow at the earliest, and %(day)s is before that. Nothing was changed. "
        "Choose a later day."
    ),
    # Billing
    "usage_period_closed": _lt(
        "Usage of %(meter)s on %(day)s was not stored: its period was invoiced, and only the "
        "newest %(count)s invoiced periods still change. Charge or credit it on an invoice by hand."
    ),
    "customer_archived": _lt(
        "The customer %(customer)s is archived, so nothing was billed. Bring the contact back, or "
        "cancel the subscription."
    ),
    "no_chart": _lt(
        "%(company)s has no chart of accounts, so nothing was billed. Install one in the settings "
        "of Invoicing; it is tried again with the next run."
    ),
    "no_sales_journal": _lt(
        "%(company)s has no sales journal, so nothing was billed. Make one among the journals of "
        "Invoicing; it is tried again with the next run."
    ),
    "currency_archived": _lt(
        "The currency %(currency)s is archived, so nothing was billed. Activate it among the "
        "currencies; it is tried again with the next run."
    ),
    "no_currency_rate": _lt(
        "%(company)s has no rate for %(currency)s, so nothing was billed: Odoo would take one for "
        "the other. Enter a rate; it is tried again with the next run."
    ),
    "no_fee_product": _lt(
        "%(sold)s has no product, or an archived one, so nothing was billed. Bring the product "
        "back, or choose another on the plan or the meter and publish a new version."
    ),
    "no_income_account": _lt(
        "The product %(product)s has no income account, so nothing was billed. Set one on it, on "
        "its category, or on the sales journal."
    ),
    "tax_missing": _lt(
        "The product %(product)s has no sales tax of the company, so nothing was billed. Choose "
        "%(tax)s on it, or a tax of nothing where none is due."
    ),
    "document_refused": _lt(
        "Odoo refused the document: %(text)s Nothing of it was posted. It is tried again with the "
        "next run."
    ),
    # Payments
    "payment_provider_off": _lt(
        "The payment provider %(provider)s is switched off, so %(invoice)s was not charged. Switch "
        "it on, or ask the customer to save a payment method of another provider."
    ),
    "payment_currency": _lt(
        "%(provider)s takes no %(currency)s, so %(invoice)s was not charged. Add the currency to "
        "the provider, or ask the customer to pay in another way."
    ),
    "payment_no_journal": _lt(
        "%(provider)s has no payment journal, so %(invoice)s was not charged: what came in could "
        "not be booked. Choose a journal on the provider."
    ),
}
