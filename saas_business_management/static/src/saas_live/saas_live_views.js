import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";
import { useOperationNews } from "./saas_live";

/** Reload the rows when an operation moved on, unless somebody is typing in one or has marked some. */
const live = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            useOperationNews((payloads) => {
                const { root } = this.model;
                const busy = root.editedRecord || root.selection?.length;
                if (!busy && payloads.some((payload) => !payload.lines)) {
                    return root.load();
                }
            });
        }
    };

registry.category("views").add("saas_live_list", { ...listView, Controller: live(listView.Controller) });
registry.category("views").add("saas_live_kanban", { ...kanbanView, Controller: live(kanbanView.Controller) });
