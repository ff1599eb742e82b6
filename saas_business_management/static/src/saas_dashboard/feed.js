import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { showAgo, showFull } from "./format";

const LOOKS = {
    good: { icon: "fa-check-circle", tone: "success", states: ["done", "active", "trial"] },
    bad: { icon: "fa-times-circle", tone: "danger", states: ["failed", "dead"] },
    warn: { icon: "fa-exclamation-triangle", tone: "warning", states: ["suspended", "deleting", "cancelled"] },
};
const WORDS = {
    done: _t("done"),
    failed: _t("failed"),
    dead: _t("needs attention"),
    cancelled: _t("cancelled"),
};

/** What happened last, newest first; it can be held while somebody reads. */
export class Feed extends Component {
    static template = "saas_business_management.Feed";
    static props = { rows: { type: Array, element: Object }, openRecord: Function };

    setup() {
        this.state = useState({ held: null });
    }

    get rows() {
        return this.state.held || this.props.rows;
    }

    get waiting() {
        const known = new Set(this.rows.map(({ key }) => key));
        return this.props.rows.filter(({ key }) => !known.has(key)).length;
    }

    get waitingText() {
        return this.waiting ? _t("%s new", this.waiting) : "";
    }

    look({ state }) {
        const found = Object.values(LOOKS).find(({ states }) => states.includes(state));
        return found || { icon: "fa-info-circle", tone: "muted" };
    }

    text({ what, text, state, name }) {
        return what === "job" ? `${text}: ${WORDS[state] || state}` : `${name}: ${text}`;
    }

    ago({ at }) {
        return showAgo(at);
    }

    full({ at }) {
        return showFull(at);
    }

    hold() {
        this.state.held = this.state.held ? null : [...this.props.rows];
    }

    open({ what, id, tenant }) {
        return what === "job" ? this.props.openRecord("saas.job", id) : this.props.openRecord("saas.tenant", tenant);
    }
}
