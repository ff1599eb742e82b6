import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/**
 * One or two charts over the same axis, with the same figures as a table for who wants to read them.
 * `charts` are configurations of Chart.js with a sentence each.
 */
export class ChartCard extends Component {
    static template = "saas_business_management.ChartCard";
    static props = {
        title: String,
        charts: { type: Array, element: { type: Object, shape: { name: String, sentence: String, config: Object } } },
        head: { type: Array, element: String },
        rows: { type: Array, element: Array },
        empty: { type: String, optional: true },
    };

    setup() {
        this.state = useState({ table: false });
        this.root = useRef("root");
        this.drawn = [];
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.charts, this.state.table]
        );
        onWillUnmount(() => this.clear());
    }

    clear() {
        this.drawn.forEach((chart) => chart.destroy());
        this.drawn = [];
    }

    draw() {
        this.clear();
        const canvases = this.root.el ? this.root.el.querySelectorAll("canvas") : [];
        /* global Chart */
        this.drawn = [...canvases].map((canvas, place) => new Chart(canvas, this.props.charts[place].config));
    }
}
