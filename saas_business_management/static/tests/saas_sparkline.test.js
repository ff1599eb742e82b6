import { expect, test } from "@odoo/hoot";
import { queryAll, queryFirst } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { HEIGHT, heightOf, linePath, topOf } from "@saas_business_management/saas_sparkline/saas_sparkline";

class Quota extends models.Model {
    _name = "saas.quota";
    name = fields.Char();
    trend = fields.Json();
    _records = [
        { id: 1, name: "Storage", trend: { values: [1, 2, null, 3], limit: 4 } },
        { id: 2, name: "Unknown", trend: { values: [null, null], limit: 4 } },
        { id: 3, name: "New", trend: false },
    ];
}

defineMailModels();
defineModels([Quota]);

test("a line goes through what is known and is broken where it is not", () => {
    expect(linePath([0, 4], 4)).toBe("M0 26L120 2");
    expect(linePath([0, null, 4, 4], 4)).toBe("M0 26h1M80 2L120 2");
    expect(linePath([], 1)).toBe("");
    expect(linePath([null, 2], 4)).toBe("M120 14h1");
});

test("nothing leaves the picture", () => {
    expect(topOf([], null)).toBe(1);
    expect(topOf([null, 0], 0)).toBe(1);
    expect(topOf([3, null], 10)).toBe(10);
    expect(heightOf(99, 4)).toBe(2);
    expect(heightOf(-1, 4)).toBe(HEIGHT - 2);
});

test("a quota shows its line and its limit, one without readings neither", async () => {
    await mountView({
        type: "list",
        resModel: "saas.quota",
        arch: `<list><field name="name"/><field name="trend" widget="saas_sparkline"/></list>`,
    });
    expect(queryAll(".o_saas_sparkline")).toHaveLength(1);
    expect(queryFirst(".o_saas_sparkline_line").getAttribute("d")).toBe("M0 20L40 14M120 8h1");
    expect(".o_saas_sparkline_limit").toHaveAttribute("y1", "2");
    expect(".o_saas_sparkline").toHaveAttribute("aria-hidden", "true");
});
