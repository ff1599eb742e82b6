"""Back the control plane's own database and files up to one target, with a key it does not hold."""

from dataclasses import replace

from .backup_tenant import BACKUP_TENANT

BACKUP_CONTROL = replace(BACKUP_TENANT, kind="backup_control", label="Back Up Control Plane")
