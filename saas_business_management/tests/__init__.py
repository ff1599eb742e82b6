from . import test_access
from . import test_cluster
from . import test_doctor
from . import test_plan
from . import test_template
from . import test_tenant
from . import test_views
from . import test_welcome
