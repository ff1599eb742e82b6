"""What a node adds to pages of a tenant's own Odoo: a line on the login page, a banner.

Owns: which page gets which element, and its HTML. Does not own: finding the place in the page
(`insertion.py`).
"""

import html

from .brand import Brand
from .color import text_on
from .page import link
from .route import Route

LOGIN_PATHS = frozenset({"/web/login", "/web/reset_password", "/web/signup"})
RESTRICTED = "restricted"
BANNER_COOKIE = "saas_banner"
_CLIENT = ("/odoo", "/web")
_RESTRICTED_TEXT = (
    "This database is open, but no users or apps can be added: an invoice is overdue."
)
_DISMISS = (
    "document.cookie='{cookie}={level};path=/;max-age=86400;SameSite=Lax';"
    "document.getElementById('saas_banner').remove()"
)


def element_for(route: Route, brand: Brand, path: str, cookies: str) -> str:
    """Return what is added to the page at this path, empty for nothing; `cookies` as sent."""
    if path in LOGIN_PATHS:
        return login_line(brand)
    if route.restricted and is_client(path) and not _is_dismissed(RESTRICTED, cookies):
        return banner(RESTRICTED, _RESTRICTED_TEXT, brand)
    return ""


def is_client(path: str) -> bool:
    """Tell whether the web client is served at this path."""
    return path in _CLIENT or path.startswith("/odoo/")


def login_line(brand: Brand) -> str:
    """Return the line that says whose service this is; nothing for a brand without a name."""
    if not brand.name:
        return ""
    primary, _secondary = brand.colors
    mark = html.escape(brand.name)
    if brand.logo_path:
        mark = (
            f'<img src="{brand.logo_path}" alt="{mark}" '
            'style="max-height:2rem;max-width:10rem;vertical-align:middle">'
        )
    support = link(brand.support_url or f"mailto:{brand.support_email}", _support_words(brand))
    beside = f' <span style="margin-inline-start:1rem">{support}</span>' if support else ""
    return (
        '<div id="saas_brand" role="contentinfo" dir="auto" style="position:fixed;inset:auto 0 0 0;'
        "padding:.5rem 1rem;text-align:center;background:#fff;color:#1c2230;font-size:.875rem;"
        f'border-block-start:3px solid {primary}">'
        f"<style>body:has(#saas_brand){{padding-bottom:3.5rem}}</style>{mark}{beside}</div>"
    )


def banner(level: str, text: str, brand: Brand) -> str:
    """Return the line above the web client, 40 px high, that a click puts away for a day."""
    primary, _secondary = brand.colors
    ink = text_on(primary)
    dismiss = html.escape(_DISMISS.format(cookie=BANNER_COOKIE, level=level))
    more = link(brand.support_url or f"mailto:{brand.support_email}", _support_words(brand))
    more = more.replace("<a ", f'<a style="color:{ink};text-decoration:underline" ', 1)
    return (
        f'<div id="saas_banner" role="status" dir="auto" style="position:fixed;inset:0 0 auto 0;'
        "z-index:1100;height:40px;padding:0 .75rem;display:flex;align-items:center;gap:.5rem;"
        f"background:{primary};color:{ink};font-size:clamp(.68rem,2.4vw,.875rem);line-height:1.2"
        '">'
        "<style>body:has(#saas_banner){padding-top:40px}</style>"
        f'<span style="flex:1;overflow:hidden;max-height:40px">{html.escape(text)} {more}</span>'
        f'<button type="button" aria-label="Dismiss" onclick="{dismiss}" style="border:0;'
        f'background:none;color:{ink};font-size:1.25rem;line-height:1;padding:.5rem">×</button>'
        "</div>"
    )


def _support_words(brand: Brand) -> str:
    if not (brand.support_url or brand.support_email):
        return ""
    return f"Contact: {brand.support_name}" if brand.support_name else "Contact support"


def _is_dismissed(level: str, cookies: str) -> bool:
    return f"{BANNER_COOKIE}={level}" in [piece.strip() for piece in cookies.split(";")]
