"""Whether a database was written to since it was looked at."""

from saas_business_management.kernel.migration.written import tables_written

BEFORE = {"public.res_partner": "3:1", "public.ir_cron": "9:4", "public.sale_order": "0:0"}


def test_nothing_was_written():
    assert tables_written(BEFORE, dict(BEFORE)) == ()


def test_what_odoo_writes_by_itself_does_not_count():
    by_itself = {"public.ir_cron": "9:5", "public.orm_signaling_registry": "1:1"}
    assert tables_written(BEFORE, {**BEFORE, **by_itself}) == ()


def test_rows_changed_tables_made_and_dropped_count():
    now = {"public.res_partner": "3:2", "public.ir_cron": "9:4", "public.x_mine": "1:1"}
    assert tables_written(BEFORE, now) == (
        *("public.res_partner", "public.sale_order", "public.x_mine"),
    )
    assert tables_written({}, {"other.ir_cron": "1:1"}) == ("other.ir_cron",)
