import { Component, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { downloadFile } from "@web/core/network/download";
import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useOperationNews } from "../saas_live/saas_live";

export const MOST_LINES = 500;
const FIELDS = ["at", "level", "text"];
const NEAR_END_PX = 30;

/** The log of an operation: the last lines, growing by itself, following until the reader scrolls up. */
export class SaasLog extends Component {
    static template = "saas_business_management.SaasLog";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.box = useRef("box");
        this.state = useState({ lines: [], follow: true });
        onWillStart(() => this.loadLast(this.props.record.resId));
        onWillUpdateProps(({ record }) => record.resId !== this.jobId && this.loadLast(record.resId));
        useOperationNews((payloads) => payloads.some(({ id }) => id === this.jobId) && this.loadNew());
        useEffect(
            () => this.state.follow && this.scrollToEnd(),
            () => [this.state.lines.length, this.state.follow]
        );
    }

    get words() {
        return { warning: _t("Warning:"), error: _t("Error:") };
    }

    get lastId() {
        return this.state.lines.at(-1)?.id || 0;
    }

    get isCut() {
        return this.state.lines.length >= MOST_LINES;
    }

    async loadLast(jobId) {
        this.jobId = jobId;
        this.state.lines = jobId ? await this.read({ limit: MOST_LINES, order: "id desc" }) : [];
    }

    async loadNew() {
        const lines = await this.read({ limit: MOST_LINES, order: "id" }, [["id", ">", this.lastId]]);
        const known = this.lastId;
        this.state.lines = [...this.state.lines, ...lines.filter(({ id }) => id > known)].slice(-MOST_LINES);
    }

    async read(options, more = []) {
        const rows = await this.orm.searchRead("saas.job.line", [["job_id", "=", this.jobId], ...more], FIELDS, options);
        return rows
            .map((row) => ({ ...row, time: deserializeDateTime(row.at).toFormat("HH:mm:ss") }))
            .sort((one, other) => one.id - other.id);
    }

    onScroll() {
        const { scrollHeight, scrollTop, clientHeight } = this.box.el;
        this.state.follow = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    }

    onFollow(event) {
        this.state.follow = event.target.checked;
    }

    scrollToEnd() {
        if (this.box.el) {
            this.box.el.scrollTop = this.box.el.scrollHeight;
        }
    }

    async download() {
        const rows = await this.orm.searchRead("saas.job.line", [["job_id", "=", this.jobId]], FIELDS, { order: "id" });
        const text = rows.map((row) => `${row.at} ${row.level.toUpperCase()} ${row.text}\n`).join("");
        await downloadFile(text, `operation-${this.jobId}.log`, "text/plain");
    }

    get title() {
        const last = this.state.lines.at(-1);
        return last ? _t("Last line: %s", formatDateTime(deserializeDateTime(last.at))) : "";
    }
}

registry.category("fields").add("saas_log", {
    component: SaasLog,
    displayName: _t("Operation Log"),
    supportedTypes: ["one2many"],
    relatedFields: [],
});
