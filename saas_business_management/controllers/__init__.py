from . import tls
from . import welcome
