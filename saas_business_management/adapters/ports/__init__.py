"""What the jobs ask of the outside world, one Protocol per neighbour.

Every method may be called twice with the same arguments and then finds its work done. Every method
raises `Refused`, `Unavailable` or `Broken` and nothing else on purpose.
"""

from .adopting import AdoptingPort, Foreign
from .away import ExportOrder, ExportsPort, ImportsPort
from .clock import Clock
from .cluster import Check, ClusterPort, DatabaseInfo, RoleInfo
from .copying import CopiesPort
from .doors import Answer, DnsPort, FrontDoorPort, PublicDoorPort, PublicLook
from .enforcing import EnforcingPort
from .filestore import FilestorePort
from .guarding import Attack, GuardingPort
from .inside import Birth, Guest, Identity, InsidePort
from .machine import MachinePort
from .metering import ABSENT, MeteringPort, Question, Told
from .moving import Compared, End, MoverPort, MovingPort
from .odoo import ModuleInfo, OdooPort
from .outside import OutsidePort, Page
from .restoring import LENT, RestoringPort
from .stores import StoresPort
from .upgrading import UpgradingPort
from .vault import (
    BackupPlace,
    BackupSource,
    Oddity,
    Proof,
    RestorePlace,
    Swept,
    VaultPort,
)
from .watching import Counters, DatabaseSight, Sight, Statement, WatchingPort
