"""Rules about single lines of code, each as complaints about a source file."""

import ast
import re
from collections.abc import Iterator

from .scan import Source, calls, dotted, enclosing

# Where a commit may stand: the runner of operations, the sender of webhooks between a claim and its
# answer, the command line's one wrapper, the builder's own process, and adapters on connections
# that they opened themselves.
COMMITTERS = ("models/saas_job_run.py", "models/saas_job_journal.py", "models/saas_job_webhook.py")
COMMITTERS += ("cli/", "golden/", "adapters/")
# The runner of operations and the chores of a node's agent: both write down whatever comes.
BROAD = ("jobs/base.py", "gateway/attempt.py")
# Odoo's own name of a page that is closed on nodes.
TERMS = ("database_manager", "DatabaseManager")
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "common"})
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def commits(source: Source) -> Iterator[str]:
    """Yield commits where only the runner, the command line or an adapter may commit."""
    around = enclosing(source)
    for name, node in calls(source):
        last = name.rsplit(".", 1)[-1]
        if last == "_commit_progress" and not around[node].startswith("_cron_"):
            yield f"{source.line(node)}: _commit_progress belongs into a _cron_ method"
        if last == "commit" and "." in name and not source.path.startswith(COMMITTERS):
            yield f"{source.line(node)}: {name}() is not for this file"


def wrapper_commits(files: tuple[Source, ...]) -> list[str]:
    """Return the functions of the command line that commit; there is to be one."""
    return sorted(
        {
            f"{source.path}:{enclosing(source)[node]}"
            for source in files
            if source.layer == "cli"
            for name, node in calls(source)
            if name.endswith(".commit")
        }
    )


def broad_excepts(source: Source) -> Iterator[str]:
    """Yield excepts that catch everything and do not always raise it again, outside two places."""
    if source.path in BROAD:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _passes_on(node):
            yield f"{source.line(node)}: except catches everything"
    for name, node in calls(source):
        if name.endswith("suppress") and any(_is_broad(one) for one in node.args):
            yield f"{source.line(node)}: suppress hides everything"


def _passes_on(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def silent_excepts(source: Source) -> Iterator[str]:
    """Yield excepts whose whole answer is `pass`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and isinstance(node.body[0], ast.Pass):
            yield f"{source.line(node)}: an error is passed over in silence"


def _is_broad(node: ast.AST | None) -> bool:
    if node is None:
        return True
    if isinstance(node, ast.Tuple):
        return any(_is_broad(one) for one in node.elts)
    return dotted(node).rsplit(".", 1)[-1] in ("Exception", "BaseException")


def built_sql(source: Source) -> Iterator[str]:
    """Yield statements that are put together as text instead of by the driver."""
    for name, node in calls(source):
        last = name.rsplit(".", 1)[-1]
        if last in ("execute", "executemany", "execute_values", "SQL") and node.args:
            place = 1 if last == "execute_values" else 0
            if len(node.args) > place and _is_built(node.args[place]):
                yield f"{source.line(node)}: {name} gets a statement that is put together as text"


def _is_built(node: ast.AST) -> bool:
    """Tell whether a text has a part that is neither a literal nor a constant in capitals."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return not all(_is_fixed(part) for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (node.left, node.right)
        text = any(_is_fixed(side) or _is_built(side) for side in sides)
        return text and not all(_is_fixed(side) for side in sides)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _is_fixed(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "replace", "join") and _is_fixed(node.func.value)
    return False


def _is_fixed(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_fixed(node.left) and _is_fixed(node.right)
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def names(source: Source) -> Iterator[str]:
    """Yield files, classes and functions that are named after nothing."""
    if set(_words(source.path)) & FORBIDDEN_NAMES:
        yield f"{source.path}: a file is named after what it holds"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = set(_words(node.name)) & FORBIDDEN_NAMES
            if found:
                yield f"{source.line(node)}: {node.name} says nothing ({', '.join(found)})"


def _words(name: str) -> list[str]:
    for term in TERMS:
        name = name.replace(term, "")
    return [word.lower() for word in _WORDS.findall(name)]


def undocumented_errors(source: Source) -> Iterator[str]:
    """Yield public functions of kernel and adapters that raise an error of ours without saying so.

    A class may say it once for all its methods; doubles promise what their port promises.
    """
    if source.layer not in ("kernel", "adapters") or "fakes" in source.parts:
        return
    for holder in [source.tree, *_classes(source)]:
        told_above = isinstance(holder, ast.ClassDef) and _tells(holder)
        for node in holder.body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and _raises_ours(node) and not (told_above or _tells(node)):
                yield f"{source.line(node)}: {node.name} raises and does not say so"


def _classes(source: Source) -> list[ast.ClassDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]


def _tells(node: ast.ClassDef | ast.FunctionDef) -> bool:
    return "raises" in (ast.get_docstring(node) or "").lower()


def _raises_ours(node: ast.FunctionDef) -> bool:
    raised = {
        dotted(part.exc.func)
        for part in ast.walk(node)
        if isinstance(part, ast.Raise) and isinstance(part.exc, ast.Call)
    }
    return bool(raised & {"Refused", "Unavailable", "Broken"})


def ownerless(source: Source) -> Iterator[str]:
    """Yield modules of the pure storeys whose docstring is missing."""
    told = ast.get_docstring(source.tree) or not source.text.strip()
    if source.layer in ("kernel", "adapters", "jobs", "gateway") and not told:
        yield f"{source.path}: says neither what it owns nor what it does not"
