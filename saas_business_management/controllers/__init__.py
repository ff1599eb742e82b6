from . import audit
from . import tls
from . import welcome
