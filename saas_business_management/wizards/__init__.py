"""Dialogs: what a person is asked before something happens, and what came of it."""

from . import saas_backup_delete
from . import saas_backup_download
from . import saas_backup_import
from . import saas_backup_key_destroy
from . import saas_customer_erasure
from . import saas_plan_publish
from . import saas_webhook_replay
from . import saas_webhook_secret
from . import saas_tenant_change
from . import saas_tenant_host_add
from . import saas_tenant_host_remove
from . import saas_tenant_restore
from . import saas_tenant_restore_newer
from . import saas_subscription_change
from . import saas_wallet_add
from . import saas_usage_import
from . import saas_dunning_pause
from . import saas_quota_raise
