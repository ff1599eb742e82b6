"""Languages that are promised whole: each text is there, with the same places to fill in."""

import re

import polib
import pytest

from dev import paths

FOLDER = paths.ROOT / paths.ADDON / "i18n"
WHOLE = ("ar", "es")
# What is filled in: `%(name)s`, `%s`, `{name}`.
PLACE = re.compile(r"%\([A-Za-z_]\w*\)[sdfr]|%[sdr]|%%|\{[A-Za-z_][\w.!:]*\}|\{\}")
TAG = re.compile(r"<\s*/?\s*[A-Za-z][^<>]*>")
SPOKEN = re.compile(r'\s(?:title|alt|placeholder|aria-label|string)="[^"]*"')


def complaints(source: str, target: str) -> list[str]:
    """Return what a translation lacks; order is free."""
    if not target.strip():
        return ["is missing"]
    told = []
    if sorted(PLACE.findall(source)) != sorted(PLACE.findall(target)):
        told.append("fills in something else")
    if tags(source) != tags(target):
        told.append("has other tags")
    return told


def tags(text: str) -> list[str]:
    """Return the tags without the words that people read in them."""
    return sorted(SPOKEN.sub("", tag) for tag in TAG.findall(text))


@pytest.fixture(scope="module")
def texts() -> set[tuple[str, str]]:
    pot = polib.pofile(str(FOLDER / f"{paths.ADDON}.pot"))
    return {(entry.msgctxt or "", entry.msgid) for entry in pot}


@pytest.mark.parametrize("language", WHOLE)
def test_a_language_that_is_promised_is_whole(language: str, texts) -> None:
    assert len(texts) > 8000
    found = {
        (entry.msgctxt or "", entry.msgid): entry.msgstr
        for entry in polib.pofile(str(FOLDER / f"{language}.po"))
        if not entry.obsolete
    }
    wrong = {key: complaints(key[1], found.get(key, "")) for key in texts}
    assert {key: told for key, told in wrong.items() if told} == {}


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("%(count)s days", "%(count)s días", []),
        ("%(count)s days", "%(cuenta)s días", ["fills in something else"]),
        ("<b>Open</b>", "<b>Abrir</b>", []),
        ('<i title="Open"/>', '<i title="Abrir"/>', []),
        ("<b>Open</b>", "Abrir", ["has other tags"]),
        ("Open", " ", ["is missing"]),
    ],
)
def test_what_a_translation_lacks_is_found(source, target, told) -> None:
    assert complaints(source, target) == told
