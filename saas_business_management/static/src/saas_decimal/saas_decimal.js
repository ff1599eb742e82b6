import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const CANONICAL = /^-?\d+(\.\d+)?$/;

/** A kept number (`12400.5`) with the separators of the reader; what is none stays as it is. */
export function spell(text, { thousandsSep, decimalPoint } = localization) {
    if (!text || !CANONICAL.test(text)) {
        return text || "";
    }
    const [whole, rest] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousandsSep || "");
    return rest ? `${grouped}${decimalPoint}${rest}` : grouped;
}

/**
 * What a person typed as a number is kept: separators of thousands are taken out where they stand
 * right, the decimal sign becomes a point. Everything else is left for the server to judge.
 */
export function unspell(typed, { thousandsSep, decimalPoint } = localization) {
    const text = typed.trim();
    const [whole, ...rest] = text.split(decimalPoint);
    const groups = thousandsSep ? whole.split(thousandsSep) : [whole];
    const first = groups[0].replace(/^[+-]/, "");
    const right =
        rest.length < 2 &&
        /^\d*$/.test(rest.join("")) &&
        (groups.length === 1
            ? /^\d*$/.test(first)
            : /^[1-9]\d{0,2}$/.test(first) && groups.slice(1).every((one) => /^\d{3}$/.test(one)));
    return right ? [groups.join(""), ...rest].join(".") : text;
}

/** A number that is kept digit by digit, written as people of the language write numbers. */
export class SaasDecimal extends Component {
    static template = "saas_business_management.SaasDecimal";
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.input = useRef("input");
        useInputField({ getValue: () => this.spelled, parse: (typed) => unspell(typed) });
    }

    get spelled() {
        return spell(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("saas_decimal", {
    component: SaasDecimal,
    displayName: _t("Exact Number"),
    supportedTypes: ["char"],
    extractProps: ({ placeholder }) => ({ placeholder }),
});
