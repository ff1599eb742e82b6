"""Which questions an operator may ask of tenants."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.metering.question import check_question

ADDON = Path(__file__).parents[3] / "saas_business_management"
GOOD = [
    "SELECT count(*) FROM public.sale_order WHERE state = 'sale'",
    "select coalesce(sum(amount_total), 0) from public.sale_order where date_order >= %(since)s",
    "SELECT count(*) FILTER (WHERE active) FROM public.res_users AS u",
    "SELECT count(*) FROM public.a AS a JOIN public.b AS b ON a.id = b.a_id AND b.x IN (1, 2)",
    "SELECT max(x) FROM (SELECT count(*) AS x FROM public.t GROUP BY kind) AS q",
    "SELECT extract(epoch FROM max(write_date)) FROM public.t",
    "SELECT count(*) FROM public.t WHERE name LIKE 'a%%' AND note <> 'it''s; -- no comment'",
    "SELECT CASE WHEN (count(*) > 3) THEN 1 ELSE 0 END FROM public.t WHERE d < %(until)s::date",
]
BAD = {
    "question_empty": ["", "  \n"],
    "question_long": ["SELECT 1" + " " * 4000],
    "question_not_select": ["DELETE FROM public.t", "WITH x AS (SELECT 1) SELECT * FROM x", "(1)"],
    "question_mark": [
        "SELECT 1; DROP TABLE public.t",
        "SELECT 1 -- x;",
        "SELECT 1 /* x */ @ 2",
        'SELECT count(*) FROM public."t"',
        "SELECT $$x$$",
        "SELECT E'\\x'",
        "SELECT 'open",
        "SELECT 5 % 2",
        "SELECT %s",
    ],
    "question_word": [
        "SELECT 1 INTO x",
        "SELECT id FROM public.t FOR UPDATE",
        "SELECT (DELETE FROM public.t RETURNING 1)",
        "SELECT x FROM public.t TABLESAMPLE system (1)",
    ],
    "question_function": [
        "SELECT pg_sleep(10)",
        "SELECT public.count(1)",
        "SELECT nextval('public.s')",
        "SELECT set_config('a', 'b', false)",
        "SELECT dblink('x')",
        "SELECT count(*) FROM public.t WHERE x IN (SELECT unnest(y) FROM public.t)",
    ],
    "question_parameter": ["SELECT count(*) FROM public.t WHERE a = %(password)s"],
    "question_table": [
        "SELECT count(*) FROM res_users",
        "SELECT count(*) FROM pg_catalog.pg_class",
        "SELECT count(*) FROM public.t, pg_authid",
        "SELECT count(*) FROM public.t JOIN other.t AS o ON true",
        "SELECT count(*) FROM information_schema.tables",
    ],
}


@pytest.mark.parametrize("text", GOOD)
def test_a_select_over_the_tenants_tables_is_allowed(text):
    assert check_question(text) is None


@pytest.mark.parametrize(("code", "text"), [(c, one) for c, texts in BAD.items() for one in texts])
def test_everything_else_is_refused(code, text):
    with pytest.raises(Refused) as told:
        check_question(text)
    assert told.value.code == code


def test_every_shipped_business_meter_may_be_asked():
    tree = ET.parse(ADDON / "data" / "saas_meter_business_data.xml")
    texts = [one.text for one in tree.iter("field") if one.get("name") == "question"]
    assert len(texts) >= 10
    for text in texts:
        check_question(text)
