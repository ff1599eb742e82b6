"""What a version asks for, compared with what a tenant has.

Owns: which modules are installed, updated and removed, which settings are written. Does not own:
doing it, what is there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

INSTALLED = "installed"
UNFINISHED = ("to install", "to upgrade", "to remove")


@dataclass(frozen=True)
class Change:
    """The modules of a change set, each list sorted."""

    install: tuple[str, ...]
    update: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """A template version: the modules it names, all it has with their version numbers, and a hash
    over their code."""

    named: Collection[str]
    modules: Mapping[str, str]
    fingerprint: str = ""


def modules(
    there: Mapping[str, tuple[str, str]], former: Version | None, wanted: Version
) -> Change:
    """Return what has to be done to the modules that are `there`: name → (state, version).

    Removed is what the former version named and this one does not; what a customer installed stays.
    Updated is what has another version number there. When the code changed and no number says
    where, everything of the version is updated.
    """
    installed = {name: number for name, (state, number) in there.items() if state == INSTALLED}
    install = sorted({*wanted.named} - {*installed})
    dropped = {*(former.named if former else ())} - {*wanted.modules}
    remove = sorted(dropped & {*installed})
    both = sorted({*wanted.modules} & {*installed})
    update = [name for name in both if installed[name] != wanted.modules[name]]
    same_code = former is not None and former.fingerprint == wanted.fingerprint
    if not update and not install and not remove and not same_code:
        update = both
    return Change(tuple(install), tuple(update), tuple(remove))


def unfinished(there: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return the modules that an earlier change left half done."""
    return sorted(name for name, (state, _number) in there.items() if state in UNFINISHED)


def parameters(former: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str | None]:
    """Return the system parameters to write, None for one to remove; only what the template changed
    is touched, so that a customer's own settings stay."""
    changed = {key: value for key, value in wanted.items() if former.get(key) != value}
    return {**changed, **{key: None for key in former if key not in wanted}}
