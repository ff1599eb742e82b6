"""One word per thing in everything that people read."""

import pytest

from .scan import Source, sources
from .texts import NEVER, texts, words

READ = [
    source
    for pattern in ("*.py", "*.xml", "*.pot")
    for source in sources(pattern)
    if source.layer not in ("tests", "kernel", "adapters", "jobs", "gateway")
]


def test_no_text_holds_a_word_that_the_product_does_not_use() -> None:
    assert [told for source in READ for told in words(source)] == []


def test_there_are_texts_to_read() -> None:
    assert sum(1 for source in READ for _found in texts(source)) > 200


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/x.py", "x = _('Create an Instance')"),
        ("models/x.py", "x = self.env._('The job %(n)s failed', n=1)"),
        ("messages/x.py", "x = _lt('Please try again')"),
        ("models/x.py", "x = fields.Char(string='Reseller')"),
        ("models/x.py", "x = fields.Char(help='Name of the cron.')"),
        ("models/x.py", "x = fields.Selection([('a', 'Blueprint')])"),
        ("models/x.py", "class A:\n    _description = 'Job'"),
        ("views/x.xml", "<odoo><button string='Purge Tenant'/></odoo>"),
        ("views/x.xml", "<odoo><button confirm='Are you sure?'/></odoo>"),
        ("views/x.xml", "<odoo><p>No jobs yet.</p></odoo>"),
        ("views/x.xml", "<odoo><p>One<b>two</b> instance</p></odoo>"),
        ("views/x.xml", "<odoo><record><field name='name'>Run Jobs</field></record></odoo>"),
        ("views/x.xml", "<odoo><menuitem name='Jobs'/></odoo>"),
        ("views/x.xml", "<odoo><p>Done!</p></odoo>"),
        ("i18n/x.pot", 'msgid "Run the job"\nmsgstr ""\n'),
        ("i18n/x.pot", 'msgid ""\n"Sorry, not "\n"now"\nmsgstr ""\n'),
    ],
)
def test_a_planted_word_is_found(path: str, text: str) -> None:
    assert list(words(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/x.py", "JOB = 'saas.job'\nx = fields.Many2one('saas.job', string='Operation')"),
        ("views/x.xml", "<odoo><field name='job_ids' invisible=\"state != 'x'\"/></odoo>"),
        (
            "views/x.xml",
            "<odoo><record><field name='code'>model._cron_run()</field></record></odoo>",
        ),
        ("models/x.py", "x = _('Journal entries of %(job)s')"),
        ("models/x.py", "x = _('Start it with --max-cron-threads=4')"),
        (
            "views/x.xml",
            "<odoo><record model='ir.ui.view'><field name='name'>saas.job</field></record></odoo>",
        ),
    ],
)
def test_technical_names_are_let_through(path: str, text: str) -> None:
    assert list(words(Source(path, text))) == []


def test_every_word_says_what_to_say_instead() -> None:
    assert all(NEVER.values())
