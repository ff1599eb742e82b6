"""Sentences of errors before and while a tenant is made: cluster, operation, Odoo, front door."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Before an operation begins
    "template_unpublished": _lt(
        "Template %(template)s has no published version. Build it and publish a version first."
    ),
    "no_cluster": _lt(
        "No cluster can take this tenant. Add a cluster or test the connection of an existing one."
    ),
    "no_cluster.told": _lt(
        "No cluster can take this tenant: %(reasons)s. Raise a capacity, mend a cluster or choose "
        "another one."
    ),
    "cluster_inactive": _lt(
        "Cluster %(cluster)s is archived. Choose another cluster or bring it back."
    ),
    "cluster_unreachable": _lt(
        "Cluster %(cluster)s does not answer. Nothing was changed. Test its connection and try "
        "again."
    ),
    "cluster_unfit": _lt(
        "Cluster %(cluster)s lacks something the product needs. Test its connection: it says what."
    ),
    "cluster_full": _lt(
        "Cluster %(cluster)s is full: it takes %(capacity)s databases. Raise its capacity or "
        "choose another cluster."
    ),
    "cluster_secret_missing": _lt(
        "The secrets of cluster %(cluster)s cannot be read. Check the key file of the control "
        "plane, then enter them again."
    ),
    "cluster_secret_not_prepared": _lt(
        "Cluster %(cluster)s has no new secret yet. Run “odoo saas rotate cluster-secret "
        "--prepare” first."
    ),
    "cluster_secret_old_work": _lt(
        "%(count)s operations began with the old secret. It goes on by itself when they are over."
    ),
    "cluster_secret_under_way": _lt(
        "%(left)s of %(total)s database passwords still follow from the old secret. It goes on by "
        "itself."
    ),
    "disk_full": _lt(
        "The disk of the cluster is full. Nothing was lost. Free space on it, then try again."
    ),
    "disk_full.measured": _lt(
        "There is too little disk space: %(needed_bytes)s are needed, %(free_bytes)s are free. "
        "Nothing was changed. Free space on the cluster and try again."
    ),
    "module_unknown": _lt(
        "The cluster's Odoo does not have these modules: %(modules)s. Remove them from the "
        "template or add them there."
    ),
    # Operations
    "operation_cancelled": _lt("The operation was cancelled, and what it had done was taken back."),
    "operation_move": _lt(
        "The operation is %(state)s, so this is not possible any more. Nothing was changed."
    ),
    "worker_died": _lt(
        "The worker of this operation died %(deaths)s times, so it was stopped. Parts of it may "
        "be left: read its log, then resume or undo it."
    ),
    "records_busy": _lt(
        "Somebody else changed the same records. Nothing was lost. The step is tried again by "
        "itself."
    ),
    "unforeseen": _lt(
        "Something unforeseen happened (%(error)s). What had been done is taken back; the log has "
        "the details."
    ),
    # Build by Odoo
    "odoo_phase_failed": _lt(
        "Odoo stopped while it worked on “%(phase)s”: %(line)s. The log shows the failing line."
    ),
    "odoo_phase_failed.module": _lt(
        "Module “%(module)s” failed to install: %(line)s. The published version stays. The log "
        "shows the failing line."
    ),
    "odoo_phase_failed.upgrade": _lt(
        "Module “%(module)s” stopped the upgrade: %(line)s. The tenant is as it was. The log shows "
        "the failing line."
    ),
    "odoo_phase_timeout": _lt(
        "Odoo took longer than %(seconds)s seconds for “%(phase)s” and was stopped. The step is "
        "tried again by itself."
    ),
    "odoo_phase_interrupted": _lt(
        "Odoo was stopped from outside during “%(phase)s”. The step is tried again by itself."
    ),
    # Front door
    "login_page_wrong": _lt(
        "%(host)s answered with status %(status)s instead of its login page. The tenant was not "
        "opened. Check the node of its cluster, then retry."
    ),
    "route_copy_damaged": _lt(
        "The copy of the route map on node %(node)s is damaged and was not used. It is written "
        "anew when the control plane answers."
    ),
}
