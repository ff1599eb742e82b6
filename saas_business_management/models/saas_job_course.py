"""The way forward of a running operation, in two statements a step: a customer waits for each.

Owns: the SQL that reads states and moves an operation from one step to the next. Does not own: the
commit around it and everything that goes wrong (`saas_job_journal.py`).
"""

import json

from odoo.tools import SQL

STATES = "SELECT name, state FROM saas_job_step WHERE job_id = %(job)s ORDER BY sequence, id"
RESTART = """
UPDATE saas_job_step SET state = 'todo', facts = NULL
 WHERE job_id = %(job)s AND name = ANY(%(names)s)
"""
# Patience ends with the step that was waited for, not with one that is done again before it.
OVERCOME = """EXISTS (SELECT FROM saas_job_step s
                WHERE s.job_id = j.id AND s.name = %(done)s AND s.error_text IS NOT NULL)"""
# Finds no row when another worker has claimed the operation.
MOVE = """
UPDATE saas_job j
   SET progress = %(progress)s, write_date = %(now)s,
       facts = coalesce(facts, '{}') || %(facts)s::jsonb,
       attempts = CASE WHEN {overcome} THEN 0 ELSE attempts END,
       blocked_at = CASE WHEN {overcome} THEN NULL ELSE blocked_at END,
       error_text = NULL, error_code = NULL, error_kind = NULL, error_trace = NULL,
       step_now = (SELECT label FROM saas_job_step s
                    WHERE s.job_id = j.id AND s.name = %(then)s),
       state = CASE WHEN %(then)s = '' THEN 'done' ELSE state END,
       ended_at = CASE WHEN %(then)s = '' THEN %(now)s ELSE ended_at END,
       seconds = CASE WHEN %(then)s = ''
                      THEN greatest(0, extract(epoch FROM %(now)s - coalesce(started_at, %(now)s)))
                      ELSE seconds END
 WHERE id = %(job)s AND fence = %(fence)s
RETURNING fence
""".replace("{overcome}", OVERCOME)
MOVE_STEPS = """
UPDATE saas_job_step
   SET write_date = %(now)s,
       state = CASE name WHEN %(then)s THEN 'running' WHEN %(done)s THEN 'done'
                         ELSE 'skipped' END,
       started_at = CASE name WHEN %(then)s THEN %(now)s ELSE started_at END,
       attempt = coalesce(attempt, 0) + (name = %(then)s)::int,
       ended_at = CASE name WHEN %(done)s THEN %(now)s ELSE ended_at END,
       seconds = CASE name WHEN %(done)s THEN coalesce(%(took)s, seconds) ELSE seconds END,
       facts = CASE name WHEN %(done)s THEN %(facts)s ELSE facts END,
       error_text = CASE name WHEN %(done)s THEN NULL ELSE error_text END
 WHERE job_id = %(job)s AND name = ANY(%(names)s)
"""


class Course:
    """One operation's steps as they are in the transaction of `cr`."""

    def __init__(self, cr, job_id):
        self._cr = cr
        self._job_id = job_id

    def states(self):
        """Return the state of each step by name."""
        return dict(self._rows(SQL(STATES, job=self._job_id)))

    def restart(self, names):
        """Set steps back to do them again."""
        self._cr.execute(SQL(RESTART, job=self._job_id, names=list(names)))

    def move(self, fence, now, done, facts, then, progress):
        """Return the statement that moves the operation itself, if the claim still holds."""
        return SQL(
            MOVE,
            job=self._job_id,
            fence=fence,
            now=now,
            done=done,
            then=then,
            progress=progress,
            facts=json.dumps(dict(facts)),
        )

    def move_steps(self, now, done, took, facts, skipped, then):
        """End one step, skip some, begin the next."""
        statement = SQL(
            MOVE_STEPS,
            job=self._job_id,
            now=now,
            done=done,
            took=took,
            then=then,
            facts=json.dumps(dict(facts)) if facts else None,
            names=[name for name in (done, *skipped, then) if name],
        )
        self._cr.execute(statement)

    def _rows(self, statement):
        self._cr.execute(statement)
        return self._cr.fetchall()
