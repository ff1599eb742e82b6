"""Commits, broad excepts, built SQL, empty names: none in the addon, and a planted one is found."""

from collections.abc import Callable, Iterator

import pytest

from .code_rules import (
    broad_excepts,
    built_sql,
    commits,
    names,
    ownerless,
    silent_excepts,
    undocumented_errors,
    wrapper_commits,
)
from .scan import Source, python

RULES = [
    broad_excepts,
    built_sql,
    commits,
    names,
    ownerless,
    silent_excepts,
    undocumented_errors,
]
Rule = Callable[[Source], Iterator[str]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_addon_follows(rule: Rule) -> None:
    assert [told for source in python() for told in rule(source)] == []


def test_the_command_line_commits_in_one_place() -> None:
    assert len(wrapper_commits(python())) <= 1
    planted = Source("cli/x.py", "def a(cr):\n    cr.commit()\ndef b(cr):\n    cr.commit()")
    assert wrapper_commits((planted,)) == ["cli/x.py:a", "cli/x.py:b"]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (commits, "models/saas_tenant.py", "def f(self):\n    self.env.cr.commit()"),
        (commits, "controllers/x.py", "request.env.cr.commit()"),
        (commits, "jobs/x.py", "cnx.commit()"),
        (commits, "models/x.py", "def f(self):\n    self.env['ir.cron']._commit_progress(1)"),
        (broad_excepts, "models/x.py", "try:\n    f()\nexcept Exception:\n    g()"),
        (broad_excepts, "models/x.py", "try:\n    f()\nexcept:\n    if x:\n        raise"),
        (broad_excepts, "models/x.py", "try:\n    f()\nexcept (OSError, Exception):\n    g()"),
        (broad_excepts, "adapters/x.py", "with contextlib.suppress(BaseException):\n    f()"),
        (silent_excepts, "models/x.py", "try:\n    f()\nexcept ValueError:\n    pass"),
        (built_sql, "models/x.py", "cr.execute(f'SELECT {x}')"),
        (built_sql, "models/x.py", "cr.execute('SELECT %s' % x)"),
        (built_sql, "models/x.py", "cr.execute('SELECT ' + x)"),
        (built_sql, "models/x.py", "cr.execute('SELECT ' + x + ' FROM t')"),
        (built_sql, "adapters/x.py", "cursor.execute('SELECT {}'.format(x))"),
        (built_sql, "adapters/x.py", "cursor.execute(sql.SQL(f'SELECT {x}'))"),
        (built_sql, "adapters/x.py", "execute_values(cursor, f'INSERT INTO {t}', rows)"),
        (names, "adapters/db_utils.py", ""),
        (names, "models/x.py", "class TenantManager:\n    pass"),
        (names, "models/x.py", "def common_values(self):\n    pass"),
        (ownerless, "kernel/x.py", "x = 1"),
        (undocumented_errors, "kernel/x.py", "def f():\n    '''Do.'''\n    raise Refused('x')"),
    ],
)
def test_a_planted_defect_is_found(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (commits, "models/saas_job_run.py", "cr.commit()"),
        (commits, "adapters/x.py", "connection.commit()"),
        (commits, "models/x.py", "def _cron_x(self):\n    self.env['ir.cron']._commit_progress(1)"),
        (broad_excepts, "jobs/base.py", "try:\n    f()\nexcept Exception:\n    g()"),
        (silent_excepts, "models/x.py", "try:\n    f()\nexcept ValueError:\n    return None"),
        (built_sql, "models/x.py", "cr.execute('SELECT %s', (x,))"),
        (built_sql, "models/x.py", "cr.execute(SQL('SELECT %s', x))"),
        (built_sql, "adapters/x.py", "cursor.execute(sql.SQL('SELECT {}').format(x))"),
        (built_sql, "models/x.py", "cr.execute('SELECT 1 ' + 'FROM t')"),
        (built_sql, "adapters/x.py", "cursor.execute(COLUMNS + ' WHERE name = %s', (name,))"),
        (built_sql, "adapters/x.py", "cursor.execute(f'LISTEN {CHANNEL}')"),
        (broad_excepts, "adapters/x.py", "try:\n    f()\nexcept Exception:\n    g()\n    raise"),
        (names, "models/x.py", "def _look_at_database_manager(self):\n    pass"),
        (undocumented_errors, "kernel/x.py", "def f():\n    'Raises: x.'\n    raise Refused('x')"),
        (names, "models/x.py", "def commonest(self):\n    pass"),
    ],
)
def test_what_is_right_is_let_through(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []
