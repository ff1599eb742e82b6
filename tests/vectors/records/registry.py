"""Which function plays which operation with records, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tests.vectors.answer import plain

from . import MODULES

Player = Callable[[Any, Mapping[str, Any]], Mapping[str, Any] | None]
_PLAYERS: dict[str, Player] = {}


def plays(*names: str) -> Callable[[Player], Player]:
    """Register the player of operations.

    It gets a stage (`tests/helpers/billing_stage.py`) and the input, and returns parts of the
    answer; None when this example of the operation has no records.
    """

    def register(player: Player) -> Player:
        for name in names:
            if name in _PLAYERS:
                raise ValueError(f"two players for {name}")
            _PLAYERS[name] = player
        return player

    return register


def players() -> Mapping[str, Player]:
    """Return every player by the name of its operation; they import without Odoo."""
    for name in MODULES:
        import_module(f"{__package__}.{name}")
    return _PLAYERS


def answered(told: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the parts of an answer as the vectors write them."""
    return plain(told or {})
