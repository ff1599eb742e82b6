"""The lines of a connection test: what was looked at, in words.

Owns: one text per check code; `code.passed` and `code.failed` where they differ. Does not own: what
mends a failed check (the adapter that knows), sentences of errors (`errors/`).
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

PASSED = _lt("%(code)s is in order")
FAILED = _lt("%(code)s is not in order")

CHECKS = {
    "server_reachable.passed": _lt("PostgreSQL answers"),
    "server_reachable.failed": _lt("PostgreSQL cannot be used: %(error)s"),
    "server_version": _lt("PostgreSQL is version %(version)s"),
    "provisioner_not_superuser.passed": _lt("The provisioner is not a superuser"),
    "provisioner_not_superuser.failed": _lt("The provisioner is a superuser"),
    "provisioner_createdb.passed": _lt("The provisioner may create databases"),
    "provisioner_createdb.failed": _lt("The provisioner may not create databases"),
    "provisioner_createrole.passed": _lt("The provisioner may create roles"),
    "provisioner_createrole.failed": _lt("The provisioner may not create roles"),
    "createrole_narrow": _lt(
        "What the provisioner may do with roles depends on the version of PostgreSQL"
    ),
    "createrole_self_grant.passed": _lt("The provisioner may act for the roles it creates"),
    "createrole_self_grant.failed": _lt("The provisioner may not act for the roles it creates"),
    "builder_role.passed": _lt("The role saas_builder is in order"),
    "builder_role.failed": _lt("The role saas_builder is missing or owns a database"),
    "tenants_group.passed": _lt("The provisioner may add members to the role saas_tenant"),
    "tenants_group.failed": _lt("The provisioner may not add members to the role saas_tenant"),
    "node_role.passed": _lt("The role saas_node may log in and nothing more"),
    "node_role.failed": _lt("The role saas_node is missing or may too much"),
    "bus_database.passed": _lt("The database saas_bus is open to the nodes"),
    "bus_database.failed": _lt("The database saas_bus is missing or closed to the nodes"),
    "databases_closed.passed": _lt("No database is open to everybody"),
    "databases_closed.failed": _lt("Rights on databases that everybody has: %(count)s"),
    "temp_file_limit.passed": _lt("Temporary files of a tenant can be limited"),
    "temp_file_limit.failed": _lt("Temporary files of a tenant cannot be limited"),
    "extension_pg_trgm.passed": _lt("The extension pg_trgm is installed on the server"),
    "extension_pg_trgm.failed": _lt("The extension pg_trgm is not installed on the server"),
    "max_connections": _lt("PostgreSQL takes %(most)s connections"),
    "filestore_writable.passed": _lt("The filestore can be written"),
    "filestore_writable.failed": _lt("The filestore cannot be written"),
    "odoo_found.passed": _lt("The cluster's Odoo was found"),
    "odoo_found.failed": _lt("The cluster's Odoo was not found"),
    "zone_wildcard.passed": _lt("Every name below %(zone)s leads to the front proxy"),
    "zone_wildcard.failed": _lt("Names below %(zone)s do not lead to the front proxy"),
    "certificate_valid.passed": _lt("Browsers trust the certificate of %(host)s for two weeks"),
    "certificate_valid.failed": _lt(
        "The certificate of %(host)s is missing, ends soon or is not trusted by browsers"
    ),
    "proxy_headers.passed": _lt("The front proxy lets no forged forwarding header through"),
    "proxy_headers.failed": _lt("The front proxy lets forged forwarding headers through"),
    "target_write.passed": _lt("An object can be written"),
    "target_write.failed": _lt("No object can be written: %(error)s"),
    "target_read.passed": _lt("It comes back byte for byte, whole and in part"),
    "target_read.failed": _lt("It does not come back as it was written: %(error)s"),
    "target_list.passed": _lt("It is in the listing"),
    "target_list.failed": _lt("It is not in the listing: %(error)s"),
    "target_exclusive.passed": _lt("Of two writers of one object the target refuses the second"),
    "target_exclusive.failed": _lt("Of two writers of one object the target refuses none"),
    "target_sweep.passed": _lt("Unfinished uploads can be found and removed"),
    "target_sweep.failed": _lt("Unfinished uploads cannot be removed: %(error)s"),
    "target_delete.passed": _lt("An object can be removed and is gone then"),
    "target_delete.failed": _lt("An object cannot be removed: %(error)s"),
    "target_second_key.passed": _lt("The first key cannot remove anything, only the second can"),
    "target_second_key.failed": _lt("The first key can remove what is stored, too"),
    "target_second_key_unknown": _lt(
        "Whether the first key can remove what is stored was not found out: %(error)s"
    ),
    "target_checksums.passed": _lt("Damage on the way is noticed by the target itself"),
    "target_checksums.failed": _lt("The target computes no checksums of its own"),
    "target_locked": _lt("Nobody deletes what is stored before its lock ends"),
    "target_versions": _lt("What is deleted stays there as an older version"),
    "target_unprotected": _lt("What somebody deletes there is gone for good"),
    "target_protection_unknown": _lt(
        "The service does not say whether what is deleted can be brought back"
    ),
    "node_answers.passed": _lt("The node answers"),
    "node_answers.failed": _lt("The node does not answer"),
}
