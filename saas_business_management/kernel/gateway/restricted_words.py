"""What a user reads inside his own Odoo when nothing can be added for the time being.

Owns: these sentences by language. Does not own: who is restricted (the route map), refusing
(`gateway/install_restricted.py`).
"""

APPS, USERS = "apps", "users"

# By what was to be added, and whether a limit or an invoice is the reason.
_TEXTS = {
    "en": {
        (APPS, True): "No apps can be added while more is used than the plan includes. Everything "
        "else works as before; choose a bigger plan and try again.",
        (APPS, False): "No apps can be added while an invoice is open. Everything else works as "
        "before; pay the invoice and try again.",
        (USERS, True): "No internal users can be added while more is used than the plan includes. "
        "Everything else works as before; choose a bigger plan and try again.",
        (USERS, False): "No internal users can be added while an invoice is open. Everything else "
        "works as before; pay the invoice and try again.",
    },
    "de": {
        (APPS, True): "Solange mehr genutzt wird, als der Tarif umfasst, kann keine App "
        "hinzukommen. Alles andere geht weiter wie bisher; wählen Sie einen größeren Tarif und "
        "versuchen Sie es noch einmal.",
        (APPS, False): "Solange eine Rechnung offen ist, kann keine App hinzukommen. Alles andere "
        "geht weiter wie bisher; bezahlen Sie die Rechnung und versuchen Sie es noch einmal.",
        (USERS, True): "Solange mehr genutzt wird, als der Tarif umfasst, kann kein interner "
        "Benutzer hinzukommen. Alles andere geht weiter wie bisher; wählen Sie einen größeren "
        "Tarif und versuchen Sie es noch einmal.",
        (USERS, False): "Solange eine Rechnung offen ist, kann kein interner Benutzer "
        "hinzukommen. Alles andere geht weiter wie bisher; bezahlen Sie die Rechnung und versuchen "
        "Sie es noch einmal.",
    },
}


def restricted_refusal(what: str, over_limit: bool, language: str) -> str:
    """Return why nothing is added; `language` is a code such as `de_DE`, English for others."""
    short = language.replace("-", "_").partition("_")[0].lower()
    return _TEXTS.get(short, _TEXTS["en"])[what, over_limit]
