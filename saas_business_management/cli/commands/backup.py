"""`backup …`: backups listed, made, proven, restored, taken away, brought in; policies, coverage.

Owns: the words after `backup`, their arguments, what is printed. Does not own: what is done
(records and operations).
"""

import getpass
import os
import shutil
import sys
from datetime import date

from .choose import by_code
from .follow import follow
from .grammar import Grammar, command, family, readable_file
from .say import Stop, listing, minute, say

NO_BACKUPS = "No backups yet. 'odoo saas backup create TENANT' makes one."
NO_POLICIES = "No backup policies. Add one under Configuration, Data, Backup Policies."
NO_TENANTS = "No tenant is open, so nothing has to be backed up."
THERE = ("stored", "expired")
KINDS = {"odoo-zip": "odoo_zip", "sealed": "sealed"}
PASSPHRASE_BYTES_MAX = 8192
UNCOVERED = ("gap", "unproven")
SIGNS = {"failing": "✖", "warning": "!", "ok": "✔"}


def add_to(commands):
    """Add the command with its own words."""
    words = family(
        commands, "backup", "list, make, prove, take away and bring in backups of tenants"
    )
    one = command(words, "list", _list, "list the backups of a tenant")
    one.add_argument("tenant", metavar="TENANT", help="its subdomain")
    one.add_argument("--all", action="store_true", help="those that are gone or failed, too")
    _json(one)
    one = command(words, "create", _create, "back a tenant up now, to every target of its policy")
    one.add_argument("tenant", metavar="TENANT", help="its subdomain")
    one.add_argument("--wait", action="store_true", help="follow the operations to their end")
    one = command(words, "prove", _prove, "have every byte of a backup read")
    one.add_argument("backup", metavar="BACKUP", help="its uuid, or the first digits of it")
    one.add_argument(
        "--restore", action="store_true", help="restore it beside, compare and drop it again"
    )
    one.add_argument("--wait", action="store_true", help="follow the operation to its end")
    _add_restore(words)
    _add_export(words)
    one = command(words, "import", _import, "make a backup of an Odoo zip, for a draft")
    one.add_argument("file", metavar="FILE", type=readable_file, help="a zip of Odoo")
    one.add_argument(
        "--tenant", required=True, metavar="SUBDOMAIN", help="a tenant that is a draft"
    )
    one.add_argument("--target", metavar="NAME", help="backup target (default: the only one)")
    one.add_argument(
        "--cluster", metavar="KEY", help="where it passes through (default: the first)"
    )
    _add_target(words)
    _add_policy(words)
    one = command(words, "coverage", _coverage, "say whether each tenant's backups can be trusted")
    _json(one)


def _json(parser):
    parser.add_argument("--json", action="store_true", help="as JSON")


def _add_restore(words):
    one = command(words, "restore", _restore, "bring a backup back")
    one.add_argument("backup", metavar="BACKUP", help="its uuid, or the first digits of it")
    place = one.add_mutually_exclusive_group(required=True)
    place.add_argument("--copy", metavar="SUBDOMAIN", help="as a tenant of its own")
    place.add_argument("--sandbox", metavar="SUBDOMAIN", help="as a copy that can do no harm")
    place.add_argument(
        "--in-place", metavar="SUBDOMAIN", help="into the tenant itself, whose subdomain this is"
    )
    one.add_argument("--why", default="", metavar="TEXT", help="needed to restore in place")
    one.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help="last day of a sandbox, 2026-12-31"
    )
    one.add_argument(
        "--what",
        default="all",
        choices=("all", "records", "files"),
        help="(default: all; files alone in place only)",
    )


def _add_export(words):
    one = command(words, "export", _export, "write a backup into one file")
    one.add_argument("backup", metavar="BACKUP", help="its uuid, or the first digits of it")
    one.add_argument(
        "--kind",
        required=True,
        choices=tuple(KINDS),
        help="odoo-zip is not encrypted; sealed is closed with a passphrase",
    )
    one.add_argument("--output", required=True, metavar="FILE", help="a file that is not there yet")
    one.add_argument(
        "--passphrase-file",
        type=readable_file,
        metavar="FILE",
        help="its first line, mode 0600 (default: asked for twice)",
    )


def _add_target(words):
    parser = command(words, "target", None, "backup targets")
    inner = parser.add_subparsers(metavar="WORD", required=True, parser_class=Grammar)
    one = command(inner, "test", _target_test, "try everything that backups need of a target")
    one.add_argument("target", metavar="NAME", help="what it is called")


def _add_policy(words):
    parser = command(words, "policy", None, "backup policies")
    inner = parser.add_subparsers(metavar="WORD", required=True, parser_class=Grammar)
    one = command(inner, "list", _policies, "list the policies")
    _json(one)


def _list(control, chosen):
    """Print the backups of a tenant, the newest first."""
    with control.records() as env:
        tenant = _tenant(env, chosen.tenant)
        wanted = [("tenant_id", "=", tenant.id)]
        wanted += [] if chosen.all else [("state", "in", (*THERE, "running"))]
        names = _labels(env, "saas.backup", "reason", "state", "badge")
        rows = [
            {
                "backup": one.uuid,
                "shows": minute(one.taken_at),
                "kind": names["reason"].get(one.reason),
                "state": names["state"].get(one.state),
                "proof": names["badge"].get(one.badge),
                "mb": round(one.size_mb, 1),
                "target": one.target_id.name,
            }
            for one in env["saas.backup"].search(wanted)
        ]
    listing(rows, chosen.json, NO_BACKUPS)


def _create(control, chosen):
    """Order a backup to every target; with --wait, come back when they are stored."""
    with control.records() as env:
        tenant = _tenant(env, chosen.tenant)
        jobs = [(one.uuid, one.job_id.id) for one in tenant._order_backup("manual", priority=15)]
    for backup, job_id in jobs:
        if chosen.wait:
            follow(control, job_id, log=False)
        say(f"backup: {backup}")


def _prove(control, chosen):
    """Order that a backup is read; with --wait, say what came of it."""
    with control.records() as env:
        backup = _backup(env, chosen.backup)
        if backup.state not in THERE:
            raise Stop("This backup is not on its target, so there is nothing to prove.")
        backup_id, job_id = backup.id, _order_proof(backup, chosen.restore).id
    if not chosen.wait:
        say(f"operation: {job_id}")
        return 0
    follow(control, job_id)
    with control.records() as env:
        check = env["saas.backup"].browse(backup_id).check_ids.sorted("id")[-1:]
        say(f"outcome: {check.outcome or 'unknown'}")
        if check.text:
            say(f"why: {check.text}")
        return 0 if check.outcome == "passed" else 1


def _order_proof(backup, by_restoring):
    if by_restoring:
        return backup._order_restore_proof(backup.tenant_id.cluster_id, priority=15)
    return backup._order_proof(priority=15)


def _restore(control, chosen):
    """Order a restore and follow it to its end."""
    with control.records() as env:
        backup = _backup(env, chosen.backup)
        restores = env["saas.restore"]
        if chosen.in_place:
            told = {"where": "in_place", "typed": chosen.in_place}
        else:
            subdomain = chosen.sandbox or chosen.copy
            told = {"where": "sandbox" if chosen.sandbox else "copy", "subdomain": subdomain}
            told["until"] = chosen.until
        one = restores._order_restore(backup, what=chosen.what, reason=chosen.why, **told)
        restore_id, job_id = one.id, one.sudo().job_ids.id
    follow(control, job_id)
    with control.records() as env:
        one = env["saas.restore"].browse(restore_id)
        if one.error_text:
            raise Stop(one.error_text)
        say(f"address: {one.into_id.url}")
        if one.undo_until:
            say(f"undo until: {minute(one.undo_until)}")
        if one.into_id.sandbox_until:
            say(f"sandbox until: {one.into_id.sandbox_until}")


def _export(control, chosen):
    """Have a file made on the control plane and copy it to where it was asked for."""
    target = os.path.abspath(chosen.output)
    if os.path.lexists(target):
        raise Stop(f"“{chosen.output}” is there already, and it was not touched.", status=2)
    if not os.path.isdir(os.path.dirname(target)):
        raise Stop(f"There is no folder “{os.path.dirname(target)}”.", status=2)
    typed = _passphrases(chosen) if chosen.kind == "sealed" else None
    with control.records() as env:
        exports = env["saas.backup.export"]
        backup = _backup(env, chosen.backup)
        closed = exports._close_key(*typed) if typed else ("", "")
        export = exports._order_for(backup, KINDS[chosen.kind], *closed)
        export_id, job_id = export.id, export.job_id.id
    follow(control, job_id, log=False)
    with control.records() as env:
        export = env["saas.backup.export"].browse(export_id)
        _copy(export._file_path(), target)
        export._fetched()
        export.action_remove()
        say(f"file: {target}")
        say(f"sha256: {export.sha256}")


def _copy(source, target):
    """Copy into a new file that its owner alone can read; a part of one never keeps the name."""
    part = f"{target}.part"
    try:
        with open(source, "rb") as reading:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(part, flags, 0o600), "wb") as writing:
                shutil.copyfileobj(reading, writing, 1 << 20)
                writing.flush()
                os.fsync(writing.fileno())
        os.link(part, target)
    except OSError as error:
        raise Stop(f"“{target}” was not written: {error.strerror}.") from error
    finally:
        if os.path.lexists(part):
            os.unlink(part)


def _passphrases(chosen):
    """Return a passphrase twice, as it was typed or as a private file has it."""
    if chosen.passphrase_file:
        if os.stat(chosen.passphrase_file).st_mode & 0o077:
            raise Stop(
                f"“{chosen.passphrase_file}” can be read by others: set its mode to 0600.", 2
            )
        with open(chosen.passphrase_file, encoding="utf-8") as file:
            line = file.readline(PASSPHRASE_BYTES_MAX).rstrip("\r\n")
        return line, line
    if not sys.stdin.isatty():
        raise Stop("Nobody can type a passphrase here: name a file with --passphrase-file.", 2)
    return getpass.getpass("Passphrase: "), getpass.getpass("Once more: ")


def _import(control, chosen):
    """Bring a zip into the upload folder, order its import and say which backup it became."""
    name = os.path.basename(chosen.file)
    with control.records() as env:
        tenant = _tenant(env, chosen.tenant)
        target = _only(env, "saas.backup.target", "name", chosen.target, "backup target")
        cluster = _only(env, "saas.cluster", "key", chosen.cluster, "cluster", first=True)
        uploaded = os.path.join(env["saas.backup"]._import_folder(), name)
        if os.path.abspath(chosen.file) != uploaded:
            if os.path.lexists(uploaded):
                raise Stop(f"A file “{name}” is in the upload folder already. Rename yours.")
            _copy(chosen.file, uploaded)
        backup = env["saas.backup"]._order_import(name, tenant, target, cluster)
        uuid, job_id = backup.uuid, backup.job_id.id
    follow(control, job_id)
    say(f"backup: {uuid}")


def _target_test(control, chosen):
    """Test a target and print what was looked at; 1 when a line fails."""
    with control.records() as env:
        target = by_code(env, "saas.backup.target", "name", chosen.target, "backup target")
        target_id, job_id = target.id, target._test_connection().id
    follow(control, job_id, log=False)
    with control.records() as env:
        lines = [
            (one.result, one.text, one.mend or "")
            for one in env["saas.backup.target"].browse(target_id).check_ids
        ]
    for result, told, mend in lines:
        say(f"{SIGNS[result]} {told}")
        if mend:
            say(f"    → {mend}")
    return 1 if any(result == "failing" for result, *_rest in lines) else 0


def _policies(control, chosen):
    """Print the policies."""
    with control.records() as env:
        names = _labels(env, "saas.backup.policy", "state")
        rows = [
            {
                "policy": one.name,
                "state": names["state"].get(one.state),
                "default": "yes" if one.is_default else "",
                "targets": ", ".join(one.target_ids.mapped("name")),
                "tenants": env["saas.tenant"].search_count(
                    [("backup_policy_effective_id", "in", one.ids)]
                ),
            }
            for one in env["saas.backup.policy"].search([])
        ]
    listing(rows, chosen.json, NO_POLICIES)


def _coverage(control, chosen):
    """Print how each tenant stands; 1 when one has a gap or is not proven."""
    with control.records() as env:
        names = _labels(env, "saas.tenant", "backup_badge")["backup_badge"]
        tenants = env["saas.tenant"].search(
            [("state", "in", ("trial", "active", "suspended"))], order="subdomain"
        )
        badges = [one.backup_badge for one in tenants]
        rows = [
            {
                "tenant": one.subdomain,
                "backup": names.get(one.backup_badge),
                "policy": one.backup_policy_effective_id.name or "",
                "last": minute(one.backup_last_at),
                "proven": minute(one.backup_proven_at),
                "evidence": one.backup_badge_text or "",
            }
            for one in tenants
        ]
    listing(rows, chosen.json, NO_TENANTS)
    return 1 if any(badge in UNCOVERED for badge in badges) else 0


def _labels(env, model, *names):
    """Return what people read for the values of selections, by field."""
    fields = env[model]._fields
    return {name: dict(fields[name]._description_selection(env)) for name in names}


def _tenant(env, subdomain):
    return by_code(env, "saas.tenant", "subdomain", subdomain.strip().lower(), "tenant")


def _backup(env, wanted):
    """Return the backup whose uuid begins so.

    Raises: Stop when there is none, or several.
    """
    begin = wanted.strip().lower()
    if len(begin) < 4 or not all(sign in "0123456789abcdef-" for sign in begin):
        raise Stop(f"“{wanted}” is no uuid of a backup: see 'odoo saas backup list'.", status=2)
    found = env["saas.backup"].search([("uuid", "=like", f"{begin}%")], limit=2)
    if not found:
        raise Stop(f"There is no backup “{wanted}”: see 'odoo saas backup list'.")
    if len(found) > 1:
        raise Stop(f"Several backups begin with “{wanted}”: write more of it.")
    return found


def _only(env, model, field, wanted, what, first=False):
    """Return the one that is named, or the only one there is."""
    if wanted:
        return by_code(env, model, field, wanted, what)
    found = env[model].search([], limit=2)
    if not found:
        raise Stop(f"There is no {what} yet.")
    if len(found) > 1 and not first:
        raise Stop(f"There are several: name a {what} with --{what.rpartition(' ')[2]}.", status=2)
    return found[:1]
