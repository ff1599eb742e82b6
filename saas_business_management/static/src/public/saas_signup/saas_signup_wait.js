/** Waiting pages of a sign-up: when a mail may be sent again, how far the database is. */
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const AGAIN = 60000;
const LOOK = 250;
const PATIENCE = 3000;

export class SaasSignupAgain extends Interaction {
    static selector = ".o_saas_again";

    start() {
        const button = this.el.querySelector("button");
        button.disabled = true;
        this.waitForTimeout(() => {
            button.disabled = false;
            this.el.querySelector(".o_saas_again_told").textContent = "";
        }, AGAIN);
    }
}

/** Draws the lines as the operation goes on, and loads the page anew when it is over. */
export class SaasSignupProgress extends Interaction {
    static selector = ".o_saas_progress[data-state=preparing]";

    start() {
        this.wait(LOOK);
    }

    wait(time) {
        this.waitForTimeout(() => this.look(), time);
    }

    async look() {
        let told;
        try {
            const path = `/saas/signup/progress/${this.el.dataset.reference}/state`;
            const answer = await this.waitFor(fetch(path));
            told = answer.ok && (await this.waitFor(answer.json()));
        } catch (error) {
            if (!(error instanceof TypeError)) {
                throw error;
            }
        }
        if (!told) {
            this.wait(PATIENCE);
        } else if (told.state !== "preparing") {
            browser.location.reload();
        } else {
            this.draw(told.lines);
            this.wait(told.slow ? PATIENCE : LOOK);
        }
    }

    draw(lines) {
        const icons = { done: "fa-check-circle", running: "fa-refresh fa-spin", todo: "fa-circle-o" };
        const words = { done: _t("done"), running: _t("in work"), todo: _t("to do") };
        const rows = this.el.querySelectorAll(".o_saas_line");
        lines.forEach((line, place) => {
            rows[place].dataset.state = line.state;
            rows[place].querySelector(".fa").className = `fa fa-fw ${icons[line.state]}`;
            rows[place].querySelector(".o_saas_line_state").textContent = words[line.state];
            rows[place].querySelector(".o_saas_line_time").textContent = line.time;
        });
    }
}

const interactions = registry.category("public.interactions");
interactions.add("saas_business_management.signup_again", SaasSignupAgain);
interactions.add("saas_business_management.signup_progress", SaasSignupProgress);
