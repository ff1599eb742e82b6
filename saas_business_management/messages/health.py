"""Sentences of health: why a tenant is not healthy, told to operators.

Owns: a sentence for each reason of `kernel/monitoring/health.py`. Does not own: which one counts.
"""

from odoo.tools import LazyTranslate

from ..kernel.monitoring import health

_lt = LazyTranslate(__name__)

REASONS = {
    health.NO_ANSWER: _lt("No answer: nobody knows what visitors meet."),
    health.WRONG_PAGE: _lt("The login page does not come."),
    health.FIRST_WRONG: _lt("The login page did not come once; it is asked for again."),
    health.SLOW: _lt("The login page takes more than 5 seconds."),
    health.NO_CERTIFICATE: _lt("The front proxy has no certificate for its host name."),
    health.UNTRUSTED: _lt("Browsers do not trust its certificate."),
    health.CERTIFICATE_ENDS: _lt("Its certificate ends within 14 days."),
    health.NEVER_LOOKED: _lt("Nobody has looked yet."),
    health.STALE: _lt("Nobody has looked for more than 15 minutes."),
    health.NOT_MADE: _lt("Provisioning failed."),
}
