"""Readings of what tenants use, taken from their cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Question:
    """One SELECT that computes one number; `module` must be installed in the tenant, if given.

    `values`: instants by the names that the text uses, aware.
    """

    code: str
    text: str
    values: Mapping[str, datetime]
    module: str = ""


@dataclass(frozen=True)
class Told:
    """What came of a question: the number as a text of at most 64 characters, or why there is none.

    `problem` is the code of an error; `absent` means that the tenant does not have the module.
    """

    number: str = ""
    problem: str = ""


ABSENT = "absent"


class MeteringPort(Protocol):
    """What metering asks of a cluster."""

    def sizes(self, names: Sequence[str]) -> dict[str, int]:
        """Return the size in bytes of each of these databases, all by one statement; who is not
        there or could not be measured is left out.
        """

    def ask(self, name: str, generation: int, questions: Sequence[Question]) -> dict[str, Told]:
        """As the tenant's role, reading only: ask each question and return what was told, by code.

        A question that is slow or wrong costs only itself.
        """
