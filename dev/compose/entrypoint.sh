#!/bin/sh
# Runs a command of Odoo with a private copy of the configuration named by SAAS_CONF.
# The database password is appended from its secret file: it is never an argument.
set -eu
umask 077
conf="$(mktemp -d)/odoo.conf"
cp "$SAAS_CONF" "$conf"
if [ -n "${SAAS_DB_PASSWORD_FILE:-}" ]; then
    printf 'db_password = %s\n' "$(cat "$SAAS_DB_PASSWORD_FILE")" >> "$conf"
fi
export ODOO_RC="$conf"
exec "$@"
