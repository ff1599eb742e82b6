"""Host names that customers bring along: their one form, and the records that lead them here.

Owns: what may be an own host name, how it is written and shown, which records are set for it.
Does not own: whether the records are there (`proof.py`), who holds a name (database constraints).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Refused
from .suffixes import PRIVATE, PUBLIC

PROOF_LABEL = "_saas-verify"
TOKEN_START = "saas-"
# The name of the proof stands below the host and has to fit, too.
HOST_MAX = 253 - len(PROOF_LABEL) - 1

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_PORT = re.compile(r"[^:]*:[0-9]*")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
# The two standards of names in other alphabets read these differently: a browser may go elsewhere.
_AMBIGUOUS = frozenset("ßς\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Record:
    """One record to set where the name was bought; `name` is the whole name without last dot."""

    kind: str
    name: str
    value: str


def normal_own_host(text: str, zones: Iterable[str] = ()) -> str:
    """Return the one form of a host name: lower case, ASCII (other alphabets as `xn--…`).

    `zones` are host names of the platform: they and everything below them are ours to give.
    Raises:
        Refused: `own_host_empty`, and with `text`: `own_host_scheme`, `own_host_address`,
            `own_host_port`, `own_host_wildcard`, `own_host_dot`, `own_host_letters`,
            `own_host_long`, `own_host_form`, `own_host_single`, `own_host_local`,
            `own_host_suffix`, `own_host_ours`.
    Source: RFC 1123 section 2.1, RFC 3490 section 4, RFC 5890 section 2.3.1, RFC 6761.
    """
    typed = text.strip()
    if not typed:
        raise Refused("own_host_empty")
    # What joins letters invisibly is looked for before the normal form swallows it.
    code = _typed_fault(typed.lower())
    if code:
        raise Refused(code, text=_shown(typed))
    host = _ascii(unicodedata.normalize("NFKC", typed).lower(), typed)
    code = _host_fault(host, zones)
    if code:
        raise Refused(code, text=_shown(typed))
    return host


def shown(host: str) -> str:
    """Return a host name as people write it, in its own alphabet where it has one."""
    try:
        name = host.encode("ascii").decode("idna")
        return name if name.encode("idna").decode("ascii") == host else host
    except UnicodeError:
        return host


def is_root(host: str) -> bool:
    """Tell whether a name is the top of what can be bought, which can have no CNAME.

    Source: RFC 1034 section 3.6.2.
    """
    parent = host.partition(".")[2]
    return "." not in parent or parent in PUBLIC


def proof_name(host: str) -> str:
    """Return the name under which the proof of a host stands."""
    return f"{PROOF_LABEL}.{host}"


def make_token(random_bytes: bytes) -> str:
    """Return the value of a proof.

    Raises:
        Refused: `own_host_entropy` for fewer than 16 bytes.
    """
    if len(random_bytes) < 16:
        raise Refused("own_host_entropy")
    return TOKEN_START + random_bytes.hex()


def records(host: str, target: str, addresses: Iterable[str], token: str) -> tuple[Record, ...]:
    """Return the records to set: where it points first, the proof last.

    A root domain gets the addresses of the front proxy; without known ones the list has only the
    proof.
    """
    if is_root(host):
        pointing = tuple(Record(_kind(address), host, address) for address in addresses)
    else:
        pointing = (Record("CNAME", host, target),)
    return (*pointing, Record("TXT", proof_name(host), token))


def parse_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of a comma separated list in their one form.

    Raises: ValueError when an entry is none.
    """
    words = [word.strip() for word in text.split(",")]
    return tuple(str(ipaddress.ip_address(word)) for word in words if word)


def _kind(address: str) -> str:
    return "AAAA" if ":" in address else "A"


def _typed_fault(typed: str) -> str:
    if _SCHEME.match(typed) or typed.startswith("//") or "/" in typed or "@" in typed:
        return "own_host_scheme"
    if _is_address(typed):
        return "own_host_address"
    if _PORT.fullmatch(typed):
        return "own_host_port"
    if "*" in typed:
        return "own_host_wildcard"
    if _DOTS.match(typed[-1]):
        return "own_host_dot"
    return "own_host_letters" if _AMBIGUOUS & set(typed) else ""


def _ascii(name: str, typed: str) -> str:
    try:
        host = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        too_long = any(len(label) > 63 for label in _DOTS.split(name))
        raise Refused(
            "own_host_long" if too_long else "own_host_form", text=_shown(typed)
        ) from None
    return host


def _host_fault(host: str, zones: Iterable[str]) -> str:
    labels = host.split(".")
    if len(host) > HOST_MAX:
        return "own_host_long"
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return "own_host_form"
    if not all(_readable(label) for label in labels):
        return "own_host_letters"
    if any(host == zone or host.endswith("." + zone) for zone in _clean(zones)):
        return "own_host_ours"
    if host in PRIVATE or any(host.endswith("." + name) for name in PRIVATE):
        return "own_host_local"
    if len(labels) == 1:
        return "own_host_single"
    return "own_host_suffix" if host in PUBLIC else ""


def _readable(label: str) -> bool:
    """Tell whether an encoded label is the code of letters; other double hyphens stand for
    nothing.

    Source: RFC 3492.
    """
    if label[2:4] != "--":
        return True
    try:
        letters = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    return label.startswith("xn--") and letters.isprintable() and not letters.isascii()


def _clean(zones: Iterable[str]) -> list[str]:
    return [zone.strip().strip(".").lower() for zone in zones if zone.strip().strip(".")]


def _is_address(typed: str) -> bool:
    bare = typed.strip("[]")
    numeric = re.fullmatch(r"[0-9.]+(:[0-9]+)?", bare) and bare.count(".") == 3
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return bool(numeric) or typed.startswith("[") or typed.count(":") > 1
    return True


def _shown(text: str) -> str:
    """Return what a sentence may repeat of a foreign text: 60 characters, nothing invisible."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in text)
    return visible if len(visible) <= 60 else visible[:59] + "…"
