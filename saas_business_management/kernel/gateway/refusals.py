"""What a user reads inside his own Odoo when a limit of his plan refuses something.

Owns: these sentences by language, what a database's refusal says in its details. Does not own: the
triggers that refuse (`adapters/postgres`), where the sentence is shown (`gateway/install_….py`).
"""

import json
from collections.abc import Sequence

USER_LIMIT = "saas_user_limit"
STORAGE_LIMIT = "saas_storage_limit"
CHECK_VIOLATION = "23514"
NAMES_SHOWN = 5

_TEXTS = {
    "en": {
        USER_LIMIT: "All {limit} users of your plan are in use, so this user was not created. "
        "Nobody is locked out. Archive a user or choose a bigger plan.",
        f"{USER_LIMIT}_one": "The one user of your plan is in use, so this user was not created. "
        "Nobody is locked out. Archive a user or choose a bigger plan.",
        f"{USER_LIMIT}_some": "All users of your plan are in use, so this user was not created. "
        "Nobody is locked out. Archive a user or choose a bigger plan.",
        STORAGE_LIMIT: "The storage of your plan is full, so this file was not saved. Everything "
        "that is there can be read and deleted. Delete files or choose a bigger plan.",
        "app": "“{apps}” is not part of your plan, so nothing was installed. Everything else works "
        "as before. Choose a plan that includes it.",
        "apps": "{apps} are not part of your plan, so nothing was installed. Everything else works "
        "as before. Choose a plan that includes them.",
        "needed": "“{wanted}” needs {apps}, which your plan does not include, so nothing was "
        "installed. Everything else works as before. Choose a plan that includes all of them.",
        "quoted": "“{name}”",
        "and": " and ",
    },
    "de": {
        USER_LIMIT: "Alle {limit} Benutzer Ihres Tarifs sind vergeben, deshalb wurde dieser "
        "Benutzer nicht angelegt. Niemand ist ausgesperrt. Archivieren Sie einen Benutzer oder "
        "wählen Sie einen größeren Tarif.",
        f"{USER_LIMIT}_one": "Der eine Benutzer Ihres Tarifs ist vergeben, deshalb wurde dieser "
        "Benutzer nicht angelegt. Niemand ist ausgesperrt. Archivieren Sie einen Benutzer oder "
        "wählen Sie einen größeren Tarif.",
        f"{USER_LIMIT}_some": "Alle Benutzer Ihres Tarifs sind vergeben, deshalb wurde dieser "
        "Benutzer nicht angelegt. Niemand ist ausgesperrt. Archivieren Sie einen Benutzer oder "
        "wählen Sie einen größeren Tarif.",
        STORAGE_LIMIT: "Der Speicherplatz Ihres Tarifs ist voll, deshalb wurde diese Datei nicht "
        "gespeichert. Alles Vorhandene kann gelesen und gelöscht werden. Löschen Sie Dateien oder "
        "wählen Sie einen größeren Tarif.",
        "app": "„{apps}“ gehört nicht zu Ihrem Tarif, deshalb wurde nichts installiert. Alles "
        "andere geht weiter wie bisher. Wählen Sie einen Tarif, der die App enthält.",
        "apps": "{apps} gehören nicht zu Ihrem Tarif, deshalb wurde nichts installiert. Alles "
        "andere geht weiter wie bisher. Wählen Sie einen Tarif, der diese Apps enthält.",
        "needed": "„{wanted}“ braucht {apps}, was Ihr Tarif nicht enthält, deshalb wurde nichts "
        "installiert. Alles andere geht weiter wie bisher. Wählen Sie einen Tarif, der alle diese "
        "Apps enthält.",
        "quoted": "„{name}“",
        "and": " und ",
    },
}


def refusal(constraint: str, detail: str, language: str) -> str:
    """Return what a refusal of the database means, empty for one that is not ours.

    `detail` is the JSON object that the trigger gives, `{"limit": n, "used": m}`, or anything else.
    """
    texts = _texts(language)
    if constraint == STORAGE_LIMIT:
        return texts[STORAGE_LIMIT]
    if constraint != USER_LIMIT:
        return ""
    limit = _limit(detail)
    if limit is None or limit < 1:
        return texts[f"{USER_LIMIT}_some"]
    form = f"{USER_LIMIT}_one" if limit == 1 else USER_LIMIT
    return texts[form].replace("{limit}", str(limit))


def app_refusal(apps: Sequence[str], wanted: str, language: str) -> str:
    """Return why nothing is installed: these apps are outside the plan, `wanted` needs them.

    `wanted` is empty when they are what was asked for.
    """
    texts = _texts(language)
    shown = list(apps[:NAMES_SHOWN])
    if len(shown) == 1 and not wanted:
        return texts["app"].replace("{apps}", shown[0])
    quoted = [texts["quoted"].replace("{name}", name) for name in shown]
    listed = texts["and"].join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
    if wanted:
        return texts["needed"].replace("{apps}", listed).replace("{wanted}", wanted)
    return texts["apps"].replace("{apps}", listed)


def _texts(language: str) -> dict[str, str]:
    short = language.replace("-", "_").partition("_")[0].lower()
    return _TEXTS.get(short, _TEXTS["en"])


def _limit(detail: str) -> int | None:
    try:
        found = json.loads(detail or "")
    except (ValueError, RecursionError):
        return None
    limit = found.get("limit") if isinstance(found, dict) else None
    is_number = isinstance(limit, int) and not isinstance(limit, bool)
    return limit if is_number and abs(limit) < 2**63 else None
