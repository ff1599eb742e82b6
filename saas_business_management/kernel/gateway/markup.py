"""Which parts of a view's text are code, so that text may be edited where code may not.

Owns: finding them. Does not own: who may write code (`gateway/install_code.py`).
"""

import xml.etree.ElementTree as Xml

# Names a template for itself; nothing is evaluated.
HARMLESS = frozenset({"t-name"})
Code = frozenset[tuple[str, str]]
UNREADABLE = "unreadable"


def code_in(arch: str) -> Code:
    """Return every directive with its expression.

    What cannot be read, or could hide something (a document type with entities), is code itself.
    """
    if "<!DOCTYPE" in arch or "<!ENTITY" in arch:
        return frozenset({(UNREADABLE, arch)})
    try:
        # Several roots are a view, too.
        root = Xml.fromstring(f"<views>{_without_declaration(arch)}</views>")
    except (Xml.ParseError, ValueError):
        return frozenset({(UNREADABLE, arch)}) if arch.strip() else frozenset()
    found: set[tuple[str, str]] = set()
    for element in root.iter():
        found |= _of_element(element)
    return frozenset(found)


def _without_declaration(arch: str) -> str:
    text = arch.lstrip()
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def _of_element(element: Xml.Element) -> set[tuple[str, str]]:
    found = {(_local(name), value) for name, value in element.attrib.items() if _is_directive(name)}
    # An inheriting view sets attributes of others by their names.
    name = element.get("name", "")
    if _local(element.tag) == "attribute" and _is_directive(name):
        parts = (element.text, element.get("add"), element.get("remove"), element.get("separator"))
        found.add((f"attribute {_local(name)}", "\0".join(part or "" for part in parts)))
    return found


def _is_directive(name: str) -> bool:
    local = _local(name)
    return local.startswith("t-") and local not in HARMLESS


def _local(name: str) -> str:
    return str(name).rpartition("}")[2].strip()
