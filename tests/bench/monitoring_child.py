"""The work that `monitoring.py` measures, inside Odoo; what it writes is committed.

Owns: rows of made-up tenants, a fleet of a thousand, timing each step. Does not own: goals.
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from odoo import fields
from odoo.addons.saas_business_management.kernel.monitoring import layers
from odoo.addons.saas_business_management.kernel.monitoring.keeping import FIVE, tiers_of
from odoo.addons.saas_business_management.kernel.monitoring.metric import (
    FAMILIES,
    of_family,
)
from odoo.addons.saas_business_management.kernel.service.spans import Span
from odoo.addons.saas_business_management.models.saas_metric import (
    latest_table,
    raw_table,
    tier_table,
)
from odoo.api import Environment
from odoo.models import Model
from odoo.tools import SQL

FAMILY = "database"
WINDOW = timedelta(minutes=5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BUCKETS = 48
LOOKS = 20
PASSES = 12
# What each layer is fed with so that nothing of the fleet is wrong.
WELL = {
    "database": {"database_present": 1},
    "door": {"door_open": 1, "door_misses": 0, "door_ms": 90},
}
GONE = {"door_open": 0, "door_misses": 2}
COPY = """
INSERT INTO {table} (start_at, {columns}) SELECT start_at - %s * %s, {columns} FROM {table}
 WHERE start_at = (SELECT max(start_at) FROM {table})
"""
SIZE = """
SELECT sum(pg_total_relation_size(c.oid))::float8 FROM pg_class AS c
 WHERE c.oid = %s::regclass
    OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass)
"""


def minutes(env: Environment, tenants: int, count: int) -> dict[str, Any]:
    """Write so many minutes of so many tenants, ask, average; return seconds."""
    metrics = env["saas.metric"]
    metrics._keep_partitions()
    codes = of_family(FAMILY)
    chance = random.Random(7)
    now = fields.Datetime.now().replace(minute=0, second=0)
    first = now - timedelta(minutes=count)
    written, worked, server = [], [], _server_seconds(env)
    for minute in range(count):
        rows = _rows(FAMILY, tenants, first + minute * MINUTE, chance)
        began, used = time.perf_counter(), time.process_time()
        metrics._add(FAMILY, rows)
        env.cr.commit()
        written.append(time.perf_counter() - began)
        worked.append(time.process_time() - used)
    server = (_server_seconds(env) - server) / count
    asked = [_timed(metrics, codes[0], now) for _time in range(10)]
    every = [_timed(metrics, code, now) for code in codes]
    began = time.perf_counter()
    metrics._average_again(FAMILY, first, now)
    env.cr.commit()
    averaged = time.perf_counter() - began
    return {
        "metrics": len(codes),
        "written": written,
        "worked": worked,
        "server": server,
        "asked": asked,
        "every": every,
        "averaged": averaged,
    }


def _server_seconds(env: Environment) -> float:
    """Return what the server's process of this connection has used of a processor."""
    (number,) = env.execute_query(SQL("SELECT pg_backend_pid()"))[0]
    told = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def space(env: Environment, tenants: int) -> dict[str, dict[str, float]]:
    """Fill every table of a tenant's figures, each column of each row; return, by family and tier,
    bytes of a row with its part of the indexes, and rows of a tenant that are kept.
    """
    metrics = env["saas.metric"]
    metrics._keep_partitions()
    chance = random.Random(11)
    start = fields.Datetime.now().replace(hour=0, minute=0, second=0)
    return {
        family: _filled(metrics, family, tenants, start, chance)
        for family, told in FAMILIES.items()
        if told.scope == layers.TENANT
    }


def _filled(
    metrics: Model, family: str, tenants: int, start: Any, chance: random.Random
) -> dict[str, Any]:
    env, seconds = metrics.env, FAMILIES[family].seconds
    tables = [raw_table(family), *(tier_table(family, tier) for tier in tiers_of(family))]
    env.cr.execute(SQL("TRUNCATE %s", SQL(", ").join(map(SQL.identifier, tables))))
    for number in range(LOOKS):
        metrics._add(family, _rows(family, tenants, start + number * MINUTE, chance))
    found = {"raw": (metrics._kept_days("raw") * 86400 // seconds, _row_bytes(env, family))}
    metrics._average_again(family, start, start + FIVE.step)
    for tier in tiers_of(family):
        name = tier_table(family, tier)
        columns = ["subject_id", "readings", *_columns(env, name)]
        text = COPY.format(table=name, columns=", ".join(columns))
        for number in range(1, BUCKETS):
            env.cr.execute(SQL(text, number, tier.step))
        days = min(metrics._kept_days(tier.code), 396)
        found[tier.code] = (days * 86400 // tier.seconds, _row_bytes(env, family, tier))
    # The fleet that is judged next is well: nothing of what was made up here stays.
    tables.append(latest_table(family))
    env.cr.execute(SQL("TRUNCATE %s", SQL(", ").join(map(SQL.identifier, tables))))
    env.cr.commit()
    return found


def _columns(env: Environment, table: str) -> list[str]:
    env.cr.execute(SQL("SELECT * FROM %s LIMIT 0", SQL.identifier(table)))
    known = ("start_at", "subject_id", "readings")
    return [one.name for one in env.cr.description if one.name not in known]


def _rows(family: str, tenants: int, at: Any, chance: random.Random) -> list[tuple]:
    codes = of_family(family)
    return [
        (at, tenant, {code: round(chance.random() * 1000, 2) for code in codes})
        for tenant in range(1, tenants + 1)
    ]


def _timed(metrics: Model, code: str, now: Any) -> float:
    began = time.perf_counter()
    metrics._aggregate(code, "avg", now - WINDOW, now)
    return time.perf_counter() - began


def _row_bytes(env: Environment, family: str, tier: Any = None) -> float:
    table = tier_table(family, tier) if tier else raw_table(family)
    size = env.execute_query(SQL(SIZE, table, table))[0][0]
    count = env.execute_query(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))[0][0]
    return size / max(count, 1)


# A fleet


def fleet(env: Environment, tenants: int) -> dict[str, Any]:
    """Judge all rules for a fleet that is well, lose its cluster, reckon a month of service."""
    made = _fleet(env, tenants)
    cluster = made.cluster_id
    told = _judged(env, made)
    told |= _lost(env, cluster, made)
    told["months"] = _months(env, made)
    env.cr.rollback()
    return told


def _fleet(env: Environment, tenants: int) -> Model:
    cluster = env["saas.cluster"].create({"name": "Bench", "key": "bench", "base_host": "b.test"})
    cluster.sudo().state = "ready"
    tier = env.ref("saas_business_management.service_tier_standard")
    plan = env["saas.plan"].create({"name": "Bench", "code": "bench", "service_tier_id": tier.id})
    template = env["saas.template"].create(
        {"name": "Bench", "code": "bench", "cluster_id": cluster.id}
    )
    made = env["saas.tenant"].create(
        [
            {
                "name": f"Tenant {number}",
                "subdomain": f"bench{number}",
                "admin_name": "Lee",
                "admin_email": "lee@bench.example",
                "plan_id": plan.id,
                "template_id": template.id,
                "cluster_id": cluster.id,
            }
            for number in range(tenants)
        ]
    )
    databases = (
        env["saas.database"]
        .sudo()
        .create(
            [
                {
                    "name": f"t_bench{number}",
                    "cluster_id": cluster.id,
                    "kind": "tenant",
                    "stage": "claimed",
                    "tenant_id": one.id,
                }
                for number, one in enumerate(made)
            ]
        )
    )
    since = fields.Datetime.now() - 60 * DAY
    for one, database in zip(made, databases, strict=True):
        one._set({"state": "active", "state_since": since, "database_id": database.id})
    env.flush_all()
    return made


def _feed(env: Environment, tenants: Model, at: Any) -> None:
    for family, figures in WELL.items():
        env["saas.metric"]._add(family, [(at, one, figures) for one in tenants.ids])


def _judged(env: Environment, made: Model) -> dict[str, Any]:
    """Let the evaluator judge every shipped rule, minute after minute, nothing being wrong."""
    alerts, now = env["saas.alert"], fields.Datetime.now().replace(second=0)
    chance, took, worked, server = random.Random(3), [], [], []
    for family, told in FAMILIES.items():
        if told.scope == layers.TENANT:
            rows = [
                (now - back * WINDOW, one, dict.fromkeys(of_family(family), chance.random()))
                for one in made.ids
                for back in range(1, 7)
            ]
            env["saas.metric"]._add(family, rows)
    for minute in range(6):
        at = now + minute * MINUTE
        _feed(env, made, at)
        env.invalidate_all()
        began, used, there = time.perf_counter(), time.process_time(), _server_seconds(env)
        alerts._pass(at)
        env.flush_all()
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - used)
        server.append(_server_seconds(env) - there)
    rules = env["saas.alert.rule"].search([])
    return {
        "rules": len(rules),
        "broken": len(rules.filtered("broken_text")),
        "passes": took[1:],
        "worked": worked[1:],
        "server": server[1:],
    }


def _lost(env: Environment, cluster: Model, made: Model) -> dict[str, Any]:
    """Lose the cluster with all its tenants; return who was told of what."""
    alerts, messages = env["saas.alert"], env["saas.alert.message"]
    env["saas.alert"].sudo()._at_work().search([])._drop()
    env["saas.alert.rule"].search([("no_data", "=", "alert")]).active = False
    channel = env["saas.alert.channel"].create(
        {"name": "Bench", "kind": "mail", "addresses": "bob@bench.example"}
    )
    env["saas.alert.escalation"].search([]).active = False
    step = fields.Command.create({"delay_minutes": 0, "channel_ids": [(6, 0, channel.ids)]})
    env["saas.alert.escalation"].create({"name": "Bench", "step_ids": [step]})
    start = fields.Datetime.now().replace(second=0) + HOUR
    before = messages.search([])
    for minute in range(PASSES):
        at = start + minute * MINUTE
        env["saas.metric"]._add("cluster", [(at, cluster.id, {"cluster_up": 0})])
        env["saas.metric"]._add("door", [(at, one, GONE) for one in made.ids])
        alerts._pass(at)
        alerts._notify(at)
    told = (messages.search([]) - before).notification_ids
    return {
        "told": [[one.rule_id.code, one.why, one.alert_count] for one in told],
        "muted": alerts.search_count([("code", "=", "door_closed"), ("muted", "=", "cluster")]),
    }


def _months(env: Environment, made: Model) -> dict[str, float]:
    """Reckon a month that is over, of tenants with outages; return seconds."""
    first = fields.Date.start_of(fields.Date.today() - 40 * DAY, "month")
    since = fields.Datetime.to_datetime(first)
    until = fields.Datetime.to_datetime(fields.Date.end_of(first, "month")) + 2 * DAY
    chance, intervals = random.Random(5), env["saas.status.interval"]
    for one in made.ids:
        spans, at = [], since
        for _outage in range(chance.randint(0, 6)):
            down = at + timedelta(minutes=chance.randint(60, 6000))
            back = down + timedelta(minutes=chance.randint(1, 90))
            spans += [Span(at, down, "ok"), Span(down, back, "critical")]
            at = back
        spans.append(Span(at, until, "ok"))
        intervals._tell_from("service", one, since, until, spans)
    env.cr.execute("DELETE FROM saas_service_mark")
    env.cr.execute("INSERT INTO saas_service_mark VALUES ('judged', %s)", [until])
    env.flush_all()
    env.invalidate_all()
    levels, count = env["saas.service.level"], 0
    began = time.perf_counter()
    for rows in levels._rows_of(first):
        rows._reckon()
        env.flush_all()
        count += len(rows)
    seconds = time.perf_counter() - began
    missed = levels.search_count([("month", "=", first), ("missed", "=", True)])
    return {"tenants": count, "seconds": seconds, "missed": missed}
