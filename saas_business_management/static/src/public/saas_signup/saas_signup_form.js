/** The sign-up form: looks at the subdomain while it is typed and proposes one. Works without it. */
import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const WAIT = 400;

export class SaasSignupForm extends Interaction {
    static selector = ".o_saas_signup";
    dynamicContent = {
        "#subdomain": { "t-on-input": () => this.onTyped() },
        "#company_name": { "t-on-change": () => this.onCompany() },
        _root: { "t-on-submit": () => this.onSubmit() },
    };

    setup() {
        this.told = this.el.querySelector("#subdomain_told");
        this.field = this.el.querySelector("#subdomain");
        this.typed = Boolean(this.field.value);
        this.turn = 0;
    }

    start() {
        this.el.elements.timezone.value ||= new Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    }

    onTyped() {
        this.typed = Boolean(this.field.value);
        clearTimeout(this.timer);
        this.timer = this.waitForTimeout(() => this.look({ subdomain: this.field.value }), WAIT);
    }

    onCompany() {
        if (!this.typed) {
            this.look({ company_name: this.el.elements.company_name.value });
        }
    }

    /** A second click sends nothing twice. */
    onSubmit() {
        const button = this.el.querySelector("button[type=submit]");
        this.waitForTimeout(() => (button.disabled = true), 0);
    }

    async look(asked) {
        const turn = ++this.turn;
        const query = new URLSearchParams({ plan: this.el.elements.plan.value, ...asked });
        const answer = await this.waitFor(fetch(`/saas/signup/check?${query}`));
        if (turn !== this.turn || !answer.ok) {
            return;
        }
        const found = await this.waitFor(answer.json());
        if (!this.typed && found.proposed) {
            this.field.value = found.proposed;
        }
        this.told.textContent = found.text;
        this.told.classList.toggle("text-danger", !found.free);
        this.told.classList.toggle("text-success", found.free);
        this.field.classList.toggle("is-invalid", !found.free);
    }
}

registry.category("public.interactions").add("saas_business_management.signup_form", SaasSignupForm);
