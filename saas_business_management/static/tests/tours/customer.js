/** The ways of a customer, click by click; between two of them the operation that was ordered runs. */
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const see = (trigger) => ({ trigger });
const click = (trigger) => ({ trigger, run: "click" });
const go = (trigger) => ({ trigger, run: "click", expectUnloadPage: true });
const type = (trigger, text) => ({ trigger, run: `edit ${text}` });
const add = (name, steps) => tours.add(name, { steps: () => steps });

/** Keep what [Copy] gives away where the next step can look; a browser without a window has no clipboard. */
const keepCopied = (trigger) => ({
    trigger,
    run() {
        navigator.clipboard.writeText = async (text) => {
            document.body.dataset.copied = text;
        };
    },
});
const copies = (field) => [
    click(`${field} button:contains(Copy)`),
    see(`${field} [role=status]:contains(Copied):not(.d-none)`),
    {
        trigger: `${field} input`,
        run() {
            const { value } = this.anchor;
            if (!value || document.body.dataset.copied !== value) {
                throw new Error(`copied “${document.body.dataset.copied}” instead of “${value}”`);
            }
        },
    },
];

add("saas_customer_signs_up", [
    type("#name", "Nora Lind"),
    type("#email", "nora@cedar.example"),
    type("#company_name", "Cedar Books Ltd && click #email"),
    { trigger: "#country", run: "select BE" },
    see("#subdomain:value(cedar-books)"),
    see("#subdomain_told.text-success"),
    type("#subdomain", "a"),
    see("#subdomain_told.text-danger"),
    type("#subdomain", "cedar"),
    see("#subdomain_told.text-success:contains(cedar)"),
    click("#terms"),
    go("button[type=submit]:contains(Sign Up)"),
    see("h1:contains(Confirm your e-mail)"),
    see("strong:contains(nora@cedar.example)"),
    see(".o_saas_again button:disabled"),
]);

add("saas_customer_confirms", [
    see("h1:contains(Create Cedar Books Ltd)"),
    see("dd:contains(cedar)"),
    go("button:contains(Confirm and Create Database)"),
    see("h1:contains(We create Cedar Books Ltd)"),
    see(".o_saas_line[data-state=done]:contains(E-mail confirmed)"),
    see(".o_saas_line:contains(Database created)"),
]);

add("saas_customer_sees_it_open", [see("h1:contains(Cedar Books Ltd is ready)"), see("a:contains(Open), button:contains(Open)")]);

add("saas_customer_changes_plan", [
    go("a:contains(Your Databases)"),
    go(".card a.h5:contains(Cedar Books Ltd)"),
    see("a.btn:contains(Open Database)"),
    go("a.btn:contains(Change Plan)"),
    see("h1:contains(Change Plan)"),
    go(".card:has(h2:contains(Bigger)) a:contains(See What You Pay)"),
    see(".card h2:contains(Bigger)"),
    go("a:contains(Change it with the next period instead)"),
    go("a:contains(Change it now instead)"),
    click("summary:contains(How we count)"),
    see("details[open] th:contains(Invoice)"),
    go("button[type=submit]:contains(Change to Bigger)"),
    see(".alert-success[role=status]"),
]);

add("saas_customer_pays", [
    click("a:contains(Pay Now):visible:first"),
    see(".modal.show button[name=o_payment_submit_button]"),
    type(".modal.show #customer_input", "4242 4242 4242 4242"),
    { trigger: ".modal.show #simulated_payment_state", run: "select done" },
    go(".modal.show button[name=o_payment_submit_button]:enabled"),
    { trigger: "body:contains(Your payment has been processed)", expectUnloadPage: true },
    see("body:not(:has(a:contains(Pay Now):visible))"),
]);

add("saas_customer_asks_for_a_restore", [
    go("a.btn:contains(Backups)"),
    go("a.btn:contains(Restore…)"),
    see("h1:contains(Restore Backup)"),
    see("p:contains(Nothing changes before that)"),
    type("#saas_why", "the price list is gone"),
    go("button[type=submit]:contains(Ask Support)"),
    see(".alert-success[role=status]"),
]);

add("saas_customer_cancels_and_comes_back", [
    go("a:contains(Cancel Subscription…)"),
    see("p:contains(one click undoes it)"),
    { trigger: "#saas_reason", run: "select too_expensive" },
    type("#saas_note", "less for more"),
    go("button.btn-danger:contains(Cancel Subscription)"),
    see(".alert:contains(you can undo)"),
    see("dt:contains(Last day)"),
    go(".alert button:contains(Undo)"),
    see("a:contains(Cancel Subscription…)"),
    see("dt:contains(Next invoice)"),
    see("li:contains(Cancellation undone)"),
]);

add("saas_customer_uses_an_own_address", [
    go("a.btn:contains(Web Addresses)"),
    see("strong:contains(acme.testing.localhost)"),
    type("input[name=host]", "shop.acme.example"),
    go("button:contains(Add Address)"),
    see("h2:contains(shop.acme.example)"),
    see("summary:contains(Records to set)"),
    keepCopied("summary"),
    ...copies(".o_saas_copy:has(input[aria-label='CNAME: name'])"),
    ...copies(".o_saas_copy:has(input[aria-label='CNAME: value'])"),
    ...copies(".o_saas_copy:has(input[aria-label='TXT: value'])"),
    go("button:contains(Check Now)"),
    see("h2:contains(shop.acme.example)"),
]);

add("saas_customer_looks_after_the_account", [
    // Somebody else joins the team.
    go("nav a:contains(Team)"),
    type("input[name=email]", "tom@acme.example"),
    click("input[name=role][value=technical]"),
    go("button:contains(Send Invitation)"),
    see(".card:contains(tom@acme.example):contains(invited)"),
    // A key for a program, shown once, then revoked.
    go("nav a:contains(API Keys)"),
    see("p:contains(No keys yet)"),
    type("input[name=name]", "Monthly report"),
    see("input[name='scope.tenants:read']:checked"),
    go("button:contains(Make Key)"),
    see(".alert-success:contains(it is shown this once)"),
    keepCopied(".alert-success"),
    ...copies(".alert-success .o_saas_copy"),
    go("nav a:contains(API Keys)"),
    see("strong:contains(Monthly report)"),
    see("body:not(:has(.o_saas_copy))"),
    go("button:contains(Revoke)"),
    see(".card:contains(Monthly report):not(:has(button:contains(Revoke)))"),
    // Everything is taken away.
    go("nav a:contains(Your Data)"),
    type("input[name=passphrase]", "a long and secret phrase"),
    type("input[name=again]", "a long and secret phrase"),
    go("button:contains(Make My Data Ready)"),
    see("strong:contains(Being made.)"),
    see("body:not(:has(button:contains(Make My Data Ready)))"),
]);
