"""A small fleet with two weeks of backups, for the pictures: rows alone, nothing lies anywhere.

Owns: the rows. Does not own: the screens. The worker is stopped before, or it would miss what the
rows tell of.
"""

from tests.acceptance.conftest import Provider

PLANT = """
from datetime import timedelta
from odoo import fields

now = fields.Datetime.now()
cluster = env["saas.cluster"].search([], limit=1)
sheets = env["saas.recovery.sheet"]
sheet = sheets.browse(sheets.action_make()["res_id"])
sheet.action_print()
sheet.write({"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:]})
sheet.action_confirm()
target = env.ref("saas_business_management.demo_backup_target_folder")
policy = env.ref("saas_business_management.backup_policy_basic")
standard = env.ref("saas_business_management.backup_policy_standard")
(policy | standard).target_ids = target
policy.action_switch_on()
standard.action_switch_on()
template, plan = env["saas.template"].search([], limit=1), env["saas.plan"].search([], limit=1)
backups, checks, alerts = env["saas.backup"], env["saas.backup.check"], env["saas.backup.alert"]
env.flush_all()
env.cr.execute("UPDATE saas_backup_policy SET switched_on_at = now() - interval '60 days'")
env.invalidate_all()


def tenant(number, name, state="active", **values):
    vals = {"name": name, "subdomain": f"fleet{number}", "admin_name": "Lee", "plan_id": plan.id,
            "admin_email": "lee@fleet.example", "cluster_id": cluster.id,
            "template_id": template.id,
            "user_id": env.ref("base.user_admin").id, **values}
    made = env["saas.tenant"].create(vals)
    database = env["saas.database"].sudo().create({
        "name": f"t_fleet{number}",
        "cluster_id": cluster.id, "kind": "tenant", "stage": "claimed",
        "tenant_id": made.id})
    made._set({"state": state, "state_since": now - timedelta(days=30), "served_as": "active",
               "reason": "manual" if state == "suspended" else False, "database_id": database.id})
    made._put_proof({"backup_since": now - timedelta(days=40)})
    return made


def backup(of, days, hours=0, state="stored", level=1, mb=34, passed=True):
    at = now - timedelta(days=days, hours=hours)
    made = backups._begin(of, target, "schedule", fence=1)
    if state == "failed":
        made._failed("target_denied", "The backup target denies access. Nothing was changed.")
        made._put({"started_at": at, "finished_at": at})
        return made
    new = mb * (200_000 if days < 13 else 300_000)
    made._stored(taken_at=at, manifest_hash="ab" * 32, database_bytes=mb * 800_000,
                 file_bytes=mb * 200_000, file_count=2922, new_bytes=new, seconds=4.2)
    made._put({"started_at": at, "finished_at": at + timedelta(seconds=4)})
    if level:
        checks._told(made, level, passed, at=at + timedelta(hours=2), restore_seconds=6.2,
                     **({} if passed else {"failure": "different", "text": "Two tables differ."}))
    return made


acme = tenant(1, "Acme Retail")
for day in range(13, -1, -1):
    backup(acme, day, 2, level=2 if day % 6 == 1 else 1)
nova = tenant(2, "Nova Design with a Name That Is as Long as Anybody Could Wish For", "suspended")
for day in range(13, 2, -1):
    backup(nova, day, 3, level=2 if day == 9 else 1, mb=412)
backup(nova, 2, 3, "failed"), backup(nova, 1, 3, "failed")
birch = tenant(3, "Birch Bakery", "trial", backup_policy_id=standard.id)
for quarter in range(55, -1, -1):
    if quarter not in (22, 23, 24, 25):
        backup(birch, quarter / 4, 1, level=2 if quarter == 3 else 1, mb=8)
tenant(4, "Zen Tea")
cedar = tenant(5, "Cedar Books")
for day in range(13, -1, -1):
    backup(cedar, day, 5, level=2, mb=61, passed=day != 1)
env["saas.tenant"].search([("subdomain", "like", "fleet%")])._foresee()
alerts._watch()
env.cr.commit()
print("PLANTED", nova.id, acme.id)
"""


def plant(provider: Provider) -> tuple[int, int]:
    """Stop the worker and plant; return the ids of a tenant with a gap and of a proven one."""
    provider.stack.worker.stop()
    gap, proven = provider.shell(PLANT, said="PLANTED").split()
    return int(gap), int(proven)
