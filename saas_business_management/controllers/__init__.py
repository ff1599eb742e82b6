from . import audit
from . import support
from . import brand
from . import tls
from . import welcome
