"""Where things lie in a store.

Owns: the names of objects, version 1. Does not own: stores. Names are made of opaque ids alone;
nothing that people typed gets into them.
"""

import base64
import re

from ..errors import Refused

ROOT = "v1"
# The control database stands where tenants do, under a reference that no tenant can have (the nil
# UUID of RFC 9562): it has to be found when nothing else is left.
CONTROL = "00000000-0000-0000-0000-000000000000"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{64}")


def tenant_prefix(tenant: str) -> str:
    """Return what the names of all objects of a tenant begin with.

    Raises: Refused (`backup_name_form`).
    """
    return f"{ROOT}/{_uuid(tenant)}/"


def reference_of(tenant: str) -> str:
    """Return the tenant's own reference for the uuid by which the format calls it.

    Raises: Refused (`backup_name_form`).
    """
    told = bytes.fromhex(_uuid(tenant).replace("-", ""))
    return base64.urlsafe_b64encode(told).decode("ascii").rstrip("=")


def database_name(tenant: str, backup: str, fence: int) -> str:
    """Return the name of a database part; two workers never write the same.

    Raises: Refused (`backup_name_form`).
    """
    return f"{tenant_prefix(tenant)}db/{_uuid(backup)}.f{fence:d}"


def manifest_prefix(tenant: str) -> str:
    """Return what the names of a tenant's manifests begin with.

    Raises: Refused (`backup_name_form`).
    """
    return f"{tenant_prefix(tenant)}man/"


def manifest_name(tenant: str, backup: str) -> str:
    """Return the name of a manifest.

    Raises: Refused (`backup_name_form`).
    """
    return f"{manifest_prefix(tenant)}{_uuid(backup)}"


def object_name(tenant: str, content: str) -> str:
    """Return the name of a content that has an object of its own.

    Raises: Refused (`backup_name_form`).
    """
    return f"{tenant_prefix(tenant)}obj/{_hex(content)[:2]}/{content}"


def pack_name(tenant: str, pack: str) -> str:
    """Return the name of a pack; its id is the SHA-256 of its bytes.

    Raises: Refused (`backup_name_form`).
    """
    return f"{tenant_prefix(tenant)}pack/{_hex(pack)}"


def backup_of(name: str) -> str:
    """Return the backup whose manifest has this name, empty when it is no manifest's."""
    last = name.rsplit("/", 1)[-1]
    return last if "/man/" in name and UUID.fullmatch(last) else ""


def _uuid(text: str) -> str:
    if not UUID.fullmatch(text):
        raise Refused("backup_name_form")
    return text


def _hex(text: str) -> str:
    if not _HEX.fullmatch(text):
        raise Refused("backup_name_form")
    return text
