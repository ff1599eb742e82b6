"""The parts of the service that a status page tells of: login, web, API, mail, scheduled work.

Owns: their names. Does not own: the codes and states (`kernel/monitoring/component.py`), what was
seen of them (`saas_status_evidence.py`).
"""

from odoo import fields, models
from odoo.tools import LazyTranslate

from ..kernel.monitoring import component

_lt = LazyTranslate(__name__)

STATES = [
    (component.OPERATIONAL, "Operational"),
    (component.DEGRADED, "Degraded"),
    (component.PARTIAL, "Partial Outage"),
    (component.MAJOR, "Major Outage"),
    (component.MAINTENANCE, "Maintenance"),
    (component.UNKNOWN, "Unknown"),
]
assert {state for state, _label in STATES} == {*component.STATES}
IMPACTS = [one for one in STATES if one[0] in component.IMPACTS]
# As people read them inside a sentence or beside a name.
STATE_WORDS = {
    component.OPERATIONAL: _lt("Operational"),
    component.DEGRADED: _lt("Degraded"),
    component.PARTIAL: _lt("Partial outage"),
    component.MAJOR: _lt("Major outage"),
    component.MAINTENANCE: _lt("Maintenance"),
    component.UNKNOWN: _lt("Unknown"),
}


class SaasStatusComponent(models.Model):
    _name = "saas.status.component"
    _description = "Part of the Service"
    _order = "sequence, id"

    name = fields.Char(required=True, readonly=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    color = fields.Integer(default=0)

    _code_uniq = models.Constraint("UNIQUE (code)", "There is such a part already.")
