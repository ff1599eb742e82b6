"""One sentence per error code.

Owns: the sentences. Does not own: the codes (kernel, adapters, jobs), how facts look in a sentence
and which variant is chosen (`messages/__init__.py`).

A sentence tells what happened, what is safe or unchanged, and what to do next. A variant of a code
is written `code.variant`.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Names
    "subdomain_empty": _lt("Enter a subdomain: it becomes the first part of the web address."),
    "subdomain_form": _lt(
        "“%(text)s” cannot be a subdomain: use a–z, 0–9 and hyphens, and begin with a letter."
    ),
    "subdomain_too_short": _lt(
        "“%(text)s” is too short for a subdomain: use at least %(least)s characters."
    ),
    "subdomain_too_long": _lt(
        "“%(text)s” is too long for a subdomain: use at most %(most)s characters."
    ),
    "subdomain_punycode": _lt(
        "“%(text)s” cannot be a subdomain: two hyphens in the third and fourth place stand for "
        "another alphabet."
    ),
    "subdomain_reserved": _lt("“%(text)s” is reserved for the platform. Choose another subdomain."),
    "subdomain_taken": _lt("“%(text)s” is taken. Choose another subdomain."),
    "subdomain_taken.one": _lt("“%(text)s” is taken. %(free)s is free."),
    "subdomain_taken.many": _lt("“%(text)s” is taken. %(free)s are free."),
    "base_host_form": _lt(
        "“%(text)s” cannot be a host zone: use a name such as example.com, without port or path."
    ),
    "database_name_form": _lt(
        "A name of an unexpected form was refused, and nothing was changed. Tell the platform's "
        "administrator."
    ),
    # Prices, coupons, wallets
    "number_digits": _lt(
        "%(name)s has too many digits. Enter at most %(whole)s before the point and %(decimals)s "
        "behind it."
    ),
    "price_model_unknown": _lt(
        "“%(model)s” is no price model. Choose flat, per unit, graduated, volume, package or "
        "percentage."
    ),
    "price_missing": _lt("%(name)s is missing. Enter it in the charge."),
    "percentage_included": _lt(
        "A percentage has no included units. Enter a free amount or a number of free transactions "
        "instead."
    ),
    "block_empty": _lt("%(name)s is zero. Enter how many units are sold together."),
    "fee_bounds": _lt(
        "The least fee of a transaction, %(least)s, is above the largest, %(most)s. Correct one of "
        "them."
    ),
    "tiers_empty": _lt("The charge has no price tiers. Add at least one without an upper bound."),
    "tiers_open": _lt(
        "Price tier %(tier)s: the last tier has no upper bound, and all others have one. Correct "
        "it, so that every quantity has a price."
    ),
    "tiers_overlap": _lt(
        "Price tier %(tier)s overlaps the one before it, which ends at %(end)s. Let each tier begin "
        "where the one before ends, and end above that."
    ),
    "tiers_gap": _lt(
        "Price tier %(tier)s begins at %(begin)s, and the one before it ends at %(end)s: what lies "
        "between has no price. Let it begin at %(end)s."
    ),
    "commitment_days": _lt(
        "%(days)s days are not part of a period of %(period_days)s days. Nothing was computed."
    ),
    "threshold_empty": _lt("A threshold of zero is reached before anything is used. Raise it."),
    "late_policy_unknown": _lt(
        "“%(policy)s” is no rule for late usage. Choose next invoice, separate document or ignore."
    ),
    "grace_hours_range": _lt("A grace of %(hours)s hours is not possible: choose 0 to %(most)s."),
    "currency_differs": _lt(
        "The amount is in %(found)s and the invoice in %(wanted)s. Nothing is converted by itself: "
        "enter an amount in %(wanted)s."
    ),
    "coupon_form": _lt(
        "Coupon “%(coupon)s” takes off either a percentage or an amount above zero with its "
        "currency. Enter one of the two."
    ),
    "coupon_days": _lt("Coupon “%(coupon)s” ends before it begins. Correct its days."),
    "coupon_too_early": _lt("Coupon “%(coupon)s” holds from %(from_on)s on. Use it then."),
    "coupon_expired": _lt("Coupon “%(coupon)s” was valid until %(until_on)s. Use another one."),
    "coupon_plan": _lt("Coupon “%(coupon)s” does not hold for this plan. Use another one."),
    "coupon_currency": _lt(
        "Coupon “%(coupon)s” takes off an amount in %(currency)s, and this is paid in another "
        "currency. Use another one."
    ),
    "coupon_used_up": _lt("Coupon “%(coupon)s” is used up. Use another one."),
    "grant_kind": _lt("“%(kind)s” is no kind of credit. Choose promotional or paid."),
    "grant_priority": _lt("Priority %(priority)s is not possible: choose 0 to %(most)s."),
    "topup_target": _lt(
        "The wallet would be filled up to %(target)s as soon as it falls to %(threshold)s, so it "
        "would never stop. Choose a higher amount to fill up to."
    ),
    # Unpaid invoices
    "dunning_days": _lt(
        "The days of a dunning profile have to grow from step to step, and a retry comes a day "
        "after the failure at the earliest. Correct them."
    ),
    "dunning_states": _lt("A dunning profile has one state twice. Remove one of the two."),
    "dunning_pause": _lt(
        "The pause ends on %(until_on)s and begins on %(from_on)s. Correct one of the days."
    ),
    "decline_unknown": _lt("The kind of decline “%(decline)s” is not known. Nothing was charged."),
    "charge_result_unknown": _lt(
        "The payment provider told a state that is not known (%(result)s). The payment stays as it "
        "was, and nothing is charged again. Look at it in the provider's own pages."
    ),
    # Usage
    "batch_too_large": _lt(
        "A batch of %(items)s events was not taken: send at most %(most)s at once. Nothing of it "
        "was stored."
    ),
    "meter_kind_unknown": _lt("“%(kind)s” is no way to add up usage. Choose one of the list."),
    "meter_property_missing": _lt(
        "A meter that counts different values needs the name of the property. Enter it."
    ),
    "meter_period_missing": _lt(
        "A level weighted by time needs the period it is measured over. Nothing was computed."
    ),
    "event_void": _lt(
        "Event “%(event)s” is void, so it cannot be corrected. Send a new event with a new id."
    ),
    "correction_reused": _lt(
        "Correction “%(correction)s” was used for something else before. Nothing was changed. Use a "
        "new id for a new correction."
    ),
    # Partners and webhooks
    "share_tiers_empty": _lt("The revenue share has no bands. Add at least one without an end."),
    "share_tiers_open": _lt(
        "The last band of a revenue share has no end, and all others have one. Correct the bands."
    ),
    "share_tiers_order": _lt(
        "The bands of a revenue share have to grow from one to the next. Correct their ends."
    ),
    "share_credit_without_base": _lt(
        "An invoice over nothing cannot be credited, so no share was taken back. Choose another "
        "invoice."
    ),
    "backoff_seconds": _lt(
        "The first waiting time has to be above zero, not above the longest, and that not above "
        "the time of all tries. Correct them."
    ),
    "replay_times": _lt("Choose how often the event is to be sent again: once or more."),
    "signature_without_secret": _lt(
        "The endpoint has no secret, so nothing was sent to it. Make one."
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
    # Own host names
    "own_host_empty": _lt("Enter a host name, such as shop.example.com."),
    "own_host_scheme": _lt(
        "“%(text)s” is an address of a page. Enter the host name alone, such as shop.example.com."
    ),
    "own_host_address": _lt(
        "“%(text)s” is a numeric address. Enter a host name, such as shop.example.com."
    ),
    "own_host_port": _lt("“%(text)s” names a port. Leave out the colon and what follows it."),
    "own_host_wildcard": _lt("“%(text)s” stands for many names. Add them one by one."),
    "own_host_dot": _lt("“%(text)s” ends in a dot. Leave it out."),
    "own_host_letters": _lt(
        "“%(text)s” has letters that browsers read in different ways. Enter the form that begins "
        "with xn--, as the registrar shows it, or another name."
    ),
    "own_host_long": _lt(
        "“%(text)s” is too long: a host name has at most 240 characters, 63 between two dots."
    ),
    "own_host_form": _lt(
        "“%(text)s” cannot be a host name: use letters, digits and hyphens, with dots in between."
    ),
    "own_host_single": _lt(
        "“%(text)s” has no dot. Enter the whole host name, such as shop.example.com."
    ),
    "own_host_local": _lt(
        "“%(text)s” exists inside one machine or house alone. Enter a name that everybody can "
        "look up."
    ),
    "own_host_suffix": _lt(
        "“%(text)s” is where everybody registers names. Enter one below it that belongs to you."
    ),
    "own_host_ours": _lt(
        "“%(text)s” belongs to the platform. Every tenant has its subdomain there already; enter "
        "a name of your own."
    ),
    "own_host_closed": _lt(
        "%(tenant)s cannot get host names in its present state. Nothing was changed."
    ),
    "own_host_entropy": _lt(
        "No proof was made, because the machine gave too little randomness. Try again."
    ),
    "dns_servers_form": _lt(
        "“%(text)s” in saas_dns_resolver is no name server: write addresses such as 9.9.9.9 or "
        "127.0.0.1:5353, separated by commas."
    ),
    "dns_silent": _lt(
        "No name server answered for %(host)s. Nothing was changed. It is looked at again by "
        "itself."
    ),
    "proxy_silent": _lt(
        "The front proxy did not answer for %(host)s. Nothing was changed. It is looked at again "
        "by itself."
    ),
    "proxy_garbled": _lt(
        "The front proxy's answer for %(host)s could not be read. Nothing was changed."
    ),
    "certificate_refused": _lt(
        "The front proxy has no certificate for %(host)s. Look into its log; nothing was changed."
    ),
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
    # Build by Odoo
    "odoo_phase_failed": _lt(
        "Odoo stopped while it worked on “%(phase)s”: %(line)s. The log shows the failing line."
    ),
    "odoo_phase_failed.module": _lt(
        "Module “%(module)s” failed to install: %(line)s. The published version stays. The log "
        "shows the failing line."
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
    # Schedules and retention of backups
    "backup_schedule_unit": _lt(
        "“%(unit)s” is no schedule: back up every few hours, daily or weekly."
    ),
    "backup_schedule_hours": _lt("Back up every 1 to 24 hours, not every %(hours)s."),
    "backup_schedule_weekday": _lt("Choose a day of the week."),
    "backup_schedule_window": _lt("A window begins and ends between 0:00 and 23:59."),
    "backup_retention_nothing": _lt(
        "This would keep no backup at all. Enter at least one number above 0."
    ),
    "backup_retention_number": _lt("“%(number)s” is not possible here: at most %(most)s are kept."),
    # Making backups
    "backup_no_policy": _lt(
        "No backup policy counts for %(tenant)s. Switch one on, or choose one on the tenant."
    ),
    "control_backup_no_policy": _lt(
        "No backup policy counts for the control plane. Choose one in the settings and switch it "
        "on."
    ),
    "backup_no_target": _lt("The policy “%(policy)s” names no backup target. Add one to it."),
    "backup_tenant_closed": _lt(
        "%(tenant)s has no database of its own now, so it was not backed up. Its last backup stays."
    ),
    "restore_kind_unknown": _lt("Choose what is restored and where to."),
    "restore_gone": _lt("This backup is not on its target any more. Choose another one."),
    "restore_key": _lt(
        "The key does not open this backup (%(why)s), so nothing was restored. Bring the key file "
        "back, then try again."
    ),
    "restore_busy": _lt(
        "Another operation is under way with this tenant. It can be restored when that ends."
    ),
    "restore_state": _lt(
        "A tenant in state %(state)s cannot be restored in place. Restore it to a copy instead."
    ),
    "restore_without_database": _lt(
        "This tenant has no database to restore into. Restore it to a copy instead."
    ),
    "restore_files_elsewhere": _lt(
        "Files alone can be restored in place only: a copy needs its records."
    ),
    "restore_typed": _lt("Type %(subdomain)s to go on."),
    "restore_reason": _lt("Write why: it stands in the timeline and in the audit log."),
    "restore_server_older": _lt(
        "The backup comes from PostgreSQL %(dumped)s, and this cluster runs %(server)s. Restore it "
        "on a cluster that is as new."
    ),
    "restore_differs": _lt(
        "The restored copy differs from its backup in %(count)s places, first: %(first)s. Nothing "
        "was put in place; the tenant is as it was."
    ),
    "restore_waits_for_safety": _lt("The safety backup is being made; the restore goes on then."),
    "restore_without_safety": _lt(
        "The safety backup failed, so nothing was restored. See why in the list of backups."
    ),
    "restore_undo_missing": _lt(
        "What was live before is not there any more, so the restore cannot be taken back. Its "
        "safety backup can be restored."
    ),
    "not_neutral": _lt(
        "The copy could not be made harmless: %(servers)s mail servers and %(crons)s scheduled "
        "actions stay active. It was not opened."
    ),
    "database_changed": _lt(
        "Database %(database)s is not the one it was, so nothing was swapped. Run the doctor."
    ),
    "backup_incomplete": _lt(
        "%(count)s objects of the backup are not on the target as they were written, first "
        "%(object)s. It does not count as a backup; a new one is made."
    ),
    # Downloads of backups
    "passphrase_short": _lt(
        "The passphrase is too short: use at least %(least)s characters. Nothing was ordered."
    ),
    "passphrase_long": _lt("The passphrase is too long. Nothing was ordered."),
    "passphrase_differs": _lt(
        "The two passphrases are not the same. Type the same one twice; nothing was ordered."
    ),
    "export_without_passphrase": _lt(
        "Choose a passphrase: without one this file would open for nobody."
    ),
    "export_gone": _lt("This backup is not on its target any more, so no file can be made of it."),
    "export_too_large": _lt(
        "This backup is too large for a download: at most %(most_bytes)s of database and files. "
        "Copy it from its target and read it with the backup reader instead."
    ),
    "export_no_room": _lt(
        "The control plane's disk has too little room for this file: %(needed_bytes)s are needed, "
        "%(free_bytes)s are free. Nothing was made. Free space, or remove older downloads."
    ),
    "export_key_gone": _lt(
        "What the passphrase was made into is gone, so the file was not made. Order it anew."
    ),
    "export_damaged": _lt(
        "The file is not what was written, so it is not offered. Order it anew, and look at the "
        "disk of the control plane."
    ),
    # Files of other installations
    "import_name_form": _lt(
        "“%(name)s” cannot be imported: its name may have letters, digits, dots, hyphens and "
        "underscores, and ends with .zip."
    ),
    "import_file_missing": _lt(
        "The file is not in the upload folder of the control plane. Put it there and import it "
        "again."
    ),
    "import_file_there": _lt(
        "A file “%(name)s” is in the upload folder already, and it was not touched. Rename yours."
    ),
    "import_tenant_has_data": _lt(
        "%(tenant)s has a database already, so nothing is imported for it. Choose a tenant that is "
        "a draft."
    ),
    "import_modules_missing": _lt(
        "The cluster does not have these modules of the file: %(modules)s. Nothing was imported. "
        "Add them to the cluster's Odoo, or uninstall them where the file comes from."
    ),
    "import_other_series": _lt(
        "What the file holds is not an Odoo %(wanted)s, whatever it says of itself. Nothing was "
        "imported."
    ),
    "zip_form": _lt(
        "This is no zip of Odoo's database manager, or it is damaged. Nothing was imported."
    ),
    "zip_incomplete": _lt(
        "The zip needs a manifest.json and one dump, dump.sql or dump.dump. Nothing was imported."
    ),
    "zip_entry_form": _lt(
        "The zip holds something that Odoo never puts into one, such as a link or a path that "
        "leads elsewhere. Nothing was imported."
    ),
    "zip_encrypted": _lt("The zip is encrypted, so it cannot be read. Nothing was imported."),
    "zip_double": _lt("The zip holds the same name twice. Nothing was imported."),
    "zip_too_many": _lt("The zip holds more than %(most)s files. Nothing was imported."),
    "zip_too_large": _lt(
        "The zip holds more than %(most_bytes)s, which is the most that is imported. Nothing was "
        "imported."
    ),
    "zip_bomb": _lt(
        "The zip would grow far beyond what a database can be, so it was not opened. Nothing was "
        "imported."
    ),
    "zip_version": _lt(
        "The zip is of Odoo %(version)s; only %(wanted)s can be imported. Upgrade it where it "
        "comes from first. Nothing was imported."
    ),
    "zip_kind": _lt(
        "The dump.dump in the zip is no archive of pg_dump in custom format. Nothing was imported."
    ),
    "archive_kind": _lt(
        "The dump holds a %(kind)s, which no Odoo database needs. Nothing was imported."
    ),
    "plain_not_loaded": _lt(
        "The database server did not take line %(line)s of the dump (%(reason)s). Nothing was "
        "imported, and nothing is left of it."
    ),
    "plain_statement_unknown": _lt(
        "Line %(line)s of the dump begins a statement that is never taken from a file (%(begin)s). "
        "Nothing was imported. Dump the database with Odoo or pg_dump, without what is not Odoo's."
    ),
    "plain_statement_form": _lt(
        "The statement in line %(line)s of the dump is not written as pg_dump writes it, so it was "
        "not taken. Nothing was imported."
    ),
    "plain_text_form": _lt(
        "The text in line %(line)s of the dump cannot be what pg_dump wrote, so it was not taken. "
        "Nothing was imported."
    ),
    "plain_function": _lt(
        "The statement in line %(line)s of the dump calls %(name)s, which no Odoo database needs. "
        "Nothing was imported."
    ),
    "plain_setting": _lt(
        "Line %(line)s of the dump changes the setting %(name)s, which pg_dump never does. Nothing "
        "was imported."
    ),
    "plain_extension": _lt(
        "The dump needs the extension %(name)s (line %(line)s), which tenants do not get. Nothing "
        "was imported."
    ),
    "plain_command": _lt(
        "Line %(line)s of the dump is a command to a program, not a statement. Nothing was "
        "imported, and nothing was run."
    ),
    "plain_copy_source": _lt(
        "The dump copies rows from a file or a program of the server (line %(line)s). Nothing was "
        "imported, and nothing was run."
    ),
    "plain_truncated": _lt(
        "The dump is cut off: after line %(line)s its end is missing. Nothing was imported. Get a "
        "whole one."
    ),
    "plain_too_long": _lt(
        "A statement in line %(line)s of the dump is longer than any of an Odoo database. Nothing "
        "was imported."
    ),
    # Keys of backups
    "backup_kek_missing": _lt(
        "The key file of the backups was not found, so no backup is made or opened. Bring it back "
        "from its safe copy, or name it as saas_backup_key_file in the configuration."
    ),
    "backup_kek_open_to_others": _lt(
        "The key file of the backups can be read by others (mode %(mode)s), so it was not used. "
        "Set its mode to 0600."
    ),
    "backup_kek_damaged": _lt(
        "The key file of the backups is damaged and was not used. Bring it back from its safe copy."
    ),
    "backup_kek_exists": _lt("There is a key file of the backups already; it was not touched."),
    "backup_kek_folder": _lt(
        "The key file of the backups could not be written. Make its folder, writable for the "
        "product's user."
    ),
    "backup_kek_unknown": _lt(
        "A backup key was closed with key “%(key)s”, and the key file of the backups does not have "
        "it. Bring that file back from its safe copy."
    ),
    "backup_key_damaged": _lt(
        "The stored key of these backups was changed or moved, so it was not used. Restore the "
        "control database from before."
    ),
    "backup_kek_shared": _lt(
        "The backups and the stored secrets have the same key: whoever gets one gets both. Make a "
        "file of its own with “odoo saas backup-key-create”."
    ),
    "backup_kek_old_needed": _lt(
        "Keys of tenants or backups of the control database still need an old key. Run “odoo saas "
        "rotate backup-keys” first, and wait until those backups have expired."
    ),
    "backup_key_destroyed": _lt(
        "The key of these backups of %(tenant)s was destroyed, so nobody can open them again."
    ),
    "backup_key_held": _lt(
        "A backup of %(tenant)s is under legal hold, so its key was not destroyed. End the hold "
        "first."
    ),
    "recovery_sheet_missing": _lt(
        "The key of the backups stands on no confirmed recovery sheet, so nothing is encrypted "
        "with it. Make one under Configuration › Data › Keys, print it and confirm it."
    ),
    "backup_policy_no_target": _lt(
        "%(policy)s has no target, so nothing could be stored. Choose one first."
    ),
    "backup_key_form": _lt("This is no key of a backup, and nothing was opened with it."),
    # Addresses that people enter
    "address_form": _lt(
        "This is no address of a service: write one such as https://s3.example.com, without user, "
        "path or question mark."
    ),
    "address_without_tls": _lt(
        "The address begins with http://, so anybody on the way could read along. Use https://, or "
        "allow an address inside your own network."
    ),
    "address_port": _lt(
        "Port %(port)s is not for such a service. Use one of %(allowed)s, or allow an address "
        "inside your own network."
    ),
    "address_inside": _lt(
        "%(host)s leads into a machine or network of its own, which nobody allowed for this "
        "address. Nothing was sent."
    ),
    "address_unknown": _lt("No name server knows %(host)s. Nothing was sent. Check the address."),
    "address_silent": _lt(
        "Nobody answers at %(host)s, port %(port)s. Nothing was lost. It is tried again by itself."
    ),
    "certificate_wrong": _lt(
        "The service's certificate is of another name, over, or of an authority we do not trust. "
        "Nothing was sent."
    ),
    "ca_damaged": _lt(
        "This is no certificate in PEM form: it begins with a line BEGIN CERTIFICATE and holds no "
        "private key."
    ),
    # Backup targets
    "target_kind_unknown": _lt("There is no kind of backup target called “%(name)s”."),
    "target_unknown": _lt(
        "The backup target is not one of this operation's, so it was not touched. Tell the "
        "platform's administrator."
    ),
    "target_incomplete": _lt(
        "The backup target says too little: its %(missing)s is missing or cannot be read."
    ),
    "object_key_form": _lt(
        "A name of an unexpected form was refused, and nothing was stored. Tell the platform's "
        "administrator."
    ),
    "object_exists": _lt("The object is stored already, and it was not touched."),
    "object_missing.stored": _lt("The object is not in the backup target."),
    "object_lost": _lt(
        "The backup target said that it stored an object, but it is not there. It does not count "
        "as stored."
    ),
    "object_damaged": _lt(
        "What the backup target stored is not what was sent. It was removed and does not count as "
        "stored."
    ),
    "object_changed": _lt("The object was changed while it was read. Read it again."),
    "object_too_large": _lt(
        "The object is too large for this backup target: it takes %(most_bytes)s."
    ),
    "range_past_end": _lt("The object ends before the part that was asked for."),
    "no_space": _lt(
        "The backup target is full. What is stored there is safe. Free space or raise its quota, "
        "then try again."
    ),
    "target_unavailable": _lt(
        "The backup target gives no whole answer. Nothing was lost. It is tried again by itself."
    ),
    "target_slow": _lt(
        "The backup target is too slow, so this was stopped. Nothing was lost. It is tried again "
        "by itself."
    ),
    "upload_lost": _lt(
        "The backup target forgot an upload before it was complete. Nothing half is kept. It is "
        "tried again by itself."
    ),
    "transfer_damaged": _lt(
        "Bytes changed on the way to the backup target, and it refused them. It is tried again by "
        "itself."
    ),
    "target_garbled": _lt(
        "The backup target's answer could not be understood. Check its address: something else "
        "may stand there."
    ),
    "target_cannot": _lt("The backup target is not able to do what was asked of it."),
    "target_folder_missing": _lt(
        "The folder of the backup target is not there. Mount its disk or make it; nothing was lost."
    ),
    "target_damaged": _lt(
        "Something in the folder of the backup target is neither file nor folder. It was not "
        "touched. Look at it."
    ),
    "access_denied": _lt(
        "The backup target denies access. Nothing was changed. Give its user the rights to read, "
        "write, list and delete there."
    ),
    "access_key_refused": _lt(
        "The backup target refuses the access key: it is unknown, expired or its secret is another."
    ),
    "clock_skew": _lt(
        "The backup target says that our clock is wrong, so it refuses everything. Set the clock "
        "of the control worker."
    ),
    "bucket_missing": _lt("The bucket does not exist. Make it at the service or correct its name."),
    "bucket_form": _lt(
        "This is no name of a bucket: use 3 to 63 small letters, digits, hyphens and dots."
    ),
    "region_wrong": _lt(
        "The bucket is elsewhere: the service refers to another region or address. Correct it "
        "here; nobody is led there by itself."
    ),
    # Keys of the control plane
    "keyring_missing": _lt(
        "The key file of the control plane was not found. Nothing was changed. Bring it back from "
        "its safe copy: without it no stored secret can be read."
    ),
    "keyring_open_to_others": _lt(
        "The key file can be read by others (mode %(mode)s), so it was not used. Set its mode to "
        "0600."
    ),
    "keyring_damaged": _lt(
        "The key file is damaged and was not used. Bring it back from its safe copy."
    ),
    "keyring_exists": _lt("There is a key file already, and it was not touched."),
    "keyring_folder": _lt(
        "The key file could not be written. Make its folder, writable for the product's user."
    ),
    "secret_key_unknown": _lt(
        "A stored secret was closed with key “%(key)s”, and the key file does not have it. Bring "
        "that key back from its safe copy."
    ),
    "secret_damaged": _lt(
        "A stored secret was changed or moved, so it was not used. Enter it again."
    ),
    # Backups
    "backup_form": _lt(
        "This is no backup of ours, or it is damaged (%(where)s). Nothing was restored. Use "
        "another backup."
    ),
    "backup_truncated": _lt(
        "The backup is cut off: its end is missing. Nothing was restored. Use another backup."
    ),
    "backup_trailing": _lt(
        "The backup is longer than it should be. Nothing was restored. Use another backup."
    ),
    "backup_damaged": _lt(
        "The backup was changed after it was written, so it cannot be trusted. Nothing was "
        "restored. Use another backup."
    ),
    "backup_binding": _lt(
        "What lies in the place of this backup belongs to another one (%(what)s). Nothing was "
        "restored. Look at the backup target."
    ),
    "backup_stale": _lt(
        "An older backup was put in the place of this one. Nothing was restored. Look at the "
        "backup target."
    ),
    "backup_key_missing": _lt(
        "The backup needs key “%(key)s”, which is not there. Nothing was restored. Bring it back "
        "from its safe copy."
    ),
    "backup_key_wrong": _lt(
        "The key stored as “%(key)s” is not the one that closed this backup. Nothing was restored. "
        "Bring the right one back from its safe copy."
    ),
    "backup_context_form": _lt("A backup was given a name of a wrong form. Nothing was written."),
    "backup_header_form": _lt("A backup was given a wrong size or key. Nothing was written."),
    "backup_name_form": _lt("An object of a wrong name was not asked for. Nothing was changed."),
    "backup_version_unknown": _lt(
        "The backup has format version %(version)s, which is newer than this program. Update it, "
        "then try again."
    ),
    "backup_suite_unknown": _lt(
        "The backup is encrypted in way %(suite)s, which this program does not know. Update it, "
        "then try again."
    ),
    "backup_part_missing": _lt("The backup has no part “%(part)s”. Choose another backup."),
    "backup_too_large": _lt("Something is too large for a backup. Nothing was written."),
    "backup_source_changed": _lt(
        "A file changed while it was read. Nothing was kept. It is tried again by itself."
    ),
    "object_differs": _lt(
        "The backup target has something else than what was sent. There is no backup. Test the "
        "target."
    ),
    "pg_dump_too_old": _lt(
        "The program pg_dump has version %(program)s and the server version %(server)s. Nothing "
        "was written. Set the folder of newer programs on the cluster."
    ),
    "pg_restore_too_new": _lt(
        "The program pg_restore has version %(program)s, which is too new for a server of version "
        "%(server)s. Nothing was restored. Set the folder of its own programs on the cluster."
    ),
    "database_not_empty": _lt(
        "The database is not empty, so nothing was restored into it. Restore into a new one."
    ),
    "folder_not_empty": _lt("The folder is not empty, so nothing was written. Name a new one."),
    "archive_damaged": _lt("The dump inside is not whole. Nothing was kept. Use another backup."),
    "unaccent_mutable": _lt(
        "The backup needs the function unaccent to be immutable. Nothing was restored. Have a "
        "superuser run ALTER FUNCTION unaccent(text) IMMUTABLE in the new database, then try again."
    ),
    "archive_version_unknown": _lt(
        "The dump inside was written by a newer pg_dump. Nothing was restored. Set the folder of "
        "newer programs on the cluster."
    ),
    "spool_denied": _lt(
        "The folder for temporary files may not be written. Nothing was restored. Give the "
        "product's user the right to write there."
    ),
    "spool_unreachable": _lt(
        "The folder for temporary files does not answer (%(reason)s). It is tried again by itself."
    ),
    "program_missing": _lt(
        "The program %(program)s was not found. Nothing was changed. Install PostgreSQL's client "
        "programs, or set their folder on the cluster."
    ),
    "program_failed": _lt(
        "The program %(program)s failed with status %(status)s. Nothing was kept. The log has the "
        "details."
    ),
    "program_stopped": _lt(
        "The program %(program)s was ended from outside (%(signal)s). Nothing was kept. It is "
        "tried again by itself."
    ),
    "program_timeout": _lt(
        "The program %(program)s took longer than %(seconds)s seconds and was ended. Nothing was "
        "kept. It is tried again by itself."
    ),
    # Nodes
    "option_missing": _lt(
        "The node's configuration lacks the option %(option)s. Set it and start again."
    ),
    "option_invalid": _lt(
        "The option %(option)s in the node's configuration has a wrong value. Correct it and "
        "start again."
    ),
    "secret_file_missing": _lt(
        "The node's secret file cannot be read (%(reason)s). Prepare the cluster: that writes it."
    ),
    "secret_file_open_to_others": _lt(
        "The node's secret file can be read by others (mode %(mode)s), so it was not used. Set "
        "its mode to 0600."
    ),
    "secret_file_invalid": _lt(
        "The node's secret file has a wrong form. Prepare the cluster again: that writes it anew."
    ),
    "secret_file_of_another_node": _lt(
        "The secret file belongs to node “%(found)s”, and this is “%(node)s”. Put each node's "
        "file in its place."
    ),
    "standby_not_warm": _lt(
        "A standby copy did not serve its login page (status %(status)s). Customers notice "
        "nothing; it is tried again by itself."
    ),
    "node_silent": _lt(
        "The node did not answer for %(host)s. Nothing was lost. It is tried again by itself."
    ),
    "node_slow": _lt(
        "The node took too long to answer for %(host)s. Nothing was lost. It is tried again by "
        "itself."
    ),
    "host_form": _lt("A host name of a wrong form was not asked for. Correct it, then retry."),
    "path_form": _lt("A path of a wrong form was not asked for. Nothing was changed."),
    # Numbers of prices and quantities
    "decimal_form": _lt(
        "“%(text)s” is not a number. Write it with a decimal point and without other separators, "
        "such as 0.002 or 12400."
    ),
    "decimal_fine": _lt("“%(text)s” has more than %(most)s decimals. Leave some out."),
    "decimal_large": _lt("“%(text)s” has more than %(most)s digits before the point."),
    "decimal_negative": _lt("“%(text)s” is below zero. Enter 0 or more."),
    # Subscriptions
    "subscription_refused": _lt(
        "%(event)s is not possible now: the subscription is in state %(state)s. Nothing was "
        "changed."
    ),
    "subscription_refused.no_right": _lt(
        "%(event)s needs the right of a billing user, which you do not have. Ask one."
    ),
    "subscription_refused.no_reason": _lt("%(event)s needs a reason. Enter one and try again."),
    "subscription_refused.customer_known": _lt(
        "The customer of this subscription is archived. Bring the contact back, then try again."
    ),
    "subscription_refused.offer_in_force": _lt(
        "Its plan version is not published any more, or has no price in its currency. Choose the "
        "published version, or publish one with a price."
    ),
    "subscription_refused.alone_on_tenant": _lt(
        "Its tenant has another subscription that runs. Cancel that one first, or change its plan."
    ),
    "subscription_refused.trial_over": _lt(
        "The trial is still running. It ends by itself on its last day."
    ),
    "subscription_refused.suspended_for_trial_end": _lt(
        "It was not suspended because its trial ended. It goes on by itself when everything that "
        "is overdue is paid."
    ),
    "subscription_refused.suspended_for_payment": _lt(
        "It was not suspended for an unpaid invoice. End its trial instead."
    ),
    "subscription_refused.nothing_overdue": _lt(
        "Invoices of this subscription are still overdue. It goes on by itself when they are paid."
    ),
    "subscription_refused.no_end_planned": _lt(
        "Its end is planned already. Undo the cancellation first, then try again."
    ),
    "subscription_refused.end_planned": _lt(
        "No end is planned, so there is nothing to undo. Nothing was changed."
    ),
    "subscription_refused.end_reached": _lt(
        "Its last day has not passed. It ends by itself after that day."
    ),
    "subscription_refused.end_ahead": _lt(
        "Its last day has passed, so the cancellation cannot be undone. Win it back instead."
    ),
    "nothing_changes": _lt("It has %(plan)s in this quantity already. Nothing was changed."),
    "price_missing_in_currency": _lt(
        "%(plan)s has no price in %(currency)s. Add one to the plan and publish a new version, or "
        "choose another plan."
    ),
    "addon_plan": _lt("%(addon)s is not sold with %(plan)s. Choose an add-on that is."),
    "addon_cycle": _lt(
        "%(addon)s is billed in other periods than %(plan)s. Give both the same billing cycle and "
        "publish a new version."
    ),
    "phases_overlap": _lt(
        "Two phases of this subscription share days (%(start)s, %(end)s). Nothing was billed. "
        "Tell the platform's administrator."
    ),
    "too_many_periods": _lt(
        "More than %(count)s periods of this subscription would be due at once. Nothing was billed. "
        "Correct the day that it is billed from."
    ),
    # Billing
    "customer_archived": _lt(
        "The customer %(customer)s is archived, so nothing was billed. Bring the contact back, or "
        "cancel the subscription."
    ),
    "no_chart": _lt(
        "%(company)s has no chart of accounts, so nothing was billed. Install one in the settings "
        "of Invoicing; it is tried again with the next run."
    ),
    "no_sales_journal": _lt(
        "%(company)s has no sales journal, so nothing was billed. Make one among the journals of "
        "Invoicing; it is tried again with the next run."
    ),
    "currency_archived": _lt(
        "The currency %(currency)s is archived, so nothing was billed. Activate it among the "
        "currencies; it is tried again with the next run."
    ),
    "no_currency_rate": _lt(
        "%(company)s has no rate for %(currency)s, so nothing was billed: Odoo would take one for "
        "the other. Enter a rate; it is tried again with the next run."
    ),
    "no_fee_product": _lt(
        "%(sold)s has no product, or an archived one, so nothing was billed. Bring the product "
        "back, or choose another on the plan or the meter and publish a new version."
    ),
    "no_income_account": _lt(
        "The product %(product)s has no income account, so nothing was billed. Set one on it, on "
        "its category, or on the sales journal."
    ),
    "tax_missing": _lt(
        "The product %(product)s has no sales tax of the company, so nothing was billed. Choose "
        "%(tax)s on it, or a tax of nothing where none is due."
    ),
    "document_refused": _lt(
        "Odoo refused the document: %(text)s Nothing of it was posted. It is tried again with the "
        "next run."
    ),
}
