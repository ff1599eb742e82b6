"""Finding the error codes that the addon raises, and whether people get a sentence for them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .scan import Source, calls, dotted

ERRORS = frozenset({"Refused", "Unavailable", "Broken", "SaasError"})
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass
class Use:
    """Where a code is raised first, and the facts that come with it; `open` = more may come."""

    where: str
    facts: set[str] = field(default_factory=set)
    open: bool = False


def raised(files: Iterable[Source]) -> dict[str, Use]:
    """Return every code that can be raised.

    Found are texts in the first argument of an error, in pairs of an error class and a text, and in
    functions whose name ends in `_fault` or `_code`, which return codes for an error.
    """
    found: dict[str, Use] = {}
    for source in files:
        for code, node, facts, more in _codes(source):
            use = found.setdefault(code, Use(source.line(node)))
            use.facts |= facts
            use.open |= more
    return found


def unclear(files: Iterable[Source]) -> list[str]:
    """Return the errors whose code is neither a text, a choice of texts nor a name in `…code`."""
    return [
        f"{source.line(node)}: {name} is raised with a code that nobody can look up"
        for source in files
        for name, node in _errors(source)
        if not _texts(node.args[0]) and not _is_code_name(node.args[0])
    ]


def tables(source: Source) -> dict[str, dict[str, str]]:
    """Return the dictionaries of `_lt("…")` texts in a file of sentences, by their names."""
    found: dict[str, dict[str, str]] = {}
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            table = {
                ast.literal_eval(key): ast.literal_eval(value.args[0])
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if key is not None and isinstance(value, ast.Call) and dotted(value.func) == "_lt"
            }
            if table:
                found[dotted(node.targets[0])] = table
    return found


def speechless(used: dict[str, Use], sentences: dict[str, str]) -> list[str]:
    """Return the codes without a sentence."""
    told = {code.split(".")[0] for code in sentences}
    silent = {code: use for code, use in used.items() if code not in told}
    return [f"{use.where}: {code} has no sentence" for code, use in silent.items()]


def unused(used: dict[str, Use], sentences: dict[str, str]) -> list[str]:
    """Return the sentences whose code nobody raises."""
    return [f"{code} is raised nowhere" for code in sentences if code.split(".")[0] not in used]


def empty_places(used: dict[str, Use], sentences: dict[str, str]) -> list[str]:
    """Return the placeholders of sentences for which no raise gives a fact."""
    found = []
    for code, sentence in sentences.items():
        use = used.get(code.split(".")[0])
        if use is not None and not use.open:
            missing = set(_PLACEHOLDER.findall(sentence)) - use.facts
            found += [f"{code}: nobody gives the fact {name}" for name in sorted(missing)]
    return found


def _errors(source: Source) -> Iterator[tuple[str, ast.Call]]:
    for name, node in calls(source):
        kind = name.rsplit(".", 1)[-1]
        if kind in ERRORS and node.args:
            yield kind, node


def _codes(source: Source) -> Iterator[tuple[str, ast.AST, set[str], bool]]:
    for _name, node in _errors(source):
        facts = {word.arg for word in node.keywords if word.arg}
        more = any(word.arg is None for word in node.keywords)
        for text in _texts(node.args[0]):
            yield text, node, facts, more
    for node in ast.walk(source.tree):
        for text in _paired(node) + _returned(node):
            yield text, node, set(), True


def _paired(node: ast.AST) -> list[str]:
    pair = isinstance(node, ast.Tuple) and any(dotted(one) in ERRORS for one in node.elts)
    return _texts(node.elts[-1]) if pair else []


def _returned(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.FunctionDef) or not node.name.endswith(("_fault", "_code")):
        return []
    returns = [part for part in ast.walk(node) if isinstance(part, ast.Return) and part.value]
    return [text for one in returns for text in _texts(one.value)]


def _texts(node: ast.AST) -> list[str]:
    """Return the codes an expression may give: a text, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if _CODE.fullmatch(node.value) else []
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return []


def _is_code_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and dotted(node).endswith("code")
