"""`python -m saas_business_management.backup_reader`: reads backups where there is no Odoo.

Owns: being found under this name. Does not own: anything else (`adapters/backup/command.py`).
"""

import sys

from .adapters.backup.command import main

if __name__ == "__main__":
    sys.exit(main())
