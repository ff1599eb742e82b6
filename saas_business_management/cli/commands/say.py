"""What the command line prints: results, and one line about a failure on standard error."""

import json
import shutil
import sys


class Stop(Exception):
    """The command ends here; the text says why and what to do next."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status


def say(text=""):
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text):
    """Print one line on standard error."""
    sys.stderr.write(f"odoo saas: {text}\n")


def one_line(error):
    """Return an error as one line: its first sentence, or its kind when it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def table(titles, rows, empty):
    """Print rows below their titles, in columns as wide as needed; `empty` when there are none."""
    if not rows:
        say(empty)
        return
    cells = [
        [str(title).upper() for title in titles],
        *[[_shown(cell) for cell in row] for row in rows],
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    limit = shutil.get_terminal_size((200, 24)).columns if sys.stdout.isatty() else 0
    for row in cells:
        line = "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        say(line[:limit] if limit else line)


def listing(rows, as_json, empty):
    """Print mappings of the same names as a table, or as JSON."""
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    titles = tuple(rows[0]) if rows else ()
    table(titles, [tuple(row.values()) for row in rows], empty)


def _shown(cell):
    return "—" if cell in (None, False, "") else str(cell)


def minute(moment):
    """Return an instant of a record to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
