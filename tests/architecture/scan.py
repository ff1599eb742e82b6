"""Reading the repository for the architecture tests: files, imports, calls, error codes.

Each check is a function over `Source` values that returns complaints as text; so the same function
judges the real tree and a planted defect.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "saas_business_management"
NAME = ADDON.name


@dataclass(frozen=True)
class Source:
    """A text file; its path is inside the addon or another root, with `/` between parts."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))

    @property
    def layer(self) -> str:
        """`kernel`, `adapters`, … or `root` for the files beside them."""
        return self.parts[0] if len(self.parts) > 1 else "root"

    @property
    def room(self) -> str:
        """The kernel room, empty for `kernel/errors.py` and outside the kernel."""
        return self.parts[1] if self.layer == "kernel" and len(self.parts) > 2 else ""

    def line(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


@cache
def sources(pattern: str = "*.py", root: Path = ADDON) -> tuple[Source, ...]:
    """Return the files of the addon that match, by path."""
    found = []
    for path in sorted(root.rglob(pattern)):
        relative = path.relative_to(root)
        if any(
            part.startswith(".") or part in ("__pycache__", "node_modules")
            for part in relative.parts
        ):
            continue
        found.append(Source(relative.as_posix(), path.read_text(encoding="utf-8")))
    return tuple(found)


def python(*layers: str) -> tuple[Source, ...]:
    """Return the addon's Python files of these layers, or all but its tests."""
    wanted = [source for source in sources() if source.layer != "tests"]
    return tuple(source for source in wanted if not layers or source.layer in layers)


@dataclass(frozen=True)
class Import:
    """One imported module: its absolute dotted name, how many dots it was written with, where."""

    module: str
    level: int
    where: str


def imports(source: Source) -> Iterator[Import]:
    """Yield every import, inside functions too; `from . import x` yields the module `x`."""
    package = (NAME, *source.parts[:-1])
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, 0, source.line(node))
        elif isinstance(node, ast.ImportFrom):
            yield from _from(node, package, source.line(node))


def _from(node: ast.ImportFrom, package: tuple[str, ...], where: str) -> Iterator[Import]:
    if not node.level:
        yield Import(node.module or "", 0, where)
        return
    base = package[: len(package) - node.level + 1]
    # `from ..kernel import errors` names a module in what follows the import.
    tails = [node.module] if node.module else [name.name for name in node.names]
    for tail in tails:
        yield Import(".".join((*base, tail)), node.level, where)
        if node.module:
            for name in node.names:
                if _is_module(base, f"{tail}.{name.name}"):
                    yield Import(".".join((*base, tail, name.name)), node.level, where)


def _is_module(base: tuple[str, ...], tail: str) -> bool:
    path = ROOT.joinpath(*base, *tail.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or attribute chain, `().c` where it hangs on a call or an index."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "()"


def calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    """Yield the dotted name and the node of every call."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def enclosing(source: Source) -> dict[ast.AST, str]:
    """Return for every node the name of the innermost function around it, `` at module level."""
    found: dict[ast.AST, str] = {}

    def walk(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = (
                child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else name
            )
            found[child] = inner
            walk(child, inner)

    walk(source.tree, "")
    return found
