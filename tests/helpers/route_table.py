"""The tables a node meets, in a database of their own: what it knows of the control plane.

Owns: their DDL as docs/internals.md §3 describes it, one role that reads them, writing rows. Does
not own: the models that make the same tables in a real control database.
"""

from __future__ import annotations

import uuid
from contextlib import closing

import psycopg2
from psycopg2 import sql

from saas_business_management.adapters.postgres.prepare import NODE_GRANTS

DDL = """
CREATE TABLE saas_route (
    id serial PRIMARY KEY,
    node_role text NOT NULL,
    host text,
    database text NOT NULL,
    generation int NOT NULL,
    state text NOT NULL,
    reason text,
    tenant_uuid text,
    tenant_name text,
    redirect text,
    restricted boolean,
    code boolean,
    brand int,
    since timestamp,
    kept_until date,
    limits jsonb,
    changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE UNIQUE INDEX ON saas_route (host) WHERE host IS NOT NULL;
CREATE INDEX ON saas_route (changed_xid);
CREATE FUNCTION saas_route_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.changed_xid := pg_current_xact_id(); RETURN NEW; END $$;
CREATE FUNCTION saas_route_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('saas_gateway', ''); RETURN NULL; END $$;
CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON saas_route
    FOR EACH ROW EXECUTE FUNCTION saas_route_changed();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON saas_route
    FOR EACH STATEMENT EXECUTE FUNCTION saas_route_announce();
ALTER TABLE saas_route ENABLE ROW LEVEL SECURITY;
CREATE POLICY node ON saas_route FOR SELECT USING (node_role = current_user);
CREATE TABLE saas_route_brand (
    id serial PRIMARY KEY,
    brand_id int UNIQUE NOT NULL,
    name text,
    is_default boolean,
    primary_color text,
    secondary_color text,
    logo text,
    texts text,
    support_name text,
    support_email text,
    support_phone text,
    support_url text,
    legal_name text,
    terms_url text,
    privacy_url text,
    changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON saas_route_brand
    FOR EACH ROW EXECUTE FUNCTION saas_route_changed();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON saas_route_brand
    FOR EACH STATEMENT EXECUTE FUNCTION saas_route_announce();
CREATE TABLE saas_node_event (
    id serial PRIMARY KEY,
    node_role text NOT NULL,
    process text NOT NULL,
    sequence int NOT NULL,
    at timestamp NOT NULL,
    rule text NOT NULL,
    database text,
    source text,
    count int NOT NULL,
    facts text,
    folded boolean,
    UNIQUE (node_role, process, sequence)
);
ALTER TABLE saas_node_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY node ON saas_node_event FOR INSERT WITH CHECK (node_role = current_user);
CREATE TABLE saas_node_usage (
    id bigserial PRIMARY KEY,
    node_role text NOT NULL,
    process text NOT NULL,
    sequence bigint NOT NULL,
    at timestamp NOT NULL,
    database text NOT NULL,
    requests bigint NOT NULL,
    api_calls bigint NOT NULL,
    failures bigint NOT NULL,
    bytes_in bigint NOT NULL,
    bytes_out bigint NOT NULL,
    response_ms double precision NOT NULL,
    answered bigint NOT NULL,
    cron_ms double precision NOT NULL,
    latency bigint[] NOT NULL,
    failed_logins bigint NOT NULL,
    held_requests bigint NOT NULL,
    routes jsonb NOT NULL,
    users jsonb NOT NULL DEFAULT '[]',
    folded boolean,
    UNIQUE (node_role, process, sequence)
);
ALTER TABLE saas_node_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY node ON saas_node_usage FOR INSERT WITH CHECK (node_role = current_user);
CREATE TABLE saas_machine_report (
    node_role text NOT NULL,
    machine text NOT NULL,
    told_at timestamp NOT NULL,
    figures jsonb NOT NULL,
    arrived_at timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    folded boolean
);
CREATE UNIQUE INDEX ON saas_machine_report
    (node_role, machine, date_trunc('minute', arrived_at));
ALTER TABLE saas_machine_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY node ON saas_machine_report FOR INSERT WITH CHECK (node_role = current_user);
CREATE TABLE saas_log_line (
    id serial PRIMARY KEY,
    node_role text NOT NULL,
    process text NOT NULL,
    sequence int NOT NULL,
    at timestamp NOT NULL,
    level text NOT NULL,
    logger text NOT NULL,
    message text NOT NULL,
    database text,
    request text,
    status int,
    ms double precision,
    count int,
    folded boolean,
    UNIQUE (node_role, process, sequence)
);
ALTER TABLE saas_log_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY node ON saas_log_line FOR INSERT WITH CHECK (node_role = current_user);
"""


class RouteTable:
    """The table in a private cluster's database `control`, written as the superuser."""

    def __init__(self, cluster, node: str, database: str = "control") -> None:
        self.cluster, self.database = cluster, database
        self.role, self.password = f"saas_node_{node}", f"{node}-routes"

    def create(self) -> RouteTable:
        """Make database, table and role."""
        self.cluster.sql(f"CREATE DATABASE {self.database}")
        self.cluster.sql(DDL, self.database)
        self.cluster.sql(
            f"CREATE ROLE {self.role} LOGIN PASSWORD '{self.password}';"
            f"REVOKE ALL ON DATABASE {self.database} FROM PUBLIC;"
            f"GRANT CONNECT ON DATABASE {self.database} TO {self.role};"
            f"GRANT SELECT ON saas_route TO {self.role}",
            self.database,
        )
        for order in NODE_GRANTS.values():
            self.cluster.sql(order.format(role=self.role), self.database)
        return self

    def put(self, database: str, **values) -> None:
        """Write the row of a database: state, host, generation … ; a new one gets what is usual."""
        with closing(self._connect()) as cnx, cnx, cnx.cursor() as cursor:
            if not self._update(cursor, database, values):
                self._insert(cursor, database, values)

    def put_brand(self, brand_id: int, **values) -> None:
        """Write a brand's row whole."""
        row = {"brand_id": brand_id, **values}
        with closing(self._connect()) as cnx, cnx, cnx.cursor() as cursor:
            cursor.execute("DELETE FROM saas_route_brand WHERE brand_id = %s", [brand_id])
            self._add(cursor, "saas_route_brand", row)

    def events(self, rule: str, database: str = "") -> list[tuple]:
        """Source, count and facts of what nodes told, of one rule and perhaps one database."""
        with closing(self._connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(
                "SELECT source, count, facts FROM saas_node_event"
                " WHERE rule = %s AND %s IN ('', database) ORDER BY id",
                [rule, database],
            )
            return cursor.fetchall()

    def lines(self, database: str, request: str = "") -> list[dict]:
        """Lines of the log that nodes told of a database, perhaps of one request."""
        with closing(self._connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(
                "SELECT level, logger, message, status, ms, count, request FROM saas_log_line"
                " WHERE database = %s AND %s IN ('', request) ORDER BY id",
                [database, request],
            )
            names = ("level", "logger", "message", "status", "ms", "count", "request")
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def counted_more(self, database: str) -> dict[str, object]:
        """Logins that failed, requests that were held and routes of a database so far."""
        with closing(self._connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(failed_logins), 0), coalesce(sum(held_requests), 0),"
                " coalesce(jsonb_agg(routes) FILTER (WHERE routes <> '[]'), '[]')"
                " FROM saas_node_usage WHERE database = %s",
                [database],
            )
            failed, held, routes = cursor.fetchone()
            names = {name for one in routes for name, _count, _ms in one}
            return {"failed_logins": int(failed), "held_requests": int(held), "routes": names}

    def users(self, database: str) -> dict[int, tuple[int, int]]:
        """Requests and API calls of each user of a database so far."""
        with closing(self._connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(
                "SELECT (one ->> 0)::int, sum((one ->> 1)::int)::int, sum((one ->> 2)::int)::int"
                " FROM saas_node_usage, jsonb_array_elements(users) AS one"
                " WHERE database = %s GROUP BY 1",
                [database],
            )
            return {number: (requests, calls) for number, requests, calls in cursor.fetchall()}

    def used(self, database: str) -> dict[str, int]:
        """What nodes counted of a database so far."""
        with closing(self._connect()) as cnx, cnx.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(requests), 0), coalesce(sum(api_calls), 0),"
                " coalesce(sum(bytes_in), 0), coalesce(sum(bytes_out), 0)"
                " FROM saas_node_usage WHERE database = %s",
                [database],
            )
            names = ("requests", "api_calls", "bytes_in", "bytes_out")
            return dict(zip(names, map(int, cursor.fetchone()), strict=True))

    def add(self, database: str, **values) -> None:
        """Write one more row of a database: another host name of it."""
        with closing(self._connect()) as cnx, cnx, cnx.cursor() as cursor:
            self._insert(cursor, database, values)

    def control_login(self) -> dict:
        """The section `control` of a node's secret file."""
        place = {"host": self.cluster.host, "port": self.cluster.port, "database": self.database}
        return {**place, "user": self.role, "password": self.password}

    def _update(self, cursor, database: str, values: dict) -> bool:
        sets = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values
        )
        cursor.execute(
            sql.SQL("UPDATE saas_route SET {} WHERE database = %s").format(sets),
            [*values.values(), database],
        )
        return bool(cursor.rowcount)

    def _insert(self, cursor, database: str, values: dict) -> None:
        usual = {"generation": 1, "state": "active", "tenant_uuid": str(uuid.uuid4())}
        # Tests write code to look around; where it is refused they say so.
        usual["code"] = True
        self._add(
            cursor, "saas_route", {**usual, "node_role": self.role, "database": database, **values}
        )

    def _add(self, cursor, table: str, row: dict) -> None:
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ),
            list(row.values()),
        )

    def _connect(self):
        return psycopg2.connect(**self.cluster.dsn(self.database))
