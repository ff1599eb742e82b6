"""Preflight of a campaign: its tenants, what stands in the way of each, advice, waves, rehearsal.

Owns: rows of tenants and waves before anything runs, the questions to other rooms. Does not own:
the rules (`kernel/migration/{wave,advice}.py`), what stands in the way of one upgrade
(`saas.upgrade._blockers`).
"""

from datetime import timezone

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.migration import advice, change_set, wave
from ..kernel.migration.wave import Candidate
from .saas_campaign_tenant import PASSING


class SaasCampaign(models.Model):
    _inherit = "saas.campaign"

    @api.private
    def _take_tenants(self):
        """Make the rows equal to what is chosen, look at each, plan the waves. May run again."""
        self.ensure_one()
        wanted, have = self._chosen(), self.line_ids
        have.filtered(lambda line: line.tenant_id not in wanted)._drop()
        new = wanted - have.tenant_id
        have._at_work().create(
            [
                {
                    "campaign_id": self.id,
                    "tenant_id": tenant.id,
                    "from_version_id": tenant.version_id.id,
                }
                for tenant in new
            ]
        )
        self.invalidate_recordset(["line_ids"])
        self._look_at(self.line_ids)
        self._plan_waves()

    def _plan_waves(self):
        """Plan canaries and waves anew from those that nothing stands in the way of; who is blocked
        goes in the last wave once it can.
        """
        lines = self.line_ids
        ready = lines.filtered(lambda line: line.stage == wave.TODO) or lines
        planned = wave.plan(self._candidates(ready), self.canary_count, self.wave_size)
        self.wave_ids._drop()
        waves = self.wave_ids._at_work().create(
            [
                {
                    "campaign_id": self.id,
                    "number": number,
                    "is_canary": number == 1 and bool(self.canary_ids or self.canary_count),
                }
                for number, _keys in enumerate(planned, start=1)
            ]
        )
        for one, keys in zip(waves, planned, strict=True):
            lines.browse(keys)._put({"wave_id": one.id})
        (lines - ready)._put({"wave_id": waves[-1:].id})

    def _candidates(self, lines):
        sizes = self._sizes(lines.tenant_id)
        return [
            Candidate(
                line.id,
                sizes.get(line.tenant_id.id, 0),
                line.from_version_id.id,
                line.tenant_id in self.canary_ids,
            )
            for line in lines
        ]

    @api.model
    def _sizes(self, tenants):
        """Return the bytes of each tenant's largest backup; of those never backed up, none."""
        groups = self.env["saas.backup"]._read_group(
            [("tenant_id", "in", tenants.ids), ("state", "=", "stored")],
            ["tenant_id"],
            ["database_bytes:max"],
        )
        return {tenant.id: int(size or 0) for tenant, size in groups}

    # What stands in the way

    @api.private
    def _look_at(self, lines):
        """Write down what stands in the way of each that has not begun, and what to think of."""
        self.ensure_one()
        sizes = self._sizes(lines.tenant_id)
        missing = self._missing_modules()
        for line in lines.sudo().filtered(lambda line: not line.upgrade_id):
            found = [*self._own_blockers(line), *missing, *self._upgrade_for(line)._blockers()]
            found = [one for one in found if one[0] not in PASSING]
            told = self._advice(line, sizes.get(line.tenant_id.id))
            line._put(
                {
                    "blockers": [code for code, _text in found] or False,
                    "block_text": "\n".join(text for _code, text in found) or False,
                    "advice_text": "\n".join(told) or False,
                    "from_version_id": line.tenant_id.version_id.id,
                    "opens_at": self._opens_at(line),
                }
            )
            if self.started_at and line.stage == wave.TODO and not line.holds:
                line._put({"holds": True})

    def _own_blockers(self, line):
        """Return what the campaign itself has against a tenant, as codes and sentences."""
        found, tenant = [], line.tenant_id
        if other := self._other_campaign(tenant):
            found.append(
                (
                    "campaign_other",
                    self.env._(
                        "“%(campaign)s” works on it. Wait for its end, or stop it.",
                        campaign=other.display_name,
                    ),
                )
            )
        if not self._window(tenant, fields.Datetime.now()):
            found.append(
                (
                    "no_window",
                    self.env._("Its release calendar never opens. Add a window to the calendar."),
                )
            )
        return found

    def _other_campaign(self, tenant):
        held = self.env["saas.campaign.tenant"].sudo()
        return held.search(
            [("tenant_id", "=", tenant.id), ("holds", "=", True), ("campaign_id", "!=", self.id)],
            limit=1,
        ).campaign_id

    @api.private
    def _missing_modules(self):
        """Return modules of the new version that are not approved on its cluster, as blockers."""
        names = self._unapproved(sorted(self.to_version_id.modules or {}))
        if not names:
            return []
        text = self.env._(
            "Not approved on the cluster: %(modules)s. Have them approved first.",
            modules=", ".join(names),
        )
        return [("modules_unapproved", text)]

    def _unapproved(self, names):
        """Return which of these modules the cluster of the template has no approval for."""
        return self.env["saas.module.approval"]._missing(self.template_id.cluster_id, names)

    @api.private
    def _upgrade_for(self, line, rehearsal=False):
        """Return an upgrade as it would be ordered; not kept."""
        return self.env["saas.upgrade"].new(
            {
                "tenant_id": line.tenant_id.id,
                "from_version_id": line.tenant_id.version_id.id,
                "to_version_id": self.to_version_id.id,
                "mode": self.mode,
                "rehearsal": rehearsal,
            }
        )

    # Windows

    @api.model
    def _window(self, tenant, at):
        """Return the release window of a tenant that is open at an instant or comes next, as
        `(start, end)`, naive UTC; `end` is empty when it never closes. None: there is none.
        """
        return self.env["saas.release.window"]._next(tenant, at)

    @api.private
    def _opens_at(self, line):
        """Return when a tenant may begin: now, or at a window to come that is long enough for what
        a rehearsal took. None: never.
        """
        at = max(filter(None, (fields.Datetime.now(), self.start_at)))
        needed = self.usual_seconds
        for _try in range(3):
            found = self._window(line.tenant_id, at)
            if not found:
                return None
            start, end = max(found[0], at), found[1]
            if not end or (end - start).total_seconds() >= needed:
                return start
            at = end
        return None

    # Advice

    def _advice(self, line, size):
        """Return sentences on what to think of before this tenant is upgraded."""
        tenant, _ = line.tenant_id, self.env._
        words = {
            "had_setback": _("Its last upgrade failed or was rolled back. Rehearse it first."),
            "loses_modules": _("Modules it has are not in the new version. Rehearse it first."),
            "no_backup": _("It has no backup. One is made before the upgrade; check its policy."),
            "not_proven": _("No restore of it was proven in the last 7 days."),
            "far_behind": _("It skips versions: more changes come at once."),
            "large": _("It is large: plan a long window."),
        }
        facts = advice.Facts(
            proven_at=_aware(tenant.backup_proven_at),
            has_backup=bool(tenant.backup_last_at),
            size_bytes=size,
            versions_behind=self.to_version_id.number - tenant.version_id.number,
            had_setback=self._had_setback(tenant),
            loses_modules=self._loses_modules(tenant.version_id),
        )
        return [words[code] for code in advice.advise(facts, _aware(fields.Datetime.now()))]

    def _had_setback(self, tenant):
        real = [("tenant_id", "=", tenant.id), ("rehearsal", "=", False)]
        ended = [*real, ("state", "in", ("done", "failed", "rolled_back"))]
        last = self.env["saas.upgrade"].sudo().search(ended, order="id desc", limit=1)
        return last.state in ("failed", "rolled_back")

    def _loses_modules(self, version):
        """Tell whether modules go away; of a tenant of no known version nobody knows before."""
        return bool(version and self._changes_from(version).removed)

    def _changes_from(self, version):
        return change_set.compare(version._to_build(), self.to_version_id._to_build())

    # Rehearsal

    @api.private
    def _begin_rehearsal(self):
        """Order upgrades of copies for a sample; those of an earlier rehearsal no longer count."""
        ready = self.line_ids.filtered(lambda line: line.stage == wave.TODO)
        self.line_ids._put({"rehearsal_id": False})
        for key in wave.sample(self._candidates(ready), self.sample_count):
            line = ready.browse(key)
            made = self._order_upgrade(line, rehearsal=True)
            if made:
                line._put({"rehearsal_id": made.id})

    def _order_upgrade(self, line, rehearsal=False):
        """Order the upgrade of a tenant and return it; none when something came in between, which
        then stands on the tenant unless it passes by itself.
        """
        try:
            with self.env.cr.savepoint():
                made = self.env["saas.upgrade"]._propose(
                    line.tenant_id,
                    self.to_version_id,
                    mode=self.mode,
                    rehearsal=rehearsal,
                    reason=self.name,
                    campaign_id=self.id,
                    wave_id=line.wave_id.id,
                )
                made._start()
        except SaasError as error:
            if error.code not in PASSING:
                told = messages.text(self.env, error)
                line._put({"blockers": [error.code], "block_text": told})
            return self.env["saas.upgrade"]
        return made


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None
