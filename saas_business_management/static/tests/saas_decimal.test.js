import { expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { spell, unspell } from "@saas_business_management/saas_decimal/saas_decimal";

const ENGLISH = { thousandsSep: ",", decimalPoint: "." };
const GERMAN = { thousandsSep: ".", decimalPoint: "," };
const BARE = { thousandsSep: "", decimalPoint: "," };

class Tier extends models.Model {
    _name = "saas.plan.charge.tier";
    up_to = fields.Char();
    _records = [{ id: 1, up_to: "12400.5" }, { id: 2, up_to: false }];
}

defineMailModels();
defineModels([Tier]);

const show = (resId, readonly = false) =>
    mountView({
        type: "form",
        resModel: "saas.plan.charge.tier",
        resId,
        arch: `<form><field name="up_to" widget="saas_decimal" placeholder="and above" readonly="${readonly ? 1 : 0}"/></form>`,
    });

test("a number is shown with the separators of the language, every digit of it", () => {
    for (const [kept, english, german, bare] of [
        ["0", "0", "0", "0"],
        ["999", "999", "999", "999"],
        ["12400.5", "12,400.5", "12.400,5", "12400,5"],
        ["0.000000000123", "0.000000000123", "0,000000000123", "0,000000000123"],
        ["12345678901234567890123456", "12,345,678,901,234,567,890,123,456", "12.345.678.901.234.567.890.123.456", "12345678901234567890123456"],
        ["ten", "ten", "ten", "ten"],
    ]) {
        expect([spell(kept, ENGLISH), spell(kept, GERMAN), spell(kept, BARE)]).toEqual([english, german, bare]);
        for (const language of [ENGLISH, GERMAN, BARE]) {
            expect(unspell(spell(kept, language), language)).toBe(kept);
        }
    }
});

test("separators in the wrong place are not guessed at", () => {
    expect(unspell("1,5", ENGLISH)).toBe("1,5");
    expect(unspell("1,0000", ENGLISH)).toBe("1,0000");
    expect(unspell("0.002", GERMAN)).toBe("0.002");
    expect(unspell("1.5", GERMAN)).toBe("1.5");
    expect(unspell("1.000", GERMAN)).toBe("1000");
    expect(unspell("1.2.3", ENGLISH)).toBe("1.2.3");
    expect(unspell(" 12,400 ", ENGLISH)).toBe("12400");
    expect(unspell("", ENGLISH)).toBe("");
});

test("what is typed is kept without separators", async () => {
    onRpc("saas.plan.charge.tier", "web_save", ({ args }) => expect.step(args[1].up_to));
    await show(1);
    expect(queryFirst("[name=up_to] input").value).toBe("12,400.5");
    await contains("[name=up_to] input").edit("1,000,000");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["1000000"]);
});

test("an empty number says what that means where nothing can be typed", async () => {
    await show(2, true);
    expect("[name=up_to]").toHaveText("and above");
});
