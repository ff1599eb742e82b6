import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { registry } from "@web/core/registry";

// So many fit beside a status bar and a chatter at 1440 pixels.
export const SHOWN = 6;

/** Buttons of a form that can do more than fits in a line: the first ones stand, the others open below "More". */
export class CrowdedButtons extends StatusBarButtons {
    static template = "saas_business_management.CrowdedButtons";

    get places() {
        const names = this.visibleSlotNames;
        // One alone below "More" would take the room of the button itself.
        const most = names.length <= SHOWN + 1 ? names.length : SHOWN;
        const first = this.env.isSmall ? 1 : most;
        return { first: names.slice(0, first), more: names.slice(first) };
    }
}

class CrowdedFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: CrowdedButtons };
}

registry.category("views").add("saas_crowded_form", { ...formView, Renderer: CrowdedFormRenderer });
