import type { Cloud, CloudObject } from "./cloud";

type Container = { name: string; image: string };
type Template = { containers: Container[]; labels?: Record<string, string>; template?: Template };

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const JOB = "gcp:cloudrunv2/job:Job";

/** An image as a release deploys it. */
export function released(digit: string): string {
  return `europe-west1-docker.pkg.dev/example-project/shop-dev/app@sha256:${digit.repeat(64)}`;
}

/** Name of the revision that a release makes. */
export const REVISION = "shop-dev-00002-abc";

const LATEST = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 };

/** What traffic looks like after a release that went wrong before `promote`. */
export const PINNED = [
  { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "shop-dev-00001-xyz", percent: 100 },
  { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: REVISION, tag: "c-1234567" },
];

/** What traffic looks like after a release. */
export const PROMOTED = [
  LATEST,
  { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: REVISION, tag: "c-1234567" },
];

/**
 * Leaves service and job as the release's gcloud lines leave them: new image by digest, gcloud's
 * labels, and no name of a revision in the template.
 */
export function release(cloud: Cloud, image: string, how: "finished" | "stopped"): void {
  cloud.change(SERVICE, (service) => {
    write(service, image);
    service.inputs["labels"] = { ...(service.inputs["labels"] as object), commit: "1234567" };
    service.inputs["traffics"] = how === "finished" ? PROMOTED : PINNED;
    service.computed["latestCreatedRevision"] = REVISION;
    service.computed["latestReadyRevision"] = REVISION;
  });
  if (Object.values(cloud.objects()).some(({ type }) => type === JOB)) {
    cloud.change(JOB, (job) => {
      write(job, image);
    });
  }
}

function write({ inputs }: CloudObject, image: string): void {
  inputs["client"] = "gcloud";
  inputs["clientVersion"] = "528.0.0";
  const outer = inputs["template"] as Template;
  outer.labels = { "client.knative.dev/nonce": "qwertyuiop" };
  const inner = outer.template ?? outer;
  const app = inner.containers.find(({ name }) => name === "app");
  if (app === undefined) throw new Error("no container named app");
  app.image = image;
}
