"""`suspend`, `resume`, `archive`, `reactivate`, `delete`, `undelete`: a tenant's life."""

from .choose import by_code
from .grammar import command
from .say import Stop, say

REASONS = ("payment", "quota", "trial_end", "manual", "security")


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "suspend", suspend, "close a tenant; its data stays")
    _about(parser, note=True)
    parser.add_argument(
        "--reason", choices=REASONS, default="manual", help="what its page says (default: manual)"
    )
    for name, act, text, note in (
        ("resume", _by("action_resume"), "open a suspended tenant again", False),
        ("archive", _by("action_archive_tenant"), "take a tenant out of service", True),
        ("reactivate", _by("action_reactivate"), "bring an archived tenant back", False),
        ("undelete", _by("action_undo_deletion"), "keep a tenant marked for deletion", False),
    ):
        _about(command(commands, name, act, text), note)
    parser = command(commands, "delete", delete, "mark a tenant for deletion; it can be undone")
    _about(parser, note=True)
    parser.add_argument(
        "--confirm", required=True, metavar="SUBDOMAIN", help="the subdomain once more"
    )


def _about(parser, note):
    parser.add_argument("subdomain")
    parser.add_argument("--note", required=note, default="", help="why; stands in the timeline")


def suspend(control, chosen):
    """Close a tenant for a reason."""
    with control.records() as env:
        tenant = living(env, chosen.subdomain)
        tenant.action_suspend(chosen.reason, chosen.note)
        _tell(tenant)


def delete(control, chosen):
    """Mark a tenant for deletion, when its subdomain was typed twice."""
    if chosen.confirm != chosen.subdomain:
        raise Stop("--confirm names another subdomain. Nothing was changed.")
    _by("action_request_deletion")(control, chosen)


def _by(method):
    def act(control, chosen):
        with control.records() as env:
            tenant = living(env, chosen.subdomain)
            getattr(tenant, method)(chosen.note)
            _tell(tenant)

    return act


def living(env, subdomain):
    """Return the living tenant of a subdomain, the latest one there was otherwise."""
    named = [("subdomain", "=", subdomain.strip().lower())]
    living = env["saas.tenant"].search([*named, ("state", "!=", "deleted")], limit=1)
    return living or by_code(env, "saas.tenant", "subdomain", subdomain, "tenant")


def _tell(tenant):
    states = dict(tenant._fields["state"]._description_selection(tenant.env))
    say(f"{tenant.subdomain}: {states[tenant.state]}")
    if tenant.next_on:
        moves = dict(tenant._fields["next_event"]._description_selection(tenant.env))
        say(f"next: {moves[tenant.next_event]} on {tenant.next_on}")
