-- Schema `saas` of a tenant's database, run by saas_limits in one transaction; safe to repeat.
-- {tenant}, {counter} are names of roles.
CREATE SCHEMA IF NOT EXISTS saas;
CREATE TABLE IF NOT EXISTS saas.user_limit (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    n bigint CHECK (n >= 0),
    checked bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS saas.storage_limit (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    given bigint CHECK (given >= 0),
    room numeric,
    checked bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS saas.storage_use (grew numeric NOT NULL);
INSERT INTO saas.user_limit DEFAULT VALUES ON CONFLICT DO NOTHING;
INSERT INTO saas.storage_limit DEFAULT VALUES ON CONFLICT DO NOTHING;
REVOKE ALL ON SCHEMA saas FROM PUBLIC;
GRANT USAGE ON SCHEMA saas TO {tenant};
GRANT USAGE, CREATE ON SCHEMA saas TO {counter};
GRANT SELECT ON saas.user_limit, saas.storage_limit, saas.storage_use TO {tenant}, {counter};
GRANT UPDATE (checked) ON saas.user_limit, saas.storage_limit TO {counter};
GRANT INSERT ON saas.storage_use TO {counter};
-- What the counter owns it makes itself: saas_limits has none of its rights.
SET LOCAL ROLE {counter};
CREATE OR REPLACE FUNCTION saas.check_users() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off AS {check_users};
CREATE OR REPLACE FUNCTION saas.check_storage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off AS {check_storage};
REVOKE ALL ON FUNCTION saas.check_users(), saas.check_storage() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION saas.check_users(), saas.check_storage() TO {tenant};
RESET ROLE;
REVOKE CREATE ON SCHEMA saas FROM {counter};
