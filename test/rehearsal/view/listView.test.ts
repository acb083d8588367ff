import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, it, vi } from "vitest";
import { canRedraw, listView } from "../../../rehearsal/view/listView";
import { failedRelease } from "../sampleResult";

it("shows elapsed times while a step runs, shrinks ended releases and skips those never started", async () => {
  const screen = terminal();
  const view = listView(screen.stream);
  view.show({
    type: "preparing",
    releases: [
      { number: 2, title: "a migration fails" },
      { number: 3, title: "corrected" },
    ],
    steps: ["build", "migrate"],
  });
  view.show({ type: "release-started", release: 2, workspace: "" });
  view.show({ type: "step-started", release: 2, id: "migrate" });
  await vi.waitFor(() => {
    expect(screen.text()).toMatch(/migrate {2}\d\.[1-9] s/);
  }, 10_000);

  const end = { type: "step-ended", release: 2 } as const;
  view.show({ ...end, id: "build", status: "succeeded", exitCode: 0, durationMs: 1500 });
  view.show({ ...end, id: "migrate", status: "failed", exitCode: 1, durationMs: 2500 });
  view.show({ type: "release-ended", release: failedRelease, deviations: [] });
  view.show({ type: "cleaning-up" });
  view.show({ type: "finished", ok: true });
  await view.close();

  const last = screen.text().split("release 2:").at(-1) ?? "";
  expect(last).toContain("failed, as announced; 230 requests served, 0 failed");
  expect(last).toContain("✖ migrate  2.5 s");
  expect(last).toContain("↓ release 3: corrected");
  expect(last).toContain("✔ clean up");
});

it("gives the terminal back when a rehearsal is interrupted", async () => {
  const screen = terminal();
  const view = listView(screen.stream);
  view.show({ type: "preparing", releases: [{ number: 1, title: "one" }], steps: ["build"] });
  view.show({ type: "release-started", release: 1, workspace: "" });
  view.show({ type: "step-started", release: 1, id: "build" });
  await view.close();
  expect(screen.raw().endsWith("\u001B[?25h")).toBe(true);
});

it("is only for a terminal that has a width", () => {
  expect(canRedraw({ isTTY: true, columns: 80 })).toBe(true);
  expect(canRedraw({ isTTY: true, columns: 0 })).toBe(false);
  // What a pipe says.
  expect(canRedraw({})).toBe(false);
});

function terminal(): { stream: NodeJS.WriteStream; raw(): string; text(): string } {
  let written = "";
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString();
      done();
    },
  });
  Object.assign(stream, { isTTY: true, columns: 100, rows: 40 });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    raw: () => written,
    text: () => stripVTControlCharacters(written),
  };
}
