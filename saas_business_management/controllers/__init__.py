from . import audit
from . import export
from . import support
from . import brand
from . import tls
from . import upload
from . import welcome
