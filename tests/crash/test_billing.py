"""Billing while others bill: two runs, two workers, rows that change meanwhile, a death inside.

A worker that dies between steps is `test_killed.py`.
"""

from contextlib import closing, contextmanager

import psycopg2
import pytest

from dev.settings import CONTROL_DATABASE
from tests.helpers.crash import until

from .matrix import ORDERS, PROOF

ROUNDS = 10 if PROOF else 1
LIVES = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
BEGUN_ANEW = "SELECT 1 FROM saas_job_line WHERE job_id = %s AND level = 'warning'"
NO_NEW_DOCUMENTS = "LOCK TABLE account_move IN SHARE MODE"
ONE_ROW = "UPDATE saas_subscription SET bill_count = bill_count + 1 WHERE partner_id = %s"


@contextmanager
def held(crash, statement, *values):
    """Hold what a statement takes, in a transaction that is committed at the end."""
    with closing(psycopg2.connect(**crash.stack.control_cluster.dsn(CONTROL_DATABASE))) as cnx:
        with cnx.cursor() as cursor:
            cursor.execute(statement, values or None)
        yield
        cnx.commit()


def ready(crash, order):
    """Make a customer for whom this can be ordered."""
    return crash.run("billing_ready", order=order).result


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_two_runs_begun_in_the_same_moment_one_bills(crash, count, number):
    count("two runs at once")
    customer = ready(crash, "bill_run")
    runs = [crash.run("draft_run").result for _number in range(2)]
    with crash.barrier(2) as barrier:
        children = [crash.begin("press_rate", run=run, barrier=barrier) for run in runs]
    said = [crash.mother.wait(child).result for child in children]
    assert sorted(key for one in said for key in one) == ["refused", "state"], said
    refused = next(one["refused"] for one in said if "refused" in one)
    assert "under way" in refused
    crash.run_all()
    assert crash.judge(["billing_run_over", customer]) == []


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_workers_that_bill_the_same_subscriptions_make_each_document_once(crash, count, number):
    count("two workers, one customer")
    customer = ready(crash, "bill")
    crash.run("order_billing", customer=customer, times=4)
    with crash.barrier(2) as barrier:
        workers = [crash.begin("work", barrier=barrier) for _number in range(2)]
    assert sum(crash.mother.wait(worker).result for worker in workers) >= 4
    crash.run_all()
    assert crash.judge(["billing_done", customer]) == []


def test_a_row_that_changed_meanwhile_is_read_again(crash, count):
    count("serialization retry")
    customer = ready(crash, "bill")
    with held(crash, ONE_ROW, customer):
        case = crash.order_in_background("bill", customer=customer)
        until(lambda: crash.control(LIVES, CONTROL_DATABASE), "nobody waited for the row")
    assert crash.mother.wait(case.child).status == 0
    assert case.resume()["state"] == "done"
    assert crash.control(BEGUN_ANEW, case.job) == [(1,)]
    assert ORDERS["bill"].complaints(case) == []


@pytest.mark.parametrize("label", ["bill", "settle", "post", "bill run"])
def test_who_dies_in_the_middle_of_a_document_leaves_nothing_of_it(crash, count, label):
    count("inside a document")
    order = ORDERS[label]
    customer = ready(crash, order.deed)
    with held(crash, NO_NEW_DOCUMENTS):
        case = crash.order_in_background(order.deed, customer=customer)
        until(lambda: crash.control(LIVES, CONTROL_DATABASE), "no document was begun")
        # Its session waits on, gets what it waited for, and finds nobody to answer to.
        crash.mother.kill(case.child)
    assert case.resume()["state"] == "done"
    assert order.complaints(case) == []
