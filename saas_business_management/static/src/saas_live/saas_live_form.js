import { Component, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { isAbout, useOperationNews } from "./saas_live";

/** Redraws an open form while an operation works on its record; nothing is shown and nothing typed is lost. */
export class SaasLive extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useOperationNews((payloads) => this.onNews(payloads));
    }

    async onNews(payloads) {
        const { record } = this.props;
        const shown = {
            resModel: record.resModel,
            resId: record.resId,
            operationId: record.data.operation_id?.id,
        };
        const changed = payloads.some((payload) => !payload.lines && isAbout(payload, shown));
        if (changed && record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("saas_live", { component: SaasLive });
