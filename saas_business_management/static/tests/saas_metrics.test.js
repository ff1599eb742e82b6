import { beforeEach, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { metricChart, metricTable, showFigure } from "@saas_business_management/saas_metrics/metric_chart";

const POINTS = [
    ["2026-03-10T12:00:00", 1500, 2500],
    ["2026-03-10T12:05:00", 500, 700],
];

// Numbers, dates and the direction of writing follow the person's language.
beforeEach(async () => {
    await makeMockEnv();
});

test("figures are told with their unit, bytes in sizes people read", () => {
    expect(showFigure(1500, "B")).toBe("1.5 kB");
    expect(showFigure(999, "B")).toBe("999 B");
    expect(showFigure(2_340_000_000, "B")).toBe("2.34 GB");
    expect(showFigure(12.345, "%")).toBe("12.3 %");
    expect(showFigure(7, "")).toBe("7");
    expect(showFigure(null, "s")).toBe("—");
});

test("a reading has a line of its highest, what was added has none", () => {
    const reading = metricChart({ points: POINTS, unit: "B", delta: false, label: "Disk", byDay: false });
    expect(reading.config.data.datasets.map(({ data }) => data)).toEqual([[1500, 500], [2500, 700]]);
    expect(reading.sentence).toInclude("500 B");
    const added = metricChart({ points: POINTS, unit: "", delta: true, label: "Requests", byDay: false });
    expect(added.config.data.datasets.map(({ data }) => data)).toEqual([[1500, 500]]);
});

test("the table begins with the newest", () => {
    const { head, rows } = metricTable({ points: POINTS, unit: "B", delta: false, label: "Disk", byDay: false });
    expect(head.length).toBe(3);
    expect(rows.map((row) => row[1])).toEqual(["500 B", "1.5 kB"]);
});
