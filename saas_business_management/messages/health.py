"""Sentences of health: why a tenant is not healthy, told to operators.

Owns: a sentence for each reason of `kernel/monitoring/{health,layer_health}.py`, names of layers
and of what is shared. Does not own: which one counts.
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
    "stale": _lt("Nobody has looked for too long."),
    "not_made": _lt("Provisioning failed."),
}

# Reasons of layers; those of the front door count for the layer of the application.
LAYER_REASONS = {
    **REASONS,
    "alert": _lt("An alert is firing."),
    "no_sample": _lt("Nobody has looked yet."),
    "old_sample": _lt("No figures came for too long, so nobody knows."),
    "not_judged": _lt("Health was not judged for more than 15 minutes."),
}
LAYER_WORDS = {
    "infrastructure": _lt("Infrastructure"),
    "application": _lt("Application"),
    "database": _lt("Database"),
    "tenant": _lt("Tenant"),
    "business": _lt("Business"),
    "security": _lt("Security"),
}
RESOURCE_WORDS = {
    "sessions": _lt("database sessions at work"),
    "cpu": _lt("processor time"),
    "blocks_read": _lt("reading from disk"),
    "temp": _lt("temporary files"),
    "wal": _lt("writing to disk"),
    "gateway": _lt("time of requests"),
}
SIGN_WORDS = {
    "cpu": _lt("work waits for processors"),
    "io": _lt("work waits for disks"),
    "queue": _lt("requests wait in line"),
    "sessions": _lt("more sessions at work than processors can serve"),
}
