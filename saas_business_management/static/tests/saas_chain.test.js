import { expect, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Entry extends models.Model {
    _name = "saas.audit.entry";
    res_name = fields.Char();
    _records = [{ id: 1, res_name: "Acme" }];
}

class Check extends models.Model {
    _name = "saas.audit.check";
}

defineMailModels();
defineModels([Entry, Check]);

const KINDS = {
    list: `<list js_class="saas_chain_list"><field name="res_name"/></list>`,
    kanban: `<kanban js_class="saas_chain_kanban"><templates><t t-name="card"><field name="res_name"/></t></templates></kanban>`,
};
const LOOKS = { ok: "alert-success", bad: "alert-danger", unknown: "alert-warning" };

for (const [type, arch] of Object.entries(KINDS)) {
    for (const [level, look] of Object.entries(LOOKS)) {
        test(`a chain that is ${level} shows above the ${type}, with its text and the rows`, async () => {
            onRpc("saas.audit.check", "read_status", () => ({ level, text: `It is ${level} <b>` }));
            await mountView({ type, resModel: "saas.audit.entry", arch });
            expect(`.o_saas_chain.${look}`).toHaveText(`It is ${level} <b>`);
            expect(`.o_${type}_renderer`).toHaveText(/Acme/);
        });
    }
}
