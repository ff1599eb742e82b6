"""Findings of the audit of rights in words: what is wrong, and what mends it.

Owns: two sentences per kind of finding. Does not own: which kinds there are
(`kernel/provisioning/privileges.py`).
"""

from odoo.api import Environment
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

BY_ITSELF = _lt("It is put right by itself every hour; if it stays, run “saas cluster-prepare”.")
BY_SUPERUSER = _lt("Only a superuser of that server can put this right.")

RIGHTS = {
    "version_old": (
        _lt("PostgreSQL %(version)s lets the provisioner do nearly everything a superuser may"),
        _lt("Upgrade to PostgreSQL 16 or newer, and keep its password off machines with nodes."),
    ),
    "prepared_transactions": (
        _lt("Tenants may leave prepared transactions, which keep locks for ever"),
        _lt("Set max_prepared_transactions to 0 and restart PostgreSQL."),
    ),
    "password_encryption": (
        _lt("New passwords are stored as %(found)s"),
        _lt("Set password_encryption to scram-sha-256 and reload PostgreSQL."),
    ),
    "notify_queue": (
        _lt("The queue of notifications is %(percent)s %% full: a tenant may be flooding it"),
        _lt("End sessions that are idle in a transaction; when it is full, no node hears news."),
    ),
    "weak_logins": (
        _lt("Remote logins without a strong password are allowed: %(methods)s"),
        _lt("Use scram-sha-256 in every host line of pg_hba.conf and reload PostgreSQL."),
    ),
    "open_to_public": (
        _lt("Everybody may enter database %(name)s"),
        _lt("REVOKE ALL ON DATABASE … FROM PUBLIC; ours are closed again every hour by itself."),
    ),
    "owned_by_tenant": (
        _lt("Database %(name)s belongs to %(owner)s, who could open it to others"),
        _lt("Give it back as a superuser: ALTER DATABASE … OWNER TO the provisioner."),
    ),
    "foreign_entry": (_lt("%(roles)s may enter database %(name)s of another"), BY_ITSELF),
    "database_limit": (
        _lt("Database %(name)s allows %(found)s connections instead of %(expected)s"),
        BY_ITSELF,
    ),
    "database_template": (_lt("Database %(name)s can be copied by others"), BY_ITSELF),
    "role_strong": (
        _lt("Role %(name)s may more than it should: %(attributes)s"),
        _lt(
            "Take it away, or list the role under Trusted Roles on the cluster if it is meant to "
            "be there."
        ),
    ),
    "tenant_strong": (
        _lt("The role of %(name)s may more than a tenant: %(attributes)s"),
        BY_SUPERUSER,
    ),
    "tenant_noinherit": (_lt("The role of %(name)s does not inherit its rights"), BY_ITSELF),
    "tenant_member": (_lt("The role of %(name)s is a member of %(roles)s"), BY_SUPERUSER),
    "tenant_unmarked": (_lt("The role of %(name)s is not in the group of tenants"), BY_ITSELF),
    "tenant_lent": (_lt("%(roles)s may act as the role of %(name)s"), BY_SUPERUSER),
    "role_limit": (
        _lt("The role of %(name)s may hold %(found)s connections instead of %(expected)s"),
        BY_ITSELF,
    ),
    "temp_files": (
        _lt("Temporary files of %(name)s are limited to %(found)s instead of %(expected)s"),
        BY_ITSELF,
    ),
    "password_changed": (
        _lt("%(name)s refuses the password of its role: its administrator may have changed it"),
        BY_ITSELF,
    ),
    "schema_open": (
        _lt("Everybody who enters %(name)s may make tables in its schema public"),
        BY_SUPERUSER,
    ),
    "address_drift": (
        _lt("%(name)s calls itself %(found)s: its links and mails lead there"),
        _lt("Set web.base.url in that tenant back to its address."),
    ),
    "address_thawed": (
        _lt("%(name)s takes over the address of whoever logs in as its administrator"),
        _lt("Set the parameter web.base.url.freeze in that tenant to True."),
    ),
    "many_relations": (
        _lt("%(name)s has %(count)s tables and views; very many slow a whole cluster down"),
        _lt("Ask its administrator what makes them."),
    ),
}


def right_text(env: Environment, row: dict) -> tuple[str, str]:
    """Return what is wrong and what mends it, for one kept finding."""
    what, mend = RIGHTS[row["kind"]]
    shown = {
        key: ", ".join(map(str, one)) if isinstance(one, list | tuple) else one
        for key, one in (row.get("facts") or {}).items()
    }
    shown = {key: one if one not in ("", None) else "—" for key, one in shown.items()}
    return env._(what) % {**shown, "name": row.get("shown") or row["name"]}, env._(mend)
