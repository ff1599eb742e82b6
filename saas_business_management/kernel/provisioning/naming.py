"""Names: subdomains that people choose, host names, and the opaque names of databases.

Owns: the one normal form of a subdomain, proposals, `g_`/`t_` names and their form. Does not own:
who holds a name (database constraints), the list of reserved words (data), quoting in SQL
(adapters).
"""

import base64
import re
import unicodedata
from collections.abc import Collection, Container

from ..errors import Refused

SUBDOMAIN_MIN = 3
SUBDOMAIN_MAX = 32
# PostgreSQL cuts longer identifiers silently, and two cut names may meet.
IDENTIFIER_MAX = 63
HOST_MAX = 253
RANDOM_BYTES = 16

_SUBDOMAIN = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DATABASE = re.compile(r"[gt]_[a-z2-7]{26}")
_OURS = re.compile(r"([gt]_[a-z2-7]{26})(_[rz][0-9]+)?")

_LEGAL_FORMS = frozenset(
    "ab ag as bv co corp gmbh inc kg limited llc ltd nv oy plc sa sarl sas spa srl".split()
)
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def normalise_subdomain(text: str, reserved: Container[str] = ()) -> str:
    """Return the one normal form of a subdomain: NFKC, lower case, outer blanks removed.

    Raises:
        Refused: `subdomain_empty`, `subdomain_too_short` (fact `least`), `subdomain_too_long`
            (`most`), `subdomain_punycode`, `subdomain_form`, `subdomain_reserved`; each but the
            first with `text`.
    Source: RFC 5890 section 2.3.1 (two hyphens in the third and fourth place are reserved for
    encodings).
    """
    name = unicodedata.normalize("NFKC", text).lower().strip(" ")
    if not name:
        raise Refused("subdomain_empty")
    code = _fault(name)
    if code:
        raise Refused(code, text=_shown(name), least=SUBDOMAIN_MIN, most=SUBDOMAIN_MAX)
    if name in reserved:
        raise Refused("subdomain_reserved", text=name)
    return name


def suggest(
    subdomain: str, taken: Container[str], reserved: Container[str] = (), count: int = 2
) -> list[str]:
    """Return up to `count` free subdomains close to a valid one that is taken, best first."""
    found: list[str] = []
    for tail in ["erp", *(str(number) for number in range(2, 100))]:
        stem = subdomain[: SUBDOMAIN_MAX - len(tail) - 1].rstrip("-")
        name = f"{stem}-{tail}"
        if not _fault(name) and name not in taken and name not in reserved:
            found.append(name)
        if len(found) >= count:
            break
    return found[:count]


def propose(company_name: str) -> str:
    """Return a valid subdomain made from a company name, or an empty text when none can be made.

    Accents are dropped, other signs become hyphens, a legal form at the end is left out.
    """
    plain = unicodedata.normalize("NFKD", company_name.lower().translate(_LETTERS))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace(".", ""))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    name = re.sub(r"^[^a-z]+", "", "-".join(words))[:SUBDOMAIN_MAX].rstrip("-")
    return "" if _fault(name) else name


def database_name(kind: str, random_bytes: bytes) -> str:
    """Return the opaque name of a golden (`g`) or a tenant's (`t`) database, 28 characters.

    Raises:
        Refused: `database_name_form` when the kind is unknown or there are fewer than 16 random
        bytes.
    """
    if kind not in ("g", "t") or len(random_bytes) < RANDOM_BYTES:
        raise Refused("database_name_form", text=f"{kind[:8]}, {len(random_bytes)} bytes")
    return checked(f"{kind}_{base64.b32encode(random_bytes).decode().lower()[:26]}")


def staging_name(name: str, purpose: str, fence: int) -> str:
    """Return the name of a copy beside a live database: `r` to be swapped in, `z` swapped out.

    Raises:
        Refused: `database_name_form`.
    """
    if not _DATABASE.fullmatch(name) or purpose not in ("r", "z") or fence < 0:
        raise Refused("database_name_form", text=_shown(f"{name}_{purpose}{fence}"))
    return checked(f"{name}_{purpose}{fence}")


def is_ours(name: str) -> bool:
    """Tell whether a database, role or folder name has one of our forms."""
    return len(name) <= IDENTIFIER_MAX and _OURS.fullmatch(name) is not None


def checked(name: str) -> str:
    """Return the name when it is of our form.

    Raises:
        Refused: `database_name_form`.
    """
    if not is_ours(name):
        raise Refused("database_name_form", text=_shown(name))
    return name


def stem_of(name: str) -> str:
    """Return the `g_…` or `t_…` stem inside a name, or an empty text when there is none."""
    found = _DATABASE.search(name)
    return found.group() if found else ""


def host_name(subdomain: str, base_host: str) -> str:
    """Return the exact lower-case host name of a subdomain below a base host, without port.

    Raises:
        Refused: `base_host_form` when the base host is no host name or the whole gets too long.
    """
    base = base_host.strip(" ").lower().rstrip(".")
    host = f"{subdomain.lower()}.{base}"
    if len(host) > HOST_MAX or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise Refused("base_host_form", text=_shown(base_host))
    return host


def taken(subdomain: str, names: Collection[str], reserved: Container[str] = ()) -> Refused:
    """Return the refusal for a taken subdomain, with free ones beside it."""
    free = suggest(subdomain, names, reserved)
    return Refused("subdomain_taken", text=subdomain, free=free)


def _fault(name: str) -> str:
    """Return the code of what is wrong with a normalised subdomain, empty when nothing is."""
    if len(name) > SUBDOMAIN_MAX:
        return "subdomain_too_long"
    if name[2:4] == "--":
        return "subdomain_punycode"
    if _SUBDOMAIN.fullmatch(name):
        return ""
    short = len(name) < SUBDOMAIN_MIN and re.fullmatch(r"[a-z][a-z0-9]*", name)
    return "subdomain_too_short" if short else "subdomain_form"


def _shown(text: str) -> str:
    """Return what a sentence may repeat of a foreign text: 40 characters, nothing invisible."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in text)
    return visible if len(visible) <= 40 else visible[:39] + "…"
