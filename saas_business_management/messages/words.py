"""Words of the product that appear inside sentences: events, states, reasons.

Owns: their translations, as `fact.value`. Does not own: the sentences (`errors.py`), labels of
fields.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

WORDS = {
    "event.provisioning_started": _lt("Provision"),
    "event.provisioned": _lt("Opening the tenant"),
    "event.provisioning_failed": _lt("Ending the operation"),
    "event.provisioning_cancelled": _lt("Cancel"),
    "event.provisioning_undone": _lt("Undo"),
    "event.discarded": _lt("Discard"),
    "event.trial_converted": _lt("Convert Trial"),
    "event.trial_ended": _lt("Ending the trial"),
    "event.suspended": _lt("Suspend"),
    "event.reason_changed": _lt("Change Reason"),
    "event.resumed": _lt("Resume"),
    "event.archived": _lt("Archive"),
    "event.reactivated": _lt("Reactivate"),
    "event.migration_started": _lt("Move"),
    "event.migration_ended": _lt("Ending the move"),
    "event.deletion_requested": _lt("Delete"),
    "event.deletion_undone": _lt("Undo Deletion"),
    "event.deleted": _lt("Destroying the tenant"),
    "state.draft": _lt("Draft"),
    "state.provisioning": _lt("Provisioning"),
    "state.trial": _lt("Trial"),
    "state.active": _lt("Active"),
    "state.suspended": _lt("Suspended"),
    "state.archived": _lt("Archived"),
    "state.migrating": _lt("Migrating"),
    "state.deleting": _lt("Deleting"),
    "state.deleted": _lt("Deleted"),
    "state.failed": _lt("Failed"),
    "state.waiting": _lt("waiting"),
    "state.running": _lt("running"),
    "state.undoing": _lt("being undone"),
    "state.done": _lt("done"),
    "state.dead": _lt("given up"),
    "state.cancelled": _lt("cancelled"),
    "phase.base": _lt("Odoo itself"),
    "phase.locale": _lt("languages and country"),
    "phase.modules": _lt("modules"),
    "phase.settings": _lt("settings"),
    "phase.assets": _lt("pages and styles"),
    "reasons.not_wished": _lt("not chosen"),
    "reasons.inactive": _lt("archived"),
    "reasons.other_company": _lt("of another company"),
    "reasons.other_region": _lt("in another region"),
    "reasons.unhealthy": _lt("failed its connection test"),
    "reasons.full": _lt("full"),
}
