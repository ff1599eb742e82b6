import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { SHOWN } from "@saas_business_management/saas_crowded_form/saas_crowded_form";

class Tenant extends models.Model {
    _name = "saas.tenant";
    name = fields.Char();
    _records = [{ id: 1, name: "Acme" }];
}

defineMailModels();
defineModels([Tenant]);

const show = (count, hidden = 0) => {
    const word = (number) => `<button name="do_${number}" type="object" string="Do ${number}" invisible="${number < hidden ? 1 : 0}"/>`;
    const buttons = [...Array(count).keys()].map(word).join("");
    return mountView({
        type: "form",
        resModel: "saas.tenant",
        resId: 1,
        arch: `<form js_class="saas_crowded_form"><header>${buttons}</header><field name="name"/></form>`,
    });
};
const standing = () => queryAllTexts(".o_statusbar_buttons > button:not(.o_saas_more)");

test.tags("desktop");
test("what does not fit in a line opens below More, in its order", async () => {
    await show(SHOWN + 3, 1);
    expect(standing()).toEqual([...Array(SHOWN).keys()].map((number) => `Do ${number + 1}`));
    await contains(".o_saas_more").click();
    expect(queryAllTexts(".o-dropdown--menu button")).toEqual([`Do ${SHOWN + 1}`, `Do ${SHOWN + 2}`]);
});

test.tags("desktop");
test("one button alone is not put below More", async () => {
    await show(SHOWN + 1);
    expect(standing()).toHaveLength(SHOWN + 1);
    expect(".o_saas_more").toHaveCount(0);
});
