"""Who may import what: the arrows between storeys and rooms, as complaints about a source file."""

import ast
import sys
from collections.abc import Iterator

from .scan import NAME, Import, Source, calls, imports

KERNEL_COMMON = (
    "kernel.errors",
    "kernel.money",
    "kernel.period",
    "kernel.secret",
    "kernel.transition_table",
)
GLUE_COMMON = ("messages", "const")

# What each storey may import of the addon beside itself, as beginnings of dotted names.
ARROWS: dict[str, tuple[str, ...]] = {
    "kernel": KERNEL_COMMON,
    "adapters": ("kernel",),
    "jobs": ("adapters", "kernel"),
    "gateway": (
        "kernel.errors",
        "kernel.secret",
        "kernel.gateway",
        "kernel.quota",
        "adapters.postgres",
        "adapters.keyring",
        "adapters.machine",
        "adapters.exposition",
    ),
    "models": (
        "kernel",
        "adapters.keyring",
        "adapters.backup_keys",
        "adapters.exposition",
        *GLUE_COMMON,
    ),
    "controllers": ("kernel.errors", *GLUE_COMMON),
    "wizards": ("kernel.errors", *GLUE_COMMON),
    "cli": ("kernel.errors", "adapters.keyring", "adapters.backup_keys", *GLUE_COMMON),
    "golden": (),
    "messages": ("kernel.errors", "const"),
    "root": (
        "models",
        "controllers",
        "wizards",
        "gateway.install",
        "gateway.json_log",
        "hooks",
        "adapters.backup.command",  # reads backups where there is no Odoo
    ),
}
GLUE = frozenset({"models", "controllers", "wizards", "cli", "golden", "messages", "root"})
# The runner of operations, and the one piece of work that is done before there can be any.
JOB_MODELS = ("saas_job", "saas_cluster_prepare")
RELATIVE = frozenset({"kernel", "adapters", "jobs", "gateway"})
# Comes with Odoo, so glue may use it like Odoo itself.
WITH_ODOO = frozenset({"odoo", "werkzeug", "markupsafe", "psycopg2", "lxml", "babel", "dateutil"})
OUTSIDE = frozenset(
    {
        "psycopg2",
        "boto3",
        "botocore",
        "requests",
        "subprocess",
        "cryptography",
        "zstandard",
        "socket",
    }
)
# What a pure rule cannot need: the machine, the network, other processes, the clock, chance.
IMPURE_MODULES = frozenset(
    "asyncio http io multiprocessing os pathlib random secrets select shutil signal smtplib socket "
    "ssl subprocess sys tempfile threading time urllib uuid".split()
)
IMPURE_CALLS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "input")


def complaints(source: Source) -> Iterator[str]:
    """Yield every import or call in a file that its place in the house does not allow."""
    for one in imports(source):
        own = one.module == NAME or one.module.startswith(NAME + ".")
        yield from _inside(source, one) if own else _from_outside(source, one)
    if source.layer == "kernel":
        yield from _impure(source)


def _inside(source: Source, one: Import) -> Iterator[str]:
    target = one.module.removeprefix(NAME).lstrip(".")
    if source.layer in RELATIVE and not one.level:
        yield f"{one.where}: write the import of {target} relative"
    if not _arrow(source, target):
        yield f"{one.where}: {source.layer} must not import {target}"


def _arrow(source: Source, target: str) -> bool:
    allowed = (*ARROWS.get(source.layer, ()), *_own(source))
    if source.layer == "models" and source.parts[-1].startswith(JOB_MODELS):
        allowed += ("jobs",)
    return any(target == name or target.startswith((name + ".", name + "_")) for name in allowed)


def _own(source: Source) -> tuple[str, ...]:
    """Return what is home: the own room in the kernel, the own storey elsewhere."""
    if source.layer == "kernel":
        return (f"kernel.{source.room}",) if source.room else ()
    return (source.layer,) if source.layer != "root" else ()


def _from_outside(source: Source, one: Import) -> Iterator[str]:
    top = one.module.split(".")[0]
    if top == "odoo":
        if not _is_glue(source):
            yield f"{one.where}: {source.layer} knows no Odoo"
    elif top in OUTSIDE and not _may_touch_outside(source, top):
        yield f"{one.where}: {top} belongs into adapters"
    elif top not in sys.stdlib_module_names and not _third_party(source, top):
        yield f"{one.where}: {source.layer} must not import {top}"
    elif source.layer == "kernel" and top in IMPURE_MODULES:
        yield f"{one.where}: a rule cannot need {top}"


def _is_glue(source: Source) -> bool:
    installer = source.layer == "gateway" and source.parts[-1].startswith("install")
    return source.layer in GLUE or installer


def _third_party(source: Source, top: str) -> bool:
    return source.layer == "adapters" or (_is_glue(source) and top in WITH_ODOO)


def _may_touch_outside(source: Source, top: str) -> bool:
    # Glue catches the driver's exceptions, which Odoo lets through; it opens nothing with it.
    catches = _is_glue(source) and top in ("psycopg2", "socket")
    return source.layer == "adapters" or catches


def _impure(source: Source) -> Iterator[str]:
    for name, node in calls(source):
        if name in IMPURE_CALLS or name.endswith((".now", ".utcnow", ".today")):
            yield f"{source.line(node)}: a rule cannot call {name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield f"{source.line(node)}: a rule keeps no state"
