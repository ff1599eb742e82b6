"""What stands in the way of an adoption, what a person should know, what will change.

Owns: the judgement over what was read, which names are shown, what may be typed. Does not own: the
reading, the sentences (`messages/errors/adoption.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Refused

# What Odoo's own database manager allows; anything else is no folder's name either.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
EXTENSIONS = frozenset({"btree_gist", "fuzzystrmatch", "pg_trgm", "plpgsql", "unaccent"})
SHOWN = 10


@dataclass(frozen=True)
class Place:
    """The cluster it stands on: its Odoo's series and modules, which of those nobody approved, who
    we are there.
    """

    series: str
    modules: Collection[str]
    unapproved: Collection[str] = ()
    role: str = "saas_prov"


@dataclass(frozen=True)
class Verdict:
    """What a preview says, each remark an error that its blockers are raised as; it may be adopted
    when nothing blocks.
    """

    blockers: tuple[Refused, ...]
    advice: tuple[Refused, ...]
    changes: tuple[Refused, ...]


def series_of(version: str) -> tuple[int, int]:
    """Return (19, 0) for `19.0.1.3`, (0, 0) for what is no version."""
    found = re.match(r"(?:saas~)?(\d{1,4})\.(\d{1,4})", version or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)


def judge(look: Mapping[str, Any], place: Place) -> Verdict:
    """Judge what `look_foreign` read together with what is known from outside (`name`, `owner`,
    `takeable`, `strong_owner`, `is_template`, `allows_connections`, `sessions`, `size_bytes`) and
    `files_found`.
    """
    blockers = [*_from_outside(look, place)]
    if not blockers:
        blockers = [*_ownership(look), *_odoo(look, place)]
    if blockers and not look.get("odoo"):
        return Verdict(tuple(blockers), (), ())
    return Verdict(tuple(blockers), tuple(_advice(look, place)), tuple(_changes(look)))


def _from_outside(look: Mapping[str, Any], place: Place):
    name = look["name"]
    if not NAME.fullmatch(name):
        yield Refused("adoption_name")
    if look["is_template"] or not look["allows_connections"]:
        yield Refused("adoption_closed", name=name)
    if look["strong_owner"]:
        yield Refused("adoption_strong_owner", owner=look["owner"])
    elif not look["takeable"]:
        yield Refused("adoption_not_ours", owner=look["owner"], role=place.role)
    elif not look["entered"]:
        yield Refused("adoption_no_entry", name=name, role=place.role)


def _ownership(look: Mapping[str, Any]):
    others = sorted({*look["owners"]} - {look["owner"]})
    if others:
        yield Refused("adoption_owners", owners=", ".join(others[:SHOWN]))
    if look["superuser_objects"]:
        yield Refused("adoption_superuser_objects", count=look["superuser_objects"])
    schema = look["rights"]["schema_owner"]
    if schema not in ("pg_database_owner", look["owner"]):
        yield Refused("adoption_schema_owner", owner=schema or "?")
    if look["hostile"]:
        yield Refused("adoption_hostile", found="; ".join(look["hostile"][:SHOWN]))
    strange = sorted({*look["extensions"]} - EXTENSIONS)
    if strange:
        yield Refused("adoption_extensions", names=", ".join(strange[:SHOWN]))


def _odoo(look: Mapping[str, Any], place: Place):
    if not look["odoo"]:
        yield Refused("adoption_no_odoo", name=look["name"])
        return
    theirs, ours = series_of(look["version"]), series_of(place.series)
    if theirs != ours:
        told = {"version": look["version"], "series": place.series}
        yield Refused("adoption_newer" if theirs > ours else "adoption_older", **told)
    missing = sorted({*look["modules"]} - {*place.modules})
    if missing:
        yield Refused("adoption_modules", names=", ".join(missing[:SHOWN]))
    refused = sorted({*look["modules"]} & {*place.unapproved})
    if refused:
        yield Refused("adoption_unapproved", names=", ".join(refused[:SHOWN]))
    if look["half_done"]:
        yield Refused("adoption_half_done", count=look["half_done"])
    if not look["admin"]:
        yield Refused("adoption_no_user")
    if look["files"] and not look["files_found"]:
        yield Refused("adoption_files", count=look["files"], name=look["name"])


def _advice(look: Mapping[str, Any], place: Place):
    if look["sessions"]:
        yield Refused("adoption_sessions", count=look["sessions"])
    if look.get("crons"):
        names = ", ".join(look["crons"][:SHOWN])
        yield Refused("adoption_crons", count=len(look["crons"]), names=names)
    if look.get("mail_servers"):
        yield Refused("adoption_mail", count=look["mail_servers"])
    if look.get("odoo") and not look.get("has_secret"):
        yield Refused("adoption_no_secret")


def _changes(look: Mapping[str, Any]):
    yield Refused("adoption_new_owner", owner=look["owner"])
    yield Refused("adoption_new_name", name=look["name"])
    yield Refused("adoption_new_url", url=look.get("base_url") or "?")
    yield Refused("adoption_new_secret")
    yield Refused("adoption_new_backups")
    yield Refused("adoption_no_billing")


def require_same(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Make sure that what is adopted is what the preview showed.

    Raises: Refused (`adoption_changed`).
    """
    for what in ("oid", "owner", "modules", "version", "rights"):
        if before.get(what) != now.get(what):
            raise Refused("adoption_changed", what=what)


def require_typed(name: str, typed: str) -> None:
    """Make sure that the person means this database.

    Raises: Refused (`adoption_typed`).
    """
    if (typed or "").strip() != name:
        raise Refused("adoption_typed", name=name)
