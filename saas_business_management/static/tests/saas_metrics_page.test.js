import { expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, makeMockEnv, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { SaasMetrics } from "@saas_business_management/saas_metrics/saas_metrics";

defineMailModels();

const POINTS = [
    ["2026-03-10T12:00:00", 1500, 2500],
    ["2026-03-10T12:05:00", 500, 700],
];
const METRICS = [
    { code: "disk", label: "Disk", group: "Database", known: true },
    { code: "connections", label: "Connections", group: "Database", known: true },
    { code: "requests", label: "Requests", group: "Node", known: false },
];

async function show(params) {
    const asked = [];
    onRpc("saas.metric", "get_chart", ({ kwargs }) => {
        asked.push([kwargs.scope, kwargs.subject, kwargs.code, kwargs.period]);
        const code = kwargs.code || "disk";
        const points = code === "requests" ? [] : POINTS;
        return { code, metrics: METRICS, points, unit: "B", delta: false, meaning: `What ${code} means` };
    });
    const config = { breadcrumbs: [], getDisplayName: () => "Metrics", setDisplayName() {}, historyBack() {}, viewSwitcherEntries: [], pagerProps: {} };
    const env = await makeMockEnv({ config });
    await mountWithCleanup(SaasMetrics, { env, props: { action: { params }, actionId: 1, updateActionState() {}, className: "" } });
    await animationFrame();
    return asked;
}

test("the page asks for the first metric of a day, and again for each choice", async () => {
    const asked = await show({ scope: "tenant", subject: "7" });
    expect(asked).toEqual([["tenant", 7, false, "day"]]);
    expect("canvas[role=img]").toHaveAttribute("aria-label", /Disk over time, last 500 B/);
    await contains(".o_saas_metric").select("connections");
    await contains(".btn-group button:contains(Week)").click();
    await animationFrame();
    expect(asked.slice(1)).toEqual([["tenant", 7, "connections", "day"], ["tenant", 7, "connections", "week"]]);
    expect(".btn-group [aria-pressed=true]").toHaveText("Week");
    expect(".o_saas_metrics").toHaveText(/What connections means/);
});

test("metrics stand in their groups, and what was never measured says so", async () => {
    await show({ scope: "tenant", subject: 7 });
    expect(queryAll("optgroup").map((group) => group.label)).toEqual(["Database", "Node"]);
    expect(queryAllTexts("option")).toEqual(["Disk", "Connections", "Requests (not measured)"]);
    await contains(".o_saas_metric").select("requests");
    await animationFrame();
    expect("canvas").toHaveCount(0);
    expect(".o_saas_metrics").toHaveText(/Nothing was measured in this time/);
});
