"""The team of a customer account: who looks after its databases in the portal, in which role.

Owns: the rows, invitations, who is owner where nobody was named. Does not own: what a role may do
(`kernel/portal/roles.py`), whose database it is (`saas_tenant_portal.py`), pages
(`controllers/portal_team.py`).
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, email_normalize, hmac

from .. import messages
from ..kernel.audit.plain import one_line
from ..kernel.errors import Refused, SaasError
from ..kernel.portal import roles
from ..kernel.provisioning import link
from ..kernel.secret import Secret

_lt = LazyTranslate(__name__)

ROLES = [
    (roles.OWNER, "Owner"),
    (roles.ADMINISTRATOR, "Administrator"),
    (roles.BILLING, "Billing"),
    (roles.TECHNICAL, "Technical"),
    (roles.VIEWER, "Viewer"),
]
EXPLAINED = {
    roles.OWNER: _lt("Everything, and makes other owners"),
    roles.ADMINISTRATOR: _lt("Everything but other owners"),
    roles.BILLING: _lt("Plan, invoices and payment"),
    roles.TECHNICAL: _lt("Web addresses, backups and restores"),
    roles.VIEWER: _lt("Sees the databases, changes nothing"),
}
MOST_INVITED = 20
AGAIN_SECONDS = 60
INVITED_DAYS = 7
JOIN = "/my/team/join/"


class SaasCustomerMember(models.Model):
    _name = "saas.customer.member"
    _description = "Member of a Customer's Team"
    _order = "account_id, id"
    _rec_names_search = ["email", "user_id.name", "account_id.name"]

    public_id = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(16)
    )
    account_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    email = fields.Char(string="E-Mail", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="User",
        index="btree_not_null",
        ondelete="cascade",
        domain=[("share", "=", True)],
        help="Empty: the invitation was not accepted yet.",
    )
    role = fields.Selection(ROLES, required=True, default=roles.VIEWER)
    state = fields.Selection(
        [("waiting", "Invited"), ("active", "Active")],
        compute="_compute_state",
        store=True,
        string="Status",
    )
    invited_by_id = fields.Many2one("res.users", string="Invited By", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Invited", readonly=True, copy=False)
    token_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(readonly=True, copy=False)

    _email_uniq = models.Constraint(
        "UNIQUE (account_id, email)", "This person is in the team already."
    )
    _user_uniq = models.UniqueIndex(
        "(account_id, user_id) WHERE user_id IS NOT NULL", "This user is in the team already."
    )
    _public_uniq = models.Constraint("UNIQUE (public_id)", "Two members cannot share a reference.")
    _token_uniq = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.depends("user_id", "account_id", "role")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for member in self:
            who = member.user_id.sudo().name or self.env._("Invitation")
            member.display_name = f"{who} ({labels.get(member.role, '')})"

    @api.depends("user_id")
    def _compute_state(self):
        for member in self:
            member.state = "active" if member.user_id else "waiting"

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id and not self.email:
            self.email = self.user_id.email or self.user_id.login

    @api.constrains("email")
    def _check_email(self):
        for member in self:
            if not email_normalize(member.email):
                raise ValidationError(
                    messages.text(self.env, Refused("team_email", email=member.email))
                )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create([self._normal(vals) for vals in vals_list])
        for member in made:
            action = "rights_member_joined" if member.user_id else "rights_member_invited"
            self._told(action, member)
        return made

    def write(self, vals):
        vals = self._normal(vals)
        before = {member.id: (member.role, member.user_id) for member in self}
        done = super().write(vals)
        for member in self:
            role, user = before[member.id]
            if member.role != role:
                self._told("rights_member_changed", member, before=role)
            if member.user_id and member.user_id != user:
                self._told("rights_member_joined", member)
        return done

    def unlink(self):
        for member in self:
            self._told("rights_member_removed", member)
        return super().unlink()

    def _told(self, action, member, **facts):
        # No address: the audit log is kept longer than a customer who is erased.
        facts |= {"role": member.role, "account": member.account_id.id}
        self.env["saas.audit.entry"]._note(action, member, **facts)

    @api.model
    def _normal(self, vals):
        vals = dict(vals)
        if vals.get("email"):
            vals["email"] = email_normalize(vals["email"]) or vals["email"]
        if vals.get("account_id"):
            partner_sudo = self.env["res.partner"].sudo().browse(vals["account_id"])
            vals["account_id"] = partner_sudo.commercial_partner_id.id
        return vals

    # Who may what

    @api.model
    @api.private
    def _roles(self, user=None):
        """Return the roles of a person: `{id of the account: role}`."""
        user_sudo = (user or self.env.user).sudo()
        if user_sudo._is_public():
            return {}
        found = {one.account_id.id: one.role for one in self.sudo()._of(user_sudo)}
        own_sudo = user_sudo.partner_id.commercial_partner_id
        if own_sudo.id not in found and self._founds(user_sudo, own_sudo):
            found[own_sudo.id] = roles.OWNER
        return found

    def _of(self, user):
        return self.search([("user_id", "=", user.id)])

    @api.model
    def _founds(self, user_sudo, account_sudo):
        """Tell whether a person is the owner of a team that nobody was named for yet.

        That is the customer itself, or the administrator of one of its databases. The login is
        compared, which people cannot change themselves; an e-mail address they can.
        """
        members_sudo = self.sudo()
        if members_sudo.search_count(
            [("account_id", "=", account_sudo.id), ("user_id", "!=", False)], limit=1
        ):
            return False
        tenants_sudo = (
            self.env["saas.tenant"].sudo().search([("partner_id", "child_of", account_sudo.id)])
        )
        login = (user_sudo.login or "").strip().lower()
        is_customer = bool(tenants_sudo) and user_sudo.partner_id == account_sudo
        return is_customer or login in {one.admin_email.lower() for one in tenants_sudo}

    @api.model
    @api.private
    def _may(self, tenant, action, user=None):
        """Tell whether a person may do something with a database of a customer."""
        account_sudo = tenant.sudo().partner_id.commercial_partner_id
        return roles.may(self._roles(user).get(account_sudo.id, ""), action)

    @api.model
    @api.private
    def _owner_names(self, account):
        """Return the names of the owners of a team, for people who have to ask one."""
        domain = [("account_id", "=", account.id), ("role", "=", roles.OWNER)]
        owners_sudo = self.sudo().search([*domain, ("user_id", "!=", False)])
        return ", ".join(owners_sudo.user_id.mapped("name"))

    # Changing a team; sudo records, `giver` is the role of who acts

    @api.model
    @api.private
    def _team(self, account, user):
        """Return the members of an account; who founds it is written down as its owner first."""
        members_sudo = self.sudo()
        user_sudo = user.sudo()
        if self._founds(user_sudo, account.sudo()):
            email = email_normalize(user_sudo.email) or user_sudo.login
            former_sudo = members_sudo.search(
                [("account_id", "=", account.id), ("email", "=", email)], limit=1
            )
            values = {"user_id": user_sudo.id, "role": roles.OWNER, "token_hash": False}
            if former_sudo:
                former_sudo.write(values)
            else:
                members_sudo.create({"account_id": account.id, "email": email, **values})
        return members_sudo.search([("account_id", "=", account.id)])

    @api.model
    @api.private
    def _invite(self, account, email, role, giver):
        """Invite somebody by mail; return the row.

        Raises: Refused (`team_…`).
        """
        address = email_normalize(email or "")
        if not address or len(address) > 254:
            raise Refused("team_email", email=one_line(email or "")[:60])
        roles.check_change(giver, "", role, 1)
        team_sudo = self.sudo().search([("account_id", "=", account.id)])
        if address in team_sudo.mapped("email"):
            raise Refused("team_twice", email=address)
        if len(team_sudo.filtered(lambda one: one.state == "waiting")) >= MOST_INVITED:
            raise Refused("team_invited_enough", count=MOST_INVITED)
        made_sudo = self.sudo().create(
            {
                "account_id": account.id,
                "email": address,
                "role": role,
                "invited_by_id": self.env.uid,
            }
        )
        made_sudo._send_invitation()
        return made_sudo

    @api.private
    def _send_again(self):
        """Mail a fresh link; the former one stops working.

        Raises: Refused (`team_again_soon`, `portal_gone`).
        """
        self.ensure_one()
        if self.state != "waiting":
            raise Refused("portal_gone")
        soonest = fields.Datetime.subtract(fields.Datetime.now(), seconds=AGAIN_SECONDS)
        if self.sent_at and self.sent_at > soonest:
            raise Refused("team_again_soon")
        self._send_invitation()

    def _send_invitation(self):
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        now = fields.Datetime.now()
        self.write(
            {
                "token_hash": link.hash_token(token),
                "expires_at": now + timedelta(days=INVITED_DAYS),
                "sent_at": now,
            }
        )
        template = self.env.ref("saas_business_management.mail_template_team_invitation").sudo()
        url = f"{self.get_base_url()}{JOIN}{token.reveal()}"
        template.with_context(join_url=url).send_mail(self.id, force_send=False)
        self.env["mail.mail"]._send_soon()

    @api.private
    def _give_role(self, role, giver):
        """Give a member another role, an empty one = remove.

        Raises: Refused (`team_…`).
        """
        self.ensure_one()
        self.account_id.sudo().lock_for_update()
        others = Domain("account_id", "=", self.account_id.id) & Domain("id", "!=", self.id)
        owners = Domain("role", "=", roles.OWNER) & Domain("user_id", "!=", False)
        left = self.search_count(others & owners)
        # An invitation that nobody accepted makes no owner yet: it may always be withdrawn.
        roles.check_change(giver, self.role, role, left or self.state == "waiting")
        if role:
            self.role = role
        else:
            self.unlink()

    # The page of a team

    @api.model
    @api.private
    def _team_page(self, account_id, role):
        """Return what the page of a team shows; a plain viewer sees who is in it."""
        account_sudo = self.env["res.partner"].sudo().browse(account_id)
        return {
            "account": account_sudo,
            "ref": self._team_ref(account_sudo),
            "founder": self._founds(self.env.user.sudo(), account_sudo),
            "role": role,
            "manages": roles.may(role, roles.TEAM),
            "giveable": [one for one in self._role_rows() if one["code"] in roles.giveable(role)],
            "members": self.sudo().search([("account_id", "=", account_id)]),
            "owners": self._owner_names(account_sudo),
        }

    @api.model
    @api.private
    def _connect_team(self, account_id, role):
        """Return what pages of keys and webhooks show of an account."""
        account_sudo = self.env["res.partner"].sudo().browse(account_id)
        return {
            "account": account_sudo,
            "ref": self._team_ref(account_sudo),
            "role": role,
            "connects": roles.may(role, roles.CONNECT),
            "owners": self._owner_names(account_sudo),
        }

    @api.model
    def _role_rows(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        return [
            {"code": code, "name": labels[code], "text": self.env._(EXPLAINED[code])}
            for code in roles.ROLES
        ]

    @api.model
    @api.private
    def _team_action(self, form):
        """Do what the page asks; return what is told then, empty when nothing of it is theirs.

        Raises: UserError.
        """
        mine = {}
        for account_id, role in self._roles().items():
            if roles.may(role, roles.TEAM):
                mine[account_id] = role
        accounts_sudo = self.env["res.partner"].sudo().browse(list(mine))
        for account_sudo in accounts_sudo:
            team_sudo = self._team(account_sudo, self.env.user)
            try:
                told = self._team_do(account_sudo, team_sudo, mine[account_sudo.id], form)
            except SaasError as error:
                raise UserError(messages.text(self.env, error)) from None
            if told:
                return told
        return ""

    def _team_do(self, account_sudo, team_sudo, giver, form):
        _ = self.env._
        action, member_ref = form.get("action"), form.get("member", "")
        if action == "invite":
            if form.get("team") != self._team_ref(account_sudo):
                return ""
            row = self._invite(account_sudo, form.get("email", ""), form.get("role", ""), giver)
            return _("An invitation was mailed to %(email)s.", email=row.email)
        member_sudo = team_sudo.filtered(lambda one: one.public_id == member_ref)
        if not member_sudo:
            return ""
        if action == "role":
            if not form.get("role"):
                raise Refused("team_role_unknown")
            member_sudo._give_role(form["role"], giver)
            return _("The role was changed.")
        if action == "remove":
            email = member_sudo.email
            member_sudo._give_role("", giver)
            return _("%(email)s is not in the team any more.", email=email)
        if action == "again":
            member_sudo._send_again()
            return _("The invitation was sent again.")
        return ""

    @api.model
    @api.private
    def _team_ref(self, account_sudo):
        """Return what stands for a team in a form; nobody can guess another one."""
        return hmac(self.env(su=True), "saas-team", account_sudo.id)[:32]

    # Joining

    @api.model
    @api.private
    def _find_invitation(self, token):
        """Return the invitation of a token while it can be accepted, or nothing."""
        hashed = link.hash_token(Secret(token))
        found_sudo = self.sudo().search([("token_hash", "=", hashed)], limit=1)
        fresh = found_sudo.expires_at and found_sudo.expires_at > fields.Datetime.now()
        return found_sudo if fresh else found_sudo.browse()

    @api.private
    def _known_user(self):
        """Return the user who logs in with the invited address, or nothing."""
        self.ensure_one()
        return self.env["res.users"].sudo().search([("login", "=", self.email)], limit=1)

    @api.private
    def _can_join(self, user):
        """Tell whether a person is not in this team yet."""
        self.ensure_one()
        mine = [("account_id", "=", self.account_id.id), ("user_id", "=", user.id)]
        return not self.search_count(mine, limit=1)

    @api.private
    def _accept(self, user):
        """Let the invited person in; the link is used up."""
        self.ensure_one()
        self.write({"user_id": user.id, "token_hash": False, "expires_at": False})

    @api.private
    def _accept_as_new(self, name, password):
        """Make a portal login for the invited person and let it in."""
        self.ensure_one()
        user_sudo = (
            self.env["res.users"]
            .sudo()
            ._create_user_from_template(
                {
                    "login": self.email,
                    "email": self.email,
                    "name": one_line(name),
                    "password": password,
                    "lang": self.invited_by_id.lang or self.env.lang,
                }
            )
        )
        self._accept(user_sudo)
        return user_sudo

    # For operators

    def action_invite_again(self):
        """Mail a fresh link to people who have not joined yet."""
        self.check_access("write")
        for member in self:
            try:
                member.sudo()._send_again()
            except SaasError as error:
                raise ValidationError(messages.text(self.env, error)) from None
        return True

    def action_remove(self):
        """Take people out of their team."""
        self.check_access("unlink")
        self.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_customer_member"
        )
