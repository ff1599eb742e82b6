"""Sentences of errors when a tenant is brought to another version of its template."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "upgrade_state": _lt(
        "A tenant that is %(state)s cannot be upgraded. Nothing was changed. Upgrade it when it is "
        "open, suspended or archived."
    ),
    "upgrade_without_database": _lt(
        "The tenant has no database of its own yet. Nothing was changed. Provision it first."
    ),
    "upgrade_other_template": _lt(
        "The version belongs to another template than the tenant. Nothing was changed. Choose a "
        "version of the tenant's own template."
    ),
    "upgrade_not_published": _lt(
        "The version is not the published one of its template. Nothing was changed. Publish it, or "
        "choose the published one."
    ),
    "upgrade_older": _lt(
        "The tenant has version %(from_number)s already, and %(to_number)s is not newer. Nothing "
        "was changed. To go back, undo its last upgrade."
    ),
    "upgrade_busy": _lt(
        "Another operation of this tenant is under way. Nothing was changed. Try again when it has "
        "ended."
    ),
    "upgrade_sandbox": _lt(
        "This is a sandbox: it is made anew from its tenant instead of being upgraded. Nothing was "
        "changed."
    ),
    "upgrade_missing": _lt(
        "The cluster does not have the modules %(modules)s of this version. Nothing was changed. "
        "Put them on its addons path and refresh its modules."
    ),
    "upgrade_unapproved": _lt(
        "The modules %(modules)s of this version are not approved for the tenant's cluster. "
        "Nothing was changed. Have them approved, or rehearse the upgrade meanwhile."
    ),
    "upgrade_dirty": _lt(
        "An earlier change left the modules %(modules)s half done in this tenant. Nothing was "
        "changed. Finish or undo that change first."
    ),
    "upgrade_without_safety": _lt(
        "No safety backup could be made, so nothing was changed. Give the tenant's backup policy a "
        "target that works, or have the policy do without a backup before upgrades."
    ),
    "upgrade_waits_for_safety": _lt("The upgrade waits for the safety backup."),
    "upgrade_too_slow": _lt(
        "The change took longer than %(seconds)s seconds and was given up. The tenant is as it "
        "was. Rehearse the upgrade to see where the time goes."
    ),
    "upgrade_log": _lt(
        "Odoo wrote %(count)s errors into its log while it was changed (%(line)s). The tenant is "
        "as it was. Look at the log below, mend the module and try again."
    ),
    "upgrade_begun": _lt("This upgrade was begun already. Nothing was changed."),
    "upgrade_undo_missing": _lt(
        "What was live before the upgrade is not kept any more, or something newer took its place. "
        "Nothing was changed. Restore the safety backup instead."
    ),
}
