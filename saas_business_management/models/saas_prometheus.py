"""The page of figures for Prometheus: who may read it, what stands on it.

Owns: the token (its hash alone is kept), the figures of the control plane. Does not own: the form
(`adapters/exposition.py`), the route (`controllers/metrics.py`), figures of a node's processes
(`gateway/figures.py`).

Without a token nobody is answered. Figures of single tenants come only when that is switched on:
each of them is as many series as there are tenants.
"""

import hashlib
import hmac
import secrets

from odoo import api, fields, models

from ..adapters.exposition import CONTENT_TYPE, COUNTER, GAUGE, HISTOGRAM, Family, Sample, text_of
from ..kernel.gateway.count import BOUNDS_MS
from ..kernel.monitoring.metric import METRICS, of_family

HASH, PER_TENANT = "saas.metrics_token_hash", "saas.metrics_per_tenant"
MADE_AT = "saas.metrics_token_at"
PREFIX = "prom_"
TOKEN_BYTES = 32
# Counted since the first row of a cluster, as the text of each says.
COUNTED = {
    "requests": "Requests answered by nodes of the cluster",
    "failures": "Requests answered with an error of the server",
    "api_calls": "Requests by programs",
    "bytes_in": "Bytes of requests",
    "bytes_out": "Bytes of answers",
    "failed_logins": "Logins refused",
    "held_requests": "Requests that waited for their turn",
}
PLATFORM = of_family("platform")
OF_TENANTS = (*of_family("gateway"), *of_family("size"), "door_open", "backup_age_s")


class SaasPrometheus(models.AbstractModel):
    _name = "saas.prometheus"
    _description = "Figures for Prometheus"

    # The token

    @api.model
    @api.private
    def _make_token(self):
        """Return a new token; the former one ends."""
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        self._parameters().set_param(HASH, self._hash(token))
        self._parameters().set_param(MADE_AT, fields.Datetime.to_string(fields.Datetime.now()))
        return token

    @api.model
    @api.private
    def _drop_token(self):
        """Answer nobody from now on."""
        self._parameters().search([("key", "in", (HASH, MADE_AT))]).unlink()

    @api.model
    @api.private
    def _is_on(self):
        return bool(self._parameters().get_param(HASH))

    @api.model
    @api.private
    def _tenant_series(self):
        """Return about how many series single tenants make; 0 when they are not told."""
        if not self._parameters().get_param(PER_TENANT):
            return 0
        return len(OF_TENANTS) * self.env["saas.tenant"].search_count([])

    @api.model
    @api.private
    def _made_at(self):
        return fields.Datetime.to_datetime(self._parameters().get_param(MADE_AT) or False)

    @api.model
    @api.private
    def _page_for(self, token):
        """Return the page and its content type for who has the token, nothing for anybody else."""
        known = self._parameters().get_param(HASH) or ""
        # A comparison is made in any case, in the same time.
        same = hmac.compare_digest(self._hash(token).encode(), known.encode())
        if not (known and same):
            return None
        return text_of(self.sudo()._families()), CONTENT_TYPE

    @api.model
    def _hash(self, token):
        # The token has 256 bits, so stretching adds no safety.
        return hashlib.sha256((token or "").encode()).hexdigest()

    @api.model
    def _parameters(self):
        return self.env["ir.config_parameter"].sudo()

    # The figures

    @api.model
    def _families(self):
        return [
            self._grouped("saas.tenant", "saas_tenants", "Tenants by state", "state"),
            self._grouped("saas.job", "saas_operations", "Operations by state", "state"),
            *self._alerts(),
            *self._clusters(),
            *self._platform(),
            *self._tenants(),
        ]

    @api.model
    def _grouped(self, model, name, text, label, domain=()):
        """Return how many records there are of each value of a selection; those without are 0."""
        field = self.env[model]._fields[label]
        counts = dict(self.env[model]._read_group(list(domain), [label], ["__count"]))
        values = [value for value, _text in field._description_selection(self.env)]
        samples = tuple(Sample(counts.get(value, 0), ((label, value),)) for value in values)
        return Family(name, text, GAUGE, samples)

    @api.model
    def _alerts(self):
        if "saas.alert" not in self.env:
            return []
        firing = [("state", "=", "firing")]
        text = "Alerts that fire, by severity"
        return [self._grouped("saas.alert", "saas_alerts_firing", text, "severity", firing)]

    @api.model
    def _clusters(self):
        """Return counters of all clusters that have nodes."""
        totals = self.env["saas.node.usage"]._totals()
        clusters = self.env["saas.cluster"].search([("node_role", "in", list(totals))])
        found = [((("cluster", one.key),), totals[one.node_role]) for one in clusters]
        families = [
            Family(
                f"saas_cluster_{name}",
                text,
                COUNTER,
                tuple(Sample(sums[name], labels) for labels, (sums, _latency) in found),
            )
            for name, text in COUNTED.items()
        ]
        seconds = [
            Sample(sums["response_ms"] / 1000, labels, _bounds(), _padded(latency))
            for labels, (sums, latency) in found
        ]
        name, text = "saas_cluster_request_seconds", "Seconds until the last byte"
        cron = tuple(Sample(sums["cron_ms"] / 1000, labels) for labels, (sums, _l) in found)
        return [
            *families,
            Family("saas_cluster_cron_seconds", "Seconds of scheduled actions", COUNTER, cron),
            Family(name, text, HISTOGRAM, tuple(seconds)),
        ]

    @api.model
    def _platform(self):
        """Return the platform's own figures: worker, queue, mails."""
        latest = self.env["saas.metric"]._latest(PLATFORM).get(0, {})
        return [
            Family(f"saas_platform_{code}", _text(code), GAUGE, (Sample(value),))
            for code, (value, _at) in latest.items()
            if value is not None
        ]

    @api.model
    def _tenants(self):
        if not self._parameters().get_param(PER_TENANT):
            return []
        latest = self.env["saas.metric"]._latest(OF_TENANTS)
        tenants = self.env["saas.tenant"].browse(latest).exists()
        names = {one.id: one.public_id or str(one.id) for one in tenants}
        return [
            Family(
                f"saas_tenant_{code}",
                _text(code),
                GAUGE,
                tuple(
                    Sample(told[code][0], (("tenant", names[tenant]),))
                    for tenant, told in latest.items()
                    if tenant in names and code in told and told[code][0] is not None
                ),
            )
            for code in OF_TENANTS
        ]


def _bounds():
    return tuple(bound / 1000 for bound in BOUNDS_MS)


def _padded(latency):
    return tuple([*latency, *[0] * len(BOUNDS_MS), 0][: len(BOUNDS_MS) + 1])


def _text(code):
    unit = METRICS[code].unit
    return f"{code.replace('_', ' ').capitalize()}{f' ({unit})' if unit else ''}, newest look"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_metrics_on = fields.Boolean(compute="_compute_saas_metrics", string="Prometheus")
    saas_metrics_at = fields.Datetime(compute="_compute_saas_metrics", string="Token Made")
    saas_metrics_per_tenant = fields.Boolean(
        string="Figures of Each Tenant", config_parameter=PER_TENANT
    )

    @api.depends("company_id")
    def _compute_saas_metrics(self):
        prometheus = self.env["saas.prometheus"]
        for settings in self:
            settings.saas_metrics_on = prometheus._is_on()
            settings.saas_metrics_at = prometheus._made_at()

    def action_make_metrics_token(self):
        """Make a token and show it, this once; the former one ends."""
        self.env["saas.metrics.token"]._check_admin()
        token = self.env["saas.prometheus"]._make_token()
        self.env["saas.audit.entry"]._note("metrics_token_made", self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.metrics.token",
            "name": self.env._("Token for Prometheus"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_token": token, "dialog_size": "medium"},
        }

    def action_drop_metrics_token(self):
        """Switch the page off."""
        self.env["saas.metrics.token"]._check_admin()
        self.env["saas.prometheus"]._drop_token()
        self.env["saas.audit.entry"]._note("metrics_token_dropped", self.env.user)
        return {"type": "ir.actions.client", "tag": "reload"}
