from . import test_tenant
from . import test_welcome
