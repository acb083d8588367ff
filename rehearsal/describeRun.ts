import type { Rehearsal, RehearsalResult, ReleaseResult } from "./result";
import type { Run } from "./run";

/** Turns a finished run into what is printed. */
export function describeRun(
  run: Run,
  leftovers: RehearsalResult["leftovers"],
  durationMs: number,
): Rehearsal {
  const { document, source } = run;
  const { served, failed, elapsedMs, failures } = run.requests.report ?? NO_REPORT;
  const deviations = deviationsOf(run, leftovers);
  const asAnnounced = run.releases.every((release) => release.deviations.length === 0);
  return {
    result: {
      formatVersion: 1,
      command: "start",
      releases: run.releases.flatMap(({ played }): ReleaseResult[] =>
        played === null ? [] : [{ ...played.release, requests: played.requests }],
      ),
      requests: { served, failed },
      durationMs: Math.round(durationMs),
      leftovers,
      ok: asAnnounced && deviations.length === 0 && document.findings.length === 0,
    },
    details: {
      documentSource: document.source,
      documentText: document.text,
      endpoint: source.endpoint,
      announcements: run.releases.map(({ number, title, deviations: found }) => ({
        number,
        title,
        deviations: found,
      })),
      deviations,
      findings: document.findings,
      properties: document.properties,
      ownProperties: run.ownProperties,
      rewrites: run.rewrites,
      notes: [...new Set([EMULATED, ...run.notes, ...warningsOf(run)])],
      timelines: run.releases.flatMap(({ played }) => (played === null ? [] : [played.timeline])),
      promotions: run.releases.flatMap(({ played }) => (played === null ? [] : [played.promotion])),
      failedRequests: failures,
      requestRate: elapsedMs === 0 ? null : Math.round(((served + failed) * 1000) / elapsedMs),
    },
  };
}

const EMULATED =
  "Cloud Build, Cloud Run, Secret Manager, the registry, docker and gcloud are stand-ins; IAM and " +
  `the images of FROM are left out, of networks all but who reaches the database: programs are this machine's own, Node ${process.version}`;

const NO_REPORT = { served: 0, failed: 0, elapsedMs: 0, failures: [] };

/** What is wrong with the run as a whole. */
function deviationsOf(run: Run, leftovers: RehearsalResult["leftovers"]): string[] {
  const deviations: string[] = [];
  const notPlayed = run.releases.filter(({ played }) => played === null);
  if (notPlayed.length > 0) {
    const numbers = notPlayed.map(({ number }) => number).join(", ");
    deviations.push(`not played, for they build on what the one before leaves: ${numbers}`);
  }
  const { served, failed } = run.requests.report ?? NO_REPORT;
  if (notPlayed.length === 0 && served + failed < run.minimumRequests) {
    deviations.push(`requests: expected at least ${run.minimumRequests}, got ${served + failed}`);
  }
  if (leftovers.processes + leftovers.folders > 0) {
    deviations.push(
      `left behind: expected nothing, got ${leftovers.processes} processes and ${leftovers.folders} folders`,
    );
  }
  return deviations;
}

function warningsOf(run: Run): string[] {
  return run.releases.flatMap(({ number, played }) =>
    (played?.warnings ?? []).map((warning) => `release ${number}: ${warning}`),
  );
}
