import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const WORDS = {
    cluster: { title: _t("Connect a cluster"), why: _t("PostgreSQL and Odoo where tenants live.") },
    template: { title: _t("Publish a template"), why: _t("An Odoo with your apps, built once and copied.") },
    plan: { title: _t("Save a plan"), why: _t("What a customer pays and what is included.") },
    mail: { title: _t("Set up a mail server"), why: _t("Welcome mails and invoices leave by it.") },
    target: { title: _t("Test a backup target"), why: _t("Where backups are kept.") },
    tenant: { title: _t("Open the first tenant"), why: _t("Ready in about a second.") },
    payment: { title: _t("Connect a payment provider"), why: _t("Optional: customers pay online.") },
};

/** The way to the first tenant: steps that facts tick, whole while there is none, then a slim bar. */
export class FirstSteps extends Component {
    static template = "saas_business_management.FirstSteps";
    static props = { steps: { type: Array, element: Object }, slim: Boolean, open: Function, hide: Function };

    get steps() {
        return this.props.steps.map((step) => ({ ...step, ...WORDS[step.key] }));
    }

    get wanted() {
        return this.steps.filter((step) => !step.optional);
    }

    get done() {
        return this.wanted.filter((step) => step.done).length;
    }

    get next() {
        return this.wanted.find((step) => !step.done);
    }

    get progress() {
        return _t("%(done)s of %(all)s steps done", { done: this.done, all: this.wanted.length });
    }

    word(step) {
        return step.done ? _t("Done") : _t("To do");
    }
}
