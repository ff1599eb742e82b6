"""One sentence per error code, a file per room.

Owns: the sentences. Does not own: the codes (kernel, adapters, jobs), how facts look in a sentence
and which variant is chosen (`messages/__init__.py`).

A sentence tells what happened, what is safe or unchanged, and what to do next. A variant of a code
is written `code.variant`. Each code stands in one file alone.
"""

from . import (
    adoption,
    archive,
    backup,
    billing,
    campaigns,
    cluster,
    copies,
    foreign,
    hosts,
    incidents,
    keys,
    lifecycle,
    limits,
    migration,
    moves,
    nodes,
    portal,
    prices,
    provisioning,
    revenue,
    signup,
    subscriptions,
    targets,
    upgrades,
    usage,
    wallets,
    webhooks,
)

SENTENCES = {
    **adoption.SENTENCES,
    **archive.SENTENCES,
    **backup.SENTENCES,
    **billing.SENTENCES,
    **campaigns.SENTENCES,
    **cluster.SENTENCES,
    **copies.SENTENCES,
    **foreign.SENTENCES,
    **hosts.SENTENCES,
    **incidents.SENTENCES,
    **keys.SENTENCES,
    **lifecycle.SENTENCES,
    **limits.SENTENCES,
    **migration.SENTENCES,
    **moves.SENTENCES,
    **nodes.SENTENCES,
    **portal.SENTENCES,
    **prices.SENTENCES,
    **provisioning.SENTENCES,
    **revenue.SENTENCES,
    **signup.SENTENCES,
    **subscriptions.SENTENCES,
    **targets.SENTENCES,
    **upgrades.SENTENCES,
    **usage.SENTENCES,
    **wallets.SENTENCES,
    **webhooks.SENTENCES,
}
