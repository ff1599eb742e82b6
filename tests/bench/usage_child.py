"""The work that `usage.py` measures, inside Odoo; what it makes is committed.

Owns: tenants and rows that are made up, timing each step. Does not own: goals.
"""

import os
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from odoo import fields
from odoo.addons.saas_business_management.kernel.metering.builtin import BUSINESS, GATEWAY, USERS
from odoo.api import Environment
from odoo.tools import SQL

ROLE, TELLS = "saas_node_bench", 6
NODE = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, api_calls,
                             bytes_in, bytes_out, response_ms, answered, cron_ms, users)
SELECT %s, 'bench', %s + row_number() OVER (), %s::timestamp + make_interval(secs => 10 * tell),
       d.name, 20, 3, 10000, 400000, 900, 20, 5, '[[2, 15, 3, 700.0], [7, 5, 0, 200.0]]'
  FROM saas_database AS d CROSS JOIN generate_series(0, %s) AS tell WHERE d.tenant_id IS NOT NULL
"""
YEAR = """
INSERT INTO saas_usage_day (tenant_id, company_id, meter_id, day, start_at, end_at, quantity,
                            reading_count)
SELECT t.id, t.company_id, m.id, d::date, d, d + interval '1 day', 100 + 50 * random(), 96
  FROM saas_tenant AS t CROSS JOIN saas_meter AS m,
       generate_series(current_date - %s, current_date, interval '1 day') AS d
 WHERE t.id = %s
    ON CONFLICT DO NOTHING
"""


def questions(env: Environment) -> dict[str, list[dict[str, Any]]]:
    """Return what tenants are asked: the shipped questions."""
    return {source: env["saas.meter"]._questions(source) for source in (USERS, BUSINESS)}


def minutes(env: Environment, tenants: int, count: int) -> dict[str, Any]:
    """Write so many minutes of readings, fold what nodes tell, roll up; return seconds and rows."""
    _make_tenants(env, tenants)
    samples, nodes = env["saas.usage.sample"], env["saas.node.usage"]
    ids = env["saas.tenant"].search([], limit=tenants, order="id").ids
    meters = env["saas.meter"].search([("source", "=", GATEWAY)]).ids
    now = fields.Datetime.now().replace(minute=0, second=0)
    first = now - timedelta(minutes=count)
    env.cr.commit()
    written, chance, worked = [], random.Random(7), _worked(env)
    for minute in range(count):
        at = first + timedelta(minutes=minute)
        rows = [
            (at, tenant, meter, chance.randrange(10**6), 1) for tenant in ids for meter in meters
        ]
        written.append(_timed(env, lambda rows=rows: samples._add(rows)))
    write_core, worked = (_worked(env) - worked) / count, _worked(env)
    folded, told = [], TELLS * len(ids)
    for minute in range(3):
        at = now + timedelta(minutes=minute)
        env.cr.execute(NODE, [ROLE, minute * told, at, TELLS - 1])
        env.cr.commit()
        folded.append(_timed(env, lambda: _fold(nodes)))
    fold_core = (_worked(env) - worked) / len(folded)
    rolled = _timed(env, env["saas.usage.day"]._roll_up)
    return {
        "written": written,
        "write_core": write_core,
        "fold_core": fold_core,
        "rows": len(ids) * len(meters),
        "folded": folded,
        "told": told,
        "rolled": rolled,
    }


def _worked(env: Environment) -> float:
    """Return the processor seconds of this process and of its session at the server so far."""
    told = Path(f"/proc/{env.cr._cnx.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, told[11:13])) / os.sysconf("SC_CLK_TCK")


def _fold(nodes: Any) -> None:
    while nodes._fold_some():
        pass


def _timed(env: Environment, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    env.cr.commit()
    return time.perf_counter() - began


def _make_tenants(env: Environment, count: int) -> None:
    """Make open tenants, each with a database, as far as metering looks at them."""
    cluster = env["saas.cluster"].search([], limit=1) or env["saas.cluster"].create(
        {"name": "Bench", "key": "bench"}
    )
    template = env["saas.template"].create({"name": "Bench", "cluster_id": cluster.id})
    made = env["saas.tenant"].create(
        [
            {
                "name": f"Bench {number}",
                "subdomain": f"bench{number}",
                "admin_name": "Ana Costa",
                "admin_email": f"ana@bench{number}.example",
                "template_id": template.id,
                "cluster_id": cluster.id,
            }
            for number in range(count)
        ]
    )
    env.flush_all()
    env.cr.execute(SQL("UPDATE saas_cluster SET node_role = %s WHERE id = %s", ROLE, cluster.id))
    env.cr.execute(SQL("UPDATE saas_tenant SET state = 'active' WHERE id = ANY(%s)", made.ids))
    env.invalidate_all()
    _make_databases(env, made, cluster)


def _make_databases(env: Environment, tenants: Any, cluster: Any) -> None:
    values = [
        {
            "name": f"t_{tenant.id:026d}",
            "kind": "tenant",
            "stage": "claimed",
            "cluster_id": cluster.id,
            "tenant_id": tenant.id,
        }
        for tenant in tenants
    ]
    made = env["saas.database"].sudo().create(values)
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE saas_tenant AS t SET database_id = d.id FROM saas_database AS d"
            " WHERE d.tenant_id = t.id AND d.id = ANY(%s)",
            made.ids,
        )
    )
    env.cr.commit()
    env.invalidate_all()


def year(env: Environment, days: int) -> int:
    """Give one tenant a year of every meter; return its id."""
    tenant = env["saas.tenant"].search([], limit=1, order="id").id
    env.cr.execute(SQL(YEAR, days, tenant))
    env.cr.commit()
    return tenant


def page(env: Environment, tenant: int, looks: int) -> dict[str, Any]:
    """Ask what the screens of a tenant's usage ask; return seconds by screen, and counts."""
    one = env["saas.tenant"].browse(tenant)
    days = env["saas.usage.day"]
    action = one.action_view_usage()
    domain, month = action["domain"], [("day", ">", fields.Date.today() - timedelta(days=30))]
    storage = [("meter_id.code", "=", "storage_gb")]
    groups = ["day:day", "meter_id"]
    columns = {name: {} for name in ("day", "quantity", "unit_label", "reading_count", "last_at")}
    columns |= {name: {"fields": {"display_name": {}}} for name in ("tenant_id", "meter_id")}
    asked = {
        "page": lambda: days.formatted_read_group(
            domain + month + storage, groups, ["quantity:sum"]
        ),
        "year": lambda: days.formatted_read_group(domain + storage, groups, ["quantity:sum"]),
        "meters": lambda: days.formatted_read_group(domain, groups, ["quantity:sum"]),
        "list": lambda: days.web_search_read(domain, columns, limit=80, count_limit=10001),
        "portal": lambda: (one._portal_usages(), one._portal_charts()),
    }
    took = {name: [_cold(env, work) for _look in range(looks)] for name, work in asked.items()}
    rows = env.execute_query(SQL("SELECT count(*) FROM saas_usage_day"))[0][0]
    return {**took, "rows": rows, "own": days.search_count(domain)}


def _cold(env: Environment, work: Callable[[], object]) -> float:
    env.invalidate_all()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
