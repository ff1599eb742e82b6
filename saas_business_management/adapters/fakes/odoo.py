"""A double of `OdooPort`: an Odoo with a handful of modules that installs in no time.

Owns: the same answers and refusals as the real one. Does not own: databases; any name is there.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ...kernel.errors import Broken, Refused, SaasError
from ..ports import ModuleInfo
from .faults import Faults

BASE_MODULES = ("base", "web", "mail", "auth_signup")
LANGUAGES = frozenset({"en_US", "fr_FR", "de_DE", "es_ES", "ar_001"})


def module(name: str, *depends: str, application: bool = False) -> ModuleInfo:
    """Return a module with plausible texts."""
    title = name.replace("_", " ").title()
    return ModuleInfo(
        name, title, f"{title}, made up", "19.0.1.0", "Tests", application, True, depends
    )


MODULES = (
    module("base"),
    module("web", "base"),
    module("mail", "web"),
    module("auth_signup", "mail"),
    module("contacts", "mail", application=True),
    module("crm", "contacts", application=True),
)


@dataclass
class _Built:
    """What was done to one database."""

    modules: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)


class FakeOdoo(Faults):
    """`OdooPort` in memory; `phases` lists what was run as (phase, database)."""

    def __init__(self, modules: Iterable[ModuleInfo] = MODULES) -> None:
        super().__init__()
        self.phases: list[tuple[str, str]] = []
        self._modules = {one.name: one for one in modules}
        self._editions: dict[str, int] = {}
        self._faults: dict[str, SaasError] = {}
        self._built: dict[str, _Built] = {}

    def fail(self, phase: str, error: SaasError | None = None) -> None:
        """Let a phase end in this error from now on; `mend` takes it back."""
        line = "made to fail"
        fault = Broken("odoo_phase_failed", phase=phase, line=line, module="")
        self._faults[phase] = error or fault

    def mend(self, phase: str) -> None:
        """Let a phase go well again."""
        self._faults.pop(phase, None)

    def change_code(self, name: str) -> None:
        """Put other code of a module on the disk."""
        self._editions[name] = self._editions.get(name, 0) + 1

    def modules(self) -> list[ModuleInfo]:
        """Read the manifests."""
        self._about_to("modules")
        return sorted(self._modules.values(), key=lambda one: one.name)

    def neutral_statements(self, modules: Iterable[str]) -> list[str]:
        """Return one statement a module.

        Raises: Refused("module_unknown", modules=[…]).
        """
        self._about_to("neutral_statements")
        names = list(modules)
        unknown = sorted({*names} - {*self._modules})
        if unknown:
            raise Refused("module_unknown", modules=unknown)
        return [f"-- {name}" for name in names]

    def fingerprint(self, modules: Iterable[str]) -> str:
        """Return a hash over these modules and what they depend on.

        Raises: Refused("module_unknown", modules=[…]).
        """
        self._about_to("fingerprint")
        names = sorted(self._closure(["base", "web", *modules]))
        told = "\0".join(f"{name} {self._editions.get(name, 0)}" for name in names)
        return hashlib.sha256(told.encode()).hexdigest()

    def run_phase(
        self,
        phase: str,
        database: str,
        spec: Mapping[str, object],
        on_line: Callable[[str], None],
        login: int | None = None,
    ) -> dict[str, object]:
        """Do what the phase does as far as its report tells; raises what `fail` was given."""
        self._about_to("run_phase")
        self.phases.append((phase, database))
        on_line(f"odoo.modules.loading: {phase}")
        if phase in self._faults:
            raise self._faults[phase]
        work = getattr(self, f"_run_{phase}", None)
        if work is None:
            raise Broken("odoo_phase_failed", phase=phase, line=f"no phase {phase}", module="")
        return work(self._built.setdefault(database, _Built()), spec)

    def _run_base(self, built: _Built, spec: Mapping) -> dict[str, object]:
        wanted = {"en_US", spec.get("language") or "en_US", *spec.get("languages", ())}
        for code in sorted(wanted - LANGUAGES):
            line = f"language {code} is unknown to this Odoo"
            raise Broken("odoo_phase_failed", phase="base", line=line, module="")
        built.modules.update(BASE_MODULES)
        built.languages |= wanted
        return {"languages": sorted(built.languages)}

    def _run_locale(self, _built: _Built, spec: Mapping) -> dict[str, object]:
        return {"country": spec.get("country", ""), "currency": spec.get("currency") or "USD"}

    def _run_modules(self, built: _Built, spec: Mapping) -> dict[str, object]:
        for name in spec.get("modules", ()):
            if name not in self._modules:
                line = "this Odoo does not have it"
                raise Broken("odoo_phase_failed", phase="modules", line=line, module=name)
        built.modules |= self._closure(spec.get("modules", ()))
        return {"modules": self._versions(built)}

    def _run_settings(self, built: _Built, spec: Mapping) -> dict[str, object]:
        chart = spec.get("chart", "") if "account" in built.modules else ""
        return {"chart": chart, "passwords_removed": 1}

    def _run_assets(self, built: _Built, _spec: Mapping) -> dict[str, object]:
        return {
            "modules": self._versions(built),
            "admin_user_id": 2,
            "admin_partner_id": 3,
            "company_id": 1,
            "company_partner_id": 1,
            "languages": sorted(built.languages),
            "login_page_bytes": 5612,
        }

    def _run_upgrade(self, built: _Built, spec: Mapping) -> dict[str, object]:
        for name in (*spec["install"], *spec["update"]):
            if name not in self._modules:
                line = "this Odoo does not have it"
                raise Broken("odoo_phase_failed", phase="upgrade", line=line, module=name)
        built.modules |= self._closure(spec["install"])
        built.modules -= {*spec["remove"]}
        return {"modules": self._versions(built)}

    def _run_prove(self, built: _Built, spec: Mapping) -> dict[str, object]:
        names = [check["name"] for check in spec["checks"]]
        return {"modules": self._versions(built), "checks": names, "login_page_bytes": 5612}

    def _versions(self, built: _Built) -> dict[str, str]:
        return {name: self._modules[name].version for name in sorted(built.modules)}

    def _closure(self, names: Iterable[str]) -> set[str]:
        todo, seen = list(names), set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo.extend(self._modules[name].depends if name in self._modules else ())
        unknown = sorted(seen - self._modules.keys())
        if unknown:
            raise Refused("module_unknown", modules=unknown)
        return seen
