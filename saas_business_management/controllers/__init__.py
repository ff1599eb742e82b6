from . import brand
from . import tls
from . import welcome
