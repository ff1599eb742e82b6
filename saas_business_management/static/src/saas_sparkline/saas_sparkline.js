import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export const WIDTH = 120;
export const HEIGHT = 28;
const EDGE = 2;

/** The number at the top of the picture: the highest value or the limit, never zero. */
export function topOf(values, limit) {
    const known = values.filter((value) => value !== null);
    return Math.max(...known, limit || 0, 0) || 1;
}

/** How far down a value stands. */
export function heightOf(value, top) {
    const share = Math.min(Math.max(value / top, 0), 1);
    return Math.round((HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)) * 10) / 10;
}

/** The path of an SVG through the values, broken where one is not known. */
export function linePath(values, top) {
    const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
    let path = "";
    values.forEach((value, index) => {
        if (value === null) {
            return;
        }
        const fresh = index === 0 || values[index - 1] === null;
        path += `${fresh ? "M" : "L"}${Math.round(index * step * 10) / 10} ${heightOf(value, top)}`;
        // A day alone between unknown ones would be no line at all.
        const alone = fresh && (index === values.length - 1 || values[index + 1] === null);
        path += alone ? "h1" : "";
    });
    return path;
}

/**
 * The last days of a quantity as one line, without axes: the figure stands beside it. The value is
 * `{values, limit}`; null among the values is a day that is not known.
 */
export class SaasSparkline extends Component {
    static template = "saas_business_management.SaasSparkline";
    static props = { ...standardFieldProps };

    get told() {
        return this.props.record.data[this.props.name] || { values: [] };
    }

    get shown() {
        return this.told.values.some((value) => value !== null);
    }

    get top() {
        return topOf(this.told.values, this.told.limit);
    }

    get path() {
        return linePath(this.told.values, this.top);
    }

    get limitHeight() {
        return this.told.limit ? heightOf(this.told.limit, this.top) : null;
    }

    get box() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get isMirrored() {
        return localization.direction === "rtl";
    }
}

registry.category("fields").add("saas_sparkline", {
    component: SaasSparkline,
    displayName: _t("Sparkline"),
    supportedTypes: ["json"],
});
