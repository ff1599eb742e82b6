import { cookie } from "@web/core/browser/cookie";

// At least 3.2 : 1 on their grounds, and apart from each other for every kind of sight; in the
// order new, expansion, reactivation, contraction, churn.
const LIGHT = ["#0A4C8C", "#1E9E77", "#7A828C", "#E06900", "#8A1538"];
const DARK = ["#3585E0", "#9BEBCB", "#9AA1AF", "#F9A957", "#E5487F"];

/** The colours of charts as this person sees them: parts, words, lines, ground. */
export function look(dark = cookie.get("color_scheme") === "dark") {
    const [blue, green, grey, orange, wine] = dark ? DARK : LIGHT;
    return {
        blue,
        green,
        grey,
        orange,
        wine,
        text: dark ? "#E4E4E4" : "#111827",
        grid: dark ? "rgba(255,255,255,.15)" : "rgba(0,0,0,.1)",
        ground: dark ? "#262A36" : "#FFFFFF",
    };
}
