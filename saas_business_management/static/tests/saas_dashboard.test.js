import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains, makeMockEnv, mockService, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { SaasDashboard } from "@saas_business_management/saas_dashboard/dashboard";
import { showFigure, showNumber, showPercent, showStorage, trendOf, wordFor } from "@saas_business_management/saas_dashboard/format";
import { user } from "@web/core/user";
import { linePieces } from "@saas_business_management/saas_dashboard/kpi_card";
import { look } from "@saas_business_management/saas_dashboard/palette";

defineMailModels();

const card = (key, value, more = {}) => ({
    key,
    value,
    before: value,
    change: 0,
    trend: 0,
    good: "up",
    points: Array(30).fill(value),
    parts: [],
    unknown: 0,
    ...more,
});
const row = (start, more = {}) => ({
    start,
    ...{ new: 0, expansion: 0, reactivation: 0, contraction: 0, churn: 0, revaluation: 0, mrr: 0 },
    ...more,
});
const page = () => ({
    as_of: "2026-03-01 10:42:00",
    can: { tenants: true, money: true, operate: true, bill: true },
    filters: {
        days: 30,
        company: 0,
        cluster: 0,
        periods: [7, 30, 90, 365],
        companies: [{ id: 1, name: "One" }, { id: 2, name: "Two" }],
        clusters: [{ id: 1, name: "Paris 1" }],
        start: "2026-01-31",
        end: "2026-03-01",
    },
    currency: { id: 1, code: "USD", only: false },
    empty: false,
    attention: [{ key: "critical", count: 2 }],
    cards: [
        card("tenants", 412, { before: 394, change: 18, trend: 18 / 394, parts: [{ key: "trial", value: 7 }] }),
        card("storage_gb", 1900, { good: "", unknown: 7 }),
        card("users", null, { points: Array(30).fill(null), before: null, change: null, trend: null }),
        card("api_calls", 8100000, { good: "" }),
        card("subscriptions", 398),
        card("mrr", 35560, { before: 0, change: 35560, trend: null, parts: [{ key: "arr", value: 426720 }] }),
    ],
    revenue: [row("2026-02-28", { new: 100, mrr: 100 }), row("2026-03-01", { churn: -20, mrr: 80 })],
    growth: [{ start: "2026-03-01", created: 3, archived: 1, deleted: 0, net: 2 }],
    health: {
        counts: { critical: 1, warning: 0, unknown: 1, ok: 410 },
        total: 412,
        worst: [{ id: 9, name: "Nova", health: "critical", reason: "The login page does not come.", whose: "tenant", since: "2026-03-01 08:42:00" }],
    },
    capacity: [
        { key: "disk", percent: 91.4, name: "db-1", full_on: "2026-04-02" },
        { key: "cpu", percent: null, name: "", full_on: null },
    ],
    utilisation: [
        { key: "users", used: 90, limit: 100, ratio: 0.9, tenants: 10, unknown: 1, near: 2, forced: 0, sold: 100 },
        { key: "storage_gb", used: null, limit: null, ratio: null, tenants: 0, unknown: 0, near: 0, forced: 0, sold: 0 },
    ],
    operations: { total: 1, dead: 0, rows: [{ id: 5, label: "Provision: Acme", state: "running", percent: 20, step: "Copy", tenant: "Acme", since: null }] },
    feed: [{ key: "event-1", what: "event", id: 1, at: "2026-03-01 10:00:00", text: "Provisioned", state: "active", tenant: 3, name: "Acme" }],
    billing: { renewals: { count: 1, mrr: 89, rows: [{ id: 1, name: "S1", customer: "Acme Ltd", day: "2026-03-03", mrr: 89 }] }, overdue: { invoices: 2, customers: 1, amount: 213.6 }, declined: 1, to_approve: 0 },
    backups: { total: 10, saved: 10, covered: 9, coverage: 0.9, proven: 8, proven_lately: 7, last_proven: "2026-03-01 04:10:00", oldest_proven: null, alert_count: 0, alerts: [] },
    steps: [
        { key: "cluster", done: true, optional: false, action: "saas_business_management.action_saas_cluster" },
        { key: "tenant", done: false, optional: false, action: "saas_business_management.action_saas_tenant" },
        { key: "payment", done: false, optional: true, action: "payment.action_payment_provider" },
    ],
});

let told, calls, listeners, opened;

beforeEach(() => {
    [told, calls, listeners, opened] = [page(), [], {}, []];
    mockService("bus_service", {
        addEventListener() {},
        subscribe: (type, callback) => ((listeners[type] ||= new Set()).add(callback)),
        unsubscribe: (type, callback) => listeners[type]?.delete(callback),
        start() {},
    });
    mockService("action", { doAction: (action, options) => opened.push([action, options]) });
    onRpc("saas.dashboard", "get_page", ({ kwargs }) => {
        calls.push(kwargs);
        if (told instanceof Error) {
            throw told;
        }
        return told;
    });
    onRpc("res.users.settings", "set_res_users_settings", ({ kwargs }) => kwargs.new_settings);
});

const show = async () => {
    const config = { breadcrumbs: [], getDisplayName: () => "Dashboard", setDisplayName() {}, historyBack() {}, viewSwitcherEntries: [], pagerProps: {} };
    const env = await makeMockEnv({ config });
    await mountWithCleanup(SaasDashboard, { env, props: { action: {}, actionId: 1, updateActionState() {}, className: "" } });
    await animationFrame();
    await animationFrame();
};
const news = async (...payloads) => {
    payloads.forEach((one) => listeners["saas.job"].forEach((callback) => callback(one)));
    await advanceTime(300);
    await animationFrame();
};

test("the whole page comes with one call, money beside tenants", async () => {
    await show();
    expect(calls).toHaveLength(1);
    expect(queryAll(".o_saas_kpi")).toHaveLength(6);
    expect(queryAll(".o_saas_kpi")[0]).toHaveAttribute("data-key", "tenants");
    expect(queryOne(".o_saas_kpi[data-key=tenants]").getAttribute("aria-label")).toInclude("412, before: 394");
    expect(".o_saas_kpi[data-key=tenants] .o_saas_trend").toHaveText("▲ +18 (+4.6 %)");
    expect(".o_saas_kpi[data-key=storage_gb] .o_saas_unknown").toHaveText("7 tenants unknown");
    expect(".o_saas_kpi[data-key=users] .o_saas_figure").toHaveText("—");
    expect(queryAll("canvas[role=img]")).toHaveLength(3);
    expect(queryAllTexts(".o_saas_healths .h4")).toEqual(["1", "0", "1", "410"]);
});

test("the worst are told with whose it is, clusters with how full they are", async () => {
    await show();
    expect("section[aria-label='Tenant health']").toHaveText(/The login page does not come\. · the tenant's own/);
    expect(queryAllTexts(".o_saas_rings .o_saas_ring")).toEqual(["91 %", "—"]);
    expect(".o_saas_rings li:first").toHaveText(/db-1[\s\S]*full on/);
    expect(".o_saas_rings li:last").toHaveText(/not measured lately/);
});

test("without a right of billing there is no trace of money", async () => {
    told.can = { tenants: true, money: false, operate: false, bill: false };
    Object.assign(told, { revenue: null, billing: null, currency: null });
    told.cards = told.cards.filter(({ key }) => !["mrr", "subscriptions"].includes(key));
    await show();
    expect(queryAll(".o_saas_kpi")).toHaveLength(4);
    expect(".o_saas_bill").toHaveCount(0);
    expect(queryAll("canvas")).toHaveLength(1);
    expect("section[aria-label=Billing]").toHaveCount(0);
});

test("who bills alone sees money alone", async () => {
    told.can = { tenants: false, money: true, operate: false, bill: true };
    Object.assign(told, { growth: null, health: null, utilisation: null, operations: null, feed: null, backups: null, steps: null });
    told.cards = told.cards.filter(({ key }) => ["mrr", "subscriptions"].includes(key));
    await show();
    expect(queryAll(".o_saas_kpi")).toHaveLength(2);
    expect("section[aria-label=Billing]").toHaveCount(1);
    expect("section[aria-label=Backups]").toHaveCount(0);
});

test("without a tenant the first steps stand instead of figures", async () => {
    told.empty = true;
    await show();
    expect(".o_saas_kpi").toHaveCount(0);
    expect(queryAll(".o_saas_steps [data-step]")).toHaveLength(3);
    expect(".o_saas_steps").toHaveText(/1 of 2 steps done/);
    await contains("[data-step=tenant] a").click();
    expect(opened[0][0]).toBe("saas_business_management.action_saas_tenant");
});

test("with tenants the steps are a slim bar until it is put away", async () => {
    await show();
    expect(".o_saas_steps_slim").toHaveText(/Open the first tenant/);
    await contains(".o_saas_steps_slim button").click();
    expect(".o_saas_steps_slim").toHaveCount(0);
});

test("a figure leads to what was counted", async () => {
    await show();
    await contains(".o_saas_kpi[data-key=tenants]").click();
    await contains(".o_saas_attention a").click();
    expect(opened[0]).toEqual([
        "saas_business_management.action_saas_tenant",
        { additionalContext: { search_default_trial: 1, search_default_active: 1 } },
    ]);
    expect(opened[1][1].additionalContext).toEqual({ search_default_critical: 1 });
});

test("a chart is a table, too", async () => {
    await show();
    await contains("section[aria-label=Revenue] .o_saas_table_toggle").click();
    expect(queryAllTexts("section[aria-label=Revenue] thead th")).toEqual(["From", "New", "Expansion", "Reactivation", "Contraction", "Churn", "MRR"]);
    expect(queryAll("section[aria-label=Revenue] tbody tr")).toHaveLength(2);
    expect("section[aria-label=Revenue] canvas").toHaveCount(0);
});

test("a filter asks again and is remembered", async () => {
    await show();
    await contains(".o_saas_period").select("90");
    await animationFrame();
    expect(calls).toHaveLength(2);
    expect(calls[1].days).toBe(90);
    await contains(".o_saas_company").select("2");
    await animationFrame();
    expect(calls[2].company).toBe(2);
});

test("work moves its bar at once; what ends is asked for a moment later", async () => {
    await show();
    await news({ id: 5, state: "running", progress: 0.6, step_now: "Check" });
    expect("[data-job='5'] [role=progressbar]").toHaveAttribute("aria-valuenow", "60");
    expect(calls).toHaveLength(1);
    await news({ id: 5, state: "done", progress: 1 }, { id: 6, state: "done" });
    await advanceTime(1100);
    await animationFrame();
    expect(calls).toHaveLength(2);
});

test("the feed can be held while somebody reads", async () => {
    await show();
    await contains(".o_saas_hold").click();
    told = page();
    told.feed.unshift({ ...told.feed[0], key: "event-2", id: 2, text: "Suspended", state: "suspended" });
    await contains(".o_saas_refresh").click();
    await animationFrame();
    expect(queryAll("[role=log] li")).toHaveLength(1);
    await contains(".o_saas_hold").click();
    expect(queryAll("[role=log] li")).toHaveLength(2);
});

test("when figures do not come, those that are there stay", async () => {
    await show();
    told = new Error("gone");
    await contains(".o_saas_refresh").click();
    await animationFrame();
    expect(".alert[role=alert]").toHaveText(/figures from/);
    expect(queryAll(".o_saas_kpi")).toHaveLength(6);
    told = page();
    await contains(".alert[role=alert] button").click();
    await animationFrame();
    expect(".alert[role=alert]").toHaveCount(0);
});

test("figures are written as people read them, the unknown is never 0", async () => {
    await makeMockEnv();
    expect(showNumber(null)).toBe("—");
    expect(showNumber(8100000)).toBe("8.1M");
    expect(showNumber(3104)).toBe("3,104");
    expect(showStorage(1900)).toBe("1.9 TB");
    expect(showPercent(0.046, true)).toBe("+4.6 %");
    expect(showPercent(-0.5)).toBe("−50 %");
    expect(showFigure("mrr", 5, null)).toBe("—");
    const quiet = { value: 1, before: 0, change: 1, trend: null, good: "" };
    expect(trendOf(quiet)).toEqual({ arrow: "▲", text: "new", tone: "muted" });
    expect(trendOf({ ...quiet, before: null }).text).toBe("—");
    expect(trendOf({ value: 1, before: 2, change: -1, trend: -0.5, good: "up" }).tone).toBe("danger");
});

test("a line has gaps where nobody knows, and runs the other way for right-to-left readers", () => {
    expect(linePieces([0, 1, null, 1, 0])).toHaveLength(2);
    expect(linePieces([null, null])).toEqual([]);
    expect(linePieces([0, 1])[0].split(" ")[0]).toBe("0.0,26.0");
    expect(linePieces([0, 1], true)[0].split(" ")[0]).toBe("100.0,26.0");
    expect(linePieces([5, 5])[0]).toInclude(",14.0");
});

/** Contrast of two colours as WCAG counts it. */
function contrast(one, other) {
    const light = (hex) => {
        const parts = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16) / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
}

test("parts of charts stand out from their ground in light and in dark", () => {
    for (const dark of [false, true]) {
        const colors = look(dark);
        for (const name of ["blue", "green", "grey", "orange", "wine"]) {
            expect(contrast(colors[name], colors.ground)).toBeGreaterThan(3);
        }
    }
});

test("words for so many follow the plural rules of the reader's language", () => {
    const words = { one: "tenant", few: "several tenants", other: "tenants" };
    const said = (lang, count) => {
        patchWithCleanup(user, { lang });
        return wordFor(count, words);
    };
    expect([0, 1, 2, 21].map((count) => said("en_US", count))).toEqual(["tenants", "tenant", "tenants", "tenants"]);
    expect([0, 1, 2].map((count) => said("fr_FR", count))).toEqual(["tenant", "tenant", "tenants"]);
    expect([1, 3, 5].map((count) => said("pl_PL", count))).toEqual(["tenant", "several tenants", "tenants"]);
    expect(said("sr@latin", 2)).toBe("several tenants");
    expect(wordFor(1, { other: "tenants" })).toBe("tenants");
});
