"""What the records of a host name say, compared with what they should say.

Owns: looked-up facts → a verdict with its facts. Does not own: looking up (`adapters/`), words for
people (`messages/`), what follows from a verdict (`recheck.py`).
"""

from dataclasses import dataclass, field

from .own_host import is_root

FOUND = "found"
NOT_VISIBLE = "not_visible_yet"
ELSEWHERE = "points_elsewhere"
ROOT = "root_needs_a"
TXT_MISSING = "txt_missing"
TXT_WRONG = "txt_wrong"
# Not said by records: nobody answered, or another tenant proved the name first.
UNKNOWN = "unknown"
TAKEN = "taken"
STATUSES = (FOUND, NOT_VISIBLE, ELSEWHERE, ROOT, TXT_MISSING, TXT_WRONG, UNKNOWN, TAKEN)
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """What name servers say: the aliases a host leads through in order, where it ends, its texts,
    and where the tenant's own subdomain ends. Names in lower case without last dot.
    """

    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    target_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What they should say: the host leads to `target` or one of `addresses`; the proof."""

    host: str
    target: str
    addresses: tuple[str, ...]
    token: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one status people read, that of each of the two records, and facts for the sentence."""

    status: str
    pointing: str
    proof: str
    facts: dict[str, str] = field(default_factory=dict)


def judge(seen: Seen, wanted: Wanted) -> Verdict:
    """Return how the records stand. What is wrong comes before what is only missing.

    Facts: `host`, `target`, `found` (where it points, or the wrong text), `addresses`.
    """
    pointing, elsewhere = _pointing(seen, wanted)
    proof, wrong = _proof(seen, wanted)
    facts = {
        "host": wanted.host,
        "target": wanted.target,
        "addresses": ", ".join(wanted.addresses or seen.target_addresses),
        "found": (elsewhere or wrong)[:MOST_SHOWN],
    }
    return Verdict(_worst(pointing, proof), pointing, proof, facts)


def _pointing(seen: Seen, wanted: Wanted) -> tuple[str, str]:
    if wanted.target in seen.aliases:
        return FOUND, ""
    ours = {*wanted.addresses, *seen.target_addresses}
    foreign = [address for address in seen.addresses if address not in ours]
    if seen.addresses and not foreign:
        return FOUND, ""
    if foreign or seen.aliases:
        return ELSEWHERE, seen.aliases[0] if seen.aliases else foreign[0]
    return (ROOT if is_root(wanted.host) else NOT_VISIBLE), ""


def _proof(seen: Seen, wanted: Wanted) -> tuple[str, str]:
    texts = [text.strip() for text in seen.texts]
    if wanted.token in texts:
        return FOUND, ""
    return (TXT_WRONG, texts[0]) if texts else (TXT_MISSING, "")


def _worst(pointing: str, proof: str) -> str:
    if pointing == ELSEWHERE:
        return pointing
    if proof == TXT_WRONG:
        return proof
    if pointing == NOT_VISIBLE or (pointing == ROOT and proof == FOUND):
        return pointing
    if pointing == ROOT:
        return ROOT
    return proof
