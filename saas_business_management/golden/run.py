"""`odoo saas golden PHASE --database NAME`: reads the spec, runs one phase, answers.

Owns: the talk with the waiting process: `{"ready": true}` once the configuration is read, then
`{"report": …}` with status 0 or `{"error": …}` with status 1, each a line of standard output.
Does not own: what the phases do.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import odoo.addons
from odoo.tools import config

from .assets import build_assets
from .base import install_base
from .failure import describe
from .modules import install_modules
from .place import set_place
from .prove import prove
from .settings import apply_settings
from .upgrade import upgrade

_logger = logging.getLogger(__name__)


def where(_database: str, _spec: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the folders Odoo finds modules in, first found first taken."""
    return {"addons": list(odoo.addons.__path__)}


PHASES: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    "where": where,
    "base": install_base,
    "locale": set_place,
    "modules": install_modules,
    "settings": apply_settings,
    "assets": build_assets,
    "upgrade": upgrade,
    "prove": prove,
}


def run(arguments: list[str]) -> None:
    """Run one phase and leave the process with its status."""
    parser = argparse.ArgumentParser(prog="odoo saas golden")
    parser.add_argument("phase", choices=PHASES)
    parser.add_argument("--database", default="")
    chosen = parser.parse_args(arguments)
    answers = _own_stdout()
    sys.excepthook = lambda _kind, error, _trace: _fail(answers, error)
    spec = json.load(sys.stdin)
    config.parse_config(
        ["--no-http", "-d", chosen.database] if chosen.database else ["--no-http"],
        setup_logging=True,
    )
    _say(answers, {"ready": True})
    _say(answers, {"report": PHASES[chosen.phase](chosen.database, spec)})


def _own_stdout() -> TextIO:
    """Keep standard output for our answers; whatever Odoo or a module prints goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _fail(answers: TextIO, error: BaseException) -> None:
    _logger.critical("The phase failed", exc_info=error)
    _say(answers, {"error": describe(error)})


def _say(answers: TextIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
