"""What people read when their own database refuses something for a limit.

Owns: the sentences, in English and German; any other language gets English. Does not own: refusing
(`adapters/postgres/limits_check_*.sql`), showing it (`gateway/install_refusals.py`).

What a database tells is the tenant's to forge: nothing of it is shown but whole numbers.
"""

import json
from decimal import Decimal

CONSTRAINTS = ("saas_user_limit", "saas_storage_limit")
SENTENCES = {
    "users_full": {
        "en": "Your plan includes {limit} users, and {used} are in use, so no more can be added. "
        "Archive users who are not needed any more, or ask for a bigger plan.",
        "de": "Ihr Tarif umfasst {limit} Benutzer, {used} davon sind in Gebrauch; es kann keiner "
        "hinzukommen. Archivieren Sie Benutzer, die nicht mehr gebraucht werden, oder wählen Sie "
        "einen größeren Tarif.",
    },
    "users_uncounted": {
        "en": "The users of this database cannot be counted, so none can be added. Everybody else "
        "works as before. Support can mend it.",
        "de": "Die Benutzer dieser Datenbank lassen sich nicht zählen, deshalb kann keiner "
        "hinzukommen. Alle anderen arbeiten wie bisher. Der Support kann das beheben.",
    },
    "storage_full": {
        "en": "The storage of your plan has room for {room} more, and {wanted} were to be added, "
        "so nothing was saved. Opening and deleting work as before. Delete files that are not "
        "needed any more, or ask for a bigger plan.",
        "de": "Im Speicher Ihres Tarifs ist noch Platz für {room}, hinzukommen sollten {wanted}; "
        "es wurde nichts gespeichert. Öffnen und Löschen gehen wie bisher. Löschen Sie Dateien, "
        "die nicht mehr gebraucht werden, oder wählen Sie einen größeren Tarif.",
    },
}
DEFAULTS = {"saas_user_limit": "users_uncounted", "saas_storage_limit": "storage_full"}
IN_BYTES = ("room", "wanted")
UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
MARKS = {"en": (",", "."), "de": (".", ",")}


def refusal(constraint: str | None, detail: str | None, language: str | None) -> str | None:
    """Return the sentence for an error of the database, None when it is no refusal of ours.

    `detail` is the JSON the trigger wrote, `language` a code such as `de_DE`.
    """
    if constraint not in CONSTRAINTS:
        return None
    facts = _facts(detail)
    tongue = (language or "").partition("_")[0]
    tongue = tongue if tongue in MARKS else "en"
    code = facts.get("code")
    sentence = SENTENCES.get(code if isinstance(code, str) else "")
    sentence = sentence or SENTENCES[DEFAULTS[constraint]]
    names = ("limit", "used", "room", "wanted")
    shown = {name: _shown(name, facts.get(name), tongue) for name in names}
    return sentence[tongue].format(**shown)


def _facts(detail: str | None) -> dict[str, object]:
    try:
        told = json.loads(detail or "")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _shown(name: str, number: object, tongue: str) -> str:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10**30:
        return "?"
    return _in_bytes(number, tongue) if name in IN_BYTES else _marked(f"{number:,}", tongue)


def _in_bytes(number: int, tongue: str) -> str:
    for size, unit in UNITS:
        if number >= size:
            # Room is told as less than it is, never as more: two digits, cut off.
            whole = Decimal(number * 100 // size) / 100
            return f"{_marked(f'{whole:,.2f}', tongue)} {unit}"
    return f"{number} B"


def _marked(text: str, tongue: str) -> str:
    thousands, point = MARKS[tongue]
    return text.replace(",", " ").replace(".", point).replace(" ", thousands)
