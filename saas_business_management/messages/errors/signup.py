"""Sentences of sign-ups: what a stranger reads beside the field that cannot stay as it is."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "signup_name_empty": _lt("Enter a name."),
    "signup_name_long": _lt("A name has at most %(most)s characters here. Shorten it."),
    "signup_name_form": _lt("Write the name alone, without web addresses and special signs."),
    "signup_email_form": _lt("This is no e-mail address. Write one, such as ana@example.com."),
    "signup_email_refused": _lt(
        "Addresses of this kind are given up after minutes. Use your work address: all news about "
        "your database goes there."
    ),
    "signup_plan_unknown": _lt("This plan is not sold any more. Choose one of the others."),
    "signup_plan_unready": _lt(
        "This plan cannot be tried at the moment. Choose another one or write to us."
    ),
    "signup_currency_unknown": _lt("This plan is not sold in this currency. Choose another one."),
    "signup_terms_open": _lt("Read the terms and agree to them: we need that before we begin."),
    "signup_closed": _lt("Sign-up is closed at the moment. Write to us and we tell you when."),
    "signup_limit": _lt(
        "There were many sign-ups from here. Nothing is lost: try again in %(minutes)s minutes, or "
        "write to us."
    ),
    "signup_limit.one": _lt(
        "There were many sign-ups from here. Nothing is lost: try again in a minute, or write to "
        "us."
    ),
    "signup_no_method": _lt("Add a payment method first: then one click keeps your database."),
    "signup_trap": _lt("One field has to stay empty. Clear it and try again."),
    "signup_checks": _lt("Too many looks in a short time. Write on; the name is looked at later."),
}
