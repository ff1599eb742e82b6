"""Every kind of job by its name."""

from .adopt_database import ADOPT_DATABASE
from .apply_limits import APPLY_LIMITS
from .apply_state import APPLY_STATE
from .audit_cluster import AUDIT_CLUSTER
from .audit_rights import AUDIT_RIGHTS
from .audit_target import AUDIT_TARGET
from .backup_control import BACKUP_CONTROL
from .backup_tenant import BACKUP_TENANT
from .base import Job
from .bill_subscription import BILL_SUBSCRIPTION
from .build_template import BUILD_TEMPLATE
from .charge_invoice import CHARGE_INVOICE
from .check_canaries import CHECK_CANARIES
from .check_dependencies import CHECK_DEPENDENCIES
from .check_health import CHECK_HEALTH
from .check_host import CHECK_HOST
from .close_support import CLOSE_SUPPORT
from .collect_cluster import COLLECT_CLUSTER
from .collect_machine import COLLECT_MACHINE
from .copy_tenant import COPY_TENANT
from .count_newer import COUNT_NEWER
from .delete_tenant import DELETE_TENANT
from .deliver_alerts import DELIVER_ALERTS
from .drop_database import DROP_DATABASE
from .drop_exports import DROP_EXPORTS
from .dun_subscription import DUN_SUBSCRIPTION
from .expire_backups import EXPIRE_BACKUPS
from .export_backup import EXPORT_BACKUP
from .fill_standby import FILL_STANDBY
from .find_foreign import FIND_FOREIGN
from .import_backup import IMPORT_BACKUP
from .look_adoption import LOOK_ADOPTION
from .mail_invoices import MAIL_INVOICES
from .move_tenant import MOVE_TENANT
from .note_revenue import NOTE_REVENUE
from .open_support import OPEN_SUPPORT
from .post_invoices import POST_INVOICES
from .preview_masking import PREVIEW_MASKING
from .probe_tenants import PROBE_TENANTS
from .prove_isolation import PROVE_ISOLATION
from .prove_restore import PROVE_RESTORE
from .provision_tenant import PROVISION_TENANT
from .recognize_revenue import RECOGNIZE_REVENUE
from .refresh_modules import REFRESH_MODULES
from .renew_signing_secret import RENEW_SIGNING_SECRET
from .restore_copy import RESTORE_COPY
from .restore_tenant import RESTORE_TENANT
from .rotate_cluster_secret import ROTATE_CLUSTER_SECRET
from .rotate_role import ROTATE_ROLE
from .run_doctor import RUN_DOCTOR
from .sample_usage import SAMPLE_USAGE
from .send_beat import SEND_BEAT
from .set_addresses import SET_ADDRESSES
from .tend_wallets import TEND_WALLETS
from .test_cluster import TEST_CLUSTER
from .test_target import TEST_TARGET
from .undo_move import UNDO_MOVE
from .undo_restore import UNDO_RESTORE, UNDO_UPGRADE
from .upgrade_tenant import UPGRADE_TENANT
from .verify_backup import VERIFY_BACKUP
from .watch_upgrade import WATCH_UPGRADE

JOBS: dict[str, Job] = {
    job.kind: job
    for job in (
        ADOPT_DATABASE,
        APPLY_LIMITS,
        APPLY_STATE,
        AUDIT_CLUSTER,
        AUDIT_RIGHTS,
        AUDIT_TARGET,
        BACKUP_CONTROL,
        BACKUP_TENANT,
        BILL_SUBSCRIPTION,
        BUILD_TEMPLATE,
        CHARGE_INVOICE,
        DELETE_TENANT,
        DELIVER_ALERTS,
        CLOSE_SUPPORT,
        CHECK_CANARIES,
        CHECK_DEPENDENCIES,
        CHECK_HEALTH,
        CHECK_HOST,
        COLLECT_CLUSTER,
        COLLECT_MACHINE,
        COPY_TENANT,
        COUNT_NEWER,
        DROP_DATABASE,
        EXPIRE_BACKUPS,
        DROP_EXPORTS,
        DUN_SUBSCRIPTION,
        EXPORT_BACKUP,
        FILL_STANDBY,
        FIND_FOREIGN,
        IMPORT_BACKUP,
        LOOK_ADOPTION,
        MAIL_INVOICES,
        MOVE_TENANT,
        NOTE_REVENUE,
        OPEN_SUPPORT,
        POST_INVOICES,
        PREVIEW_MASKING,
        PROBE_TENANTS,
        PROVE_ISOLATION,
        PROVE_RESTORE,
        PROVISION_TENANT,
        RECOGNIZE_REVENUE,
        REFRESH_MODULES,
        RENEW_SIGNING_SECRET,
        RESTORE_COPY,
        RESTORE_TENANT,
        ROTATE_CLUSTER_SECRET,
        ROTATE_ROLE,
        RUN_DOCTOR,
        SAMPLE_USAGE,
        SEND_BEAT,
        SET_ADDRESSES,
        TEND_WALLETS,
        TEST_CLUSTER,
        TEST_TARGET,
        UNDO_MOVE,
        UNDO_RESTORE,
        UNDO_UPGRADE,
        UPGRADE_TENANT,
        VERIFY_BACKUP,
        WATCH_UPGRADE,
    )
}
