"""A backup target: where backups are kept, a folder or a bucket.

Owns: its address, its sealed key, whether it passed its last test. Does not own: what is kept
there, how it is reached (`adapters/storage/`), lines of its test (`saas_backup_target_check.py`).
"""

import hashlib
import os
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..kernel.errors import Refused, SaasError
from ..kernel.outgoing.address import parse_endpoint
from ..kernel.secret import Secret
from ..messages import text

ADMIN = "saas_business_management.group_saas_admin"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
PREFIX = re.compile(rf"{SEGMENT}(/{SEGMENT}){{0,7}}/?")
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
# By the line of a test that tells it (`adapters/storage/probe.py`).
PROTECTIONS = {
    "target_locked": "locked",
    "target_versions": "versions",
    "target_unprotected": "none",
    "target_protection_unknown": "unknown",
}
# What changes where backups go, or whether that is reached: tested again, and noted.
ADDRESS = (
    *("kind", "folder", "endpoint", "region", "bucket", "prefix", "path_style", "ca"),
    *("access_key", "delete_access_key", "inside_allowed"),
)
SHOWN_CHARACTERS = 200


class SaasBackupTarget(models.Model):
    _name = "saas.backup.target"
    _description = "Backup Target"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations"]
    _order = "name, id"
    _job_link = "target_id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        index=True,
        tracking=True,
        help="Empty: backups of every company may be kept here.",
    )
    kind = fields.Selection(
        [("local", "Folder"), ("s3", "S3")],
        default="local",
        required=True,
        tracking=True,
        help="Folder: on a disk of the control worker, its own or mounted. S3: a bucket of Amazon "
        "or of any service that speaks its protocol.",
    )
    folder = fields.Char(
        tracking=True, help="A whole path. It has to be there: a disk that is not mounted shows."
    )
    endpoint = fields.Char(
        tracking=True, help="Address of the service. Empty: Amazon S3 in the region below."
    )
    region = fields.Char(tracking=True, help="Such as eu-west-3. Empty: us-east-1.")
    bucket = fields.Char(tracking=True, help="It is not made by itself: make it first.")
    prefix = fields.Char(
        string="Folder in Bucket", tracking=True, help="Backups are kept below it, nothing else is."
    )
    path_style = fields.Boolean(
        string="Bucket in Path",
        default=True,
        tracking=True,
        help="Most services of one's own want it; Amazon S3 wants it off.",
    )
    ca = fields.Text(
        string="Own Authority",
        help="Certificate (PEM) of the authority that signed the service's. Empty: the authorities "
        "the machine trusts.",
    )
    inside_allowed = fields.Boolean(
        string="Inside Our Network",
        tracking=True,
        help="Allow an address of this machine or network, without TLS and on any port. Off: only "
        "public addresses over TLS.",
    )
    access_key = fields.Char(tracking=True, groups=ADMIN)
    secret_key_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    secret_key = fields.Char(
        compute="_compute_secret_key",
        inverse="_inverse_secret_key",
        copy=False,
        groups=ADMIN,
        help="Encrypted as soon as it is saved and never shown again.",
    )
    delete_access_key = fields.Char(
        string="Access Key for Deleting",
        tracking=True,
        groups=ADMIN,
        help="With a key of its own for deleting, the one above needs no right to delete: whoever "
        "gets hold of that one cannot remove a backup. Empty: one key does both.",
    )
    delete_secret_key_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    delete_secret_key = fields.Char(
        string="Secret Key for Deleting",
        compute="_compute_secret_key",
        inverse="_inverse_delete_secret_key",
        copy=False,
        groups=ADMIN,
        help="Encrypted as soon as it is saved and never shown again.",
    )
    has_secret = fields.Boolean(compute="_compute_has_secret", compute_sudo=True)
    place = fields.Char(compute="_compute_place", help="Where backups go, in one line.")
    state = fields.Selection(
        [("draft", "Not Tested"), ("ready", "Ready"), ("failing", "Failing")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    checked_at = fields.Datetime(string="Last Test", readonly=True, copy=False)
    passed_at = fields.Datetime(string="Last Good Test", readonly=True, copy=False)
    tidied_at = fields.Datetime(
        readonly=True, copy=False, help="When unfinished uploads were removed last."
    )
    check_ids = fields.One2many(
        "saas.backup.target.check", "target_id", string="Test Result", readonly=True
    )
    result = fields.Char(string="Result of the Last Test", compute="_compute_result")
    protection = fields.Selection(
        [
            ("locked", "Object Lock"),
            ("versions", "Versions"),
            ("none", "None"),
            ("unknown", "Not Known"),
        ],
        compute="_compute_protection",
        string="Protection Against Deletion",
        help="What holds against somebody who has our key, as the last test found it.",
    )

    def _compute_secret_key(self):
        self.secret_key = self.delete_secret_key = False

    def _inverse_secret_key(self):
        self._inverse_secret("secret_key")

    def _inverse_delete_secret_key(self):
        self._inverse_secret("delete_secret_key")

    def _inverse_secret(self, name):
        for target in self.filtered(name):
            try:
                target.sudo()._seal(name, Secret(target[name]))
            except SaasError:
                raise UserError(
                    self.env._(
                        "The key was not stored: the key file of the control plane cannot be "
                        "used. Doctor says why."
                    )
                ) from None

    @api.depends("secret_key_sealed", "delete_access_key", "delete_secret_key_sealed")
    def _compute_has_secret(self):
        for target in self:
            second = target.delete_secret_key_sealed or not target.delete_access_key
            target.has_secret = bool(target.secret_key_sealed and second)

    @api.depends("kind", "folder", "endpoint", "region", "bucket", "prefix")
    def _compute_place(self):
        for target in self:
            if target.kind == "local":
                target.place = target.folder
            else:
                inside = [target.bucket or "", (target.prefix or "").strip("/")]
                service = target.endpoint or target.region or "us-east-1"
                target.place = f"{'/'.join(filter(None, inside))} ({service})"

    @api.depends("check_ids.result", "checked_at")
    def _compute_result(self):
        for target in self:
            wrong = target.check_ids.filtered(lambda line: line.result == "failing")
            warned = target.check_ids.filtered(lambda line: line.result == "warning")
            if not target.checked_at:
                target.result = False
            elif wrong or warned:
                target.result = (wrong or warned)[0].text
            else:
                target.result = self.env._("Everything backups need works.")

    @api.depends("check_ids.code")
    def _compute_protection(self):
        for target in self:
            told = [PROTECTIONS.get(line.code) for line in target.check_ids]
            target.protection = next(filter(None, told), False)

    @api.constrains("kind", "folder")
    def _check_folder(self):
        for target in self.filtered(lambda one: one.kind == "local"):
            folder = target.folder or ""
            if not os.path.isabs(folder) or os.path.normpath(folder) in ("/", "//"):
                raise ValidationError(
                    self.env._(
                        "“%(folder)s” is not a whole path to a folder: write one such as "
                        "/var/backups/saas.",
                        folder=folder,
                    )
                )

    @api.constrains("kind", "endpoint", "inside_allowed")
    def _check_endpoint(self):
        for target in self.filtered("endpoint"):
            try:
                parse_endpoint(target.endpoint, target.inside_allowed)
            except Refused as error:
                raise ValidationError(text(self.env, error)) from None

    @api.constrains("kind", "bucket", "prefix", "access_key", "delete_access_key")
    def _check_bucket(self):
        for target in self.filtered(lambda one: one.kind == "s3"):
            if not BUCKET.fullmatch(target.bucket or ""):
                raise ValidationError(text(self.env, Refused("bucket_form")))
            if target.prefix and not PREFIX.fullmatch(target.prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” cannot be a folder in a bucket: use letters, digits, dots, "
                        "hyphens and slashes in between, such as backups/eu.",
                        prefix=target.prefix,
                    )
                )
            keys = target.sudo()
            if not keys.access_key:
                raise ValidationError(self.env._("An S3 target needs the access key of its user."))
            if keys.access_key == keys.delete_access_key:
                raise ValidationError(
                    self.env._(
                        "The access key for deleting is the same as the other one: make a second "
                        "one at the service, or leave it empty."
                    )
                )

    @api.constrains("ca")
    def _check_ca(self):
        for target in self.filtered("ca"):
            if CERTIFICATE not in target.ca or "PRIVATE KEY" in target.ca:
                raise ValidationError(text(self.env, Refused("ca_damaged")))

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        for target in targets:
            self.env["saas.audit.entry"]._note("backup_target_created", target, place=target.place)
        return targets

    def write(self, vals):
        names = [name for name in ADDRESS if name in vals]
        before = {one.id: one._address(names) for one in self}
        done = super().write(vals)
        for target in self:
            was, now = before[target.id], target._address(names)
            changed = {
                name: [_told(name, was[name]), _told(name, now[name])]
                for name in names
                if was[name] != now[name]
            }
            if changed:
                self.env["saas.audit.entry"]._note("backup_target_changed", target, **changed)
                target.sudo()._forget_test()
        return done

    def action_test_connection(self):
        """Have everything tried that backups need of this target; the result appears on the
        form.
        """
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for target in self:
            if target.kind == "s3" and not target.has_secret:
                raise UserError(
                    self.env._(
                        "A secret key of %(target)s is not stored, so it cannot be used. "
                        "Enter it first.",
                        target=target.name,
                    )
                )
            target._test_connection()
        return True

    def _test_connection(self):
        self.ensure_one()
        return (
            self.env["saas.job"]
            .sudo()
            ._enqueue(
                "test_target",
                spec={"targets": [self.id]},
                dedupe_key=f"test_target:{self.id}",
                target_id=self.id,
            )
        )

    @api.private
    def _step_checked(self, checks):
        """Take over the outcome of a test (`code, ok, facts`)."""
        self.ensure_one()
        self.env["saas.backup.target.check"]._replace(self, checks)
        passed = bool(checks) and all(row["ok"] for row in checks)
        now = fields.Datetime.now()
        vals = {"checked_at": now, "state": "ready" if passed else "failing"}
        self.write({**vals, "passed_at": now} if passed else vals)
        return {"passed": sum(row["ok"] for row in checks)}

    @api.private
    def _to_spec(self):
        """Return what `adapters/storage/factory.py` needs to reach this target; the secret is a
        `Secret`, or None when it is missing or its key is. For jobs, in sudo.
        """
        self.ensure_one()
        plain = {name: self[name] or "" for name in ADDRESS}
        flags = {"path_style": self.path_style, "inside_allowed": self.inside_allowed}
        secrets = {"secret": "secret_key", "delete_secret": "delete_secret_key"}
        opened = {told: self._secret_or_none(name) for told, name in secrets.items()}
        return {**plain, **flags, **opened}

    def _secret_or_none(self, name):
        try:
            return self._secret(name) if self[f"{name}_sealed"] else None
        except SaasError:
            return None

    @api.private
    def _secret(self, name="secret_key"):
        """Return a secret key; for jobs, in sudo."""
        sealed = f"{name}_sealed"
        return self.env["saas.keyring"]._open(self[sealed], self._secret_label(sealed))

    def _secret_label(self, name):
        return f"saas.backup.target,{name},{self.id}"

    def _seal(self, name, secret):
        sealed = f"{name}_sealed"
        former = bool(self[sealed])
        self[sealed] = self.env["saas.keyring"]._seal(secret, self._secret_label(sealed))
        self.env["saas.audit.entry"]._note("secret_stored", self, secret=name, replaced=former)
        self._forget_test()

    def _forget_test(self):
        """What was tested before was another place."""
        self.filtered(lambda one: one.state != "draft").write({"state": "draft"})

    def _address(self, names):
        return {name: self.sudo()[name] for name in names}


def _told(name, value):
    """Return a value as the audit log keeps it; of a certificate its fingerprint is enough."""
    if name == "ca" and value:
        return f"sha256 {hashlib.sha256(value.encode()).hexdigest()[:16]}"
    return value[:SHOWN_CHARACTERS] if isinstance(value, str) else value
