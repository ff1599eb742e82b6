import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { look } from "../saas_dashboard/palette";

const BYTES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A figure as people read it, with its unit. */
export function showFigure(value, unit) {
    if (value === null || value === undefined) {
        return "—";
    }
    if (unit === "B") {
        let size = value;
        let place = 0;
        while (Math.abs(size) >= 1000 && place < BYTES.length - 1) {
            size /= 1000;
            place += 1;
        }
        return `${short(size)} ${BYTES[place]}`;
    }
    return unit ? `${short(value)} ${unit}` : short(value);
}

/** A number with three figures that count, as the reader's language writes it. */
function short(value) {
    const size = Math.abs(value);
    const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return formatFloat(value, { digits: [16, decimals], trailingZeros: false });
}

/** When a point is, in the reader's own time. */
export function showInstant(at, byDay) {
    const moment = deserializeDateTime(at.replace("T", " ").slice(0, 19));
    return byDay ? moment.toLocaleString({ day: "numeric", month: "short" }) : formatDateTime(moment, { showSeconds: false });
}

/** The configuration of Chart.js for one line and, of a reading, its highest values. */
export function metricChart({ points, unit, delta, label, byDay }) {
    const colors = look();
    const rtl = localization.direction === "rtl";
    const show = (value) => showFigure(value, unit);
    const line = (name, place, color, dash) => ({
        label: name,
        data: points.map((point) => point[place]),
        borderColor: color,
        backgroundColor: color,
        borderWidth: 2,
        borderDash: dash,
        pointRadius: points.length > 60 ? 0 : 2,
        tension: 0,
        spanGaps: false,
    });
    const lines = [line(delta ? label : _t("Average"), 1, colors.blue, [])];
    if (!delta) {
        lines.push(line(_t("Highest"), 2, colors.orange, [4, 3]));
    }
    const config = {
        type: "line",
        data: { labels: points.map(([at]) => showInstant(at, byDay)), datasets: lines },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            scales: {
                x: { reverse: rtl, ticks: { color: colors.text, maxRotation: 0, autoSkip: true, maxTicksLimit: 6 }, grid: { display: false } },
                y: {
                    beginAtZero: true,
                    position: rtl ? "right" : "left",
                    ticks: { color: colors.text, maxTicksLimit: 5, callback: show },
                    grid: { color: colors.grid },
                },
            },
            plugins: {
                legend: { align: "end", rtl, labels: { color: colors.text, boxWidth: 12, boxHeight: 12 } },
                tooltip: { rtl, callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${show(raw)}` } },
            },
        },
    };
    const last = points.at(-1);
    return { name: "metric", config, sentence: _t("%(metric)s over time, last %(value)s", { metric: label, value: show(last ? last[1] : null) }) };
}

export function metricTable({ points, unit, delta, label, byDay }) {
    const show = (value) => showFigure(value, unit);
    return {
        head: delta ? [_t("At"), label] : [_t("At"), _t("Average"), _t("Highest")],
        rows: [...points].reverse().map(([at, mean, high]) => [showInstant(at, byDay), show(mean), ...(delta ? [] : [show(high)])]),
    };
}
