"""The page that stands in place of a database, as HTML.

Owns: its form and how a brand shows in it. Does not own: the words (`answers.py`), headers and
bytes (`gateway/pages.py`).
"""

import html
from dataclasses import dataclass
from functools import lru_cache

from .answers import SAYS_SINCE, Answer, kept_in_words, since_in_words
from .brand import PLAIN, Brand, Brands
from .color import readable
from .route import Route

NAMELESS = "This database"
# Every rule stands under `.sp`, so that a page can be shown inside another one.
_STYLE = """
.sp *{{box-sizing:border-box}}
.sp{{display:grid;place-items:center;padding:1.5rem;
font:1.05rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif;background:#f6f7f9;color:#1c2230}}
.sp main{{width:100%;max-width:32rem;padding:2rem;background:#fff;border:1px solid #e1e4ea;
border-block-start:.35rem solid {primary};border-radius:.75rem;overflow-wrap:anywhere}}
.sp .brand{{margin:0 0 1.5rem;font-weight:600;color:{secondary_light}}}
.sp .brand img{{display:block;max-height:2.5rem;max-width:12rem;border-radius:.25rem}}
.sp h1{{margin:0 0 .75rem;font-size:1.5rem;line-height:1.3;font-weight:700;color:inherit}}
.sp p{{margin:0 0 .75rem}}
.sp a{{color:{link_light};text-decoration:underline}}
.sp .next,.sp .since{{color:#5a6374}}
.sp footer{{margin:1.5rem 0 0;padding-block-start:1rem;border-block-start:1px solid #e1e4ea;
font-size:.9rem}}
.sp footer p{{margin:0 0 .35rem}}
.sp footer a{{display:inline-block}}
.sp .small{{font-size:.8rem;color:#616a7a}}
@media (max-width:30rem){{.sp{{padding:.75rem}}.sp main{{padding:1.25rem}}}}
"""
_DARK = """@media (prefers-color-scheme:dark){{
.sp{{background:#12151c;color:#e8ebf2}}
.sp main{{background:#1b202b;border-color:#2c3342;border-block-start-color:{primary}}}
.sp a{{color:{link_dark}}}
.sp .brand{{color:{secondary_dark}}}
.sp .brand img{{background:#fff;padding:.25rem}}
.sp .next,.sp .since{{color:#aab2c3}}
.sp footer{{border-color:#2c3342}}
.sp .small{{color:#939db1}}
}}
"""
_MAIN = """<main>{brand}<h1 dir="auto">{title}</h1><p dir="auto">{message}</p>{since}{next}
<footer>{contact}<p class="small">Reference: {reference}</p>{legal}</footer>
</main>"""
_PAGE = (
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">{refresh}
<style>
:root{{color-scheme:light dark}}
body{{margin:0;min-height:100vh}}"""
    + _STYLE
    + _DARK
    + """</style></head>
<body class="sp">"""
    + _MAIN
    + """</body></html>
"""
)
_PIECE = """<style>""" + _STYLE + """</style><div class="sp">""" + _MAIN + """</div>"""


@dataclass(frozen=True)
class About:
    """What an answer says besides its own words: of whom it speaks, and whose page it is."""

    name: str = ""
    state: str = ""
    since: str = ""
    kept_until: str = ""
    brand: Brand = PLAIN
    reference: str = ""


NOBODY = About()


def about(route: Route | None, brands: Brands, reference: str = "") -> About:
    """Return what can be said about a route; without one it is the default brand's page."""
    if route is None:
        return About(brand=brands.default, reference=reference)
    return About(
        route.tenant_name,
        route.state,
        route.since,
        route.kept_until,
        brands.of(route.brand),
        reference,
    )


def title(answer: Answer, name: str) -> str:
    """Return the heading of an answer about somebody of this name."""
    return answer.title.replace("{name}", name)


def sentence(answer: Answer, name: str) -> str:
    """Return the whole answer as text for programs."""
    return f"{answer.message} {answer.next_step}".strip().replace("{name}", name)


def page(answer: Answer, told: About) -> str:
    """Return the page: no script, nothing from elsewhere, below 15 kB."""
    return _PAGE.format(**_said(answer, told))


def piece(answer: Answer, told: About) -> str:
    """Return the page as a piece of another one, in its light form; the logo comes with it."""
    found = _PIECE.format(**_said(answer, told))
    logo, path = told.brand.logo, told.brand.logo_path
    return found.replace(f'"{path}"', f'"data:image/png;base64,{logo}"') if path else found


def _said(answer: Answer, told: About) -> dict[str, str]:
    name, brand = told.name or NAMELESS, told.brand
    message = brand.own_texts.get(answer.code) or answer.message
    kept_until = told.kept_until if told.state in SAYS_SINCE else ""
    return {
        "title": html.escape(title(answer, name)),
        "message": _text(kept_in_words(message, kept_until), name),
        "since": _paragraph("since", since_in_words(told.state, told.since)),
        "next": _paragraph("next", _next_step(answer, brand)),
        "refresh": f'<meta http-equiv="refresh" content="{answer.refresh_seconds}">'
        if answer.refresh_seconds
        else "",
        "reference": html.escape("-".join(filter(None, (answer.code, told.reference)))).replace(
            "_", "-"
        ),
        "brand": brand_mark(brand),
        "contact": _contact(brand),
        "legal": _legal(brand),
        **_colors(*brand.colors),
    }


def _next_step(answer: Answer, brand: Brand) -> str:
    """Return what to do, unless the brand's own sentences say all there is."""
    return "" if answer.code in brand.own_texts else answer.next_step


def _text(text: str, name: str) -> str:
    return html.escape(text.replace("{name}", name))


def _paragraph(css: str, text: str) -> str:
    return f'<p class="{css}" dir="auto">{html.escape(text)}</p>' if text else ""


def brand_mark(brand: Brand) -> str:
    """Return a brand's logo, or its name, as one line of HTML; nothing for no brand."""
    if brand.logo_path:
        shown = f'<img src="{brand.logo_path}" alt="{html.escape(brand.name)}">'
    else:
        shown = html.escape(brand.name)
    return f'<div class="brand" dir="auto">{shown}</div>' if shown else ""


@lru_cache(256)
def _colors(primary: str, secondary: str) -> dict[str, str]:
    return {
        "primary": primary,
        "link_light": readable(primary, "#ffffff"),
        "link_dark": readable(primary, "#1b202b"),
        "secondary_light": readable(secondary, "#ffffff"),
        "secondary_dark": readable(secondary, "#1b202b"),
    }


def _contact(brand: Brand) -> str:
    """Return who helps and how, as links."""
    ways = [
        link(f"mailto:{brand.support_email}", brand.support_email),
        link(f"tel:{''.join(brand.support_phone.split())}", brand.support_phone),
        link(brand.support_url, _without_scheme(brand.support_url)),
    ]
    shown = " · ".join(way for way in ways if way)
    who = html.escape(brand.support_name or "Support")
    return f'<p dir="auto">{who}: {shown}</p>' if shown else ""


def _legal(brand: Brand) -> str:
    parts = [
        html.escape(brand.legal_name),
        link(brand.terms_url, "Terms"),
        link(brand.privacy_url, "Privacy"),
    ]
    shown = " · ".join(part for part in parts if part)
    return f'<p class="small" dir="auto">{shown}</p>' if shown else ""


def link(address: str, words: str) -> str:
    """Return a link, empty without words or for an address of another scheme than ours."""
    if not words or not address.startswith(("https://", "http://", "mailto:", "tel:")):
        return ""
    return f'<a href="{html.escape(address)}">{html.escape(words)}</a>'


def _without_scheme(address: str) -> str:
    return address.partition("://")[2].rstrip("/")
