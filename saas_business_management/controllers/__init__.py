from . import audit
from . import export
from . import support
from . import brand
from . import tls
from . import welcome
