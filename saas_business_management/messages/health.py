"""Sentences of health: why a tenant is not healthy, told to operators.

Owns: a sentence for each reason of `kernel/monitoring/health.py`. Does not own: which one counts.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

REASONS = {
    "no_answer": _lt("No answer: nobody knows what visitors meet."),
    "wrong_page": _lt("The login page does not come."),
    "first_wrong": _lt("The login page did not come once; it is asked for again."),
    "slow": _lt("The login page takes more than 5 seconds."),
    "no_certificate": _lt("The front proxy has no certificate for its host name."),
    "untrusted": _lt("Browsers do not trust its certificate."),
    "certificate_ends": _lt("Its certificate ends within 14 days."),
    "never_looked": _lt("Nobody has looked yet."),
    "stale": _lt("Nobody has looked for more than 15 minutes."),
    "not_made": _lt("Provisioning failed."),
}
