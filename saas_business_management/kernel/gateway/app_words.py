"""What a user reads inside his own Odoo when an app is not part of his plan.

Owns: these sentences by language. Does not own: which apps are (`apps.py`), refusing
(`gateway/install_apps.py`).
"""

from collections.abc import Sequence

NAMES_SHOWN = 5

_TEXTS = {
    "en": {
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
