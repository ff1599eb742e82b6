"""What a node adds to pages of a tenant's own Odoo: a line on the login page, a banner.

Owns: which page gets which element, the login page's line. Does not own: the banner (`banner.py`),
finding the place in the page (`insertion.py`).
"""

import html

from .banner import Reader, banner_for, has_banner, limit_banner
from .brand import Brand
from .page import link
from .route import Route

LOGIN_PATHS = frozenset({"/web/login", "/web/reset_password", "/web/signup"})
_CLIENT = ("/odoo", "/web")


def is_added_to(route: Route, brand: Brand, path: str) -> bool:
    """Tell whether a page at this path may get anything: the rest goes by unread."""
    if path in LOGIN_PATHS:
        return bool(brand.name or route.limits)
    return is_client(path) and has_banner(route)


def element_for(route: Route, brand: Brand, path: str, reader: Reader, page: bytes = b"") -> str:
    """Return what is added to this page at this path, empty for nothing."""
    if path in LOGIN_PATHS:
        return limit_banner(route, reader, page) + login_line(brand)
    return banner_for(route, brand, reader, page) if is_client(path) else ""


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


def _support_words(brand: Brand) -> str:
    if not (brand.support_url or brand.support_email):
        return ""
    return f"Contact: {brand.support_name}" if brand.support_name else "Contact support"
