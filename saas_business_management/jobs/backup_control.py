"""Back the control plane's own database and files up to one target, with a key it does not hold."""

from dataclasses import replace

from .backup_tenant import BACKUP_TENANT

# It is open as long as it runs.
FOR_THE_CLOSED = ("lend", "return")

BACKUP_CONTROL = replace(
    BACKUP_TENANT,
    kind="backup_control",
    label="Back Up Control Plane",
    steps=tuple(step for step in BACKUP_TENANT.steps if step.name not in FOR_THE_CLOSED),
)
