"""Which function answers which operation.

Owns: the register and the call. Does not own: the translations (a module for each idea, listed in
`MODULES`), comparing (`answer.py`). A translator reads the input into the product's own values,
calls the product once and names the parts of its answer. It computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tests import bare

from . import MODULES
from .answer import plain

bare.install()

from saas_business_management.kernel.errors import SaasError  # noqa: E402

Translator = Callable[[Mapping[str, Any]], Any]
# What a translator or a function may raise at input that it was not made for.
MISUNDERSTOOD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_OPERATIONS: dict[str, Translator] = {}


def op(*names: str) -> Callable[[Translator], Translator]:
    """Register a translator for the operations of these names; each name is given once."""

    def register(translator: Translator) -> Translator:
        for name in names:
            if name in _OPERATIONS:
                raise ValueError(f"two translators for {name}")
            _OPERATIONS[name] = translator
        return translator

    return register


def operations() -> Mapping[str, Translator]:
    """Return every translator by the name of its operation."""
    for name in MODULES:
        import_module(f"{__package__}.{name}")
    return _OPERATIONS


def answer(asked: Mapping[str, Any]) -> Any:
    """Return the product's answer in the form of the vectors.

    A refusal is an answer: its code as `error` beside its facts.

    Raises: LookupError when nobody answers this operation.
    """
    name = asked.get("op")
    translator = operations().get(name)
    if translator is None:
        raise LookupError(f"unknown operation {name!r}")
    try:
        return plain(translator(asked))
    except SaasError as error:
        return plain({"error": error.code, **error.facts})
