"""From what a record says of a backup target to the store behind it.

Owns: `TargetSpec`, which kind is which store. Does not own: the stores, their secrets (records).

A further kind is one line: `register("kind", build)`, where `build` makes a `BlobStore` of a spec.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ...kernel.errors import Refused
from ...kernel.secret import Secret
from .keys import PREFIX
from .local import LocalStore
from .port import BlobStore
from .s3 import S3Store
from .s3_calls import DEFAULT_REGION, Patience, S3Calls, S3Place


@dataclass(frozen=True)
class TargetSpec:
    """One backup target; which fields count depends on its kind. `prefix` may lack its last `/`.

    With a `delete_access_key` nothing is removed with the other key.
    """

    kind: str
    folder: str = ""
    endpoint: str = ""
    region: str = ""
    bucket: str = ""
    prefix: str = ""
    path_style: bool = False
    ca: str = ""
    access_key: str = ""
    secret: Secret | None = None
    delete_access_key: str = ""
    delete_secret: Secret | None = None
    inside_allowed: bool = False
    tries: int = Patience.tries

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "TargetSpec":
        """Return the spec in what a record tells (`saas.backup.target._to_spec`)."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})


Build = Callable[[TargetSpec], BlobStore]
_kinds: dict[str, Build] = {}


def register(kind: str, build: Build) -> None:
    """Add a kind of target, or replace it."""
    _kinds[kind] = build


def open_store(spec: TargetSpec) -> BlobStore:
    """Return the store of a target; nothing is asked of it yet.

    Raises: Refused (`target_kind_unknown`, `target_incomplete` and what the kind refuses).
    """
    if spec.kind not in _kinds:
        raise Refused("target_kind_unknown", name=spec.kind)
    return _kinds[spec.kind](spec)


def _local(spec: TargetSpec) -> BlobStore:
    if not os.path.isabs(spec.folder):
        raise Refused("target_incomplete", missing="folder")
    return LocalStore(spec.folder)


def _s3(spec: TargetSpec) -> BlobStore:
    for name in ("bucket", "access_key", "secret"):
        if not getattr(spec, name):
            raise Refused("target_incomplete", missing=name)
    if spec.delete_access_key and not spec.delete_secret:
        raise Refused("target_incomplete", missing="secret key for deleting")
    prefix = f"{spec.prefix.strip('/')}/" if spec.prefix.strip("/") else ""
    if not PREFIX.fullmatch(prefix):
        raise Refused("object_key_form")
    place = S3Place(
        bucket=spec.bucket,
        access_key=spec.access_key,
        secret=spec.secret,
        endpoint=spec.endpoint,
        region=spec.region or DEFAULT_REGION,
        prefix=prefix,
        path_style=spec.path_style,
        ca=spec.ca,
        inside_allowed=spec.inside_allowed,
    )
    patience = Patience(tries=spec.tries)
    if not spec.delete_access_key:
        return S3Store(place, patience)
    second = replace(place, access_key=spec.delete_access_key, secret=spec.delete_secret)
    return S3Store(place, patience, removing=S3Calls(second, patience))


register("local", _local)
register("s3", _s3)
