"""Sentences of the customer portal and of teams."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "team_role_unknown": _lt("There is no such role. Choose one of the list."),
    "team_role_not_yours": _lt("Your role cannot give or take this one. Ask an owner of the team."),
    "team_last_owner": _lt(
        "A team keeps one owner at least. Make somebody else owner first; nothing was changed."
    ),
    "team_email": _lt("“%(email)s” is not an e-mail address. Write one, such as ana@example.com."),
    "team_twice": _lt("%(email)s is in the team already. Change the role in the list instead."),
    "team_invited_enough": _lt(
        "%(count)s invitations wait for an answer. Withdraw one before you send another."
    ),
    "team_again_soon": _lt("The invitation was sent a moment ago. Wait a minute, then send again."),
    "portal_plan": _lt("This plan is not offered for this database. Choose one of the list."),
    "portal_no_subscription": _lt(
        "This database has no running subscription, so nothing can be changed here. Ask support."
    ),
    "portal_preview_changed": _lt(
        "The amount is another one than the page showed. Nothing was changed: look at the new "
        "amount and confirm it."
    ),
    "portal_enough_backups": _lt(
        "%(count)s backups were asked for today, which is the most for a day. The automatic ones "
        "go on."
    ),
    "portal_enough_hosts": _lt(
        "A database can have %(count)s web addresses of its own. Remove one before you add another."
    ),
    "portal_restore_closed": _lt(
        "This database is not restored by its owner alone. Ask for it, and support does it."
    ),
    "portal_aware": _lt(
        "A zip is not encrypted. Tick the box to say that you keep it safe, or choose the other "
        "form."
    ),
    "portal_name": _lt("Give the database a name, such as the one of your company."),
    "portal_no_pause": _lt(
        "This database cannot be paused now: its plan does not allow it, or it is not open. "
        "Nothing was changed."
    ),
    "portal_no_rest": _lt(
        "This database was not paused here, so it cannot go on by this button. Ask support."
    ),
    "portal_new_enough": _lt(
        "An account can have %(count)s databases by itself. Ask support for more."
    ),
    "portal_new_enough_today": _lt(
        "%(count)s databases were ordered within a day, which is the most. Try again tomorrow."
    ),
    "portal_new_trial": _lt(
        "One database is in its trial or being made. Keep it or cancel it first, then order "
        "another one."
    ),
    "portal_new_unpaid": _lt(
        "A database is closed because an invoice is unpaid. Pay it first, then order another one."
    ),
    "portal_new_no_method": _lt("Save a payment method first, then order the database."),
    "portal_copies_today": _lt(
        "%(count)s copies a day are the most. Try again tomorrow, or ask us."
    ),
    "account_export_soon": _lt(
        "An export was asked for within the last 12 hours. Take that one, or ask again later."
    ),
    "account_typed": _lt("Type the name of the account, %(name)s, to close it."),
    "account_closing": _lt("The account is being closed already. Nothing was changed."),
    "account_export_first": _lt(
        "Have your data made ready first. The account is closed when you can take them away."
    ),
    "api_name": _lt("Give the key a name, such as the system that uses it."),
    "api_scope_none": _lt("Choose one thing at least that the key may do."),
    "api_scope_unknown": _lt("A key cannot be given that. Choose from the list."),
    "api_scope_not_yours": _lt("A key never may more than you. Choose from the list."),
    "api_expiry": _lt("A key works for 1 to %(most)s days. Choose how long."),
    "api_enough_keys": _lt(
        "An account can have %(count)s keys at a time. Revoke one before you make another."
    ),
    "portal_gone": _lt("That is not there any more. Nothing was changed."),
}
