"""Sentences of errors about a tenant's life: transitions, support access, the welcome link."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Lifecycle
    "transition_refused": _lt(
        "%(event)s is not possible now: the tenant is in state %(state)s. Nothing was changed."
    ),
    "transition_refused.no_right": _lt(
        "%(event)s needs a right that you do not have. Ask an administrator of the platform."
    ),
    "transition_refused.no_reason": _lt("%(event)s needs a reason. Enter one and try again."),
    "transition_refused.no_operation_running": _lt(
        "An operation of this tenant is running. %(event)s is possible when it ends."
    ),
    "transition_refused.reason_known": _lt(
        "%(event)s needs one of the reasons in the list. Choose one and try again."
    ),
    "transition_refused.reason_stronger": _lt(
        "The tenant is already suspended for a reason at least as strong. Nothing was changed."
    ),
    "transition_refused.may_lift_reason": _lt(
        "The tenant is closed for security. Only an administrator of the platform can open it "
        "again."
    ),
    "transition_refused.database_there": _lt(
        "The tenant has no database, so nothing can be opened. Restore it from a backup or create "
        "a new tenant."
    ),
    "transition_refused.nothing_left": _lt(
        "Parts of this tenant still exist on its cluster. Undo or resume its last operation, then "
        "try again."
    ),
    "transition_refused.trial_over": _lt(
        "The trial is still running. It ends by itself on its last day."
    ),
    "transition_refused.trial_still_running": _lt(
        "The trial is over. Convert it to a paid plan or set a later end, then try again."
    ),
    "transition_refused.suspended_for_trial_end": _lt(
        "The tenant was not closed because its trial ended, so converting does not open it. Use "
        "Resume instead."
    ),
    "transition_refused.served_as_trial": _lt(
        "The tenant was not in trial before it was closed. Use Resume instead."
    ),
    "transition_refused.served_as_active": _lt(
        "It is not known how the tenant was used before it was closed. Convert its trial instead."
    ),
    "transition_refused.undo_period_over": _lt(
        "The deletion can still be undone, so nothing is destroyed yet. It goes on by itself "
        "after that time."
    ),
    "transition_refused.backup_fresh": _lt(
        "There is no backup of this tenant that was read in full and from which less than 24 "
        "hours of work are missing, so it was not deleted. Choose Back Up Now, and delete it when "
        "that has ended."
    ),
    # Support access
    "support_move": _lt(
        "This is not possible now: the support access is in state %(state)s. Nothing was changed."
    ),
    "support_never": _lt(
        "This customer agreed to no support access, so nobody can ask. An administrator can change "
        "the rule on the tenant when the customer wishes it."
    ),
    "support_minutes": _lt("A visit takes from %(least)s to %(most)s minutes."),
    "support_not_yours": _lt(
        "%(who)s asked for this access, and the customer decided by that name. Ask for one of your "
        "own."
    ),
    "support_tenant_closed": _lt(
        "%(tenant)s is not open, so nobody can enter it. Nothing was changed."
    ),
    # Welcome link
    "link_unknown": _lt("This link is not known. Open the newest mail and use its link."),
    "link_used": _lt(
        "This link was used before. Log in with the password you chose, or ask for a new one."
    ),
    "link_expired": _lt(
        "This link has expired. Ask for a new one: it comes by mail within a minute."
    ),
    "link_entropy": _lt(
        "No link was made, because the machine gave too little randomness. Try again."
    ),
}
