import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withFigures } from "./support/figuresTable";

const FACTS = { date: "2026-01-02", engine: "v3.0.0", node: "20.0.0", tests: 3, minutes: 4 };
const FIGURES = [
  { subject: "dev", command: "up", resources: 41, calls: 44, seconds: 4.321 },
  { subject: "combination 0", command: "up", resources: 20, calls: 22, seconds: 3 },
  { subject: "combination 1", command: "up", resources: 50, calls: 52, seconds: 3 },
];

it("the figures take the place of the old ones, and of nothing else", () => {
  const page = readFileSync(join(process.cwd(), "docs", "engine.md"), "utf8");
  const once = withFigures(page, FIGURES, FACTS);
  expect(once).toContain("| `dev` | up | 41 | 44 | 4.3 |");
  expect(once).toContain("2026-01-02: 3 tests passed in 4 minutes, with Pulumi v3.0.0");
  expect(once).toContain("The 2 combinations made between 20 and 50 resources.");
  expect(withFigures(once, FIGURES, FACTS)).toBe(once);
  expect(once.split("## Figures")[0]).toBe(page.split("## Figures")[0]);
  expect(() => withFigures("# A page without a place", FIGURES, FACTS)).toThrow("expected <!--");
});
