import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// A shape for each state, so that none is told by its colour alone.
export const LOOKS = {
    proven: { shape: "full", color: "text-success" },
    stored: { shape: "half", color: "text-info" },
    missed: { shape: "ring", color: "text-warning-emphasis" },
    failed: { shape: "square", color: "text-danger" },
    not_due: { shape: "dot", color: "text-muted" },
};
export const WORDS = {
    proven: _t("Proven"),
    stored: _t("Stored"),
    missed: _t("Missed"),
    failed: _t("Failed"),
    not_due: _t("Not due"),
};

/** The index that a key leads to from another one, or undefined; days run from old to new. */
export function nextIndex(key, index, count, rtl = false) {
    const [back, on] = rtl ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    const targets = { [back]: index - 1, [on]: index + 1, Home: 0, End: count - 1 };
    return key in targets ? Math.min(Math.max(targets[key], 0), count - 1) : undefined;
}

/**
 * What became of the last days, one cell a day, today as the last; each opens the backups of its
 * day. The whole strip is one stop of the keyboard, its arrows go from day to day.
 */
export class SaasDayStrip extends Component {
    static template = "saas_business_management.SaasDayStrip";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ index: null });
    }

    get cells() {
        return this.props.record.data[this.props.name] || [];
    }

    get reachable() {
        return this.state.index ?? this.cells.length - 1;
    }

    look(cell) {
        return LOOKS[cell.state] || LOOKS.not_due;
    }

    get summary() {
        const counts = {};
        for (const { state } of this.cells) {
            counts[state] = (counts[state] || 0) + 1;
        }
        const told = Object.keys(WORDS).filter((state) => counts[state]);
        return told.map((state) => `${WORDS[state]}: ${counts[state]}`).join(", ");
    }

    async onClick(cell) {
        const { resId, resModel } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, "action_view_backups_on", [resId, cell.day]));
    }

    onKeydown(ev) {
        const rtl = localization.direction === "rtl";
        const index = nextIndex(ev.key, this.reachable, this.cells.length, rtl);
        if (index === undefined) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        this.state.index = index;
        ev.currentTarget.querySelectorAll("button")[index].focus();
    }
}

registry.category("fields").add("saas_day_strip", {
    component: SaasDayStrip,
    displayName: _t("Strip of Days"),
    supportedTypes: ["json"],
});
