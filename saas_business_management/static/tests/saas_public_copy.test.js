import { setupInteractionWhiteList, startInteractions } from "@web/../tests/public/helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

setupInteractionWhiteList("saas_business_management.copy");
describe.current.tags("interaction_dev");

const field = (value) => `
    <div class="o_saas_copy">
        <input value="${value}" readonly="readonly"/>
        <button type="button" class="btn d-none">Copy</button>
        <span class="d-none" role="status">Copied</span>
    </div>`;

test("each button copies the value beside it and says so there alone", async () => {
    patchWithCleanup(browser.navigator.clipboard, { writeText: async (text) => expect.step(text) });
    await startInteractions(field("saas-1234") + field("acme.example"));
    expect(".o_saas_copy button").not.toHaveClass("d-none");
    expect("[role=status].d-none").toHaveCount(2);
    await click(".o_saas_copy:eq(1) button");
    await animationFrame();
    expect.verifySteps(["acme.example"]);
    expect(".o_saas_copy:eq(1) [role=status]").not.toHaveClass("d-none");
    expect(".o_saas_copy:eq(0) [role=status]").toHaveClass("d-none");
});

test("where the browser refuses, nothing is promised and the value is selected to be copied by hand", async () => {
    patchWithCleanup(browser.navigator.clipboard, {
        writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")),
    });
    await startInteractions(field("saas-1234"));
    await click("button");
    await animationFrame();
    expect("[role=status]").toHaveClass("d-none");
    const input = queryOne("input");
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, "saas-1234".length]);
});

test("a page without TLS copies the older way", async () => {
    patchWithCleanup(browser, { navigator: {} });
    patchWithCleanup(document, {
        execCommand: (command) => {
            const { value, selectionStart, selectionEnd } = queryOne("input");
            expect.step(`${command} ${value.slice(selectionStart, selectionEnd)}`);
            return true;
        },
    });
    await startInteractions(field("saas-1234"));
    await click("button");
    await animationFrame();
    expect.verifySteps(["copy saas-1234"]);
    expect("[role=status]").not.toHaveClass("d-none");
});
