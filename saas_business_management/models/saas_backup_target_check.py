"""One line of a backup target's last test.

Owns: the lines. Does not own: looking (`adapters/storage/probe.py`), their words
(`messages/checks.py`).
"""

from odoo import api, fields, models

from ..messages import check_text


class SaasBackupTargetCheck(models.Model):
    _name = "saas.backup.target.check"
    _description = "Backup Target Test Line"
    _order = "target_id, sequence, id"
    _rec_name = "text"

    target_id = fields.Many2one(
        "saas.backup.target", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    result = fields.Selection(
        [("failing", "Failed"), ("warning", "Warning"), ("ok", "Passed")],
        required=True,
        readonly=True,
    )
    text = fields.Text(string="What Was Tested", required=True, readonly=True)
    mend = fields.Text(string="How to Mend It", readonly=True)

    @api.model
    def _replace(self, target, rows):
        """Put the outcome of a new test (`code, ok, facts`) in the place of the last one."""
        target.check_ids.unlink()
        self.create([self._prepare_line_vals(target, place, row) for place, row in enumerate(rows)])

    @api.model
    def _prepare_line_vals(self, target, place, row):
        facts = row.get("facts") or {}
        right = row["ok"] and not facts.get("warning")
        result = "ok" if right else "warning" if row["ok"] else "failing"
        mends = self._mends()
        mend = mends.get(facts.get("error")) or mends.get(row["code"])
        return {
            "target_id": target.id,
            "sequence": place,
            "code": row["code"],
            "result": result,
            "text": check_text(self.env, row["code"], right, facts),
            "mend": False if right else mend,
        }

    @api.model
    def _mends(self):
        """Return what mends a failure, by the error behind it or by the line itself."""
        return {
            "access_denied": self.env._(
                "S3: allow this key s3:PutObject, s3:GetObject, s3:DeleteObject, s3:ListBucket, "
                "s3:AbortMultipartUpload and s3:ListBucketMultipartUploads on the bucket. Folder: "
                "let the user that runs the control worker write there."
            ),
            "access_key_refused": self.env._("Enter the access key and the secret key anew here."),
            "clock_skew": self.env._(
                "Set the clock of the machine that runs the control worker, such as by NTP."
            ),
            "bucket_missing": self.env._("Make the bucket at the service, or correct its name."),
            "target_folder_missing": self.env._("Mount the disk, or make the folder."),
            "address_inside": self.env._(
                "If the service stands in your own network, switch on Inside Our Network here."
            ),
            "certificate_wrong": self.env._(
                "Enter the certificate of the service's authority under Own Authority here."
            ),
            "region_wrong": self.env._("Correct the region or the address here."),
            "no_space": self.env._("Free space there, or raise the quota."),
            "target_exclusive": self.env._(
                "Use this target for one control plane alone: two could not see each other."
            ),
            "target_second_key": self.env._(
                "Take s3:DeleteObject from the first key at the service: until then the second one "
                "protects nothing."
            ),
            "target_checksums": self.env._(
                "Nothing has to be done: what is stored is compared by its size and its tag, or "
                "read back."
            ),
            "target_unprotected": self.env._(
                "Bucket: switch on versions or an object lock at the service, and deny this key "
                "s3:DeleteObjectVersion. Folder: have its disk copied to a place this machine "
                "cannot delete from, or keep backups on a second target that protects them."
            ),
            "target_protection_unknown": self.env._(
                "Allow this key s3:GetBucketVersioning and s3:GetBucketObjectLockConfiguration, or "
                "look at the service whether the bucket keeps versions or has an object lock."
            ),
        }
