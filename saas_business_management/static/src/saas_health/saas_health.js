import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LOOKS = {
    ok: { icon: "fa-check-circle", tone: "text-success" },
    warning: { icon: "fa-exclamation-triangle", tone: "text-warning" },
    critical: { icon: "fa-times-circle", tone: "text-danger" },
    unknown: { icon: "fa-question-circle", tone: "text-muted" },
};

/** Health as a sign and a word, so that nobody has to tell colours apart. */
export class SaasHealth extends Component {
    static template = "saas_business_management.SaasHealth";
    static props = { ...standardFieldProps, label: { type: String, optional: true } };

    get look() {
        return LOOKS[this.props.record.data[this.props.name]] || { icon: "fa-minus", tone: "text-muted" };
    }

    get word() {
        const { name, record } = this.props;
        const choice = record.fields[name].selection.find(([key]) => key === record.data[name]);
        return choice ? choice[1] : _t("Not watched");
    }
}

registry.category("fields").add("saas_health", {
    component: SaasHealth,
    displayName: _t("Health"),
    supportedTypes: ["selection"],
    extractProps: ({ options }) => ({ label: options.label }),
});
