"""One sentence per error code, a file per room.

Owns: the sentences. Does not own: the codes (kernel, adapters, jobs), how facts look in a sentence
and which variant is chosen (`messages/__init__.py`).

A sentence tells what happened, what is safe or unchanged, and what to do next. A variant of a code
is written `code.variant`. Each code stands in one file alone.
"""

from . import (
    archive,
    backup,
    billing,
    cluster,
    foreign,
    hosts,
    keys,
    lifecycle,
    limits,
    nodes,
    portal,
    prices,
    provisioning,
    revenue,
    signup,
    subscriptions,
    targets,
    usage,
    wallets,
    webhooks,
)

SENTENCES = {
    **archive.SENTENCES,
    **backup.SENTENCES,
    **billing.SENTENCES,
    **cluster.SENTENCES,
    **foreign.SENTENCES,
    **hosts.SENTENCES,
    **keys.SENTENCES,
    **lifecycle.SENTENCES,
    **limits.SENTENCES,
    **nodes.SENTENCES,
    **portal.SENTENCES,
    **prices.SENTENCES,
    **provisioning.SENTENCES,
    **revenue.SENTENCES,
    **signup.SENTENCES,
    **subscriptions.SENTENCES,
    **targets.SENTENCES,
    **usage.SENTENCES,
    **wallets.SENTENCES,
    **webhooks.SENTENCES,
}
