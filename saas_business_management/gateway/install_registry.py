"""Registries: patches of `odoo.modules.registry`.

Owns: the quick way to a loaded registry, forgetting one. Does not own: loading.

Source: `odoo/orm/registry.py` (Registry.__new__, registries), `odoo/tools/lru.py`.
"""

from odoo.modules.registry import Registry

from .node import Node


def install(node: Node) -> None:
    """Find a loaded registry without the global lock, which a cold load holds for long."""
    original = Registry.__new__

    def new(cls, db_name: str):
        try:
            registry = cls.registries[db_name]
        except KeyError:
            return original(cls, db_name)
        return registry if registry.ready else original(cls, db_name)

    Registry.__new__ = new


def forget(database: str) -> bool:
    """Drop the loaded registry, waiting for nothing; tell whether there was one."""
    return Registry.registries.pop(database, None) is not None
