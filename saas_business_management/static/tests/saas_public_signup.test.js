import { setupInteractionWhiteList, startInteractions } from "@web/../tests/public/helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, fill, manuallyDispatchProgrammaticEvent, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

const OURS = "saas_business_management";
setupInteractionWhiteList([`${OURS}.signup_form`, `${OURS}.signup_again`, `${OURS}.signup_progress`]);
describe.current.tags("interaction_dev");

const form = (subdomain = "") => `
    <form class="o_saas_signup" action="/saas/signup" method="post">
        <input type="hidden" name="timezone"/>
        <input type="hidden" name="plan" value="standard"/>
        <input id="company_name" name="company_name" type="text"/>
        <input id="subdomain" name="subdomain" type="text" value="${subdomain}"/>
        <div id="subdomain_told" role="status">Empty: made from the name of your company.</div>
        <button type="submit">Sign Up</button>
    </form>`;
const progress = (state = "preparing") => `
    <div class="o_saas_progress" data-reference="abc" data-state="${state}"><ul>
        ${["done", "running", "todo"]
            .map((one) => `
        <li class="o_saas_line" data-state="${one}"><i class="fa fa-fw"></i><span>Line</span>
            <span class="o_saas_line_state">${one}</span><span class="o_saas_line_time"></span></li>`)
            .join("")}
    </ul></div>`;
const json = (told, status = 200) => new Response(JSON.stringify(told), { status });

let asked, answers;

beforeEach(() => {
    [asked, answers] = [[], []];
    patchWithCleanup(browser.location, { reload: () => expect.step("reload") });
    onRpc("/saas/signup/check", (request) => {
        asked.push(Object.fromEntries(new URL(request.url).searchParams));
        return answers.shift();
    }, { pure: true });
    onRpc("/saas/signup/progress/abc/state", () => {
        expect.step("look");
        const answer = answers.shift();
        if (answer instanceof Error) {
            throw answer;
        }
        return answer;
    }, { pure: true });
});

test("an address is looked at once, a moment after the last letter, and told free", async () => {
    answers = [json({ free: true, text: "cedar.example is free" })];
    await startInteractions(form());
    await click("#subdomain");
    await fill("cedar");
    expect(asked).toEqual([]);
    await advanceTime(399);
    expect(asked).toEqual([]);
    await advanceTime(2);
    await animationFrame();
    expect(asked).toEqual([{ plan: "standard", subdomain: "cedar" }]);
    expect("#subdomain_told").toHaveText("cedar.example is free");
    expect("#subdomain_told").toHaveClass("text-success");
    expect("#subdomain").not.toHaveClass("is-invalid");
});

test("an address that is taken is marked, and no more once another is free", async () => {
    answers = [json({ free: false, text: "Taken." }), json({ free: true, text: "Free." })];
    await startInteractions(form());
    await click("#subdomain");
    await edit("acme");
    await advanceTime(400);
    await animationFrame();
    expect("#subdomain_told").toHaveClass("text-danger");
    expect("#subdomain").toHaveClass("is-invalid");
    await edit("acme-two");
    await advanceTime(400);
    await animationFrame();
    expect("#subdomain_told").not.toHaveClass("text-danger");
    expect("#subdomain").not.toHaveClass("is-invalid");
});

test("the answer to an older question is not shown after the newer one", async () => {
    let late;
    answers = [new Promise((resolve) => (late = resolve)), json({ free: true, text: "Newer." })];
    await startInteractions(form());
    await click("#subdomain");
    await edit("old");
    await advanceTime(400);
    await edit("new");
    await advanceTime(400);
    await animationFrame();
    expect("#subdomain_told").toHaveText("Newer.");
    late(json({ free: false, text: "Older." }));
    await animationFrame();
    await animationFrame();
    expect("#subdomain_told").toHaveText("Newer.");
});

test("an address is proposed from the company's name, and never over what was typed", async () => {
    answers = [json({ free: true, text: "Free.", proposed: "cedar-books" })];
    await startInteractions(form());
    await click("#company_name");
    await edit("Cedar Books", { confirm: "tab" });
    await animationFrame();
    expect(asked).toEqual([{ plan: "standard", company_name: "Cedar Books" }]);
    expect("#subdomain").toHaveValue("cedar-books");
    answers = [json({ free: true, text: "Free." })];
    await click("#subdomain");
    await edit("mine");
    await advanceTime(400);
    await click("#company_name");
    await edit("Another Name", { confirm: "tab" });
    await animationFrame();
    expect(asked).toHaveLength(2);
    expect("#subdomain").toHaveValue("mine");
});

test("a server that says too often leaves the words as they are", async () => {
    answers = [json({}, 429)];
    await startInteractions(form());
    await click("#subdomain");
    await edit("cedar");
    await advanceTime(400);
    await animationFrame();
    expect(asked).toHaveLength(1);
    expect("#subdomain_told").toHaveText("Empty: made from the name of your company.");
});

test("the time zone goes along, and a second click sends nothing", async () => {
    await startInteractions(form("cedar"));
    expect("input[name=timezone]").toHaveValue(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    queryOne("form").addEventListener("submit", (ev) => {
        ev.preventDefault();
        expect.step("sent");
    });
    await click("button[type=submit]");
    await advanceTime(1);
    expect("button[type=submit]").not.toBeEnabled();
    await manuallyDispatchProgrammaticEvent(queryOne("button"), "click");
    expect.verifySteps(["sent"]);
});

test("a mail is sent again after a minute, not before", async () => {
    await startInteractions(`<form class="o_saas_again"><button type="submit">Send Again</button>
        <span class="o_saas_again_told">Works a minute after the last mail.</span></form>`);
    expect(".o_saas_again button").not.toBeEnabled();
    await advanceTime(59_000);
    expect(".o_saas_again button").not.toBeEnabled();
    await advanceTime(1_100);
    expect(".o_saas_again button").toBeEnabled();
    expect(".o_saas_again_told").toHaveText("");
});

test("steps are drawn as they go on, in signs and in words", async () => {
    const lines = [
        { state: "done", time: "" },
        { state: "done", time: "0.4 s" },
        { state: "running", time: "" },
    ];
    answers = [json({ state: "preparing", slow: false, lines })];
    await startInteractions(progress());
    await advanceTime(250);
    await animationFrame();
    expect.verifySteps(["look"]);
    expect(queryAll(".o_saas_line").map((line) => line.dataset.state)).toEqual(["done", "done", "running"]);
    expect(queryAllTexts(".o_saas_line_state")).toEqual(["done", "done", "in work"]);
    expect(queryAllTexts(".o_saas_line_time")).toEqual(["", "0.4 s", ""]);
    expect(".o_saas_line:eq(2) .fa").toHaveClass("fa-spin");
    expect(".o_saas_line:eq(1) .fa").toHaveClass("fa-check-circle");
    answers = [json({ state: "open", lines })];
    await advanceTime(250);
    await animationFrame();
    expect.verifySteps(["look", "reload"]);
    await advanceTime(10_000);
    expect.verifySteps([]);
});

test("a server that is away, or busy, is asked more patiently, and asked again", async () => {
    answers = [new TypeError("no network"), json({}, 502), json({ state: "preparing", slow: true, lines: [] })];
    await startInteractions(progress());
    await advanceTime(250);
    await animationFrame();
    expect.verifySteps(["look"]);
    await advanceTime(2_900);
    expect.verifySteps([]);
    await advanceTime(200);
    await animationFrame();
    expect.verifySteps(["look"]);
    await advanceTime(3_000);
    await animationFrame();
    expect.verifySteps(["look"]);
    answers = [json({ state: "stuck", lines: [] })];
    await advanceTime(1_000);
    expect.verifySteps([]);
    await advanceTime(2_100);
    await animationFrame();
    expect.verifySteps(["look", "reload"]);
});

test("who is there already waits for nothing", async () => {
    const { core } = await startInteractions(progress("open"));
    expect(core.interactions).toHaveLength(0);
    await advanceTime(10_000);
    expect.verifySteps([]);
});
