"""Sentences of adoptions: what stands in the way, what to know, what will change."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # What stands in the way
    "adoption_name": _lt(
        "Its name has signs that Odoo does not use for databases. Rename it, and its folder of "
        "files, to letters, digits, dots, hyphens and underscores."
    ),
    "adoption_closed": _lt(
        "It is a template or lets nobody in. If it is to live, run ALTER DATABASE “%(name)s” "
        "IS_TEMPLATE false ALLOW_CONNECTIONS true."
    ),
    "adoption_strong_owner": _lt(
        "It belongs to the superuser %(owner)s. Give it and everything in it to an ordinary role "
        "first (REASSIGN OWNED inside it, then ALTER DATABASE … OWNER TO)."
    ),
    "adoption_not_ours": _lt(
        "It belongs to %(owner)s, for whom we may not act. Have a superuser run: GRANT “%(owner)s” "
        "TO %(role)s. After the adoption it can be revoked."
    ),
    "adoption_no_entry": _lt(
        "We are not let in. Have its owner run: GRANT CONNECT ON DATABASE “%(name)s” TO %(role)s, "
        "and look at pg_hba.conf."
    ),
    "adoption_owners": _lt(
        "Objects in it belong to other roles: %(owners)s. Give them to its owner with REASSIGN "
        "OWNED inside the database, then look again."
    ),
    "adoption_superuser_objects": _lt(
        "%(count)s tables in it belong to a superuser. Give them to its owner with ALTER TABLE … "
        "OWNER TO, then look again."
    ),
    "adoption_schema_owner": _lt(
        "Schema public belongs to %(owner)s. Have a superuser run inside it: ALTER SCHEMA public "
        "OWNER TO pg_database_owner."
    ),
    "adoption_hostile": _lt(
        "It holds what no Odoo makes and what may act against others: %(found)s. Find out what it "
        "is for and drop it, then look again."
    ),
    "adoption_extensions": _lt(
        "It uses extensions that are not approved: %(names)s. Drop them there, or bring its data "
        "by an import."
    ),
    "adoption_no_odoo": _lt("There is no Odoo in “%(name)s”, so it cannot be a tenant."),
    "adoption_older": _lt(
        "It is of Odoo %(version)s and this cluster runs %(series)s. Upgrade it where it runs now, "
        "then look again."
    ),
    "adoption_newer": _lt(
        "It is of Odoo %(version)s, which is newer than %(series)s of this cluster. Adopt it on a "
        "cluster of its version."
    ),
    "adoption_modules": _lt(
        "The cluster does not have these modules: %(names)s. Add them to the cluster's Odoo, or "
        "uninstall them where the database runs now."
    ),
    "adoption_unapproved": _lt(
        "Nobody has approved these modules for the cluster: %(names)s. Have them approved, or "
        "uninstall them."
    ),
    "adoption_half_done": _lt(
        "%(count)s modules wait to be installed, upgraded or removed. Finish that where it runs "
        "now."
    ),
    "adoption_no_user": _lt(
        "It has no active internal user, so nobody could be its administrator."
    ),
    "adoption_files": _lt(
        "It has %(count)s files, and the cluster's filestore has no folder “%(name)s”. Copy the "
        "folder filestore/%(name)s of its present server there, then look again."
    ),
    # Good to know
    "adoption_sessions": _lt(
        "%(count)s connections are open. Stop the Odoo that uses it now: it is shut out for good."
    ),
    "adoption_crons": _lt("%(count)s scheduled actions go on here, as they stand: %(names)s."),
    "adoption_mail": _lt("%(count)s outgoing mail servers stay as they are and send mail."),
    "adoption_no_secret": _lt("It has no database.secret yet; it gets one."),
    # What will change
    "adoption_new_owner": _lt(
        "Everything in it belongs to a role of its own instead of %(owner)s, who is shut out."
    ),
    "adoption_new_name": _lt("The server calls it by a name of ours instead of “%(name)s”."),
    "adoption_new_url": _lt("Its address becomes the tenant's instead of %(url)s."),
    "adoption_new_secret": _lt(
        "It signs with another secret: everybody logs in again, links in older mails end."
    ),
    "adoption_new_backups": _lt(
        "It is backed up by the policy of its plan, limited, measured and watched."
    ),
    "adoption_no_billing": _lt(
        "Nothing is installed or removed, and nobody is charged before a person starts the "
        "proposed subscription."
    ),
    # Refusals
    "adoption_gone": _lt("There is no database “%(name)s” on the cluster any more."),
    "adoption_changed": _lt(
        "The database is not what the preview showed (%(what)s). Nothing was changed. Look again."
    ),
    "adoption_typed": _lt("Type %(name)s to go on."),
    "adoption_not_ready": _lt(
        "“%(name)s” cannot be adopted as it stands. Look at it again and mend what stands in the "
        "way."
    ),
    "adoption_not_isolated": _lt(
        "Its new role could do %(count)s things that must be refused, first: %(first)s. Everything "
        "was given back."
    ),
    "objects_unknown": _lt(
        "There are objects in it that cannot change hands: %(kinds)s. Everything was given back. "
        "Drop them, or bring its data by an import."
    ),
    "filestore_name": _lt("“%(name)s” is no folder name of a foreign database."),
}
