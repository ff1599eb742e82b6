import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { HEIGHT, place, WIDTH } from "@saas_business_management/saas_price_preview/saas_price_preview";

class Charge extends models.Model {
    _name = "saas.plan.charge";
    name = fields.Char();
    preview = fields.Json();
    _records = [
        {
            id: 1,
            name: "Calls",
            preview: {
                amount: "$ 4.80",
                sentence: "at 12,400 calls: $ 4.80",
                lines: [
                    { label: "Included", reading: "10,000 × 0", amount: "$ 0.00" },
                    { label: "Units", reading: "2,400 × 0.002", amount: "$ 4.80" },
                ],
                compare: [{ quantity: "1,000", amount: "$ 0.00" }],
                points: [[0, 0], [10000, 0], [20000, 20]],
                at: [12400, 4.8],
            },
        },
        { id: 2, name: "Broken", preview: { problem: "Enter “Unit Price”; 0 is a price too." } },
    ];
}

defineMailModels();
defineModels([Charge]);

const show = (resId) =>
    mountView({
        type: "form",
        resModel: "saas.plan.charge",
        resId,
        arch: `<form><field name="preview" widget="saas_price_preview"/></form>`,
    });

test("a quantity is priced step by step and marked on the line", async () => {
    await show(1);
    expect(queryAllTexts(".o_saas_price_preview table:first td")).toEqual([
        ...["Included", "10,000 × 0", "$ 0.00"],
        ...["Units", "2,400 × 0.002", "$ 4.80"],
    ]);
    expect(".o_saas_price_preview .fs-3").toHaveText("$ 4.80");
    expect(queryFirst("svg[role=img]").getAttribute("aria-label")).toBe("at 12,400 calls: $ 4.80");
    expect(".o_saas_price_preview circle").toHaveCount(1);
});

test("a charge that cannot be priced says why instead", async () => {
    await show(2);
    expect(".o_saas_price_preview [role=status]").toHaveText("Enter “Unit Price”; 0 is a price too.");
    expect(".o_saas_price_preview svg").toHaveCount(0);
});

test("the line begins below on the side where reading begins", () => {
    const { line, marker } = place([[0, 0], [10, 5]], [10, 5]);
    expect(line).toBe(`0.0,${HEIGHT}.0 ${WIDTH}.0,0.0`);
    expect(marker).toEqual([WIDTH, 0]);
    expect(place([[0, 0], [10, 5]], [10, 5], true).marker).toEqual([0, 0]);
    expect(place([[0, 0], [10, 0]], [5, 0]).marker).toEqual([WIDTH / 2, HEIGHT]);
});
