/** [Copy] beside a value that is used elsewhere: a key, a record of a domain. Without script the value is selected and copied by hand. */
import { browser } from "@web/core/browser/browser";
import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Tell whether a text came to the clipboard; pages without TLS have the older way alone, for what is selected. */
async function copy(text) {
    if (!browser.navigator.clipboard) {
        return document.execCommand("copy");
    }
    try {
        await browser.navigator.clipboard.writeText(text);
        return true;
    } catch (error) {
        if (error instanceof DOMException) {
            return false;
        }
        throw error;
    }
}

export class SaasCopy extends Interaction {
    static selector = ".o_saas_copy";
    dynamicContent = { button: { "t-on-click": () => this.onCopy(), "t-att-class": () => ({ "d-none": false }) } };

    async onCopy() {
        const field = this.el.querySelector("input");
        field.select();
        if (await this.waitFor(copy(field.value))) {
            this.el.querySelector("[role=status]").classList.remove("d-none");
        }
    }
}

registry.category("public.interactions").add("saas_business_management.copy", SaasCopy);
