"""What is said about the records of an own host name, one sentence per status.

Owns: the sentences. Does not own: the statuses (`kernel/hosts/proof.py`), what follows from one
(`models/saas_tenant_host_proof.py`).
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

NOT_LOOKED = _lt("Not looked at yet.")
HOSTS = {
    "found": _lt("Found."),
    "not_visible_yet": _lt("Its record is not visible yet."),
    "points_elsewhere": _lt(
        "Points to %(found)s instead of %(target)s: change the record, do not add a second one."
    ),
    "root_needs_a": _lt(
        "A root domain cannot have a CNAME: use www or an A record with %(addresses)s."
    ),
    "txt_missing": _lt("It points here; its TXT record is not visible yet."),
    "txt_wrong": _lt(
        "Its TXT record says “%(found)s”, which belongs to something else: set the value below."
    ),
    "unknown": _lt(
        "No name server answered. Nothing was changed; it is looked at again by itself."
    ),
    "taken": _lt(
        "Its records are right, and another tenant has this name. It has to be removed there first."
    ),
}
