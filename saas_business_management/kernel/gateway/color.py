"""Colours of a brand: their form, and text that can be read on and in them.

Owns: parsing, contrast, choosing a readable colour. Does not own: where colours are used.

Source: WCAG 2.2, relative luminance and contrast ratio (1.4.3).
"""

import re

READABLE = 4.5
WHITE, BLACK = "#ffffff", "#000000"
_FORM = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20


def normal_color(text: str) -> str | None:
    """Return `#rrggbb` in lower case, None for what is no such colour."""
    found = text.strip().lower()
    return found if _FORM.fullmatch(found) else None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white)."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def text_on(background: str) -> str:
    """Return black or white, whichever is read better: one of them always reaches 4.5."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def readable(color: str, background: str) -> str:
    """Return the colour itself, or moved towards black or white until it is read on `background`.

    The hue stays as long as it can: a twentieth of the way at a time.
    """
    target = text_on(background)
    steps = (_mixed(color, target, step / _STEPS) for step in range(_STEPS + 1))
    return next(found for found in steps if contrast(found, background) >= READABLE)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mixed(color: str, target: str, share: float) -> str:
    pairs = zip(_parts(color), _parts(target), strict=True)
    mixed = (round(one + (other - one) * share) for one, other in pairs)
    return "#" + "".join(f"{part:02x}" for part in mixed)
