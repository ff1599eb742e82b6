"""Figures of a measurement: their percentiles, their lines, their table.

Owns: arithmetic, the two forms of output. Does not own: measuring (`tests/bench`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest measured value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle of the values."""
    return percentile(values, 0.5)


@dataclass(frozen=True)
class Goal:
    """What a figure has to reach: at most, or at least, so much."""

    text: str
    reached: bool


@dataclass(frozen=True)
class Figure:
    """One measured thing; several values give p50 and p95, one is shown as it is."""

    name: str
    values: tuple[float, ...]
    unit: str
    about: str
    goals: tuple[Goal, ...] = ()

    @property
    def p50(self) -> float:
        return median(self.values)

    @property
    def p95(self) -> float:
        return percentile(self.values, 0.95)

    def lines(self) -> Iterator[str]:
        """Yield `name value unit`."""
        if len(self.values) == 1:
            yield f"{self.name} {shown(self.values[0])} {self.unit}"
            return
        yield f"{self.name}_p50 {shown(self.p50)} {self.unit}"
        yield f"{self.name}_p95 {shown(self.p95)} {self.unit}"

    def row(self) -> str:
        """Return the figure's row of the table."""
        goals = ", ".join(f"{one.text} {'✓' if one.reached else '✗'}" for one in self.goals)
        p95 = shown(self.p95) if len(self.values) > 1 else "–"
        cells = [self.about, len(self.values), shown(self.p50), p95, self.unit, goals or "–"]
        return "| " + " | ".join(map(str, cells)) + " |"


HEAD = "| what | n | p50 | p95 | unit | goal |\n|---|---|---|---|---|---|"


@dataclass
class Report:
    """What a run has measured so far, in sections."""

    sections: list[tuple[str, list[Figure | str]]] = field(default_factory=list)

    def section(self, title: str) -> None:
        """Begin a section."""
        self.sections.append((title, []))
        print(f"# {title}", flush=True)

    def add(
        self, name: str, values: Sequence[float], unit: str, about: str, *goals: Goal
    ) -> Figure:
        """Keep a figure and print its lines."""
        figure = Figure(name, tuple(values), unit, about, goals)
        self.sections[-1][1].append(figure)
        for line in figure.lines():
            print(line, flush=True)
        return figure

    def say(self, text: str) -> None:
        """Keep a paragraph or a table of its own, and print it."""
        self.sections[-1][1].append(text)
        print(text, flush=True)

    def figures(self) -> list[Figure]:
        """Return all figures."""
        return [one for _, parts in self.sections for one in parts if isinstance(one, Figure)]

    def missed(self) -> list[str]:
        """Return the goals that were not reached."""
        return [
            f"{one.about}: {goal.text}"
            for one in self.figures()
            for goal in one.goals
            if not goal.reached
        ]

    def markdown(self) -> str:
        """Return all sections with their tables."""
        return "\n".join(_section(title, parts) for title, parts in self.sections)


def _section(title: str, parts: Sequence[Figure | str]) -> str:
    lines = [f"## {title}", ""]
    in_table = False
    for part in parts:
        if isinstance(part, Figure):
            lines += [] if in_table else [HEAD]
            lines.append(part.row())
        else:
            lines += ["", part, ""] if in_table else [part, ""]
        in_table = isinstance(part, Figure)
    return "\n".join([*lines, ""])


def at_most(value: float, limit: float, text: str) -> Goal:
    """Return a goal that asks for so much or less."""
    return Goal(text, value <= limit)


def at_least(value: float, limit: float, text: str) -> Goal:
    """Return a goal that asks for so much or more."""
    return Goal(text, value >= limit)


def shown(value: float) -> str:
    """Return a number with three digits that say something."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
