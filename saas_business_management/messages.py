"""What the product says to people when something fails: one sentence per error code.

Owns: sentences for codes and the form of the facts in them. Does not own: the codes (kernel, adapters,
jobs), lines of tests (`messages_checks.py`), where a sentence is shown.

A sentence tells what happened, what is safe or unchanged, and what to do next. A code may have variants,
written `code.variant`; `_VARIANTS` chooses among them.
"""

from collections.abc import Callable, Mapping

from odoo.api import Environment
from odoo.tools import LazyTranslate, format_list, formatLang

from .const import GB
from .kernel.errors import SaasError
from .messages_checks import CHECKS, FAILED, PASSED
from .messages_words import WORDS

_lt = LazyTranslate(__name__)

UNKNOWN = "—"

SENTENCES = {
    # Names
    "subdomain_empty": _lt("Enter a subdomain: it becomes the first part of the web address."),
    "subdomain_form": _lt("“%(text)s” cannot be a subdomain: use a–z, 0–9 and hyphens, and begin with a letter."),
    "subdomain_too_short": _lt("“%(text)s” is too short for a subdomain: use at least %(least)s characters."),
    "subdomain_too_long": _lt("“%(text)s” is too long for a subdomain: use at most %(most)s characters."),
    "subdomain_punycode": _lt(
        "“%(text)s” cannot be a subdomain: two hyphens in the third and fourth place stand for another alphabet."
    ),
    "subdomain_reserved": _lt("“%(text)s” is reserved for the platform. Choose another subdomain."),
    "subdomain_taken": _lt("“%(text)s” is taken. Choose another subdomain."),
    "subdomain_taken.one": _lt("“%(text)s” is taken. %(free)s is free."),
    "subdomain_taken.many": _lt("“%(text)s” is taken. %(free)s are free."),
    "base_host_form": _lt("“%(text)s” cannot be a host zone: use a name such as example.com, without port or path."),
    "database_name_form": _lt(
        "A name of an unexpected form was refused, and nothing was changed. Tell the platform's administrator."
    ),
    # Lifecycle
    "transition_refused": _lt("%(event)s is not possible now: the tenant is in state %(state)s. Nothing was changed."),
    "transition_refused.no_right": _lt(
        "%(event)s needs a right that you do not have. Ask an administrator of the platform."
    ),
    "transition_refused.no_reason": _lt("%(event)s needs a reason. Enter one and try again."),
    "transition_refused.no_operation_running": _lt(
        "An operation of this tenant is running. %(event)s is possible when it ends."
    ),
    "transition_refused.reason_known": _lt("%(event)s needs one of the reasons in the list. Choose one and try again."),
    "transition_refused.reason_stronger": _lt(
        "The tenant is already suspended for a reason at least as strong. Nothing was changed."
    ),
    "transition_refused.may_lift_reason": _lt(
        "The tenant is closed for security. Only an administrator of the platform can open it again."
    ),
    "transition_refused.database_there": _lt(
        "The tenant has no database, so nothing can be opened. Restore it from a backup or create a new tenant."
    ),
    "transition_refused.nothing_left": _lt(
        "Parts of this tenant still exist on its cluster. Undo or resume its last operation, then try again."
    ),
    "transition_refused.trial_over": _lt("The trial is still running. It ends by itself on its last day."),
    "transition_refused.trial_still_running": _lt(
        "The trial is over. Convert it to a paid plan or set a later end, then try again."
    ),
    "transition_refused.suspended_for_trial_end": _lt(
        "The tenant was not closed because its trial ended, so converting does not open it. Use Resume instead."
    ),
    "transition_refused.served_as_trial": _lt("The tenant was not in trial before it was closed. Use Resume instead."),
    "transition_refused.served_as_active": _lt(
        "It is not known how the tenant was used before it was closed. Convert its trial instead."
    ),
    "transition_refused.undo_period_over": _lt(
        "The deletion can still be undone, so nothing is destroyed yet. It goes on by itself after that time."
    ),
    "transition_refused.backup_fresh": _lt(
        "There is no fresh proven backup of this tenant, so it was not deleted. Back it up first, then try again."
    ),
    # Before an operation begins
    "template_unpublished": _lt("Template %(template)s has no published version. Build it and publish a version first."),
    "no_cluster": _lt("No cluster can take this tenant. Add a cluster or test the connection of an existing one."),
    "no_cluster.told": _lt(
        "No cluster can take this tenant: %(reasons)s. Raise a capacity, mend a cluster or choose another one."
    ),
    "cluster_inactive": _lt("Cluster %(cluster)s is archived. Choose another cluster or bring it back."),
    "cluster_unreachable": _lt(
        "Cluster %(cluster)s does not answer. Nothing was changed. Test its connection and try again."
    ),
    "cluster_unfit": _lt("Cluster %(cluster)s lacks something the product needs. Test its connection: it says what."),
    "cluster_full": _lt(
        "Cluster %(cluster)s is full: it takes %(capacity)s databases. Raise its capacity or choose another cluster."
    ),
    "cluster_secret_missing": _lt(
        "The secrets of cluster %(cluster)s cannot be read. Check the key file of the control plane, then enter them again."
    ),
    "disk_full": _lt("The disk of the database server is full. Nothing was lost. Free space on it and try again."),
    "disk_full.measured": _lt(
        "There is too little disk space: %(needed_bytes)s are needed, %(free_bytes)s are free. "
        "Nothing was changed. Free space on the cluster and try again."
    ),
    "module_unknown": _lt(
        "The cluster's Odoo does not have these modules: %(modules)s. Remove them from the template or add them there."
    ),
    # Operations
    "operation_cancelled": _lt("The operation was cancelled, and what it had done was taken back."),
    "operation_move": _lt("The operation is %(state)s, so this is not possible any more. Nothing was changed."),
    "worker_died": _lt(
        "The worker of this operation died %(deaths)s times, so it was stopped. Parts of it may be left: "
        "read its log, then resume or undo it."
    ),
    "records_busy": _lt("Somebody else changed the same records. Nothing was lost. The step is tried again by itself."),
    "unforeseen": _lt(
        "Something unforeseen happened (%(error)s). What had been done is taken back; the log has the details."
    ),
    # Welcome link
    "link_unknown": _lt("This link is not known. Open the newest mail and use its link."),
    "link_used": _lt("This link was used before. Log in with the password you chose, or ask for a new one."),
    "link_expired": _lt("This link has expired. Ask for a new one: it comes by mail within a minute."),
    "link_entropy": _lt("No link was made, because the machine gave too little randomness. Try again."),
    # Build by Odoo
    "odoo_phase_failed": _lt("Odoo stopped while it worked on “%(phase)s”: %(line)s. The log shows the failing line."),
    "odoo_phase_failed.module": _lt(
        "Module “%(module)s” failed to install: %(line)s. The published version stays. The log shows the failing line."
    ),
    "odoo_phase_timeout": _lt(
        "Odoo took longer than %(seconds)s seconds for “%(phase)s” and was stopped. The step is tried again by itself."
    ),
    "odoo_phase_interrupted": _lt("Odoo was stopped from outside during “%(phase)s”. The step is tried again by itself."),
    # Front door
    "login_page_wrong": _lt(
        "%(host)s answered with status %(status)s instead of its login page. The tenant was not opened. "
        "Check the node of its cluster, then retry."
    ),
    "route_copy_damaged": _lt(
        "The copy of the route map on node %(node)s is damaged and was not used. It is written anew when the "
        "control plane answers."
    ),
    # Database server
    "server_unreachable": _lt("The database server does not answer. Nothing was changed. It is tried again by itself."),
    "connection_lost": _lt("The connection to the database server broke off. The step is tried again by itself."),
    "server_restarting": _lt("The database server is restarting. The step is tried again by itself."),
    "server_damaged": _lt("The database server reports a damage. Look into its log before anything else is started."),
    "too_many_connections": _lt(
        "The database server has no free connection. The step is tried again by itself. "
        "Raise max_connections if this happens often."
    ),
    "out_of_memory": _lt("The database server has too little memory. The step is tried again by itself."),
    "out_of_resources": _lt("The database server is out of resources. The step is tried again by itself."),
    "statement_timeout": _lt("The database server took too long for one step. It is tried again by itself."),
    "lock_timeout": _lt("Something else holds what this step needs. It is tried again by itself."),
    "object_in_use": _lt("Somebody is still connected to the database. The step is tried again by itself."),
    "sessions_remain": _lt("Not all sessions of the tenant have ended yet. The step is tried again by itself."),
    "conflict": _lt("Two changes met. Nothing was lost. The step is tried again by itself."),
    "login_refused": _lt(
        "The database server refused the login. Nothing was changed. Check the password of the cluster and run "
        "its connection test."
    ),
    "right_missing": _lt(
        "The provisioner lacks a right on the cluster. Nothing was changed. Test the connection: it says which."
    ),
    "database_closed": _lt("The database accepts no connections. Nothing was changed. The audit of the cluster says why."),
    "database_invalid": _lt("The database was left unusable by an interrupted removal. Remove it, then retry."),
    "database_missing": _lt("The database is not on its cluster any more. Nothing was changed. Restore it from a backup."),
    "database_foreign": _lt("A database of this name belongs to somebody else on the cluster. It was not touched."),
    "already_exists": _lt("Something of this name is already on the cluster and is not ours. It was not touched."),
    "already_handed_over": _lt("The database was handed over before, so it was not set up again."),
    "object_missing": _lt("Something the step needs is not on the cluster. Test the connection: it says what."),
    "object_not_in_state": _lt("The database server refused the step in its present state. The log has the details."),
    "role_missing": _lt("The role of the database is missing on the cluster. Nothing was changed. Retry the operation."),
    "stage_unknown": _lt("A mark of an unknown kind was refused. Nothing was changed. Tell the platform's administrator."),
    "template_missing": _lt("The template version's database is not on the cluster. Build the template again."),
    "golden_sealed": _lt("The version is already finished, so it was not built again. Start a new build."),
    "builder_owns_database": _lt(
        "The role saas_builder owns a database on this cluster, and it must own none. Give it to another owner."
    ),
    "objects_foreign": _lt(
        "%(count)s objects in the new database do not belong to its role, so it was not handed over. It is removed."
    ),
    "table_missing": _lt("A table of Odoo is missing in the database. Build the template again."),
    "column_missing": _lt("A column of Odoo is missing in the database. Build the template again."),
    "record_missing": _lt("A record of Odoo is missing in the database. Build the template again."),
    "extension_missing": _lt("The database server lacks an extension. Install PostgreSQL's contrib package on it."),
    "not_supported": _lt("The database server is too old for this step. Upgrade PostgreSQL to 16 or newer."),
    "still_referenced": _lt("Something else still needs what was to be removed. The log has the details."),
    "not_unique": _lt("A value that must be unique is already in use. Nothing was changed."),
    "check_violated": _lt("The database refused a value that breaks a rule. Nothing was changed."),
    "value_refused": _lt("The database refused a value of the wrong form. Nothing was changed."),
    "database_error": _lt("The database server answered with an error. Nothing was changed. The log has the details."),
    "driver_error": _lt("The database driver reported an error. Nothing was changed. The log has the details."),
}

# What is said of a code without a sentence; never seen as long as the tests pass.
_BY_KIND = {
    "refused": _lt("This is not allowed (%(code)s). Nothing was changed."),
    "unavailable": _lt("There was no answer (%(code)s). It is tried again by itself."),
    "broken": _lt("There was a wrong answer (%(code)s). The log has the details."),
}


def text(env: Environment, error: SaasError) -> str:
    """Return the sentence for an error in the language of the environment."""
    sentence = SENTENCES.get(_key(error)) or SENTENCES.get(error.code)
    sentence = sentence or _BY_KIND.get(error.kind) or _BY_KIND["broken"]
    facts = _Facts({name: _shown(env, name, value) for name, value in error.facts.items()})
    return env._(sentence) % _Facts(facts | {"code": error.code})


def check_text(env: Environment, code: str, ok: bool, facts: Mapping[str, object]) -> str:
    """Return what a line of a test says: what was looked at, and how it stands when that is known."""
    sentence = CHECKS.get(f"{code}.{'passed' if ok else 'failed'}") or CHECKS.get(code)
    if sentence is None:
        return env._(PASSED if ok else FAILED) % {"code": code}
    shown = _Facts({name: _shown(env, name, value) for name, value in facts.items()})
    if "error" in facts and not ok:
        shown["error"] = text(env, SaasError(str(facts["error"]), **_without_error(facts)))
    return env._(sentence) % shown


class _Facts(dict):
    """Facts of a sentence; one that is not known shows as a dash, never as an error in an error."""

    def __missing__(self, name: str) -> str:
        return UNKNOWN


def _without_error(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name not in ("error", "code")}


def _by_why(facts: Mapping[str, object]) -> str:
    return str(facts.get("why", ""))


def _by_free(facts: Mapping[str, object]) -> str:
    free = facts.get("free") or ()
    return ("", "one")[len(free)] if len(free) < 2 else "many"


_VARIANTS: dict[str, Callable[[Mapping[str, object]], str]] = {
    "transition_refused": _by_why,
    "subdomain_taken": _by_free,
    "no_cluster": lambda facts: "told" if facts.get("reasons") else "",
    "disk_full": lambda facts: "measured" if "needed_bytes" in facts else "",
    "odoo_phase_failed": lambda facts: "module" if facts.get("module") else "",
}


def _key(error: SaasError) -> str:
    choose = _VARIANTS.get(error.code)
    variant = choose(error.facts) if choose else ""
    return f"{error.code}.{variant}" if variant else error.code


def _shown(env: Environment, name: str, value: object) -> str:
    """Return a fact as people read it: a size, a list, a word of the product, or the value itself."""
    if value is None or value == "":
        return UNKNOWN
    if name.endswith("_bytes") and isinstance(value, int):
        return env._("%(size)s GB", size=formatLang(env, value / GB, digits=1))
    if isinstance(value, Mapping):
        return format_list(env, [f"{key} ({_word(env, name, why)})" for key, why in value.items()])
    if isinstance(value, (list, tuple, set, frozenset)):
        return format_list(env, [f"“{one}”" for one in value])
    return _word(env, name, value)


def _word(env: Environment, name: str, value: object) -> str:
    word = WORDS.get(f"{name}.{value}")
    return env._(word) if word is not None else str(value)
