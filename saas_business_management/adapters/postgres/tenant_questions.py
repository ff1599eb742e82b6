"""Questions to a tenant's database, asked as the tenant, reading only.

Owns: how a question is asked: alone, in a read-only transaction, under settings that the one before
it cannot have changed. Does not own: which questions (`kernel/metering/question.py`), the time they
may take together (`metering.py`). A tenant can make these numbers lie, about itself alone.
"""

from collections.abc import Mapping, Sequence
from datetime import timezone

from psycopg2 import sql

from ...kernel.errors import Broken, SaasError
from ..ports import ABSENT, Question, Told
from .connect import Cursor
from .errors import translated

# Tables are written with their schema; nothing is found anywhere else.
SETTINGS = {
    "default_transaction_read_only": "on",
    "search_path": "pg_catalog, pg_temp",
    "idle_in_transaction_session_timeout": "5000",
    "jit": "off",
}
MODULES = """
SELECT name FROM public.ir_module_module
 WHERE state = 'installed' AND name = ANY(%(names)s) LIMIT 1000
"""
# A question is written by an operator and was checked; its answer is one number.
ONE_NUMBER = "SELECT left(q.value::text, 65) FROM ({}) AS q (value) LIMIT 2"
LONGEST = 64
# What says that there is no use in asking further.
LOST = frozenset({"connection_lost", "server_restarting", "server_unreachable", "driver_error"})


def ask(cursor: Cursor, questions: Sequence[Question]) -> dict[str, Told]:
    """Return what was told of each question, by its code.

    Raises: Unavailable, Broken when the connection is lost before the first answer.
    """
    wanted = sorted({one.module for one in questions if one.module})
    installed = _alone(cursor, MODULES, {"names": wanted}) if wanted else []
    there = {name for (name,) in installed}
    told: dict[str, Told] = {}
    for place, one in enumerate(questions):
        if one.module and one.module not in there:
            told[one.code] = Told(problem=ABSENT)
            continue
        told[one.code] = _told(cursor, one)
        if told[one.code].problem in LOST:
            rest = Told(problem=told[one.code].problem)
            return {**told, **{late.code: rest for late in questions[place + 1 :]}}
    return told


def _told(cursor: Cursor, question: Question) -> Told:
    values = {
        name: at.astimezone(timezone.utc).replace(tzinfo=None)
        for name, at in question.values.items()
    }
    try:
        with translated():
            asked = sql.SQL(ONE_NUMBER).format(sql.SQL(question.text))
            return Told(_number(_alone(cursor, asked, values)))
    except SaasError as error:
        return Told(problem=error.code)


def _number(rows: Sequence[tuple[str | None]]) -> str:
    """Return the one number of an answer.

    Raises: Broken (`question_rows`, `question_nothing`, `value_refused`).
    """
    if len(rows) > 1:
        raise Broken("question_rows")
    number = rows[0][0] if rows else None
    if number is None:
        raise Broken("question_nothing")
    if len(number) > LONGEST:
        raise Broken("value_refused")
    return number


def _alone(
    cursor: Cursor, statement: str | sql.Composable, values: Mapping[str, object]
) -> list[tuple]:
    """Run one statement in a transaction of its own and return its rows; nothing stays."""
    if cursor.connection.info.transaction_status:
        cursor.execute("ROLLBACK")
    cursor.execute("RESET ALL")  # to what the connection was opened with
    cursor.execute("BEGIN READ ONLY")
    cursor.execute(statement, values)
    rows = cursor.fetchall()
    cursor.execute("ROLLBACK")
    return rows
