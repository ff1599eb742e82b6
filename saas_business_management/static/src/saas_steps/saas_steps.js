import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export const LOOKS = {
    todo: { icon: "fa-circle-o", color: "text-muted", word: _t("To do") },
    running: { icon: "fa-refresh", color: "text-info", word: _t("Running") },
    done: { icon: "fa-check-circle", color: "text-success", word: _t("Done") },
    skipped: { icon: "fa-minus-circle", color: "text-muted", word: _t("Nothing to do") },
    failed: { icon: "fa-times-circle", color: "text-danger", word: _t("Failed") },
    undone: { icon: "fa-undo", color: "text-muted", word: _t("Undone") },
};

/** The steps of an operation, one line each: how it stands, how long it took, what went wrong. */
export class SaasSteps extends Component {
    static template = "saas_business_management.SaasSteps";
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name].records.map(({ id, data }) => ({
            id,
            ...data,
            look: LOOKS[data.state] || LOOKS.todo,
        }));
    }
}

registry.category("fields").add("saas_steps", {
    component: SaasSteps,
    displayName: _t("Steps of an Operation"),
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "label", type: "char" },
        { name: "state", type: "selection" },
        { name: "duration", type: "char" },
        { name: "error_text", type: "text" },
    ],
});
