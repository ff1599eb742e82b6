"""Where the audit log hears of people: who gains or loses our groups, who makes an API key.

Owns: these entries. Does not own: groups and keys.
"""

from odoo import api, models

OURS = (
    *("viewer", "operator", "admin"),
    *("billing_user", "billing_manager", "billing_approver"),
)
RIGHTS = {"group_ids", "active", "role"}
MEMBERS = {"user_ids", "implied_ids", "implied_by_ids"}


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _saas_groups(self):
        """Return our groups by name, those that are there."""
        found = {
            name: self.env.ref(f"saas_business_management.group_saas_{name}", False)
            for name in OURS
        }
        return {name: group.sudo() for name, group in found.items() if group}

    def _saas_rights(self):
        """Return for each user the names of our groups that he is in now, as frozen sets."""
        groups = self._saas_groups()
        return {
            user.id: frozenset(
                name
                for name, group in groups.items()
                if user.active and group in user.sudo().all_group_ids
            )
            for user in self
        }

    def _saas_note_rights(self, before):
        """Note what changed since `before` was taken."""
        for user in self.exists():
            was, now = before.get(user.id, frozenset()), user._saas_rights()[user.id]
            for action, names in (("rights_gained", now - was), ("rights_lost", was - now)):
                if names:
                    told = [name for name in OURS if name in names]
                    self.env["saas.audit.entry"]._note(action, user, groups=", ".join(told))

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._saas_note_rights({})
        return users

    def write(self, vals):
        if not RIGHTS & set(vals):
            return super().write(vals)
        before = self._saas_rights()
        done = super().write(vals)
        self._saas_note_rights(before)
        return done


class ResGroups(models.Model):
    _inherit = "res.groups"

    def _saas_members(self):
        """Return everybody who is in one of our groups, by whatever way."""
        groups = self.env["res.users"]._saas_groups()
        return self.env["res.users"].union(*(group.all_user_ids for group in groups.values()))

    def write(self, vals):
        if not MEMBERS & set(vals):
            return super().write(vals)
        before = self._saas_members()._saas_rights()
        done = super().write(vals)
        self.env.invalidate_all()
        users = self._saas_members() | self.env["res.users"].browse(before)
        users._saas_note_rights(before)
        return done


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        key = super()._generate(scope, name, expiration_date)
        if self.env.user._saas_rights()[self.env.uid]:
            until = str(expiration_date or "")
            facts = {"scope": scope or "", "name": name, "until": until}
            self.env["saas.audit.entry"]._note("api_key_made", self.env.user, **facts)
        return key

    def _remove(self):
        told = [(key.user_id, key.name) for key in self if key.user_id._saas_groups()]
        done = super()._remove()
        for user, name in told:
            if user._saas_rights()[user.id]:
                self.env["saas.audit.entry"]._note("api_key_removed", user, name=name)
        return done
