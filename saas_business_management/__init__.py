"""The addon in its two lives: installed in the control database, or loaded server-wide on a
runtime node.

On a node models, controllers and wizards stay out: a server-wide addon's routes are served on
every database.
"""

from odoo.tools import config

from .hooks import post_load

if not config.get("saas_node"):
    from . import controllers, models, wizards
