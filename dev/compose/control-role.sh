#!/bin/sh
# Makes the control plane's role and database when the control cluster is born.
set -eu
password="$(cat /run/secrets/control_db_password)"
export SAAS_PASSWORD="$password"
psql -v ON_ERROR_STOP=1 -U postgres <<'SQL'
\getenv password SAAS_PASSWORD
CREATE ROLE saas_control LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE control OWNER saas_control ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0;
REVOKE ALL ON DATABASE control FROM PUBLIC;
\connect control
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
SQL
