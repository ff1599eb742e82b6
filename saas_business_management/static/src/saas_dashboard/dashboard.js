import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useOperationNews } from "../saas_live/saas_live";
import { ChartCard } from "./chart_card";
import { growthCharts, growthTable, revenueCharts, revenueTable } from "./charts";
import { remember, rememberedFilters, useFigures } from "./dashboard_service";
import { Feed } from "./feed";
import { FirstSteps } from "./first_steps";
import { showAgo, showDay, showFull, showMoney, showNumber, showPercent, showStorage, showTime, wordFor } from "./format";
import { KpiCard } from "./kpi_card";
import { openRecord, openTarget } from "./targets";

const NEWS_MS = 1000;
const DAYS_AS_BARS = 31;
const HEALTHS = [
    { key: "critical", word: _t("Critical"), icon: "fa-times-circle", tone: "danger" },
    { key: "warning", word: _t("Warning"), icon: "fa-exclamation-triangle", tone: "warning" },
    { key: "unknown", word: _t("Unknown"), icon: "fa-question-circle", tone: "muted" },
    { key: "ok", word: _t("Healthy"), icon: "fa-check-circle", tone: "success" },
];
const WHOSE = { platform: _t("the platform's"), tenant: _t("the tenant's own") };
const RINGS = {
    cpu: _t("Processors"),
    memory: _t("Memory"),
    disk: _t("Disk"),
    connections: _t("Connections"),
};
const ATTENTION = {
    critical: { one: _t("critical tenant"), other: _t("critical tenants") },
    dead: { one: _t("operation needs a person"), other: _t("operations need a person") },
    limited: { one: _t("limit in force"), other: _t("limits in force") },
    backup_alerts: { one: _t("open alert of backups"), other: _t("open alerts of backups") },
    approvals: { one: _t("billing run to approve"), other: _t("billing runs to approve") },
    declined: { one: _t("payment failed"), other: _t("payments failed") },
};
const NEAR = { one: _t("1 tenant over 80 %"), other: _t("%s tenants over 80 %") };
const GAUGES = {
    users: _t("Users"),
    storage_gb: _t("Storage"),
    api_calls: _t("API calls this month"),
    bandwidth_gb: _t("Bandwidth this month"),
};

/** The first page of the application: how the fleet and the business are, on one screen. */
export class SaasDashboard extends Component {
    static template = "saas_business_management.Dashboard";
    static components = { Layout, KpiCard, ChartCard, Feed, FirstSteps };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.figures = useFigures();
        this.state = useState({
            page: null,
            loading: true,
            failed: false,
            filters: rememberedFilters(),
            stepsHidden: Boolean(user.settings?.saas_steps_hidden),
        });
        this.asked = 0;
        this.open = (key) => openTarget(this.action, key);
        this.openRecord = (model, id) => openRecord(this.action, model, id);
        onWillStart(() => {
            this.load();
        });
        useOperationNews((payloads) => this.onNews(payloads));
        onWillUnmount(() => clearTimeout(this.timer));
        useCommand(_t("Refresh the dashboard"), () => this.load(), { category: "view" });
    }

    /** Bring the figures; those shown stay until the new ones are there, also when none come. */
    async load() {
        const number = ++this.asked;
        this.state.loading = true;
        try {
            const page = await this.figures(this.state.filters);
            if (number === this.asked) {
                const { days, company, cluster } = page.filters;
                Object.assign(this.state, { page, failed: false, filters: { days, company, cluster } });
                this.drawCharts();
            }
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.failed = this.state.failed || number === this.asked;
        } finally {
            this.state.loading = this.state.loading && number !== this.asked;
        }
    }

    drawCharts() {
        const { growth, revenue, currency, filters } = this.page;
        const how = { byDay: filters.days <= DAYS_AS_BARS, small: this.env.isSmall, currency };
        this.growth = growth && { charts: growthCharts(growth, how), ...growthTable(growth, how) };
        this.revenue = revenue && { charts: revenueCharts(revenue, how), ...revenueTable(revenue, how) };
    }

    /** Move the bars at once; what is new or over is asked for a moment later. */
    onNews(payloads) {
        const rows = this.page?.operations?.rows || [];
        let again = false;
        for (const { id, state, progress, step_now, lines } of payloads) {
            const row = rows.find((one) => one.id === id);
            if (row && ["running", "undoing"].includes(state)) {
                Object.assign(row, { state, percent: Math.round((progress || 0) * 100), step: step_now || "" });
            } else if (!lines) {
                again = true;
            }
        }
        if (again) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.load(), NEWS_MS);
        }
    }

    async choose(name, value) {
        this.state.filters = { ...this.state.filters, [name]: Number(value) };
        await Promise.all([this.load(), remember(name, Number(value))]);
    }

    hideSteps() {
        this.state.stepsHidden = true;
        return remember("saas_steps_hidden", true);
    }

    openStep(step) {
        return this.action.doAction(step.action);
    }

    createTenant() {
        return this.action.doAction({ type: "ir.actions.act_window", res_model: "saas.tenant", views: [[false, "form"]] });
    }

    runBilling() {
        return this.action.doAction("saas_business_management.action_saas_billing_dry_run");
    }

    // What the page shows

    get page() {
        return this.state.page;
    }

    get isEmpty() {
        return this.page.empty;
    }

    get stepsOpen() {
        return (this.page.steps || []).some((step) => !step.done && !step.optional);
    }

    get cards() {
        const order = ["tenants", "subscriptions", "mrr", "storage_gb", "users", "api_calls"];
        return [...this.page.cards].sort((one, other) => order.indexOf(one.key) - order.indexOf(other.key));
    }

    extra({ key }) {
        const gauges = this.page.utilisation || [];
        const gauge = gauges.find((one) => one.key === key);
        if (key === "storage_gb" && gauge?.ratio) {
            return _t("%s of what plans include", showPercent(gauge.ratio));
        }
        if (key === "api_calls" && gauge) {
            return _t("%s limited now", gauge.forced);
        }
        return key === "mrr" && this.page.currency?.only ? _t("of %s alone", this.page.currency.only) : "";
    }

    get attention() {
        return this.page.attention.map((one) => ({ ...one, word: wordFor(one.count, ATTENTION[one.key]) }));
    }

    get healths() {
        return HEALTHS.map((one) => ({ ...one, count: this.page.health.counts[one.key] }));
    }

    healthLook(key) {
        return HEALTHS.find((one) => one.key === key);
    }

    get gauges() {
        return (this.page.utilisation || []).map((gauge) => {
            const show = gauge.key === "storage_gb" || gauge.key === "bandwidth_gb" ? showStorage : showNumber;
            const percent = gauge.ratio === null ? null : Math.round(gauge.ratio * 100);
            const tone = percent === null ? "muted" : percent >= 100 ? "danger" : percent >= 80 ? "warning" : "info";
            return {
                ...gauge,
                tone,
                percent,
                word: GAUGES[gauge.key],
                figure: percent === null ? "—" : `${percent} %`,
                text: percent === null ? _t("no limit, or nothing read yet") : _t("%(used)s of %(limit)s", { used: show(gauge.used), limit: show(gauge.limit) }),
                near: gauge.near ? `${wordFor(gauge.near, NEAR)}`.replace("%s", gauge.near) : "",
                unknownText: gauge.unknown ? _t("%s unknown", gauge.unknown) : "",
            };
        });
    }

    /** Whose problem it is, in a word. */
    whose({ whose }) {
        return WHOSE[whose] || "";
    }

    get rings() {
        return (this.page.capacity || []).map((ring) => {
            const percent = ring.percent === null ? null : Math.round(ring.percent);
            const tone = percent === null ? "muted" : percent >= 95 ? "danger" : percent >= 80 ? "warning" : "info";
            return {
                ...ring,
                tone,
                percent,
                word: RINGS[ring.key],
                figure: percent === null ? "—" : `${percent} %`,
                text: percent === null ? _t("not measured lately") : ring.name,
                full: ring.full_on ? _t("full on %s", showDay(ring.full_on)) : "",
            };
        });
    }

    get isGrowing() {
        return this.page.growth.some((row) => row.created || row.archived || row.deleted);
    }

    get hasRevenue() {
        return this.page.revenue.some((row) => row.mrr || row.new || row.churn);
    }

    get noGrowth() {
        return _t("No tenant came or went in this period.");
    }

    get noRevenue() {
        return _t("No recurring revenue yet. It is noted as soon as a subscription starts.");
    }

    get periods() {
        const words = { 7: _t("7 Days"), 30: _t("30 Days"), 90: _t("90 Days"), 365: _t("365 Days") };
        return this.page.filters.periods.map((days) => ({ days, word: words[days] }));
    }

    ago(text) {
        return showAgo(text);
    }

    full(text) {
        return showFull(text);
    }

    time(text) {
        return showTime(text);
    }

    day(text) {
        return showDay(text);
    }

    money(amount) {
        return showMoney(amount, this.page.currency);
    }

    number(value) {
        return showNumber(value);
    }

    percent(ratio) {
        return showPercent(ratio);
    }
}

registry.category("actions").add("saas_business_management.dashboard", SaasDashboard);
