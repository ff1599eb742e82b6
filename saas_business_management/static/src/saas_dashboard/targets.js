const OURS = "saas_business_management.";

const tenants = (...filters) => ["action_saas_tenant", filters];

// Where a figure leads: an action and the filters that show what was counted.
const TARGETS = {
    tenants: tenants("trial", "active"),
    trial: tenants("trial"),
    suspended: tenants("suspended"),
    failed: tenants("failed"),
    critical: tenants("critical"),
    warning: tenants("warning"),
    unknown: tenants("unknown"),
    ok: tenants("healthy"),
    storage_gb: ["action_saas_usage_day", ["last_30", "built_in_storage"]],
    users: ["action_saas_usage_day", ["last_30", "built_in_users"]],
    api_calls: ["action_saas_usage_day", ["last_30", "built_in_calls"]],
    quotas: ["action_saas_quota", ["limited"]],
    limited: ["action_saas_quota_breach", []],
    subscriptions: ["action_saas_subscription", []],
    mrr: ["action_saas_mrr_movement", []],
    renewals: ["action_saas_renewal", []],
    overdue: ["action_saas_aging", []],
    declined: ["action_saas_payment_attempt", []],
    approvals: ["action_saas_billing_run", []],
    operations: ["action_saas_job", []],
    dead: ["action_saas_job_attention", []],
    backup_alerts: ["action_saas_backup_alert", []],
    backups: ["action_saas_backup_coverage", []],
    billing: ["action_saas_billing_run", []],
    clusters: ["action_saas_cluster", []],
    doctor: ["action_saas_doctor", []],
};

/** Open the records behind a figure. */
export function openTarget(action, key) {
    const [name, filters] = TARGETS[key];
    const context = Object.fromEntries(filters.map((filter) => [`search_default_${filter}`, 1]));
    return action.doAction(OURS + name, filters.length ? { additionalContext: context } : {});
}

export function openRecord(action, resModel, resId) {
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: resModel,
        res_id: resId,
        views: [[false, "form"]],
    });
}
