"""The people of the tests, made once for all of them: one takes Odoo a quarter of a second.

They stay in the test database; what a test does to them is rolled back with the test.
"""

from functools import cache

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import new_test_user

GROUP = "saas_business_management.group_saas_"
QUIET = {"tracking_disable": True, "mail_create_nolog": True}
# Login and groups; carol's company is another one.
PEOPLE = {
    "vera": f"{GROUP}viewer",
    "bob": f"{GROUP}operator",
    "ada": f"{GROUP}admin",
    "carol": f"{GROUP}operator",
    "ben": f"{GROUP}billing_user",
    "petra": f"{GROUP}billing_manager",
    "anton": f"{GROUP}billing_approver",
    "emil": "base.group_user",
    "alice": "base.group_portal",
}
ELSEWHERE = {"carol"}


@cache
def people(database: str) -> dict[str, int]:
    """Return the id of each person's user by login, and of the other company as `company`."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, QUIET)
        company = env["res.company"].create({"name": "Another Provider"})
        there = {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        made = {"company": company.id}
        for login, groups in PEOPLE.items():
            more = there if login in ELSEWHERE else {}
            email = f"{login}@portal.example" if login == "alice" else f"{login}@example.com"
            made[login] = new_test_user(env, login, groups=groups, email=email, **more).id
        env.cr.commit()
    return made
