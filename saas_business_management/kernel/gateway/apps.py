"""Which modules a plan that names some apps lets be installed.

Owns: what an app brings along. Does not own: reading modules, refusing (`gateway/install_apps.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Modules = Mapping[str, "Module"]


@dataclass(frozen=True, slots=True)
class Module:
    """One module as a database knows it; `present` = installed or about to be.

    `needs` are the names of its dependencies; with `auto_install` Odoo installs it by itself as
    soon as all `triggers`, some of them, are there.
    """

    present: bool = False
    application: bool = False
    auto_install: bool = False
    needs: frozenset[str] = frozenset()
    triggers: frozenset[str] = frozenset()


def permitted(modules: Modules, allowed: frozenset[str]) -> frozenset[str]:
    """Return the names that may be installed: those allowed, and what comes along with them.

    Along come modules that are needed by what is allowed or there, and those that Odoo installs by
    itself then; an app comes along only by itself.
    """
    known = needed(modules, allowed | {name for name, one in modules.items() if one.present})
    waiting = {name for name, one in modules.items() if one.auto_install} - known
    while ready := {name for name in waiting if modules[name].triggers <= known}:
        known |= needed(modules, ready)
        waiting -= known
    along = {name for name in known & modules.keys() if _comes_along(modules[name])}
    return frozenset(allowed | along)


def needed(modules: Modules, names: Iterable[str]) -> set[str]:
    """Return these names and all that they need, near and far; unknown ones need nothing."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += modules[name].needs if name in modules else ()
    return found


def _comes_along(module: Module) -> bool:
    return module.auto_install or not module.application
