import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { showDay, showMoney, showMonth, showNumber } from "./format";
import { look } from "./palette";

const UP = ["new", "expansion", "reactivation"];
const DOWN = ["contraction", "churn"];
const WORDS = {
    new: _t("New"),
    expansion: _t("Expansion"),
    reactivation: _t("Reactivation"),
    contraction: _t("Contraction"),
    churn: _t("Churn"),
    created: _t("Created"),
    archived: _t("Archived"),
    deleted: _t("Deleted"),
    net: _t("Net"),
};
const COLORS = { new: "blue", expansion: "green", reactivation: "grey", contraction: "orange", churn: "wine" };

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What all charts share: words and lines of the theme, reading direction, no needless motion. */
function options({ stacked, format, small }) {
    const colors = look();
    const rtl = localization.direction === "rtl";
    const ticks = { color: colors.text, maxRotation: 0, autoSkip: true, maxTicksLimit: small ? 6 : 12 };
    return {
        animation: isStill() ? false : { duration: 200 },
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
            x: { stacked, reverse: rtl, ticks, grid: { display: false } },
            y: {
                stacked,
                beginAtZero: true,
                position: rtl ? "right" : "left",
                ticks: { color: colors.text, maxTicksLimit: 5, callback: format },
                grid: { color: colors.grid },
            },
        },
        plugins: {
            legend: {
                align: "end",
                rtl,
                labels: { color: colors.text, boxWidth: 12, boxHeight: 12 },
            },
            tooltip: {
                rtl,
                callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${format(raw)}` },
            },
        },
    };
}

const labels = (rows, byDay) => rows.map(({ start }) => (byDay ? showDay(start) : showMonth(start)));

const bar = (label, data, color, more = {}) => ({
    type: "bar",
    label,
    data,
    backgroundColor: color,
    borderColor: look().ground,
    borderWidth: 1,
    ...more,
});

const line = (label, data, color) => ({
    type: "line",
    label,
    data,
    borderColor: color,
    backgroundColor: color,
    borderWidth: 2,
    pointRadius: 0,
    pointHoverRadius: 4,
    tension: 0,
    order: -1,
});

/** MRR as a line, below it what moved it; never both on one axis, the bars would vanish. */
export function revenueCharts(rows, { byDay, small, currency }) {
    const colors = look();
    const money = (value) => showMoney(value, currency, true);
    const last = rows.at(-1);
    const mrr = {
        type: "line",
        data: { labels: labels(rows, byDay), datasets: [line(_t("MRR"), rows.map((row) => row.mrr), colors.blue)] },
        options: options({ format: money, small }),
    };
    const moves = {
        type: "bar",
        data: {
            labels: labels(rows, byDay),
            datasets: [...UP, ...DOWN].map((kind) => bar(WORDS[kind], rows.map((row) => row[kind]), colors[COLORS[kind]])),
        },
        options: options({ stacked: true, format: money, small }),
    };
    const net = [...UP, ...DOWN].reduce((sum, kind) => sum + rows.reduce((all, row) => all + row[kind], 0), 0);
    return [
        { name: "mrr", config: mrr, sentence: _t("MRR over time, now %s", money(last?.mrr ?? null)) },
        { name: "moves", config: moves, sentence: _t("What moved MRR, together %s", money(net)) },
    ];
}

export function revenueTable(rows, { byDay, currency }) {
    const money = (value) => showMoney(value, currency);
    const kinds = [...UP, ...DOWN];
    return {
        head: [_t("From"), ...kinds.map((kind) => WORDS[kind]), _t("MRR")],
        rows: rows.map((row) => [labels([row], byDay)[0], ...kinds.map((kind) => money(row[kind])), money(row.mrr)]),
    };
}

/** Created up, archived and deleted down, and what is left of both as a line. */
export function growthCharts(rows, { byDay, small }) {
    const colors = look();
    const number = (value) => showNumber(Math.round(value));
    const config = {
        type: "bar",
        data: {
            labels: labels(rows, byDay),
            datasets: [
                bar(WORDS.created, rows.map((row) => row.created), colors.blue),
                bar(WORDS.archived, rows.map((row) => -row.archived), colors.orange),
                bar(WORDS.deleted, rows.map((row) => -row.deleted), colors.wine),
                line(WORDS.net, rows.map((row) => row.net), colors.text),
            ],
        },
        options: options({ stacked: true, format: number, small }),
    };
    config.options.scales.y.ticks.precision = 0;
    const created = rows.reduce((sum, row) => sum + row.created, 0);
    const net = rows.reduce((sum, row) => sum + row.net, 0);
    const sentence = _t("Tenant growth: %(created)s created, net %(net)s", { created, net });
    return [{ name: "growth", config, sentence }];
}

export function growthTable(rows, { byDay }) {
    const kinds = ["created", "archived", "deleted", "net"];
    return {
        head: [_t("From"), ...kinds.map((kind) => WORDS[kind])],
        rows: rows.map((row) => [labels([row], byDay)[0], ...kinds.map((kind) => showNumber(row[kind]))]),
    };
}
