"""The texts that people read, from Python, XML and the translation template, and their words."""

import ast
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from .scan import Source, calls

# One word per thing: what stands on the right is what is said instead.
NEVER = {
    "instance": "tenant",
    "instances": "tenants",
    "workspace": "tenant",
    "vendor": "partner",
    "reseller": "partner",
    "subscriber": "customer",
    "blueprint": "tenant template",
    "golden database": "template version",
    "SKU": "plan",
    "vhost": "host name",
    "job": "operation",
    "jobs": "operations",
    "cron": "scheduled action",
    "crons": "scheduled actions",
    "cell": "cluster",
    "purge": "delete",
    "deploy": "upgrade or move",
    "voucher": "coupon",
    "payout": "statement",
    "impersonate": "support access",
    "white label": "brand",
    "please": "nothing",
    "sorry": "nothing",
    "oops": "nothing",
    "are you sure": "what will happen",
}
_NEVER = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, NEVER)) + r")(?![\w-])", re.I)
_ATTRIBUTES = frozenset(
    "string help placeholder confirm confirm-title confirm-label cancel-label title aria-label "
    "data-tooltip alt".split()
)
_FIELDS = frozenset("name help summary description subject body_html string title".split())
_ELEMENTS = frozenset(
    "p h1 h2 h3 h4 h5 h6 span div a button li td th strong em small label b i".split()
)
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
_TEXT_CALLS = ("_", "_lt")
_MSGID = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)


def texts(source: Source) -> Iterator[tuple[str, str]]:
    """Yield place and text of everything in a file that a person may read."""
    if source.path.endswith(".py"):
        yield from _python(source)
    elif source.path.endswith(".xml"):
        yield from _xml(source)
    elif source.path.endswith(".pot"):
        for found in _MSGID.finditer(source.text):
            yield source.path, "".join(map(ast.literal_eval, found[1].splitlines()))


def words(source: Source) -> Iterator[str]:
    """Yield every text that holds a word the product does not use, or an exclamation mark."""
    for where, written in texts(source):
        text = _PLACEHOLDER.sub("…", written)
        for found in _NEVER.findall(text):
            yield f"{where}: “{found}” in “{text.strip()[:60]}”: say {NEVER[_as_listed(found)]}"
        if re.search(r"!(?!=)", text):
            yield f"{where}: “{text.strip()[:60]}” shouts"


def _as_listed(word: str) -> str:
    return next(one for one in NEVER if one.lower() == word.lower())


def _python(source: Source) -> Iterator[tuple[str, str]]:
    for name, node in calls(source):
        last = name.rsplit(".", 1)[-1]
        if last in _TEXT_CALLS and node.args:
            yield from _constants(source, node.args[0])
        if name.startswith("fields."):
            yield from _field(source, node)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_description":
            yield from _constants(source, node.value)


def _field(source: Source, node: ast.Call) -> Iterator[tuple[str, str]]:
    for word in node.keywords:
        if word.arg in ("string", "help"):
            yield from _constants(source, word.value)
    for arg in node.args:
        # Labels of a selection: the second of each pair.
        for pair in getattr(arg, "elts", ()):
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
                yield from _constants(source, pair.elts[1])


def _constants(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield source.line(node), node.value


def _xml(source: Source) -> Iterator[tuple[str, str]]:
    root = ElementTree.fromstring(source.text.encode())
    silent = _unread(root)
    for node in root.iter():
        for name, value in node.attrib.items():
            if name in _ATTRIBUTES or (name == "name" and node.tag == "menuitem"):
                yield source.path, value
        shown = node.tag in _ELEMENTS
        named = node.tag == "field" and node.get("name") in _FIELDS and node not in silent
        if shown or named:
            yield source.path, node.text or ""
        if shown:
            yield source.path, node.tail or ""


def _unread(root: ElementTree.Element) -> set[ElementTree.Element]:
    """Return the fields that only look like texts: names of views, reserved subdomains."""
    return {
        node
        for record in root.iter("record")
        if record.get("model") in ("ir.ui.view", "saas.reserved.name")
        for node in record
    }
