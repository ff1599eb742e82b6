import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ChartCard } from "../saas_dashboard/chart_card";
import { metricChart, metricTable } from "./metric_chart";

const PERIODS = [
    { key: "hour", word: _t("Hour") },
    { key: "day", word: _t("Day") },
    { key: "week", word: _t("Week") },
    { key: "month", word: _t("Month") },
    { key: "year", word: _t("Year") },
];

/** The metrics of one tenant, cluster or machine over time. */
export class SaasMetrics extends Component {
    static template = "saas_business_management.Metrics";
    static components = { Layout, ChartCard };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.periods = PERIODS;
        this.display = { controlPanel: {} };
        const { scope, subject } = this.props.action.params || {};
        this.of = { scope: scope || "", subject: Number(subject) || 0 };
        this.state = useState({ page: null, period: "day", code: false });
        onWillStart(() => this.load());
    }

    async load() {
        const { scope, subject } = this.of;
        const asked = { scope, subject, code: this.state.code, period: this.state.period };
        this.state.page = await this.orm.call("saas.metric", "get_chart", [], asked);
        this.state.code = this.state.page.code;
    }

    choose(code) {
        this.state.code = code;
        return this.load();
    }

    look(period) {
        this.state.period = period;
        return this.load();
    }

    get groups() {
        const groups = new Map();
        for (const metric of this.state.page.metrics) {
            groups.set(metric.group, [...(groups.get(metric.group) || []), metric]);
        }
        return [...groups].map(([name, metrics]) => ({ name, metrics }));
    }

    get card() {
        const { page, period } = this.state;
        const label = page.metrics.find(({ code }) => code === page.code).label;
        const shown = { points: page.points, unit: page.unit, delta: page.delta, label, byDay: period === "year" || period === "month" };
        const empty = page.points.length ? {} : { empty: _t("Nothing was measured in this time. Choose another period or metric.") };
        return { title: label, charts: [metricChart(shown)], ...metricTable(shown), ...empty };
    }
}

registry.category("actions").add("saas_business_management.metrics", SaasMetrics);
