"""Python code of tenants' administrators: refused where the plan does not allow it.

Owns: what counts as writing code and as running it, in the models of `base`. Does not own: what
code may reach (`install_expressions.py`; those guards hold either way), the plan.

Modules may bring what they like: a registry that is being loaded writes freely, and what they
brought runs. Not judged are expressions that ordinary administration needs: domains of rules and
filters, mail templates, names of reports.

Source: `odoo/orm/models.py` (MetaModel: classes of `_module = "base"` join every registry),
`addons/base/models/{ir_actions,ir_model,ir_ui_view}.py`.
"""

import logging

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..kernel.gateway.markup import code_in
from .node import Node

_logger = logging.getLogger(__name__)
_nodes: list[Node] = []
ACTIONS = ("ir.actions.server", "ir.cron")


def install(node: Node) -> None:
    """Let the classes below ask this node's route map."""
    _nodes[:] = [node]


def may_write_code(env) -> bool:
    """Tell whether this database's administrators may write Python code, or a module is loaded."""
    if not env.registry.ready or env.registry._init:
        return True
    route = _nodes[0].cache.map.by_database.get(env.cr.dbname) if _nodes else None
    return route is not None and route.code


def refuse(env, what: str) -> None:
    """Raise the sentence an administrator reads."""
    _logger.warning("%s: %s by user %s refused", env.cr.dbname, what, env.uid)
    raise AccessError(
        env._(
            "Python code is not part of this plan, so it was not saved or run. Use an action "
            "without code, or ask your provider for a plan with code."
        )
    )


class ServerAction(models.Model):
    _inherit = "ir.actions.server"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        if not may_write_code(self.env) and actions._saas_has_code():
            refuse(self.env, "a code action")
        return actions

    def write(self, vals):
        result = super().write(vals)
        told = {"state", "code", "evaluation_type", "value"} & set(vals)
        if told and not may_write_code(self.env) and self._saas_has_code():
            refuse(self.env, "a changed code action")
        return result

    def _run_action_code_multi(self, eval_context):
        self._saas_check_run()
        return super()._run_action_code_multi(eval_context)

    def _eval_value(self, eval_context=None):
        if any(action.evaluation_type == "equation" for action in self):
            self._saas_check_run()
        return super()._eval_value(eval_context=eval_context)

    def _saas_has_code(self):
        return any(
            one.state == "code" or (one.state == "object_write" and _computes(one))
            for one in self.sudo()
        )

    def _saas_check_run(self):
        """Let run what a module brought, and everything where code is allowed."""
        if may_write_code(self.env):
            return
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        for action in self.sudo():
            ids = crons.search([("ir_actions_server_id", "=", action.id)]).ids
            if not _is_of_module(self.env, {ACTIONS[0]: action.ids, ACTIONS[1]: ids}):
                refuse(self.env, "an own code action")


def _computes(action) -> bool:
    return action.evaluation_type == "equation"


def _is_of_module(env, ids_by_model) -> bool:
    """Tell whether a module brought one of these; names of imports begin with underscores."""
    rows = env.execute_query(
        SQL(
            """
            SELECT 1 FROM ir_model_data
             WHERE module NOT LIKE %s
               AND ((model = %s AND res_id = ANY(%s)) OR (model = %s AND res_id = ANY(%s)))
             LIMIT 1
            """,
            r"\_\_%",
            *(part for model, ids in ids_by_model.items() for part in (model, list(ids))),
        )
    )
    return bool(rows)


class ModelData(models.Model):
    """External names: with one of a module an own action would pass for the module's."""

    _inherit = "ir.model.data"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._saas_check_forged()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"model", "res_id", "module"} & set(vals):
            self._saas_check_forged()
        return result

    def _update_xmlids(self, data_list, update=False):
        """Imports give names here, past `create` and `write`."""
        if not may_write_code(self.env):
            for one in data_list:
                forged = not one["xml_id"].startswith("__")
                if forged and one["record"]._name in ACTIONS:
                    refuse(self.env, "an external name of a module")
        return super()._update_xmlids(data_list, update)

    def _saas_check_forged(self):
        if may_write_code(self.env):
            return
        for row in self.sudo():
            if row.model in ACTIONS and not row.module.startswith("__"):
                refuse(self.env, "an external name of a module")


class ModelFields(models.Model):
    _inherit = "ir.model.fields"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("compute") for vals in vals_list) and not may_write_code(self.env):
            refuse(self.env, "a computed field")
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("compute") and not may_write_code(self.env):
            refuse(self.env, "a computed field")
        return super().write(vals)


class View(models.Model):
    """Views: text may be edited, directives only as they were."""

    _inherit = "ir.ui.view"
    _module = "base"

    @api.model_create_multi
    def create(self, vals_list):
        views = super().create(vals_list)
        if not may_write_code(self.env):
            for view_id, code in views._saas_code().items():
                if code and not self.browse(view_id)._saas_is_copy():
                    refuse(self.env, "a view with code")
        return views

    def write(self, vals):
        if not {"arch", "arch_db", "arch_base", "arch_prev"} & set(vals):
            return super().write(vals)
        return self._saas_keeping_code(lambda: super(View, self).write(vals))

    def _update_field_translations(self, *args, **kwargs):
        return self._saas_keeping_code(
            lambda: super(View, self)._update_field_translations(*args, **kwargs)
        )

    def _saas_keeping_code(self, work):
        if may_write_code(self.env):
            return work()
        before = self._saas_code()
        result = work()
        for view_id, code in self._saas_code().items():
            if code - before.get(view_id, frozenset()):
                refuse(self.env, "code in a view")
        return result

    def _saas_code(self):
        """Return the code of each view, of all its languages together."""
        self.flush_recordset(["arch_db", "arch_prev"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.id, t.value FROM ir_ui_view v,
                       LATERAL (SELECT value FROM jsonb_each_text(coalesce(v.arch_db, '{}'))
                                 UNION ALL SELECT coalesce(v.arch_prev, '')) t
                 WHERE v.id = ANY(%s)
                """,
                list(self.ids),
            )
        )
        found = {}
        for view_id, arch in rows:
            found[view_id] = found.get(view_id, frozenset()) | code_in(arch or "")
        return found

    def _saas_is_copy(self):
        """Tell whether another view, which was there before, has the very same text."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 1 FROM ir_ui_view own JOIN ir_ui_view other ON other.id < own.id
                   AND other.arch_db->>'en_US' = own.arch_db->>'en_US'
                 WHERE own.id = %s AND own.arch_db->>'en_US' IS NOT NULL LIMIT 1
                """,
                self.id,
            )
        )
        return bool(rows)
