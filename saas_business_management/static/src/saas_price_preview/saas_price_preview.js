import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export const WIDTH = 320;
export const HEIGHT = 96;

/** Scale points into the box of the picture; 0 lies at its lower edge, on the side where reading begins. */
export function place(points, at, rtl = false) {
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    const [far, high] = [Math.max(...xs, at[0], 1), Math.max(...ys, at[1])];
    const scale = ([x, y]) => {
        const across = (x / far) * WIDTH;
        const up = high ? (y / high) * HEIGHT : 0;
        return [rtl ? WIDTH - across : across, HEIGHT - up];
    };
    const line = points.map((point) => scale(point).map((one) => one.toFixed(1)).join(",")).join(" ");
    return { line, marker: scale(at) };
}

/** What a quantity costs: in a sentence, step by step, as a line, and beside other quantities. */
export class SaasPricePreview extends Component {
    static template = "saas_business_management.SaasPricePreview";
    static props = { ...standardFieldProps };

    get preview() {
        return this.props.record.data[this.props.name] || {};
    }

    get box() {
        return `-4 -6 ${WIDTH + 8} ${HEIGHT + 12}`;
    }

    get bottom() {
        return HEIGHT;
    }

    get far() {
        return WIDTH;
    }

    get picture() {
        return place(this.preview.points, this.preview.at, localization.direction === "rtl");
    }
}

registry.category("fields").add("saas_price_preview", {
    component: SaasPricePreview,
    displayName: _t("Price Preview"),
    supportedTypes: ["json"],
});
