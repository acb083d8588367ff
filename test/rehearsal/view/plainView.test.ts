import { expect, it } from "vitest";
import { plainView } from "../../../rehearsal/view/plainView";
import { failedRelease } from "../sampleResult";

it("writes a line per event, without control characters", () => {
  const lines: string[] = [];
  const view = plainView((line) => lines.push(line));
  view.show({ type: "starting" });
  view.show({ type: "preparing", releases: [], steps: ["build", "migrate"] });
  view.show({ type: "release-started", release: 2, workspace: "" });
  view.show({ type: "step-started", release: 2, id: "migrate" });
  view.show({
    type: "step-ended",
    release: 2,
    id: "migrate",
    status: "failed",
    exitCode: 1,
    durationMs: 1234,
  });
  view.show({
    type: "step-ended",
    release: 2,
    id: "deploy",
    status: "not-run",
    exitCode: null,
    durationMs: 0,
  });
  view.show({ type: "promoting", release: 1 });
  view.show({ type: "release-ended", release: failedRelease, deviations: [] });
  view.show({ type: "release-ended", release: failedRelease, deviations: ["a", "b"] });
  view.show({ type: "revision-started", revision: "shop-00002-abc", pid: 7 });
  view.show({ type: "traffic-changed", serving: null });
  view.show({ type: "client-started", pid: 8 });
  view.show({ type: "cleaning-up" });
  view.show({ type: "finished", ok: true });

  expect(lines.map((line) => line.replace(/^\[ *\d+\.\d s\]/, "[T]"))).toEqual([
    "[T] starting PostgreSQL and evaluating the stack",
    "[T] steps: build migrate",
    "[T] release 2: started",
    "[T] release 2: migrate failed in 1.2 s",
    "[T] release 2: deploy not-run",
    "[T] release 1: ready, serving as before; doing by hand what it printed",
    "[T] release 2: failed, as announced",
    "[T] release 2: failed, but a; b",
    "[T] revision shop-00002-abc started, process 7",
    "[T] traffic goes to nothing",
    "[T] client started, process 8",
    "[T] cleaning up",
    "[T] done",
  ]);
});
