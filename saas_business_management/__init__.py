"""The addon in its two lives: installed in the control database, or loaded server-wide on a
runtime node.

On a node models, controllers and wizards stay out: a server-wide addon's routes are served on
every database. Where it is not Odoo that loads it, to read a backup (`backup_reader.py`), whatever
needs Odoo stays out as well.
"""

if __name__.startswith("odoo.addons."):
    from odoo.tools import config

    from .hooks import post_load

    if not config.get("saas_node"):
        from . import controllers, models, wizards
