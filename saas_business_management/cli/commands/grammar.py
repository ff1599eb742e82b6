"""Reading the command line: a mistake costs one line and a hint, never a page of usage.

Owns: the parser and its argument types. Does not own: which arguments a command has.
"""

import argparse
import difflib
import os
import re
import shlex
import sys
from datetime import date

INVALID_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class Grammar(argparse.ArgumentParser):
    """An argument parser that guesses what was meant."""

    def __init__(self, **options):
        super().__init__(allow_abbrev=False, **options)

    def error(self, message):
        """Say what is wrong and how to see more, and leave with status 2."""
        hint = f"Try '{self.prog} --help'."
        found = INVALID_CHOICE.search(message)
        if found:
            known = re.findall(r"[\w-]+", found[2])
            near = difflib.get_close_matches(found[1], known, 1)
            message = f"“{found[1]}” is unknown"
            hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}."
        sys.stderr.write(f"{self.prog}: {message.rstrip('.')}. {hint}\n")
        sys.exit(2)


def command(commands, name, act, text, needs_database=True):
    """Add a sub-command; `act` gets the control plane, if it needs it, and the arguments."""
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(act=act, needs_database=needs_database)
    return parser


def family(commands, name, text):
    """Add a sub-command that has words of its own; return what they are added to."""
    parser = command(commands, name, None, text)
    return parser.add_subparsers(title="words", metavar="WORD", required=True, parser_class=Grammar)


def readable_file(text):
    """Return the absolute path of a file that can be read."""
    if not os.path.isfile(text) or not os.access(text, os.R_OK):
        raise argparse.ArgumentTypeError(f"there is no readable file “{text}”")
    return os.path.abspath(text)


def folder(text):
    """Return an absolute path."""
    return os.path.abspath(os.path.expanduser(text))


def port(text):
    """Return a port number."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port: write a number from 1 to 65535")
    return int(text)


def day(text):
    """Return a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a day: write YYYY-MM-DD") from None


def words(text):
    """Return a command as its words."""
    try:
        return shlex.split(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” has a quote that is not closed") from None
