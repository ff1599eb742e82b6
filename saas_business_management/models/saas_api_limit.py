"""How often the customers' API is asked: by a key, and by who has none that works.

Owns: counting requests and faults. Does not own: the counters (`saas_signup_count.py`), the numbers
(`kernel/portal/api.py`).
"""

from odoo import api, models

from ..kernel.portal.api import FAULT_SECONDS, FAULTS, KEY_A_MINUTE
from ..kernel.signup.limits import Limit, network

REQUESTS = Limit(KEY_A_MINUTE, 60)
WRONG = Limit(FAULTS, FAULT_SECONDS)


class SaasApiLimit(models.AbstractModel):
    _name = "saas.api.limit"
    _description = "Limits of the API"

    @api.model
    @api.private
    def _count_request(self, key_sudo):
        """Count a request; return the seconds to wait where there are too many, else 0."""
        counts_sudo = self.env["saas.signup.count"].sudo()
        count, wait = counts_sudo._add("api", key_sudo.id, REQUESTS)
        return 0 if REQUESTS.allows(count) else wait

    @api.model
    @api.private
    def _count_fault(self, source):
        """Count a request without a key that works."""
        self.env["saas.signup.count"].sudo()._add("api_fault", network(source), WRONG)

    @api.model
    @api.private
    def _faults_wait(self, source):
        """Return the seconds to wait after too many wrong keys from a network, else 0."""
        counts_sudo = self.env["saas.signup.count"].sudo()
        count, wait = counts_sudo._so_far("api_fault", network(source), WRONG)
        return wait if count >= WRONG.most else 0
