"""Finding the record a person named: by its code or name, with a guess when there is none."""

import difflib

from .say import Stop


def by_code(env, model, field, wanted, what):
    """Return the record with this code.

    Raises: Stop that says which are near, or all there are.
    """
    record = env[model].search([(field, "=", wanted)], limit=1)
    if record:
        return record
    known = sorted(filter(None, env[model].search([], limit=200).mapped(field)))
    near = difflib.get_close_matches(wanted, known, 1)
    if near:
        raise Stop(f"There is no {what} “{wanted}”. Did you mean “{near[0]}”?")
    raise Stop(
        f"There is no {what} “{wanted}”. "
        + (f"There are: {', '.join(known)}." if known else "There is none yet.")
    )
