"""Registries: patches of `odoo.modules.registry`.

Owns: the quick way to a loaded registry, forgetting one. Does not own: loading.

Source: `odoo/orm/registry.py` (Registry.__new__, registries), `odoo/tools/lru.py`.
"""

from collections.abc import Callable

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
    Registry.init = _init(Registry.init)


def _init(original):
    """Hide from a registry what acts on others, as Odoo hides `new`."""

    def init(self, db_name: str) -> None:
        original(self, db_name)
        self.delete = self.delete_all = None

    return init


def forget(database: str, later: Callable[[Callable[[], None]], None]) -> bool:
    """Drop the loaded registry, waiting for nothing; tell whether there was one.

    One that is just loading is looked up by its own load, so it is dropped `later`, at its end.
    """
    registry = Registry.registries.get(database)
    if registry is None:
        return False
    if registry.ready:
        Registry.registries.pop(database, None)
    else:
        later(lambda: Registry.delete(database))
    return True
