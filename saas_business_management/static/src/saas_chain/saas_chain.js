import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

const LOOKS = {
    ok: { bar: "alert-success", icon: "fa-check" },
    bad: { bar: "alert-danger", icon: "fa-exclamation-triangle" },
    unknown: { bar: "alert-warning", icon: "fa-question-circle" },
};

/** The line above the audit log: does the chain hold, and when was that looked at. */
export class SaasChain extends Component {
    static template = "saas_business_management.SaasChain";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.status = useState({ level: "unknown", text: "" });
        onWillStart(async () => {
            Object.assign(this.status, await this.orm.call("saas.audit.check", "read_status", []));
        });
    }

    get look() {
        return LOOKS[this.status.level] || LOOKS.unknown;
    }
}

const withChain = (Controller, template) =>
    class extends Controller {
        static template = template;
        static components = { ...Controller.components, SaasChain };
    };

registry.category("views").add("saas_chain_list", {
    ...listView,
    Controller: withChain(listView.Controller, "saas_business_management.SaasChainList"),
});
registry.category("views").add("saas_chain_kanban", {
    ...kanbanView,
    Controller: withChain(kanbanView.Controller, "saas_business_management.SaasChainKanban"),
});
