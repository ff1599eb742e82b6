"""A plan that includes only some apps: the others are not installed.

Owns: refusing them on the node, whoever asks and however. Does not own: which apps a plan includes
(the route map), what comes along with them (`kernel/gateway/apps.py`), the words
(`kernel/gateway/app_words.py`). What is there stays, can be upgraded and uninstalled.

Source: `addons/base/models/ir_module.py` (button_install, _state_update),
`addons/base_import_module/models/ir_module.py` (modules from an uploaded file).
"""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.gateway.app_words import app_refusal
from ..kernel.gateway.apps import Module as Plain
from ..kernel.gateway.apps import needed, permitted
from .install_restricted import route_of
from .node import Node

_logger = logging.getLogger(__name__)
_nodes: list[Node] = []
PRESENT = ("installed", "to install", "to upgrade", "to remove")
_MODULES = """
SELECT module.name, module.state = ANY(%(present)s), coalesce(module.application, false),
       coalesce(module.auto_install, false),
       coalesce(array_agg(needed.name) FILTER (WHERE needed.name IS NOT NULL), '{}'),
       coalesce(array_agg(needed.name) FILTER (WHERE needed.auto_install_required), '{}')
  FROM ir_module_module AS module
  LEFT JOIN ir_module_module_dependency AS needed ON needed.module_id = module.id
 GROUP BY module.id
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
            self._saas_check_apps()
        return super().write(vals)

    def button_install(self):
        self._saas_check_apps(with_needs=True)
        return super().button_install()

    def button_immediate_install(self):
        self._saas_check_apps(with_needs=True)
        return super().button_immediate_install()

    def _saas_check_apps(self, with_needs=False):
        """Refuse what is outside the plan; `with_needs` before anything is marked."""
        allowed = allowed_apps(self.env)
        wanted = self.filtered(lambda module: module.state not in PRESENT)
        if allowed is None or not wanted:
            return
        modules = self._saas_modules()
        names = permitted(modules, allowed)
        self._saas_refuse(set(wanted.mapped("name")) - names)
        for module in wanted if with_needs else ():
            missing = needed(modules, [module.name]) - names
            outside = {name for name in missing if name in modules and not modules[name].present}
            self._saas_refuse(outside, module.shortdesc or module.name)

    @api.model
    def _saas_modules(self):
        self.flush_model(["name", "state", "application", "auto_install"])
        self.env["ir.module.module.dependency"].flush_model()
        rows = self.env.execute_query(SQL(_MODULES, present=list(PRESENT)))
        return {
            name: Plain(present, application, auto, frozenset(needs), frozenset(triggers))
            for name, present, application, auto, needs, triggers in rows
        }

    @api.model
    def _saas_refuse(self, names, wanted=""):
        if names:
            _logger.warning("%s: apps outside the plan were refused", self.env.cr.dbname)
            found = self.search([("name", "in", list(names))])
            titles = {module.name: module.shortdesc or module.name for module in found}
            shown = sorted(titles.get(name, name) for name in names)
            language = self.env.context.get("lang") or self.env.user.lang or ""
            raise UserError(app_refusal(shown, wanted, language))
