"""Every kind of job by its name."""

from .audit_cluster import AUDIT_CLUSTER
from .audit_rights import AUDIT_RIGHTS
from .base import Job
from .build_template import BUILD_TEMPLATE
from .drop_database import DROP_DATABASE
from .fill_standby import FILL_STANDBY
from .prove_isolation import PROVE_ISOLATION
from .provision_tenant import PROVISION_TENANT
from .refresh_modules import REFRESH_MODULES
from .rotate_role import ROTATE_ROLE
from .run_doctor import RUN_DOCTOR
from .test_cluster import TEST_CLUSTER

JOBS: dict[str, Job] = {
    job.kind: job
    for job in (
        AUDIT_CLUSTER,
        AUDIT_RIGHTS,
        BUILD_TEMPLATE,
        DROP_DATABASE,
        FILL_STANDBY,
        PROVE_ISOLATION,
        PROVISION_TENANT,
        REFRESH_MODULES,
        ROTATE_ROLE,
        RUN_DOCTOR,
        TEST_CLUSTER,
    )
}
