import { expect, it } from "vitest";
import { renderPage } from "../../../rehearsal/report/page";
import { drawSteps, stepGraph } from "../../../rehearsal/report/stepGraph";
import type { Rehearsal } from "../../../rehearsal/result";
import { sample } from "../sampleResult";

const HOSTILE = `<script>alert(1)</script>"'&--><img src=x onerror=alert(1)>`;

it("draws steps by what they wait for, and in order where they say nothing", () => {
  const graph = stepGraph({
    steps: [
      { id: "push" },
      { id: "check", waitFor: ["push"] },
      { id: "migrate", waitFor: ["push"] },
      { id: "deploy", waitFor: ["check", "migrate", "nowhere"] },
      { id: "-", waitFor: ["-"] },
      { name: "no id" },
    ],
  });
  expect(graph.match(/s\d -> s\d/g)).toEqual([
    "s0 -> s1",
    "s0 -> s2",
    "s1 -> s3",
    "s2 -> s3",
    "s4 -> s5",
  ]);
  expect(graph).toContain('s5 [label="Step #5"');
});

it("has the graph, each release's steps with times, and counts of requests", async () => {
  const graph = await drawSteps({ steps: [{ id: "build" }, { id: "migrate" }] });
  const page = renderPage(sample, graph);
  expect(page).toMatch(/<svg role="img" aria-label="Steps and what each one waits for"/);
  expect(page).toContain(">migrate</text>");
  expect(page).toContain("Release 2: a migration fails");
  expect(page).toContain("failed, exit code 1");
  expect(page).toContain("from 1.2 s to 3.5 s");
  expect(page).toContain("230 served, 0 failed");
});

it("asks for nothing on the network", async () => {
  const page = renderPage(sample, await drawSteps({ steps: [{ id: "build" }] }));
  expect(page).toContain("default-src 'none'");
  const withoutNamespaces = page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "");
  expect(withoutNamespaces).not.toMatch(/https?:|url\(|<link|<script|<img|@import/);
});

it("escapes everything that comes from a document, a service or an error", async () => {
  const hostile: Rehearsal = {
    result: {
      ...sample.result,
      releases: sample.result.releases.map((release) => ({
        ...release,
        error: HOSTILE,
        revision: HOSTILE,
        failedStep: HOSTILE,
        serving: { before: HOSTILE, after: HOSTILE },
        schema: {
          before: { version: HOSTILE, digest: "" },
          after: { version: HOSTILE, digest: "" },
        },
        steps: [{ id: HOSTILE, status: "failed", exitCode: 1, durationMs: 1 }],
      })),
    },
    details: {
      ...sample.details,
      documentSource: HOSTILE,
      documentText: HOSTILE,
      endpoint: HOSTILE,
      announcements: [{ number: 1, title: HOSTILE, deviations: [HOSTILE] }],
      deviations: [HOSTILE],
      findings: [HOSTILE],
      properties: [{ id: HOSTILE, holds: true, why: HOSTILE }],
      ownProperties: [{ id: HOSTILE, holds: true, why: HOSTILE }],
      rewrites: [{ where: HOSTILE, name: HOSTILE, from: HOSTILE, to: HOSTILE }],
      notes: [HOSTILE],
      timelines: [[{ id: HOSTILE, startMs: 0, endMs: 1 }]],
      failedRequests: [HOSTILE],
    },
  };
  const page = renderPage(hostile, await drawSteps({ steps: [{ id: HOSTILE }, { id: 'a"]; b' }] }));
  expect(page).not.toMatch(/<script|<img|<!--|-->/);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;--&gt;");
});
