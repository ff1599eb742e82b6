import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

const WORDS = { ok: "Healthy", warning: "Warning", critical: "Critical", unknown: "Unknown" };
const ICONS = { ok: "fa-check-circle", warning: "fa-exclamation-triangle", critical: "fa-times-circle", unknown: "fa-question-circle" };
const STATES = Object.keys(WORDS);

class Tenant extends models.Model {
    _name = "saas.tenant";
    health = fields.Selection({ selection: Object.entries(WORDS) });
    _records = [...STATES.map((health, place) => ({ id: place + 1, health })), { id: 9, health: false }];
}

defineMailModels();
defineModels([Tenant]);

test("health is a word and a sign of its own; who is not watched is told so", async () => {
    await mountView({ type: "list", resModel: "saas.tenant", arch: `<list><field name="health" widget="saas_health"/></list>` });
    expect(queryAllTexts(".o_saas_health")).toEqual([...Object.values(WORDS), "Not watched"]);
    STATES.forEach((state, place) => expect(`.o_saas_health:eq(${place}) i`).toHaveClass(ICONS[state]));
    expect(".o_saas_health:last i").toHaveClass("fa-minus");
});

test("a label says what is meant where several stand together", async () => {
    await mountView({
        type: "form",
        resModel: "saas.tenant",
        resId: 3,
        arch: `<form><field name="health" widget="saas_health" options="{'label': 'Database'}"/></form>`,
    });
    expect(".o_saas_health").toHaveText("Database: Critical");
    expect(".o_saas_health i").toHaveClass("text-danger");
});
