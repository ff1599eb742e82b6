"""Many orders and two workers; one order asked for twice in the same moment."""

import pytest

from tests.helpers.crash import REAL, STUB

from .matrix import PROOF

ROUNDS, SIZE = (10, 20) if PROOF else (1, 10)
CLICKS = 25 if PROOF else 2
ATTEMPTS = (
    "SELECT DISTINCT attempt FROM saas_job_step WHERE job_id = ANY(%s) AND state <> 'skipped'"
)
OWNED = """
SELECT d.id, d.name, t.admin_email FROM saas_tenant t JOIN saas_database d ON d.id = t.database_id
 WHERE t.id = ANY(%s)
"""
IDENTITY = """
SELECT p.value, u.login FROM ir_config_parameter p, res_users u
 WHERE p.key = 'database.uuid' AND u.id = 2
"""
DEATHS = "SELECT sum(deaths) FROM saas_job WHERE id = ANY(%s)"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_workers_make_every_tenant_exactly_once(crash, count, number):
    crash.golden(REAL)
    names = [crash.name() for _number in range(SIZE)]
    orders = crash.run("order_many", template=REAL, subdomains=names).result
    with crash.barrier(2) as barrier:
        workers = [crash.begin("work", barrier=barrier) for _number in range(2)]
    done = [crash.mother.wait(worker).result for worker in workers]
    for _name in names:
        count("two workers at once")
    jobs = [job for job, _tenant in orders]
    # Each opened tenant has its isolation proven by an operation of its own.
    assert sum(done) == 2 * SIZE
    assert min(done) > 0
    assert crash.control(ATTEMPTS, jobs) == [(1,)]
    assert crash.control(DEATHS, jobs) == [(0,)]
    assert crash.judge(*(["tenant_open", tenant] for _job, tenant in orders)) == []
    owned = crash.control(OWNED, [tenant for _job, tenant in orders])
    told = [crash.tenants(IDENTITY, database=name)[0] for _id, name, _email in owned]
    assert len({uuid for uuid, _login in told}) == SIZE
    assert [login for _uuid, login in told] == [email for _id, _name, email in owned]
    crash.discard(*(number for number, _name, _email in owned))


@pytest.mark.parametrize("number", range(CLICKS))
def test_a_double_click_makes_one_operation(crash, count, number):
    count("double click")
    crash.golden(STUB)
    tenant = crash.run("draft", template=STUB, subdomain=crash.name()).result
    said = press(crash, tenant, tenant)
    assert [list(one) for one in said] == [["job"], ["job"]], said
    assert said[0] == said[1]
    assert len(said[0]["job"]) == 1
    take_back(crash, said[0]["job"][0], tenant)


@pytest.mark.parametrize("number", range(CLICKS))
def test_of_two_who_want_a_name_one_gets_it(crash, count, number):
    count("one name, two tenants")
    crash.golden(STUB)
    name = crash.name()
    tenants = [crash.run("draft", template=STUB, subdomain=name).result for _number in range(2)]
    said = press(crash, *tenants)
    (winner,) = [place for place, one in enumerate(said) if "job" in one]
    assert name in said[1 - winner]["refused"]
    assert "taken" in said[1 - winner]["refused"]
    rows = crash.control("SELECT state FROM saas_tenant WHERE id = %s", tenants[1 - winner])
    assert rows == [("draft",)]
    take_back(crash, said[winner]["job"][0], tenants[winner])


def press(crash, *tenants: int) -> list[dict]:
    """Press Provision in as many processes at the same moment."""
    with crash.barrier(len(tenants)) as barrier:
        children = [crash.begin("press_provision", tenant=one, barrier=barrier) for one in tenants]
    return [crash.mother.wait(child).result for child in children]


def take_back(crash, job: int, tenant: int) -> None:
    """Cancel what was ordered, and see it gone."""
    assert crash.run("cancel", job=job).result
    assert crash.run("finish", job=job).result["state"] == "cancelled"
    assert crash.judge(["tenant_gone", tenant, "draft"]) == []
