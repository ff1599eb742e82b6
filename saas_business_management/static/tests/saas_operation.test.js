import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts, queryOne, scroll } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, MockServer, mockService, models, mountView, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { downloadFile } from "@web/core/network/download";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

let tell;

class Job extends models.Model {
    _name = "saas.job";
    label = fields.Char();
    state = fields.Char();
    step_ids = fields.One2many({ relation: "saas.job.step", relation_field: "job_id" });
    line_ids = fields.One2many({ relation: "saas.job.line", relation_field: "job_id" });
    _records = [{ id: 1, label: "Provision: Acme", state: "running", step_ids: [1, 2, 3] }];
}

class Step extends models.Model {
    _name = "saas.job.step";
    job_id = fields.Many2one({ relation: "saas.job" });
    label = fields.Char();
    state = fields.Selection({ selection: ["todo", "running", "done", "failed"].map((one) => [one, one]) });
    duration = fields.Char();
    error_text = fields.Text();
    _records = [
        { id: 1, job_id: 1, label: "Copy database", state: "done", duration: "0.31 s" },
        { id: 2, job_id: 1, label: "Copy files", state: "failed", error_text: "The disk is full." },
        { id: 3, job_id: 1, label: "Hand over", state: "todo" },
    ];
}

class Line extends models.Model {
    _name = "saas.job.line";
    job_id = fields.Many2one({ relation: "saas.job" });
    at = fields.Datetime();
    level = fields.Char();
    text = fields.Text();
    _records = [...Array(40).keys()].map((number) => ({
        id: number + 1,
        job_id: 1,
        at: "2026-11-22 10:41:07",
        level: number === 3 ? "error" : "info",
        text: `line ${number + 1}`,
    }));
}

defineMailModels();
defineModels([Job, Step, Line]);

const showForm = (arch) => mountView({ type: "form", resModel: "saas.job", resId: 1, arch: `<form edit="0">${arch}</form>` });

beforeEach(() => {
    const listeners = {};
    mockService("bus_service", {
        addEventListener() {},
        subscribe: (type, callback) => ((listeners[type] ||= new Set()).add(callback)),
        unsubscribe: (type, callback) => listeners[type]?.delete(callback),
        start() {},
    });
    tell = async (payload) => {
        listeners["saas.job"]?.forEach((callback) => callback(payload));
        await advanceTime(300);
        await animationFrame();
    };
});

test("steps tell how they stand in words, not by colour alone", async () => {
    await showForm(`<field name="step_ids" widget="saas_steps"/>`);
    expect(queryAll(".o_saas_step i").map((icon) => icon.getAttribute("aria-label"))).toEqual(["Done", "Failed", "To do"]);
    expect(".o_saas_step:eq(0)").toHaveText("Copy database\n0.31 s");
    expect(".o_saas_step:eq(1) .text-danger:last").toHaveText("The disk is full.");
});

test("the log shows its lines and marks an error by a word", async () => {
    await showForm(`<field name="line_ids" widget="saas_log"/>`);
    expect(".o_saas_log_line").toHaveCount(40);
    expect(".o_saas_log_error").toHaveText(/Error: ?line 4/);
});

test("a new line is appended when the operation tells of it, and only of this one", async () => {
    await showForm(`<field name="line_ids" widget="saas_log"/>`);
    MockServer.env["saas.job.line"].create({ job_id: 1, at: "2026-11-22 10:42:00", level: "info", text: "the newest" });
    await tell({ id: 2, lines: 1 });
    expect(".o_saas_log_line").toHaveCount(40);
    await tell({ id: 1, lines: 1 });
    expect(queryAllTexts(".o_saas_log_text").at(-1)).toBe("the newest");
});

test("the log follows until the reader scrolls up", async () => {
    await showForm(`<field name="line_ids" widget="saas_log"/>`);
    const box = queryOne(".o_saas_log_box");
    box.style.height = "100px";
    await scroll(box, { top: 0 });
    await animationFrame();
    expect(".o_saas_log input[type=checkbox]").not.toBeChecked();
    await contains(".o_saas_log input[type=checkbox]").check();
    expect(box.scrollTop + box.clientHeight).toBeGreaterThan(box.scrollHeight - 5);
});

test("the log that is taken along has every line, with its instant and level", async () => {
    const taken = [];
    patchWithCleanup(downloadFile, { _download: async (...file) => taken.push(file) });
    onRpc("saas.job.line", "search_read", ({ kwargs }) => expect.step(`${kwargs.limit || "all"}`));
    await showForm(`<field name="line_ids" widget="saas_log"/>`);
    await contains(".o_saas_log button:contains(Download)").click();
    expect.verifySteps(["500", "all"]);
    const [[text, name]] = taken;
    expect(name).toBe("operation-1.log");
    expect(text.split("\n")).toHaveLength(41);
    expect(text).toInclude("2026-11-22 10:41:07 ERROR line 4\n");
});

for (const [type, js, arch] of [
    ["list", "saas_live_list", `<field name="state"/>`],
    ["kanban", "saas_live_kanban", `<templates><t t-name="card"><field name="state"/></t></templates>`],
]) {
    test(`rows of a ${type} are read again when an operation moved on, not for a line of its log`, async () => {
        await mountView({ type, resModel: "saas.job", arch: `<${type} js_class="${js}">${arch}</${type}>` });
        MockServer.env["saas.job"].write([1], { state: "done" });
        await tell({ id: 5, res: "", lines: 1 });
        expect(`.o_${type}_renderer`).toHaveText(/running/);
        await tell({ id: 5, res: "", state: "done" });
        expect(`.o_${type}_renderer`).toHaveText(/done/);
    });
}

test("rows that somebody has marked stay as they are", async () => {
    await mountView({ type: "list", resModel: "saas.job", arch: `<list js_class="saas_live_list"><field name="state"/></list>` });
    await contains(".o_data_row .o_list_record_selector input").click();
    MockServer.env["saas.job"].write([1], { state: "done" });
    await tell({ id: 1, res: "", state: "done" });
    expect(".o_data_row [name=state]").toHaveText("running");
    expect(".o_data_row .o_list_record_selector input").toBeChecked();
});

test("an open form is redrawn by news about its record, without a toast", async () => {
    await showForm(`<widget name="saas_live"/><field name="state"/>`);
    MockServer.env["saas.job"].write([1], { state: "done" });
    await tell({ id: 7, res: "saas.tenant,7", state: "done" });
    expect(".o_field_widget[name=state]").toHaveText("running");
    await tell({ id: 1, res: "saas.tenant,7", state: "done" });
    expect(".o_field_widget[name=state]").toHaveText("done");
    expect(".o_notification").toHaveCount(0);
});

test("a form in which somebody types is left alone", async () => {
    await mountView({
        type: "form",
        resModel: "saas.job",
        resId: 1,
        arch: `<form><widget name="saas_live"/><field name="label"/><field name="state" readonly="1"/></form>`,
    });
    await contains(".o_field_widget[name=label] input").edit("typed", { confirm: false });
    MockServer.env["saas.job"].write([1], { state: "done" });
    await tell({ id: 1, res: "", state: "done" });
    expect(".o_field_widget[name=label] input").toHaveValue("typed");
    expect(".o_field_widget[name=state]").toHaveText("running");
});
