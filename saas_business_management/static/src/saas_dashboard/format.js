import { formatCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatFloat, humanNumber } from "@web/core/utils/numbers";

export const UNKNOWN = "—";
const COMPACT_FROM = 100000;
const TB = 1000;

// Keep a number and its unit in their order, and beside each other, in a line that runs from the right.
const [BEGIN, END] = ["\u2066", "\u2069"];
const together = (text) => (localization.direction === "rtl" ? `${BEGIN}${text}${END}` : text);

/** A count or a quantity as people read it; what nobody knows is a dash, never 0. */
export function showNumber(value, decimals = 0) {
    if (value === null || value === undefined) {
        return UNKNOWN;
    }
    if (Math.abs(value) >= COMPACT_FROM) {
        return humanNumber(value, { decimals: 1, minDigits: 1 });
    }
    const digits = Number.isInteger(value) ? 0 : decimals;
    return formatFloat(value, { digits: [16, digits] });
}

/** The words for so many, by the plural rules of the reader's language: `{one, other}`. */
export function wordFor(count, words) {
    const rules = new Intl.PluralRules(user.lang?.replace("_", "-").split("@")[0] || "en");
    return words[rules.select(count)] || words.other;
}

export function showStorage(gb) {
    if (gb === null || gb === undefined) {
        return UNKNOWN;
    }
    const large = Math.abs(gb) >= TB;
    // Little is not nothing.
    const decimals = gb && Math.abs(gb) < 1 ? 2 : 1;
    const number = formatFloat(large ? gb / TB : gb, { digits: [16, decimals] });
    return together(large ? _t("%s TB", number) : _t("%s GB", number));
}

export function showMoney(amount, currency, short = false) {
    if (amount === null || amount === undefined || !currency) {
        return UNKNOWN;
    }
    const digits = Number.isInteger(amount) ? [69, 0] : undefined;
    const human = short && Math.abs(amount) >= COMPACT_FROM;
    return together(formatCurrency(amount, currency.id, human ? { humanReadable: true } : { digits }));
}

export function showPercent(ratio, signed = false) {
    if (ratio === null || ratio === undefined) {
        return UNKNOWN;
    }
    const percent = formatFloat(Math.abs(ratio) * 100, { digits: [16, 1] }).replace(/[.,]0$/, "");
    const sign = ratio < 0 ? "−" : signed && ratio > 0 ? "+" : "";
    return _t("%(sign)s%(percent)s %%", { sign, percent }).replace("%%", "%");
}

/** A figure of a card, in the unit of the card. */
export function showFigure(key, value, currency, short = true) {
    if (["mrr", "arr", "net_new"].includes(key)) {
        return showMoney(value, currency, short);
    }
    return key === "storage_gb" ? showStorage(value) : showNumber(value);
}

/** How a figure moved: an arrow, words, and whether that is good, bad or neither. */
export function trendOf({ value, before, change, trend, good }) {
    if (value === null || before === null) {
        return { arrow: "", text: UNKNOWN, tone: "muted" };
    }
    if (!change) {
        return { arrow: "", text: _t("no change"), tone: "muted" };
    }
    const up = change > 0;
    const tone = good === "up" ? (up ? "success" : "danger") : "muted";
    const text = trend === null ? _t("new") : showPercent(trend, true);
    return { arrow: up ? "▲" : "▼", text, tone };
}

export function showDay(text, long = false) {
    const options = long ? { day: "numeric", month: "short", year: "numeric" } : { day: "numeric", month: "short" };
    return deserializeDate(text).toLocaleString(options);
}

export function showMonth(text) {
    return deserializeDate(text).toLocaleString({ month: "short", year: "2-digit" });
}

export function showTime(text) {
    return text ? deserializeDateTime(text).toLocaleString({ hour: "2-digit", minute: "2-digit" }) : UNKNOWN;
}

/** How long ago something was: "5 minutes ago"; the full time belongs into the title beside it. */
export function showAgo(text) {
    return text ? deserializeDateTime(text).toRelative() : UNKNOWN;
}

export function showFull(text) {
    return text ? deserializeDateTime(text).toLocaleString({ dateStyle: "medium", timeStyle: "short" }) : "";
}
