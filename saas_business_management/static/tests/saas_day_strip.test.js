import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAll, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, mockService, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { LOOKS, nextIndex, WORDS } from "@saas_business_management/saas_day_strip/saas_day_strip";

const STATES = ["not_due", "missed", "failed", "stored", "proven"];

class Tenant extends models.Model {
    _name = "saas.tenant";
    name = fields.Char();
    strip = fields.Json();
    _records = [
        {
            id: 7,
            name: "Acme",
            strip: STATES.map((state, index) => ({ day: `2026-03-0${index + 1}`, state, title: `${index + 1} Mar: ${state}` })),
        },
    ];
}

defineMailModels();
defineModels([Tenant]);

let opened;

beforeEach(() => {
    opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    onRpc("saas.tenant", "action_view_backups_on", ({ args }) => ({ args }));
});

const show = () =>
    mountView({
        type: "list",
        resModel: "saas.tenant",
        arch: `<list><field name="name"/><field name="strip" widget="saas_day_strip"/></list>`,
    });

test("each day says in words and by its shape how it stands", async () => {
    await show();
    expect(queryAll(".o_saas_day").map((cell) => cell.getAttribute("aria-label"))).toEqual(
        STATES.map((state, index) => `${index + 1} Mar: ${state}`)
    );
    expect(new Set(Object.values(LOOKS).map((look) => look.shape)).size).toBe(STATES.length);
    expect(Object.keys(WORDS).sort()).toEqual([...STATES].sort());
    expect(".o_saas_day_strip").toHaveAttribute("aria-label", "Proven: 1, Stored: 1, Missed: 1, Failed: 1, Not due: 1");
});

test("a day opens its backups, and the row stays closed", async () => {
    await show();
    await contains(".o_saas_day:eq(3)").click();
    expect(opened).toEqual([{ args: [7, "2026-03-04"] }]);
});

test("the strip is one stop of the keyboard, and its arrows go from day to day", async () => {
    await show();
    expect(queryAll(".o_saas_day").map((cell) => cell.tabIndex)).toEqual([-1, -1, -1, -1, 0]);
    queryFirst(".o_saas_day:last").focus();
    await press("ArrowLeft");
    await animationFrame();
    expect(".o_saas_day:eq(3)").toBeFocused();
    await press("Home");
    await animationFrame();
    expect(".o_saas_day:eq(0)").toBeFocused();
    expect(queryAll(".o_saas_day").map((cell) => cell.tabIndex)).toEqual([0, -1, -1, -1, -1]);
});

test("arrows are mirrored from right to left and stop at the ends", () => {
    expect(nextIndex("ArrowLeft", 3, 5)).toBe(2);
    expect(nextIndex("ArrowLeft", 3, 5, true)).toBe(4);
    expect(nextIndex("ArrowRight", 4, 5)).toBe(4);
    expect(nextIndex("ArrowLeft", 0, 5)).toBe(0);
    expect(nextIndex("End", 0, 5)).toBe(4);
    expect(nextIndex("Enter", 0, 5)).toBe(undefined);
});
