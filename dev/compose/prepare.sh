#!/bin/sh
# Runs once before the others, and may run again: control database, keyring, tenants' cluster.
set -eu
keyring=/var/lib/saas/keyring.json
backup_keys=/var/lib/saas/backup-keys.json

# Installs the addon the first time, brings it up to date later.
odoo -d control -i saas_business_management -u saas_business_management \
    --stop-after-init --no-http --max-cron-threads=0

[ -f "$keyring" ] || odoo saas keyring-create --file "$keyring"
[ -f "$backup_keys" ] || odoo saas backup-key-create --file "$backup_keys"

exec odoo saas cluster-prepare --key local --name "Local" \
    --host pg-tenants --port 5432 \
    --superuser postgres --superuser-password-file /run/secrets/tenants_superuser_password \
    --control-host pg-control --control-port 5432 \
    --control-superuser postgres \
    --control-superuser-password-file /run/secrets/control_superuser_password \
    --node-url http://node:8069 \
    --public-url-pattern "https://{host}" --base-host "$SAAS_BASE_HOST" \
    --filestore /var/lib/odoo-node/filestore \
    --odoo-command odoo --addons-path /mnt/extra-addons \
    --pg-bin /usr/bin --secret-out /var/lib/saas-node/node.json
