"""A restricted tenant: open, but no new apps and no new internal users.

Owns: refusing these on the node. Does not own: who is restricted (the route map), the banner.

Source: `addons/base/models/{ir_module,res_users,res_groups}.py`.
"""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel.gateway.banner import is_over_limit
from ..kernel.gateway.restricted_words import APPS, USERS, restricted_refusal
from ..kernel.gateway.route import Route
from .node import Node

_logger = logging.getLogger(__name__)
_nodes: list[Node] = []


def install(node: Node) -> None:
    """Let the classes below ask this node's route map."""
    _nodes[:] = [node]


def route_of(env) -> Route | None:
    """Return what the map says of this database; a registry that is being loaded is not asked."""
    if not env.registry.ready or env.registry._init:
        return None
    return _nodes[0].cache.map.by_database.get(env.cr.dbname) if _nodes else None


def is_restricted(env) -> bool:
    """Tell whether this database is restricted."""
    route = route_of(env)
    return route is not None and route.restricted


def _refusal(env, what: str) -> str:
    """Return why it is refused, in the language of who asked."""
    language = env.context.get("lang") or env.user.lang or ""
    return restricted_refusal(what, is_over_limit(route_of(env)), language)


class Module(models.Model):
    _inherit = "ir.module.module"
    _module = "base"

    def write(self, vals):
        if vals.get("state") == "to install":
            self._saas_check_restricted()
        return super().write(vals)

    def button_install(self):
        self._saas_check_restricted()
        return super().button_install()

    def button_immediate_install(self):
        self._saas_check_restricted()
        return super().button_immediate_install()

    def _saas_check_restricted(self):
        if is_restricted(self.env):
            _logger.warning("%s is restricted: an app was refused", self.env.cr.dbname)
            raise UserError(_refusal(self.env, APPS))


class Users(models.Model):
    _inherit = "res.users"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        return without_new_users(self.env, lambda: super(Users, self).create(vals_list))

    def write(self, vals):
        return without_new_users(self.env, lambda: super(Users, self).write(vals))


class Groups(models.Model):
    """Groups make users internal, too: by their members and by what they imply."""

    _inherit = "res.groups"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        return without_new_users(self.env, lambda: super(Groups, self).create(vals_list))

    def write(self, vals):
        return without_new_users(self.env, lambda: super(Groups, self).write(vals))


def without_new_users(env, work):
    """Do the work; refuse it when a restricted tenant has an internal user more afterwards."""
    if not is_restricted(env):
        return work()
    before = _internal_users(env)
    result = work()
    if _internal_users(env) - before:
        _logger.warning("%s is restricted: an internal user was refused", env.cr.dbname)
        raise UserError(_refusal(env, USERS))
    return result


def _internal_users(env) -> set[int]:
    env.flush_all()
    rows = env.execute_query(SQL("SELECT id FROM res_users WHERE active AND share IS NOT TRUE"))
    return {user_id for (user_id,) in rows}
