"""The line above a tenant's web client: what is restricted, which limit comes near, what is wrong.

Owns: which of several is shown, its HTML, in which language. Does not own: when (control plane),
other elements (`lines.py`), the place in the page (`insertion.py`).
"""

import html
import re
from dataclasses import dataclass
from zlib import crc32

from .brand import Brand
from .color import text_on
from .limits import DANGER, WARNING, Banner, read_limits
from .page import link
from .route import Route

COOKIE = "saas_banner"
RESTRICTED = "restricted"
ENGLISH = "en"
# Background and ink by level; each pair is readable by day and by night (≥ 4.5 : 1).
_COLORS = {
    "info": ("#0b5cad", "#ffffff"),
    "warning": ("#ffcf5c", "#241a00"),
    "danger": ("#b3261e", "#ffffff"),
}
_NIGHT = {
    "info": ("#0d3a66", "#e3efff"),
    "warning": ("#4d3a00", "#ffe3a1"),
    "danger": ("#6e1414", "#ffe1de"),
}
_WORDS = {
    "en": {
        "info": "Note",
        "warning": "Warning",
        "danger": "Limit reached",
        "more": "What to do",
        "news": "More",
        "dismiss": "Dismiss",
        "restricted": "This database is open, but no users or apps can be added: an invoice is "
        "overdue.",
        "held": "No users or apps can be added for now.",
        "support": "Contact support",
        "contact": "Contact: {name}",
    },
    "de": {
        "info": "Hinweis",
        "warning": "Warnung",
        "danger": "Grenze erreicht",
        "more": "Was zu tun ist",
        "news": "Mehr dazu",
        "dismiss": "Ausblenden",
        "restricted": "Diese Datenbank ist offen, aber es können keine Benutzer oder Apps "
        "hinzugefügt werden: Eine Rechnung ist überfällig.",
        "held": "Zurzeit können keine Benutzer oder Apps hinzugefügt werden.",
        "support": "Hilfe anfragen",
        "contact": "Kontakt: {name}",
    },
}
# The web client says its user's language in its session, a public page in its first element.
_USER_LANGUAGE = re.compile(rb'"user_context": \{[^{}]*?"lang": "([A-Za-z@_-]{2,20})"')
_PAGE_LANGUAGE = re.compile(rb'<html[^<>]{0,500}? lang="([A-Za-z-]{2,20})"')
_LOOKED_AT = 1 << 18
# Put away for the browser's session, and only where there is no reason to be seen all the time.
_DISMISS = (
    "document.cookie='{cookie}={mark};path=/;SameSite=Lax';"
    "document.getElementById('saas_banner').remove()"
)
_STYLE = (
    "<style>"
    "body:has(>#saas_banner){{display:flex;flex-direction:column}}"
    "#saas_banner{{order:-1;flex:none;box-sizing:border-box;width:100%;min-height:40px;"
    "padding:.25rem .75rem;display:flex;align-items:center;gap:.5rem;"
    "font:400 .875rem/1.3 system-ui,sans-serif;overflow-wrap:anywhere;"
    "background:{paper};color:{ink}}}"
    "#saas_banner a{{color:inherit;text-decoration:underline}}"
    "#saas_banner button{{border:0;background:none;color:inherit;font-size:1.25rem;line-height:1;"
    "padding:.5rem}}"
    "{night}"
    "@media(max-width:30rem){{#saas_banner{{font-size:.8rem;padding-inline:.5rem}}}}"
    "@media print{{#saas_banner{{display:none}}}}"
    "</style>"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: cookies and `Accept-Language` as sent."""

    cookies: str = ""
    languages: str = ""


def has_banner(route: Route) -> bool:
    """Tell whether there is anything to say above this tenant's web client."""
    return route.restricted or (bool(route.limits) and read_limits(route.limits).banner is not None)


def banner_for(route: Route, brand: Brand, reader: Reader, page: bytes = b"") -> str:
    """Return the line for a page, empty for none. One line alone: the worst.

    A limit that is exceeded goes before a restriction, which may be its consequence, and tells it;
    so does an incident.
    """
    if route.restricted and not _is_grave(route):
        return _restricted(brand, reader, page)
    return limit_banner(route, reader, page)


def is_over_limit(route: Route) -> bool:
    """Tell whether more is used than the plan includes, as far as the route says it."""
    told = read_limits(route.limits).banner
    return _is_grave(route) and not told.news


def _is_grave(route: Route) -> bool:
    told = read_limits(route.limits).banner
    return told is not None and told.level in (WARNING, DANGER)


def limit_banner(route: Route, reader: Reader, page: bytes = b"") -> str:
    """Return the line about a limit alone, as the login page shows it."""
    told = read_limits(route.limits).banner
    return _limit(told, route.restricted, reader, page) if told else ""


def language_of(page: bytes, reader: Reader, known: frozenset[str] | None = None) -> str:
    """Return the language to speak: the page's own, else the reader's first that is `known`."""
    wanted = [_language(page), *_accepted(reader.languages)]
    found = [name for name in wanted if name]
    if known is None:
        return next(iter(found), ENGLISH)
    for name in found:
        for form in (name, name.partition("_")[0]):
            if form in known:
                return form
    return ENGLISH if ENGLISH in known else min(known, default=ENGLISH)


def _limit(banner: Banner, restricted: bool, reader: Reader, page: bytes) -> str:
    texts = dict(banner.texts)
    text = texts[language_of(page, reader, frozenset(texts))]
    words = _words(page, reader)
    paper, ink = _COLORS[banner.level]
    night = _night(*_NIGHT[banner.level], reader)
    more = link(banner.link, words["news" if banner.news else "more"])
    mark = "" if banner.level == DANGER else f"{banner.level}-{_mark(banner)}"
    if restricted:
        text = f"{text} {words['held']}"
    said = f"<strong>{html.escape(words[banner.level])}:</strong> {html.escape(text)} {more}"
    return _line(said, _STYLE.format(paper=paper, ink=ink, night=night), mark, words, reader)


def _restricted(brand: Brand, reader: Reader, page: bytes) -> str:
    words = _words(page, reader)
    primary, _secondary = brand.colors
    style = _STYLE.format(paper=primary, ink=text_on(primary), night="")
    support = words["contact"].replace("{name}", brand.support_name)
    if not brand.support_name:
        support = words["support"]
    address = brand.support_url or (brand.support_email and f"mailto:{brand.support_email}")
    said = f"{html.escape(words['restricted'])} {link(address, support)}"
    return _line(said, style, RESTRICTED, words, reader)


def _line(said: str, style: str, mark: str, words: dict[str, str], reader: Reader) -> str:
    """Return the element; `mark` names it in the cookie of who put it away, empty = it stays."""
    button = ""
    if mark:
        if is_dismissed(mark, reader.cookies):
            return ""
        dismiss = html.escape(_DISMISS.format(cookie=COOKIE, mark=mark))
        button = (
            f'<button type="button" aria-label="{words["dismiss"]}" onclick="{dismiss}">×</button>'
        )
    return (
        f'<div id="saas_banner" role="status" dir="auto">{style}'
        f'<span style="flex:1;min-width:0">{said.strip()}</span>{button}</div>'
    )


def is_dismissed(mark: str, cookies: str) -> bool:
    """Tell whether the browser sent that this line was put away."""
    return f"{COOKIE}={mark}" in [piece.strip() for piece in cookies.split(";")]


def _night(paper: str, ink: str, reader: Reader) -> str:
    """Return the colours by night: Odoo's own choice, else the system's."""
    dark = f"#saas_banner{{background:{paper};color:{ink}}}"
    chosen = [piece.strip() for piece in reader.cookies.split(";")]
    if "color_scheme=dark" in chosen:
        return dark
    if "color_scheme=light" in chosen:
        return ""
    return f"@media(prefers-color-scheme:dark){{{dark}}}"


def _words(page: bytes, reader: Reader) -> dict[str, str]:
    return _WORDS[language_of(page, reader, frozenset(_WORDS))]


def _language(page: bytes) -> str:
    head = page[:_LOOKED_AT]
    found = _USER_LANGUAGE.search(head) or _PAGE_LANGUAGE.search(head)
    return _normal(found[1].decode("ascii")) if found else ""


def _accepted(header: str) -> list[str]:
    """Return the languages a browser accepts, the dearest first."""
    found = []
    for place, one in enumerate(header[:500].split(",")[:20]):
        name, _, weight = one.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        worth = float(quality[1]) if quality else 1.0
        if worth and re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{2,8})*", name.strip()):
            found.append((-worth, place, _normal(name.strip())))
    return [name for _worth, _place, name in sorted(found)]


def _normal(name: str) -> str:
    """Return a language as we write it: `de`, `de_at`."""
    return name.replace("-", "_").partition("@")[0].lower()


def _mark(banner: Banner) -> str:
    """Return a short word that changes with what the line says."""
    return f"{crc32(repr(banner.texts).encode()):08x}"
