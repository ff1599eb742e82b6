"""setup, run, stop, status, clean.

Owns: what a person sees at the terminal. Does not own: the parts (`stack.py`).
"""

from __future__ import annotations

import shutil
import time

from . import control, odoo, paths, scripts, venv
from .demo import SUBDOMAIN, Tenant, ensure_demo
from .demo_backup import ensure_backups
from .files import write_private
from .postgres import PrivateCluster
from .postgres_binaries import ensure_binaries
from .say import fail, say
from .settings import Settings
from .stack import Stack

# The owner of the demo tenant in the customer portal, as the demo data has it.
PORTAL_LOGIN = "alice@acme.example  password alice"


def setup() -> None:
    """Get Python packages, Odoo and PostgreSQL; nothing is started."""
    venv.ensure_venv()
    tree = odoo.ensure_odoo()
    scripts.write_odoo(tree)
    binaries = ensure_binaries()
    say(f"Odoo {tree.version} and PostgreSQL {binaries.version} are ready.")


def start() -> None:
    """Start everything; print addresses and logins, first of control, then of the demo tenant."""
    started = time.monotonic()
    setup()
    stack = Stack(Settings.from_environment()).prepare().start()
    admin = f"{stack.settings.control_url}  login admin  password {control.admin_password(stack)}"
    write_private(stack.settings.logins_file, f"control  {admin}\n")
    say(f"\nControl plane: {admin}\n")
    tenant = ensure_demo(stack)
    ensure_backups(stack, SUBDOMAIN)
    lines = f"control  {admin}\ntenant   {_words(tenant)}\n"
    if stack.settings.demo:
        lines += f"portal   {stack.settings.control_url}/my  login {PORTAL_LOGIN}\n"
    write_private(stack.settings.logins_file, lines)
    say(f"\nReady after {time.monotonic() - started:.0f} s. Kept in {stack.settings.logins_file}:")
    say(lines + f"mails    {stack.settings.mails}\nlogs     {stack.settings.logs}")


def stop() -> None:
    """Stop everything that `start` started."""
    if _is_set_up():
        Stack(Settings.from_environment()).stop()
    say("Stopped.")


def status() -> None:
    """One line per part."""
    if not _is_set_up():
        fail("Nothing is set up yet: 'make run' does it.")
    for part in Stack(Settings.from_environment()).status():
        say(f"  {'●' if part.running else '○'} {part.name:<15} {part.address}")


def clean() -> None:
    """Stop everything below the state folder and remove it; the download cache stays."""
    if _is_set_up():
        Stack(Settings.from_environment()).stop()
    for password in list(paths.STATE.rglob("superuser.password")):
        PrivateCluster(password.parent).destroy()
    shutil.rmtree(paths.STATE, ignore_errors=True)
    say(f"Removed {paths.STATE}. Downloads stay in {paths.CACHE}.")


def _is_set_up() -> bool:
    return (paths.STATE / "pg-control").exists()


def _words(tenant: Tenant) -> str:
    return f"{tenant.url}  login {tenant.login}  password {tenant.password}"
