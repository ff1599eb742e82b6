"""Defaults of the product, each the start value of a setting, and fixed names.

Owns: numbers that more than one room needs. Does not own: what one room alone uses (it keeps its
own).
"""

# Lifecycle, in days
TRIAL_DAYS = 14
RELEASED_SUBDOMAIN_DAYS = 90
RELEASED_HOST_DAYS = 30

# Links
WELCOME_LINK_DAYS = 7
LINK_MINUTES = 15
# A link that expired is replaced on request, but not more often than this.
LINK_FRESH_MINUTES = 2

# Operations, in seconds
HEARTBEAT_SECONDS = 10
LEASE_SECONDS = 30
GIVE_UP_SECONDS = 1800
OPERATION_LOG_DAYS = 90

# Clusters
CONNECTIONS_PER_TENANT = 10
STANDBY_WANTED = 2
ROLE_ROTATION_DAYS = 90

# Restores, in days
RESTORE_UNDO_DAYS = 7
MOVE_UNDO_DAYS = 7
SANDBOX_DAYS = 30

# Backups of tenants for whom no policy counts, in days
BACKUP_KEPT_DAYS = 30

# 1 GB of every limit, bill and sentence
GB = 10**9
