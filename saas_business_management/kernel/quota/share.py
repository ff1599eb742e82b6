"""What of a database server a tenant may take, beside what its cluster gives everybody.

Owns: the numbers, their borders. Does not own: setting them (`adapters/postgres/share.py`),
requests and scheduled work at nodes (`kernel/gateway/work.py`), where they come from (records).
"""

from dataclasses import dataclass

# Below these a tenant cannot work: three connections are kept for crons, the bus and the product.
LEAST_CONNECTIONS = 4
LEAST_TEMP_MB = 64
LEAST_STATEMENT_SECONDS = 30


@dataclass(frozen=True)
class Share:
    """Connections, megabytes of temporary files, seconds of one statement; 0 = as the cluster."""

    connections: int = 0
    temp_mb: int = 0
    statement_seconds: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the tenant has what everybody has."""
        return self == Share()
