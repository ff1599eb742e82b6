"""Isolation on a whole installation: a tenant of the real pipeline is proven, audited, and gets a new
password.
"""

import subprocess
import time

from dev.shell import clean_environment

from .conftest import Provider

LOOK = """
import json
tenant = env["saas.tenant"].search([("subdomain", "=", "walled")])
jobs = env["saas.job"].search([("state", "not in", ("done",))])
print("FOUND " + json.dumps({
    "isolation": tenant.isolation,
    "evidence": {row.claim: [row.result, row.summary or ""] for row in tenant.evidence_ids},
    "generation": tenant.database_id.generation,
    "routes": env["saas.route"].search([("database_id", "=", tenant.database_id.id)]).mapped("generation"),
    "findings": tenant.cluster_id.rights_findings,
    "open": [[job.kind, job.state, job.error_text or ""] for job in jobs],
}))
"""  # noqa: E501
MAKE = """
cluster = env["saas.cluster"].search([])
env["saas.plan"].create({"name": "Walled", "code": "walled"})
env["saas.template"].create({"name": "Walled", "code": "walled", "cluster_id": cluster.id})
env.cr.commit()
"""
AUDIT = """
env["saas.cluster"].search([])._start("audit_rights", {})
env.cr.commit()
"""


def saas(provider: Provider, *words: str) -> str:
    done = subprocess.run(
        [str(provider.stack.settings.bin / "saas"), *words],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
