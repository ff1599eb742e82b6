"""Sentences of errors on a cluster: its PostgreSQL, the files of its tenants."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # The cluster's PostgreSQL
    "server_unreachable": _lt(
        "The cluster does not answer. Nothing was changed. It is tried again by itself."
    ),
    "connection_lost": _lt(
        "The connection to the cluster broke off. The step is tried again by itself."
    ),
    "server_restarting": _lt(
        "PostgreSQL is restarting on the cluster. The step is tried again by itself."
    ),
    "server_damaged": _lt(
        "PostgreSQL reports a damage on the cluster. Look into its log before anything else is "
        "started."
    ),
    "too_many_connections": _lt(
        "The cluster has no free connection. The step is tried again by itself. Raise "
        "max_connections if this happens often."
    ),
    "out_of_memory": _lt("The cluster has too little memory. The step is tried again by itself."),
    "out_of_resources": _lt("The cluster is out of resources. The step is tried again by itself."),
    "statement_timeout": _lt(
        "The cluster took too long for one step. Nothing was lost. It is tried again by itself."
    ),
    "look_too_long": _lt(
        "The cluster did not answer within 10 seconds. Nothing was changed. It is looked at again "
        "by itself."
    ),
    "monitor_secret_missing": _lt(
        "The password of the monitor's role is not known. Run “saas cluster-prepare” on this "
        "cluster again; nothing else changes by it."
    ),
    "lock_timeout": _lt("Something else holds what this step needs. It is tried again by itself."),
    "object_in_use": _lt(
        "Somebody is still connected to the database. The step is tried again by itself."
    ),
    "sessions_remain": _lt(
        "Not all sessions of the tenant have ended yet. The step is tried again by itself."
    ),
    "conflict": _lt("Two changes met. Nothing was lost. The step is tried again by itself."),
    "keyring_old_needed": _lt(
        "Some stored secrets still need an old key. Run “odoo saas rotate keyring” first."
    ),
    "mend_unknown": _lt("There is no way to put “%(kind)s” right by itself."),
    "tenant_not_open": _lt("%(tenant)s is closed, so its database cannot be entered."),
    "tenant_without_database": _lt("%(tenant)s has no database, so there is nothing to change."),
    "login_refused": _lt(
        "The cluster refused the login. Nothing was changed. Check the password of its "
        "provisioner and test the connection."
    ),
    "right_missing": _lt(
        "The provisioner lacks a right on the cluster. Nothing was changed. Test the connection: "
        "it says which."
    ),
    "superuser_needed": _lt(
        "“%(role)s” is not a superuser, so nothing was prepared. Name a PostgreSQL superuser and "
        "its password file."
    ),
    "node_role_form": _lt(
        "“%(role)s” cannot be the role of a node. Nothing was changed. Use a–z, 0–9 and "
        "underscores, and begin with saas_node_."
    ),
    "routes_missing": _lt(
        "Database “%(database)s” has no SaaS Management yet. Nothing was changed. Install it "
        "there, then prepare the cluster again."
    ),
    "database_closed": _lt(
        "The database accepts no connections. Nothing was changed. The audit of the cluster says "
        "why."
    ),
    "database_invalid": _lt(
        "The database was left unusable by an interrupted removal. Remove it, then retry."
    ),
    "database_missing": _lt(
        "The database is not on its cluster any more. Nothing was changed. Restore it from a "
        "backup."
    ),
    "database_foreign": _lt(
        "A database of this name belongs to somebody else on the cluster. It was not touched."
    ),
    "already_exists": _lt(
        "Something of this name is already on the cluster and is not ours. It was not touched."
    ),
    "already_handed_over": _lt("The database was handed over before, so it was not set up again."),
    "object_missing": _lt(
        "Something the step needs is not on the cluster. Test the connection: it says what."
    ),
    "object_not_in_state": _lt(
        "The cluster refused the step in its present state. The log has the details."
    ),
    "role_missing": _lt(
        "The role of the database is missing on the cluster. Nothing was changed. Retry the "
        "operation."
    ),
    "stage_unknown": _lt(
        "A mark of an unknown kind was refused. Nothing was changed. Tell the platform's "
        "administrator."
    ),
    "template_missing": _lt(
        "The database of the template version is not on the cluster. Build the template again."
    ),
    "golden_sealed": _lt(
        "The version is already finished, so it was not built again. Start a new build."
    ),
    "builder_owns_database": _lt(
        "The role saas_builder owns a database on this cluster, and it must own none. Give it to "
        "another owner."
    ),
    "objects_foreign": _lt(
        "%(count)s objects in the new database do not belong to its role, so it was not handed "
        "over. It is removed."
    ),
    "table_missing": _lt("A table of Odoo is missing in the database. Build the template again."),
    "column_missing": _lt("A column of Odoo is missing in the database. Build the template again."),
    "record_missing": _lt("A record of Odoo is missing in the database. Build the template again."),
    "extension_missing": _lt(
        "PostgreSQL lacks an extension on the cluster. Install its contrib package there."
    ),
    "not_supported": _lt(
        "PostgreSQL is too old on the cluster for this step. Upgrade it to 16 or newer."
    ),
    "still_referenced": _lt(
        "Something else still needs what was to be removed. Nothing was changed. The log has the "
        "details."
    ),
    "not_unique": _lt("A value that must be unique is already in use. Nothing was changed."),
    "check_violated": _lt("The database refused a value that breaks a rule. Nothing was changed."),
    "value_refused": _lt("The database refused a value of the wrong form. Nothing was changed."),
    "database_error": _lt(
        "PostgreSQL answered with an error. Nothing was changed. The log has the details."
    ),
    "driver_error": _lt(
        "The connection to PostgreSQL reported an error. Nothing was changed. The log has the "
        "details."
    ),
    # Files of tenants
    "fence_stale": _lt(
        "A newer operation works on the same files, so this one stopped. Nothing was changed."
    ),
    "filestore_denied": _lt(
        "The filestore of the cluster may not be written. Nothing was lost. Give the product's "
        "user the right to write there, then retry."
    ),
    "filestore_damaged": _lt(
        "Something in the filestore is not what it should be, and it was not touched. Look at it "
        "on the cluster, then retry."
    ),
    "filestore_missing": _lt(
        "The filestore of the cluster is not there. Mount it; the step is tried again by itself."
    ),
    "filestore_unreachable": _lt(
        "The filestore of the cluster does not answer (%(reason)s). The step is tried again by "
        "itself."
    ),
}
