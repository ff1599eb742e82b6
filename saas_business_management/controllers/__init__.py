from . import audit
from . import support
from . import tls
from . import welcome
