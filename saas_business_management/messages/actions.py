"""What people read for the codes of the audit log and of security events.

Owns: one label per code. Does not own: which kind a code is of (`kernel/audit/kinds.py`).

A code without a label shows as its own words.
"""

from odoo.api import Environment
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ACTIONS = {
    "usage_corrected": _lt("Usage of a day corrected"),
    "quota_limit_set": _lt("Limit of a tenant set by hand"),
    "quota_limit_withdrawn": _lt("Limit set by hand withdrawn"),
    "quota_limit_ended": _lt("Limit set by hand has run out"),
    "quota_settings_changed": _lt("Resource settings changed"),
    "tenant_provisioning_started": _lt("Provisioning started"),
    "tenant_provisioned": _lt("Tenant provisioned"),
    "tenant_provisioning_failed": _lt("Provisioning failed"),
    "tenant_provisioning_cancelled": _lt("Provisioning cancelled"),
    "tenant_provisioning_undone": _lt("Failed tenant made a draft again"),
    "tenant_discarded": _lt("Draft discarded"),
    "tenant_trial_converted": _lt("Trial converted"),
    "tenant_trial_ended": _lt("Trial ended"),
    "tenant_suspended": _lt("Tenant suspended"),
    "tenant_reason_changed": _lt("Reason of the suspension changed"),
    "tenant_resumed": _lt("Tenant resumed"),
    "tenant_archived": _lt("Tenant archived"),
    "tenant_reactivated": _lt("Tenant reactivated"),
    "tenant_migration_started": _lt("Move started"),
    "tenant_migration_ended": _lt("Move ended"),
    "tenant_deletion_requested": _lt("Deletion asked for"),
    "tenant_deletion_undone": _lt("Deletion undone"),
    "tenant_deleted": _lt("Tenant deleted"),
    "tenant_restricted": _lt("Tenant restricted"),
    "tenant_unrestricted": _lt("Restriction lifted"),
    "subscription_started": _lt("Subscription activated"),
    "subscription_trial_converted": _lt("Trial of a subscription converted"),
    "subscription_trial_ended": _lt("Trial of a subscription ended"),
    "subscription_payment_failed": _lt("Subscription past due"),
    "subscription_paid": _lt("Overdue subscription paid"),
    "subscription_dunning_suspended": _lt("Subscription suspended for an unpaid invoice"),
    "subscription_dunning_cancelled": _lt("Subscription cancelled for an unpaid invoice"),
    "subscription_paused": _lt("Subscription paused"),
    "subscription_resumed": _lt("Subscription resumed"),
    "subscription_plan_changed": _lt("Plan of a subscription changed"),
    "subscription_quantity_changed": _lt("Quantity of a subscription changed"),
    "subscription_addon_changed": _lt("Add-on of a subscription changed"),
    "subscription_change_withdrawn": _lt("Planned change of a subscription withdrawn"),
    "subscription_renewed": _lt("Subscription renewed with a new version"),
    "subscription_cancellation_planned": _lt("End of a subscription planned"),
    "subscription_cancellation_undone": _lt("Planned end of a subscription undone"),
    "subscription_ended": _lt("Subscription ended"),
    "subscription_cancelled": _lt("Subscription cancelled"),
    "payment_not_charged": _lt("Payment attempt declared as not charged"),
    "dunning_paused": _lt("Dunning paused"),
    "dunning_resumed": _lt("Dunning resumed"),
    "subscription_won_back": _lt("Subscription won back"),
    "coupon_redeemed": _lt("Coupon redeemed"),
    "billing_run_approved": _lt("Billing run approved"),
    "wallet_promo_given": _lt("Promotion given"),
    "wallet_grant_withdrawn": _lt("Grant withdrawn"),
    "wallet_grant_expired": _lt("Grant expired"),
    "sandbox_extended": _lt("Sandbox kept longer"),
    "restore_ordered": _lt("Restore ordered"),
    "restore_done": _lt("Backup restored"),
    "restore_failed": _lt("Restore failed"),
    "restore_undo_ordered": _lt("Undo of a restore ordered"),
    "restore_undone": _lt("Restore taken back"),
    "policy_changed": _lt("Lifecycle policy changed"),
    "retention_changed": _lt("Retention changed"),
    "customer_erased": _lt("Customer erased"),
    "host_added": _lt("Host name added"),
    "host_removed": _lt("Host name removed"),
    "host_primary_set": _lt("Primary host name set"),
    "address_set": _lt("Address of the tenant set"),
    "address_put_back": _lt("Forged address of the tenant put back"),
    "isolation_broken": _lt("Isolation broken"),
    "limits_put_back": _lt("Limits inside a tenant put back"),
    "right_mended": _lt("Database right mended"),
    "role_rotated": _lt("Database password rotated"),
    "provisioner_password_rotated": _lt("Password of the provisioner rotated"),
    "node_passwords_rotated": _lt("Passwords of the nodes rotated"),
    "cluster_secret_change_begun": _lt("Change of a cluster's secret begun"),
    "cluster_secret_rotated": _lt("Secret of a cluster rotated"),
    "signing_secret_renewed": _lt("Everybody at the tenant logged out"),
    "keyring_rotated": _lt("Key of the stored secrets rotated"),
    "keyring_old_forgotten": _lt("Old keys of the stored secrets forgotten"),
    "backup_kek_rotated": _lt("Key of the backup keys rotated"),
    "backup_kek_old_forgotten": _lt("Old keys of the backup keys forgotten"),
    "backup_key_made": _lt("Backup key made"),
    "backup_key_rotated": _lt("Backup key replaced"),
    "backup_key_destroyed": _lt("Backup key destroyed"),
    "recovery_sheet_confirmed": _lt("Recovery sheet confirmed"),
    "backup_policy_created": _lt("Backup policy created"),
    "backup_policy_changed": _lt("Backup policy changed"),
    "backup_policy_switched_on": _lt("Backup policy switched on"),
    "backup_policy_switched_off": _lt("Backup policy switched off"),
    "backup_adopted": _lt("Backup found on its target and taken over"),
    "backup_deleted": _lt("Backup deleted by hand"),
    "control_backup_policy_changed": _lt("Backup policy of the control plane changed"),
    "delete_guard_changed": _lt("Backup before a deletion switched on or off"),
    "backup_import_uploaded": _lt("Odoo backup uploaded"),
    "backup_import_ordered": _lt("Import of an Odoo backup ordered"),
    "backup_export_ordered": _lt("Download of a backup ordered"),
    "backup_export_made": _lt("Download of a backup made"),
    "backup_export_downloaded": _lt("Backup downloaded"),
    "backup_pinned": _lt("Backup pinned"),
    "backup_unpinned": _lt("Backup unpinned"),
    "backup_held": _lt("Backup put under legal hold"),
    "backup_released": _lt("Legal hold of a backup ended"),
    "brand_created": _lt("Brand created"),
    "brand_changed": _lt("Brand changed"),
    "rights_gained": _lt("Rights gained"),
    "rights_lost": _lt("Rights lost"),
    "api_key_made": _lt("API key made"),
    "api_key_removed": _lt("API key removed"),
    "secret_stored": _lt("Secret stored"),
    "link_used": _lt("One-time link used"),
    "price_changed": _lt("Price changed"),
    "price_version_published": _lt("Plan version published"),
    "coupon_created": _lt("Coupon created"),
    "coupon_changed": _lt("Coupon changed"),
    "cluster_changed": _lt("Connection of a cluster changed"),
    "backup_target_created": _lt("Backup target created"),
    "backup_target_changed": _lt("Backup target changed"),
    "webhook_created": _lt("Webhook created"),
    "webhook_changed": _lt("Webhook changed"),
    "webhook_enabled": _lt("Webhook enabled"),
    "webhook_paused": _lt("Webhook paused"),
    "webhook_disabled": _lt("Webhook disabled by itself"),
    "webhook_secret_made": _lt("Secret of a webhook made"),
    "webhook_secret_shown": _lt("Secret of a webhook shown"),
    "webhook_secret_ended": _lt("Former secret of a webhook ended"),
    "webhook_replayed": _lt("Events of a webhook replayed"),
    "version_published": _lt("Template version published"),
    "records_exported": _lt("Records exported"),
    "audit_downloaded": _lt("Audit log downloaded"),
    "signup_settings_changed": _lt("Settings of sign-up changed"),
    "support_asked": _lt("Support access asked for"),
    "support_allowed": _lt("Support access allowed"),
    "support_refused": _lt("Support access refused"),
    "support_withdrawn": _lt("Support access withdrawn"),
    "support_lapsed": _lt("Support access lapsed"),
    "support_entered": _lt("Support entered the tenant"),
    "support_opened": _lt("Support login used"),
    "support_ended": _lt("Support access ended early"),
    "support_expired": _lt("Time of support access over"),
    "support_left": _lt("Support left the tenant"),
    "support_rule_changed": _lt("Rule of support access changed"),
}

RULES = {
    "hostile_statement": _lt("Statement that must be refused was allowed"),
    "link_unknown": _lt("Link that leads nowhere"),
    "link_expired": _lt("Expired link"),
    "link_used": _lt("Link used again"),
    "link_foreign": _lt("Link of somebody else"),
    "bad_host": _lt("Request without a valid host name"),
    "rpc_foreign_database": _lt("Call that named another tenant's database"),
    "connect_foreign_database": _lt("Connection to another tenant's database"),
    "database_manager": _lt("Database manager called"),
    "login_throttled": _lt("Too many tries to log in"),
    "duplicate_cookie": _lt("Two session cookies in one request"),
    "expression_refused": _lt("Code that the plan does not allow"),
    "audit_tampered": _lt("Audit log changed"),
    "limits_tampered": _lt("Limits inside a tenant changed"),
    "webhook_inside": _lt("Webhook whose name leads inside our network"),
    "signup_flood": _lt("More sign-ups in an hour than allowed"),
    "signup_limited": _lt("Sign-ups held back by a limit"),
    "signup_robot": _lt("Sign-up form filled in by a program"),
    "hostile_file": _lt("File with code, paths or bombs in it"),
}


def action_label(env: Environment, code: str) -> str:
    """Return what an action is called in the language of the environment."""
    return _label(env, ACTIONS, code)


def rule_label(env: Environment, code: str) -> str:
    """Return what a rule is called in the language of the environment."""
    return _label(env, RULES, code)


def codes_like(env: Environment, table: dict, text: str) -> list[str]:
    """Return the codes whose label or own words hold a text, whatever its case."""
    wanted = text.casefold()
    words = {code: f"{env._(label)} {code}".casefold() for code, label in table.items()}
    return [code for code, told in words.items() if wanted in told]


def _label(env: Environment, table: dict, code: str) -> str:
    label = table.get(code)
    return env._(label) if label is not None else (code or "").replace("_", " ").capitalize()
