"""The words of monitoring: layers, what a metric is of, how bad something is.

Owns: the words and their order. Does not own: labels on screens (models), health at the front door
(`health.py`).
"""

INFRASTRUCTURE = "infrastructure"
APPLICATION = "application"
DATABASE = "database"
TENANT = "tenant"
BUSINESS = "business"
SECURITY = "security"
# As people should read them: from the machine up to the work that is done on it.
LAYERS = (INFRASTRUCTURE, APPLICATION, DATABASE, TENANT, BUSINESS, SECURITY)

# What a row of metrics is of; the subject is the id of such a record, 0 for the platform.
CLUSTER = "cluster"
MACHINE = "machine"
TARGET = "target"
DEPENDENCY = "dependency"
PLATFORM = "platform"
SCOPES = (TENANT, CLUSTER, MACHINE, TARGET, DEPENDENCY, PLATFORM)
NO_SUBJECT = 0

# From least to worst.
INFO = "info"
WARNING = "warning"
CRITICAL = "critical"
SEVERITIES = (INFO, WARNING, CRITICAL)
