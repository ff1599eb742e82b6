"""The code of an Odoo on disk: its modules, and a fingerprint of what a set of them installs.

Owns: manifests, dependency closure, hashes of files.
Does not own: running Odoo (`odoo_process.py`).
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..kernel.errors import Refused
from .ports import ModuleInfo

OURS = Path(__file__).resolve().parents[1].name
MANIFEST = "__manifest__.py"
NEUTRAL = Path("data", "neutralize.sql")
CODE = frozenset(
    ".py .xml .csv .js .mjs .scss .sass .less .css .po .pot .svg .sql .json .html".split()
)
# Never installed, or shown in the list of apps alone.
SKIPPED = frozenset({"tests", "__pycache__", "node_modules", "doc"})

_remembered: dict[tuple[str, str], tuple[int, int, Any]] = {}


class OdooCode:
    """The modules on an addons path, read without importing anything; of two the first counts."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(roots)

    def modules(self) -> list[ModuleInfo]:
        """Return every module but this addon, by name."""
        series = self._series()
        return [
            _info(name, manifest, series)
            for name, (_folder, manifest) in sorted(self._found().items())
        ]

    def fingerprint(self, modules: Iterable[str]) -> str:
        """Return a hash over Odoo itself, the modules and all they depend on.

        Raises: Refused("module_unknown", modules=[…]) names what is not there or not installable.
        """
        found = self._found()
        names = _closure(["base", "web", *modules], found)
        whole = hashlib.sha256()
        for folder in [self._odoo(), *(found[name][0] for name in names)]:
            whole.update(f"\0{folder.name}\0".encode())
            for path in _files(folder):
                digest = _once(
                    path, "sha256", lambda path: hashlib.sha256(path.read_bytes()).digest()
                )
                whole.update(f"{path.relative_to(folder)}\0".encode() + digest)
        return whole.hexdigest()

    def neutral_statements(self, modules: Iterable[str]) -> list[str]:
        """Return the statements that these modules ship to make a copy harmless.

        Raises: Refused("module_unknown", modules=[…]) when the code of one is not there, so that
        nobody knows what has to be switched off.
        """
        found, names = self._found(), list(modules)
        unknown = sorted(name for name in names if name not in found and name != OURS)
        if unknown:
            raise Refused("module_unknown", modules=unknown)
        files = [found[name][0] / NEUTRAL for name in names if name in found]
        return [path.read_text(encoding="utf-8").strip() for path in files if path.is_file()]

    def _found(self) -> dict[str, tuple[Path, Mapping[str, Any]]]:
        found: dict[str, tuple[Path, Mapping[str, Any]]] = {}
        for root in self.roots:
            for folder in sorted(root.iterdir()) if root.is_dir() else ():
                if folder.name in found or folder.name == OURS or not (folder / MANIFEST).is_file():
                    continue
                manifest = _once(folder / MANIFEST, "manifest", _manifest)
                if manifest is not None:
                    found[folder.name] = (folder, manifest)
        return found

    def _odoo(self) -> Path:
        """Return the folder of the package `odoo`: `base` lies in its `addons`."""
        for root in self.roots:
            if (root / "base" / MANIFEST).is_file():
                return root.parent
        raise Refused("module_unknown", modules=["base"])

    def _series(self) -> str:
        release = self._odoo() / "release.py"
        match = re.search(
            r"^version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text(), re.MULTILINE
        )
        return f"{match[1]}.{match[2]}" if match else ""


def _manifest(path: Path) -> Mapping[str, Any] | None:
    """Return the manifest as it is written, None when it cannot be read."""
    try:
        found = ast.literal_eval(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    return found if isinstance(found, dict) else None


def _info(name: str, manifest: Mapping[str, Any], series: str) -> ModuleInfo:
    version = str(manifest.get("version", "1.0"))
    return ModuleInfo(
        name=name,
        title=manifest.get("name", name),
        summary=" ".join(manifest.get("summary", "").split()),
        version=version if version.startswith(f"{series}.") else f"{series}.{version}",
        category=manifest.get("category", "Uncategorized"),
        application=bool(manifest.get("application", False)),
        installable=bool(manifest.get("installable", True)),
        depends=_depends(name, manifest),
    )


def _depends(name: str, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(manifest.get("depends") or (() if name == "base" else ("base",)))


def _closure(
    modules: Iterable[str], found: Mapping[str, tuple[Path, Mapping[str, Any]]]
) -> list[str]:
    """Return the modules and all they depend on, sorted."""
    todo, seen, unknown = list(modules), set(), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in found or not found[name][1].get("installable", True):
            unknown.add(name)
        else:
            todo.extend(_depends(name, found[name][1]))
    if unknown:
        raise Refused("module_unknown", modules=sorted(unknown))
    return sorted(seen)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that decide what is installed, in a fixed order; of Odoo without addons."""
    inside = folder / "release.py"
    for place, folders, names in os.walk(folder):
        ours = [one for one in folders if one not in SKIPPED and not one.startswith(".")]
        folders[:] = sorted(one for one in ours if not (inside.is_file() and one == "addons"))
        for name in sorted(names):
            if os.path.splitext(name)[1] in CODE:
                yield Path(place, name)


def _once(path: Path, what: str, read: Callable[[Path], Any]) -> Any:
    """Return what `read` says of a file, asking again only when its time or size has changed."""
    status = path.stat()
    mark = (status.st_mtime_ns, status.st_size)
    kept = _remembered.get((str(path), what))
    if kept is None or kept[:2] != mark:
        kept = (*mark, read(path))
        _remembered[(str(path), what)] = kept
    return kept[2]
