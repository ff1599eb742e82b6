"""Sentences of errors while tenants change their place."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "move_state": _lt("A tenant in state %(state)s is not moved. Open or reactivate it first."),
    "move_without_database": _lt("This tenant has no database of its own yet, so nothing moves."),
    "move_busy": _lt(
        "Another operation or a backup is under way with this tenant. It can be moved when that "
        "ends."
    ),
    "move_same_cluster": _lt("The tenant lives on this cluster already. Choose another one."),
    "move_unfit": _lt("The cluster takes no more tenants (%(why)s). Choose another one."),
    "move_untested": _lt(
        "The cluster's last test did not pass, so nothing is moved there. Test it and mend what "
        "it says."
    ),
    "move_host_taken": _lt(
        "%(host)s, the address the tenant would have there, belongs to somebody else. Choose a "
        "cluster with another host zone."
    ),
    "move_region": _lt(
        "The data would leave region %(region)s. Tick that this is agreed with the customer, or "
        "choose a cluster in the same region."
    ),
    "move_window": _lt(
        "Its next release window opens at %(at)s. Order the move then, or tick that it does not "
        "wait."
    ),
    "move_window_never": _lt(
        "Its release calendar never opens. Add a window to the calendar, or tick that the move "
        "does not wait."
    ),
    "move_reason": _lt("Write why: it stands in the timeline and in the audit log."),
    "move_server_older": _lt(
        "The destination runs PostgreSQL %(destination)s, older than the %(source)s of the source. "
        "Nothing was changed. Choose a cluster that is at least as new."
    ),
    "move_modules_unread": _lt(
        "Nobody has read which modules the destination offers. Nothing was changed. Refresh the "
        "modules of that cluster, then try again."
    ),
    "move_modules": _lt(
        "The destination lacks %(count)s modules that the tenant uses: %(modules)s. Nothing was "
        "changed. Add them there, then refresh the modules of that cluster."
    ),
    "move_unapproved": _lt(
        "%(count)s modules of the tenant are not approved at the destination: %(modules)s. Nothing "
        "was changed. Have them approved there."
    ),
    "move_series": _lt(
        "The destination runs Odoo %(destination)s, the tenant is one of %(source)s. Nothing was "
        "changed. Choose a cluster with the same version."
    ),
    "move_unreachable": _lt(
        "The destination does not answer. Nothing was changed; it is tried again for two minutes."
    ),
    "move_differs": _lt(
        "The copy at the destination differs from the source in %(count)s places, first: "
        "%(first)s. The tenant stays where it was, and the copy is dropped."
    ),
    "move_undo_missing": _lt(
        "The source is not kept any more, so the move cannot be taken back. Move the tenant back "
        "instead."
    ),
    "move_written": _lt(
        "%(count)s tables were written to since the move, first: %(first)s. Going back would lose "
        "that. Move the tenant back instead, which keeps it, or restore a backup."
    ),
    "move_two_writable": _lt(
        "Two copies of a tenant would take changes. Nothing was opened. Report this to support."
    ),
    "move_order": _lt(
        "“%(deed)s” is not possible at this point of a move. Nothing was changed. Report this "
        "to support."
    ),
}
