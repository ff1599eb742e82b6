from . import saas_tenant_host_add
from . import saas_tenant_host_remove
