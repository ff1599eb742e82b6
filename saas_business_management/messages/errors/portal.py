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
    "portal_gone": _lt("That is not there any more. Nothing was changed."),
}
