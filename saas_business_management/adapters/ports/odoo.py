"""The cluster's own Odoo."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ModuleInfo:
    """A module as its manifest on the cluster's disk describes it."""

    name: str
    title: str
    summary: str
    version: str
    category: str
    application: bool
    installable: bool
    depends: tuple[str, ...] = ()


class OdooPort(Protocol):
    """The cluster's own Odoo, run as a subprocess."""

    def modules(self) -> list[ModuleInfo]:
        """Read the manifests on its addons path."""

    def fingerprint(self, modules: Iterable[str]) -> str:
        """Return a hash over the code of these modules and of Odoo itself."""

    def neutral_statements(self, modules: Iterable[str]) -> list[str]:
        """Return what these modules ship to make a copy harmless, in the order given."""

    def run_phase(
        self,
        phase: str,
        database: str,
        spec: Mapping[str, object],
        on_line: Callable[[str], None],
        login: int | None = None,
    ) -> dict[str, object]:
        """Run one golden phase to its end and return its report; with a `login`, the generation of
        its password, as the role of the tenant that the database belongs to.

        `on_line` gets every log line, secrets masked, without time, process and database.
        Raises `Broken("odoo_phase_failed", phase=…, line=<what went wrong>, module=…)`, `module`
        empty unless one is to blame, `Unavailable("odoo_phase_timeout", phase=…, seconds=…)` and,
        when the server went away or somebody stopped it, `Unavailable("odoo_phase_interrupted",
        phase=…, line=…)`. The child dies with its parent.
        """
