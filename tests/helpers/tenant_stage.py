"""A tenant whose use is read and corrected, without a server behind it.

Owns: a cluster that is only a row, a template, the tenant, readings of a day. Does not own: what is
played (`tests/vectors/records/metering.py`). Imports without Odoo.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

CLUSTER = {
    "key": "example",
    "name": "Example",
    "base_host": "example.localhost",
    "filestore_path": "/var/lib/odoo/filestore",
    "data_dir": "/var/lib/odoo",
    "odoo_command": ["/usr/bin/odoo"],
    "addons_path": ["/usr/lib/odoo/addons"],
}
SECRETS = ("prov_password", "cluster_secret")


def tenant_of(stage: Any, **values: Any) -> Any:
    """Return a tenant that is not provisioned; the control plane has a key file."""
    from odoo.addons.saas_business_management.kernel.secret import Secret

    secrets = {name: Secret(f"{name} of an example") for name in SECRETS}
    cluster = stage.env["saas.cluster"]._prepare_from_cli({**CLUSTER, **secrets})
    template = stage.env["saas.template"].create({"name": "Example", "cluster_id": cluster.id})
    return stage.env["saas.tenant"].create(
        {
            "name": "Example",
            "subdomain": "worked",
            "admin_name": "Alice Moreau",
            "admin_email": "alice@moreau.example",
            "template_id": template.id,
            **values,
        }
    )


def open_tenant(stage: Any, **values: Any) -> Any:
    """Return a tenant as its provisioning leaves the records."""
    tenant = tenant_of(stage, **values)
    version = tenant.template_id._begin_version()
    version.job_id.sudo().write({"state": "done"})
    version._step_intent(fence=1)
    version._step_publish(report={"modules": {}}, fingerprint="example", bytes=1, oid=1)
    tenant.action_provision()
    job = tenant.job_ids
    at_work = tenant.sudo().with_context(saas_job_id=job.id)
    at_work._step_claim(fence=1)
    at_work._step_publish()
    at_work._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
    job.sudo().write({"state": "done"})
    return tenant


def tell_at(stage: Any, marks: Any) -> None:
    """Let notices go out at these percents of a limit."""
    settings = stage.env["saas.quota.setting"]
    found = settings.search([("company_id", "=", stage.company.id)])
    found = found or settings.create({"company_id": stage.company.id})
    found.marks = ", ".join(map(str, marks))


def judge_storage(stage: Any, tenant: Any, used: str) -> list[int]:
    """Let so much be stored and be judged; return the marks that were told of this period."""
    from odoo import fields

    meter = stage.env.ref("saas_business_management.meter_storage_gb")
    row = stage.env["saas.usage.source"]._of(tenant, "sizes")[tenant.id]
    row._put({"failures": 0})
    stage.env.flush_all()
    readings, quotas = stage.env["saas.usage.reading"], stage.env["saas.quota"]
    readings._put_newest([(tenant.id, meter.id, row.id, Decimal(used), fields.Datetime.now())])
    quotas._judge(tenant)
    stage.env.invalidate_all()
    found = quotas.search([("tenant_id", "=", tenant.id), ("meter_id", "=", meter.id)])
    return [int(mark) for mark in (found.told_marks or "").split(",") if mark]


def read(stage: Any, tenant: Any, meter: Any, at: datetime, quantity: str) -> None:
    """Let a reading have been taken, and its day be computed."""
    samples = stage.env["saas.usage.sample"]
    samples._add([(at.replace(tzinfo=None), tenant.id, meter.id, Decimal(quantity), 1)])
    stage.env["saas.usage.day"]._roll_up_written()


def correct(stage: Any, tenant: Any, meter: Any, on: date, quantity: str, why: str) -> None:
    """Let a person say what was really used on a day."""
    stage.env["saas.usage.correction"].create(
        {
            "tenant_id": tenant.id,
            "meter_id": meter.id,
            "day": on,
            "quantity": quantity,
            "reason": why,
        }
    )


def day_of(stage: Any, tenant: Any, meter: Any, on: date) -> str:
    """Return what a day says, as a whole number."""
    stage.env.flush_all()
    stage.env.invalidate_all()
    found = [("tenant_id", "=", tenant.id), ("meter_id", "=", meter.id), ("day", "=", on)]
    return f"{stage.env['saas.usage.day'].search(found).quantity:g}"
