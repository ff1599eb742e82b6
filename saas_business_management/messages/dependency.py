"""Sentences of dependencies: why a service does not stand well, told to operators.

Owns: a sentence for each reason a check finds. Does not own: which one counts
(`kernel/monitoring/dependency.py`); codes that are not here have their sentence in `errors/`.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

REASONS = {
    "never_checked": _lt("Nothing was seen of it yet."),
    "wrong_status": _lt("It answers with another status than the expected one."),
    "no_marker": _lt("It answers, but the expected text is not in its answer."),
    "heartbeat_late": _lt("It has not called for longer than it may."),
    "our_network": _lt(
        "No service outside answered at that moment: our own network is the likely reason."
    ),
    "stale": _lt("Nobody has checked it for too long."),
    "receiver_slow": _lt("It takes longer than 10 seconds to answer."),
    "receiver_silent": _lt("It ends the connection without an answer."),
    "receiver_garbled": _lt("What it answers is no HTTP."),
    "address_silent": _lt("Nobody answers at its address."),
    "address_unknown": _lt("Its name is not known to name servers."),
    "address_inside": _lt(
        "Its name leads inside our network, so it was not asked. Allow that only when it is so on "
        "purpose."
    ),
    "certificate_wrong": _lt("Its certificate is not valid for its name, or has ended."),
}
