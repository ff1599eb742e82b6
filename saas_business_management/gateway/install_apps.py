"""A plan that includes only some apps: the others are not installed.

Owns: refusing them on the node, whoever asks and however. Does not own: which apps a plan includes
(the route map), the words (`kernel/gateway/refusals.py`).

An app that is named in the limit may be installed, and with it the modules it needs unless they are
apps themselves that are not named; modules that Odoo installs by itself come along. What is there
stays, can be upgraded and uninstalled.

Source: `addons/base/models/ir_module.py` (button_install, _state_update),
`addons/base_import_module/models/ir_module.py` (modules from an uploaded file).
"""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.gateway.refusals import app_refusal
from .install_restricted import route_of
from .node import Node

_logger = logging.getLogger(__name__)
_nodes: list[Node] = []
PRESENT = ("installed", "to install", "to upgrade", "to remove")
_NEEDED = """
WITH RECURSIVE needed (name) AS (
    SELECT name FROM ir_module_module
     WHERE name = ANY(%(allowed)s) OR auto_install OR state IN %(present)s
     UNION
    SELECT dependency.name
      FROM needed
      JOIN ir_module_module AS module ON module.name = needed.name
      JOIN ir_module_module_dependency AS dependency ON dependency.module_id = module.id
)
SELECT name FROM needed
"""


def install(node: Node) -> None:
    """Let the class below ask this node's route map."""
    _nodes[:] = [node]


def allowed_apps(env) -> frozenset[str] | None:
    """Return the names of the apps that may be installed here, None for all."""
    route = route_of(env)
    return _nodes[0].limiter.limits_of(route).apps if route is not None and _nodes else None


class Module(models.Model):
    _inherit = "ir.module.module"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        allowed = allowed_apps(self.env)
        if allowed is not None:
            made = [vals.get("name", "") for vals in vals_list if vals.get("state") in PRESENT]
            self._saas_refuse([name for name in made if name not in allowed])
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("state") in PRESENT:
            self.filtered(lambda module: module.state not in PRESENT)._saas_check_apps()
        return super().write(vals)

    def button_install(self):
        self._saas_check_wanted()
        return super().button_install()

    def button_immediate_install(self):
        self._saas_check_wanted()
        return super().button_immediate_install()

    def _saas_check_wanted(self):
        """Refuse before anything is marked, naming what was asked for."""
        if allowed_apps(self.env) is None:
            return
        wanted = self.filtered(lambda module: module.state not in PRESENT)
        wanted._saas_check_apps()
        for module in wanted:
            needs = module.upstream_dependencies(exclude_states=(*PRESENT, "uninstallable"))
            (needs - wanted)._saas_check_apps(module.shortdesc or module.name)

    def _saas_check_apps(self, wanted=""):
        allowed = allowed_apps(self.env)
        if allowed is None or not self:
            return
        outside = self.filtered(lambda module: module.name not in allowed)
        if outside:
            needed = self._saas_needed_names(allowed)
            outside = outside.filtered(lambda module: not module._saas_comes_along(needed))
        self._saas_refuse([module.shortdesc or module.name for module in outside], wanted)

    def _saas_comes_along(self, needed):
        """Whether this module is there for the sake of others, not of itself."""
        if self.auto_install:
            triggers = self.dependencies_id.filtered("auto_install_required")
            return all(trigger.state in PRESENT for trigger in triggers)
        return not self.application and self.name in needed

    def _saas_needed_names(self, allowed):
        self.flush_model(["name", "state", "auto_install"])
        self.env["ir.module.module.dependency"].flush_model(["name", "module_id"])
        query = SQL(_NEEDED, allowed=sorted(allowed), present=PRESENT)
        return {name for (name,) in self.env.execute_query(query)}

    def _saas_refuse(self, names, wanted=""):
        if names:
            _logger.warning("%s: apps outside the plan were refused", self.env.cr.dbname)
            language = self.env.context.get("lang") or self.env.user.lang or ""
            raise UserError(app_refusal(names, wanted, language))
