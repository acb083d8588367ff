import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

import { askOnce, type Asker, type Location } from "./askOnce";
import { APP_CONTAINER } from "../build/deploy";
import { formatViolation } from "../core/violations";
import { resourceError } from "../resourceError";

/**
 * Image of service, workers and job until the first release. It answers every path with 200, so any
 * HTTP probe passes, and it brings no `node`: a job that is run before the first release fails
 * instead of pretending to have migrated.
 *
 * @see https://github.com/GoogleCloudPlatform/cloud-run-hello
 */
export const PLACEHOLDER_IMAGE = "us-docker.pkg.dev/cloudrun/container/hello";

/** Whether a release gave it: neither our sample nor a placeholder of the user's. */
export function isReleased(image: string | undefined, placeholder: string): boolean {
  return image !== undefined && ![placeholder, PLACEHOLDER_IMAGE].includes(image);
}

/** The provider answers with every member; mocks answer with what they like. */
export type Answer<T> = Partial<T>;

/** Reads the image that the last release gave the job; `undefined` when the job is not there. */
export function readLiveJobImage(
  asker: Asker,
  location: Location,
): pulumi.Output<string | undefined> {
  const { component } = asker;
  return askOnce(asker, location, "jobs", (query) =>
    gcp.cloudrunv2
      .getJob(query, { parent: component })
      .then(({ templates }: Answer<gcp.cloudrunv2.GetJobResult>) =>
        appImage(component, `job ${location.name}`, templates?.[0]?.templates),
      ),
  );
}

/** The same for a worker pool. */
export function readLiveWorkerPoolImage(
  asker: Asker,
  location: Location,
): pulumi.Output<string | undefined> {
  const { component } = asker;
  return askOnce(asker, location, "workerPools", (query) =>
    gcp.cloudrunv2
      .getWorkerPool(query, { parent: component })
      .then(({ templates }: Answer<gcp.cloudrunv2.GetWorkerPoolResult>) =>
        appImage(component, `worker pool ${location.name}`, templates),
      ),
  );
}

interface Template {
  containers?: { name: string; image: string }[];
}

/**
 * Image of the container `app`, wherever it stands; `undefined` for an answer without containers.
 */
export function appImage(
  component: pulumi.Resource,
  what: string,
  templates: Template[] | undefined,
): string | undefined {
  const containers = templates?.[0]?.containers ?? [];
  if (containers.length === 0) return undefined;
  const app = containers.find(({ name }) => name === APP_CONTAINER);
  if (app !== undefined) return app.image;
  const names = containers.map(({ name }) => name || "one without a name").join(", ");
  throw resourceError(
    formatViolation({
      rule: "live-container-name",
      path: what,
      expected: `a container named ${APP_CONTAINER}`,
      got: names,
      remedy: "name it so, and releases find it",
    }),
    component,
  );
}
