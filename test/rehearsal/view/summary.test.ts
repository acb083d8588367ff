import { expect, it } from "vitest";
import type { Promotion, Rehearsal, ReleaseResult } from "../../../rehearsal/result";
import { summarize } from "../../../rehearsal/view/summary";
import { firstRelease, sample } from "../sampleResult";

it("says what each release did, and what differs from a real one", async () => {
  await expect(summarize(sample)).toMatchFileSnapshot("../../golden/rehearsal/summary.txt");
});

it("says what a build left to be done by hand", () => {
  const line = "gcloud run services update-traffic shop --region europe-west1 --to-latest";
  const by = (lines: string[], error: string | null = null) => ({ lines, error, deviations: [] });
  const said = (release: Partial<ReleaseResult>, promotion: Promotion): string =>
    summarize({
      result: { ...sample.result, releases: [{ ...firstRelease, ...release }] },
      details: { ...sample.details, promotions: [promotion] },
    });
  const released = said({}, by([line]));
  expect(released).toContain("  ready, serving as before, then released by hand; 40 requests");
  expect(released).toContain(`  by hand  ${line}\n`);
  expect(said({}, by([]))).toContain("  ready, serving as before; 40 requests");
  const failed = said({ outcome: "failed", error: "refused" }, by([line], "refused"));
  expect(failed).toContain("  ready, serving as before, then failed by hand; 40 requests");
});

it("says what was not as announced, and compares a document from elsewhere with ours", async () => {
  const rehearsal: Rehearsal = {
    result: { ...sample.result, requests: { served: 590, failed: 10 }, ok: false },
    details: {
      ...sample.details,
      documentSource: "cloudbuild.yaml",
      announcements: [
        { number: 1, title: "from zero", deviations: ["outcome: expected released, got failed"] },
      ],
      deviations: ["leftovers: expected none, got 1 process"],
      findings: ["steps[1].waitFor: expected push, got build"],
      properties: [
        { id: "push-before-migrate", holds: false, why: "what is migrated is what is released" },
      ],
      ownProperties: [{ id: "push-before-migrate", holds: true, why: "" }],
      failedRequests: ["after 120 ms: status 500"],
    },
  };
  await expect(summarize(rehearsal)).toMatchFileSnapshot(
    "../../golden/rehearsal/summary-deviations.txt",
  );
});

it("names the reason in the last line when all went as announced but the document breaks a rule", () => {
  const rehearsal: Rehearsal = {
    result: { ...sample.result, ok: false },
    details: { ...sample.details, findings: ["steps[1].waitFor: expected push, got build"] },
  };
  expect(summarize(rehearsal).split("\n").at(-1)).toBe(
    "the document breaks 1 rule of a release, after 15.4 s",
  );
});
