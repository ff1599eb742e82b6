"""Every kind of job by its name."""

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
from .check_health import CHECK_HEALTH
from .check_host import CHECK_HOST
from .close_support import CLOSE_SUPPORT
from .count_newer import COUNT_NEWER
from .delete_tenant import DELETE_TENANT
from .drop_database import DROP_DATABASE
from .drop_exports import DROP_EXPORTS
from .dun_subscription import DUN_SUBSCRIPTION
from .expire_backups import EXPIRE_BACKUPS
from .export_backup import EXPORT_BACKUP
from .fill_standby import FILL_STANDBY
from .import_backup import IMPORT_BACKUP
from .mail_invoices import MAIL_INVOICES
from .note_revenue import NOTE_REVENUE
from .open_support import OPEN_SUPPORT
from .post_invoices import POST_INVOICES
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
from .set_addresses import SET_ADDRESSES
from .tend_wallets import TEND_WALLETS
from .test_cluster import TEST_CLUSTER
from .test_target import TEST_TARGET
from .undo_restore import UNDO_RESTORE
from .verify_backup import VERIFY_BACKUP

JOBS: dict[str, Job] = {
    job.kind: job
    for job in (
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
        CLOSE_SUPPORT,
        CHECK_CANARIES,
        CHECK_HEALTH,
        CHECK_HOST,
        COUNT_NEWER,
        DROP_DATABASE,
        EXPIRE_BACKUPS,
        DROP_EXPORTS,
        DUN_SUBSCRIPTION,
        EXPORT_BACKUP,
        FILL_STANDBY,
        IMPORT_BACKUP,
        MAIL_INVOICES,
        NOTE_REVENUE,
        OPEN_SUPPORT,
        POST_INVOICES,
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
        SET_ADDRESSES,
        TEND_WALLETS,
        TEST_CLUSTER,
        TEST_TARGET,
        UNDO_RESTORE,
        VERIFY_BACKUP,
    )
}
