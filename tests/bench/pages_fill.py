"""Ten thousand tenants after the model of one that the product made, with a year behind them.

Owns: the rows. Does not own: what is measured on them. They lead nowhere: no database stands behind
them, so nothing that works on tenants may run.
"""

from tests.bench.counter import Counter

FIRST = 1_000_000
OWN = 19
# Days of single tenants are read on their own pages alone: so many have a year of them.
DAILY = 1_000
COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
"""
OWNER = "(SELECT partner_id FROM saas_tenant WHERE id = {model})"
PAYS = "(SELECT min(id) FROM saas_subscription WHERE tenant_id = {model})"
# What differs from the model, by table and column; `n` counts from 1.
PARTNER = {"id": "{first} + n", "name": "'Customer ' || n", "complete_name": "'Customer ' || n"}
PARTNER |= {"commercial_partner_id": "{first} + n", "email": "'lee@many' || n || '.example'"}
PARTNER |= {"email_normalized": "'lee@many' || n || '.example'", "parent_id": "NULL"}
TENANT = {
    "id": "{first} + n",
    "public_id": "substr(md5('tenant ' || n), 1, 22)",
    "name": "'Tenant ' || n",
    "subdomain": "'many' || n",
    "host": "'many' || n || '.localhost'",
    "partner_id": "{first} + n",
    "admin_email": "'lee@many' || n || '.example'",
    "state": "CASE WHEN n % 10 = 0 THEN 'suspended' WHEN n % 3 = 0 THEN 'trial' ELSE 'active' END",
    "create_date": "now() AT TIME ZONE 'UTC' - (n % 400) * interval '1 day'",
    "health_whole": "CASE WHEN n % 100 = 1 THEN 'critical' WHEN n % 50 = 3 THEN 'warning'"
    " ELSE 'ok' END",
}
SUBSCRIPTION = {
    "id": "{first} + n",
    "name": "'BENCH/' || n",
    "tenant_id": "{first} + n",
    "partner_id": "{first} + n",
    "state": "CASE WHEN n % 10 = 0 THEN 'suspended' WHEN n % 3 = 0 THEN 'trial' ELSE 'active' END",
    "mrr": "89",
    "mrr_company": "89",
    "renews_on": "current_date + n % 365",
}
MORE = """
INSERT INTO saas_tenant_event (tenant_id, company_id, event, from_state, to_state, at)
SELECT id, company_id, 'provisioned', 'provisioning', 'active', create_date
  FROM saas_tenant WHERE id > {first};
INSERT INTO saas_subscription_event (subscription_id, company_id, event, from_state, to_state, at)
SELECT s.id, s.company_id, 'activated', 'draft', 'active', t.create_date
  FROM saas_subscription AS s JOIN saas_tenant AS t ON t.id = s.tenant_id WHERE s.id > {first};
INSERT INTO saas_mrr_movement (subscription_id, sequence, company_id, customer_id, plan_id,
    contract_currency_id, kind, date, month, amount, amount_contract, rate)
SELECT s.id, part, s.company_id, s.partner_id, s.plan_id, s.currency_id,
       CASE part WHEN 1 THEN 'new' WHEN 2 THEN 'expansion' ELSE 'contraction' END, day,
       date_trunc('month', day)::date, CASE part WHEN 3 THEN -10 ELSE 89 END,
       CASE part WHEN 3 THEN -10 ELSE 89 END, 1
  FROM saas_subscription AS s, generate_series(1, 3) AS part,
       LATERAL (SELECT current_date - ((s.id + part * 50) % 365)::int AS day) AS d
 WHERE s.id > {first};
INSERT INTO saas_usage_reading (tenant_id, company_id, meter_id, quantity, at)
SELECT t.id, t.company_id, m.id, 2, now() AT TIME ZONE 'UTC'
  FROM saas_tenant AS t, saas_meter AS m
 WHERE t.id > {first} AND m.code IN ('storage_gb', 'users', 'active_users', 'api_calls');
INSERT INTO saas_quota (tenant_id, company_id, cluster_id, plan_id, meter_id, has_limit, "limit",
    used, used_known, has_reading, level, forced_since)
SELECT t.id, t.company_id, t.cluster_id, t.plan_id, m.id, true, 10, t.id % 11, true, true, 'ok',
       CASE WHEN t.id % 500 = 0 THEN now() AT TIME ZONE 'UTC' END
  FROM saas_tenant AS t, saas_meter AS m
 WHERE t.id > {first} AND m.code IN ('storage_gb', 'users', 'api_calls', 'bandwidth_gb');
INSERT INTO saas_usage_day (tenant_id, company_id, meter_id, reading_count, day, quantity, lowest,
    highest, start_at, end_at)
SELECT t.id, t.company_id, m.id, 24, d::date, 100, 1, 10, d, d + interval '1 day'
  FROM saas_tenant AS t, saas_meter AS m,
       generate_series(current_date - 364, current_date, interval '1 day') AS d
 WHERE m.code = 'api_calls' AND t.id > {first} AND t.id <= {first} + {daily}
    OR t.id = {model} AND m.code IN ('api_calls', 'storage_gb', 'users', 'bandwidth_gb')
ON CONFLICT DO NOTHING;
INSERT INTO saas_usage_total (company_id, cluster_id, meter_id, day, quantity, tenants)
SELECT t.company_id, t.cluster_id, m.id, d::date, 1000 + 10 * extract(doy FROM d), {number}
  FROM saas_tenant AS t, saas_meter AS m,
       generate_series(current_date - 729, current_date, interval '1 day') AS d
 WHERE t.id = {model} AND m.code IN ('api_calls', 'storage_gb', 'users', 'active_users')
ON CONFLICT DO NOTHING;
UPDATE saas_tenant AS t SET partner_id = m.partner_id, state = 'active'
  FROM saas_tenant AS m WHERE m.id = {model} AND t.id > {first} AND t.id <= {first} + {own};
UPDATE saas_cluster SET layers_judged_at = now() AT TIME ZONE 'UTC' + interval '1 hour';
ANALYZE;
"""
COUNTED = {
    "tenants": "saas_tenant",
    "subscriptions": "saas_subscription",
    "movements of recurring revenue": "saas_mrr_movement",
    "days of usage": "saas_usage_day",
    "limits": "saas_quota",
}


def fill(counter: Counter, model: int, number: int) -> dict[str, int]:
    """Make so many tenants like this one, with customers and subscriptions; return what there is.

    The customer of the model gets some of them, so that the list has twenty.
    """
    # Rows that are right by their making need not be looked up again one by one.
    counter.rows("SET session_replication_role = replica")
    _copy(counter, "res_partner", PARTNER, number, OWNER.format(model=model))
    _copy(counter, "saas_tenant", TENANT, number, str(model))
    _copy(counter, "saas_subscription", SUBSCRIPTION, number, PAYS.format(model=model))
    for statement in MORE.split(";\n"):
        if statement.strip():
            facts = {"first": FIRST, "model": model, "number": number, "own": OWN, "daily": DAILY}
            counter.rows(statement.format(**facts))
    counter.rows("RESET session_replication_role")
    return {
        name: counter.rows(f"SELECT count(*) FROM {table}")[0][0] for name, table in COUNTED.items()
    }


def _copy(counter: Counter, table: str, changes: dict[str, str], number: int, which: str) -> None:
    """Copy one row so many times."""
    columns = [name for (name,) in counter.rows(COLUMNS, table)]
    missing = set(changes) - set(columns)
    assert not missing, f"{table} has no {', '.join(missing)}"
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f'o."{name}"') for name in columns)
    counter.rows(
        f"INSERT INTO {table} ({names}) SELECT {values.format(first=FIRST)} FROM {table} AS o, "
        f"generate_series(1, {number}) AS n WHERE o.id = {which}"
    )
