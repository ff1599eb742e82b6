import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { showFigure, showPercent, trendOf, UNKNOWN } from "./format";

const WIDTH = 100;
const HEIGHT = 28;

export const TITLES = {
    tenants: _t("Tenants"),
    subscriptions: _t("Subscriptions"),
    mrr: _t("MRR"),
    storage_gb: _t("Storage"),
    users: _t("Users"),
    api_calls: _t("API Calls"),
};
const PARTS = {
    trial: _t("trial"),
    suspended: _t("suspended"),
    failed: _t("failed"),
    past_due: _t("past due"),
    ending: _t("ending in 30 days"),
    active: _t("active in 30 days"),
    arr: _t("ARR"),
    net_new: _t("net new"),
};

/** Pieces of a line through the points that are known, in the box of the picture. */
export function linePieces(points, rtl = false) {
    const known = points.filter((point) => point !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const pieces = [[]];
    points.forEach((point, place) => {
        if (point === null) {
            return pieces.push([]);
        }
        const across = (place / Math.max(points.length - 1, 1)) * WIDTH;
        const up = high > low ? (point - low) / (high - low) : 0.5;
        const x = rtl ? WIDTH - across : across;
        pieces.at(-1).push(`${x.toFixed(1)},${(HEIGHT - 2 - up * (HEIGHT - 4)).toFixed(1)}`);
    });
    return pieces.filter((piece) => piece.length > 1).map((piece) => piece.join(" "));
}

/** One figure with its trend, its last 30 points and one line of facts; the whole card is a link. */
export class KpiCard extends Component {
    static template = "saas_business_management.KpiCard";
    static props = {
        card: Object,
        currency: { type: [Object, { value: null }], optional: true },
        extra: { type: String, optional: true },
        open: Function,
    };

    get title() {
        return TITLES[this.props.card.key];
    }

    get figure() {
        return showFigure(this.props.card.key, this.props.card.value, this.props.currency);
    }

    get trend() {
        return trendOf(this.props.card);
    }

    get change() {
        const { key, change } = this.props.card;
        if (!change) {
            return "";
        }
        const shown = showFigure(key, Math.abs(change), this.props.currency);
        return `${change > 0 ? "+" : "−"}${shown}`;
    }

    get facts() {
        const { key, parts } = this.props.card;
        const told = parts
            .filter(({ value }) => value !== null)
            .map((part) => `${showFigure(part.key, part.value, this.props.currency)} ${PARTS[part.key]}`);
        return [...told, this.props.extra].filter(Boolean).join(" · ") || (key === "api_calls" ? _t("in the period") : "");
    }

    get pieces() {
        return linePieces(this.props.card.points, localization.direction === "rtl");
    }

    get isUncertain() {
        return this.props.card.unknown > 0;
    }

    get unknownText() {
        const { unknown } = this.props.card;
        return unknown === 1 ? _t("1 tenant unknown") : _t("%s tenants unknown", unknown);
    }

    /** What a screen reader says of the card: figure, movement, facts. */
    get sentence() {
        const { card } = this.props;
        const before = card.before === null ? UNKNOWN : showFigure(card.key, card.before, this.props.currency, false);
        return _t("%(title)s: %(figure)s, before: %(before)s (%(trend)s). %(facts)s", {
            title: this.title,
            figure: this.figure,
            before,
            trend: card.trend === null ? this.trend.text : showPercent(card.trend, true),
            facts: this.isUncertain ? `${this.facts}. ${this.unknownText}` : this.facts,
        });
    }
}
