"""Plays vectors inside Odoo: each on a stage of its own that is taken down afterwards."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from odoo.api import Environment
from odoo.exceptions import UserError

from tests.helpers.billing_stage import BillingStage, stage
from tests.vectors.__main__ import faults, read
from tests.vectors.answer import differences
from tests.vectors.registry import MISUNDERSTOOD, answer

from .registry import answered, players

LOG = logging.getLogger(__name__)


def play(env: Environment, file: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return for each vector its faults, and how many parts of its answer records gave."""
    # Accounts are made once; what is played is rolled back behind them.
    BillingStage(env)
    env.cr.commit()
    wanted = set(ids)
    return {one["id"]: _timed(env, one) for one in read(Path(file)) if one["id"] in wanted}


def _timed(env: Environment, vector: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    found = _play(env, vector)
    took = time.perf_counter() - began
    LOG.info("vector %s took %.1f s: %s", vector["id"], took, found)
    return found


def _play(env: Environment, vector: dict[str, Any]) -> dict[str, Any]:
    asked, expected = vector["input"], vector["expected"]
    player = players().get(asked.get("op"))
    if player is None:
        return {"faults": faults(vector), "parts": 0}
    try:
        with stage(env) as found:
            told = answered(player(found, asked))
        rule = answer(asked)
    except (*MISUNDERSTOOD, UserError) as error:
        LOG.exception("vector %s", vector["id"])
        return {"faults": [f"{type(error).__name__}: {error}"], "parts": 0}
    parts = [name for name in told if name in expected]
    if told and not parts:
        return {"faults": ["records answered nothing that is expected"], "parts": 0}
    merged = {name: _over(rule.get(name), value) for name, value in told.items()}
    return {"faults": list(differences(expected, {**rule, **merged})), "parts": len(parts)}


def _over(rule: Any, told: Any) -> Any:
    """Put what records told over what the rule did."""
    return {**rule, **told} if isinstance(rule, dict) and isinstance(told, dict) else told
