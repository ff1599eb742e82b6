"""The secret files that docker-compose.yml mounts.

Owns: making them once. Does not own: rotating them.
"""

from __future__ import annotations

import json
import secrets

from . import paths
from .say import say

FOLDER = paths.ROOT / "secrets"
PASSWORDS = ("control_db_password", "control_superuser_password", "tenants_superuser_password")


def write() -> None:
    """Write every missing secret file; those that are there stay as they are.

    The folder is closed to others; the files are readable so that the unprivileged users inside
    the containers, which see each file alone, can read them.
    """
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    for name in PASSWORDS:
        _write_new(name, secrets.token_urlsafe(32))
    _write_new("s3_config.json", json.dumps(_s3_identity(), indent=2))
    say(f"The secret files are in {FOLDER}.")


def _s3_identity() -> dict:
    keys = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_urlsafe(32)}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "backup", "credentials": [keys], "actions": actions}]}


def _write_new(name: str, text: str) -> None:
    path = FOLDER / name
    if not path.exists():
        path.write_text(text)
        path.chmod(0o444)
