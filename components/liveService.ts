import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { APP_CONTAINER } from "./build/deploy";
import { formatViolation } from "./core/violations";

import { applyThrowing, resourceError } from "./resourceError";

/**
 * Image of service and job until the first release. It answers every path with 200, so any HTTP
 * probe passes, and it brings no `node`: a job that is run before the first release fails instead
 * of pretending to have migrated.
 *
 * @see https://github.com/GoogleCloudPlatform/cloud-run-hello
 */
export const PLACEHOLDER_IMAGE = "us-docker.pkg.dev/cloudrun/container/hello";

/** Service annotation that says which generation of passwords the service was given. */
export const GENERATION_ANNOTATION = "cloud-run-migrations/password-generation";

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";

/** Where a service or job is found. */
export interface Location {
  project: pulumi.Input<string> | undefined;
  region: pulumi.Input<string>;
  name: string;
}

/** One share of the traffic, in the provider's spelling. */
export interface TrafficTarget {
  type: string;
  percent?: number;
  revision?: string;
  tag?: string;
}

/** What a release left behind; what Pulumi must not take back. */
export interface LiveService {
  /** Image of the container `app`; `undefined` when the service is not there. */
  image: string | undefined;
  traffics: TrafficTarget[];
  /** Generation of the passwords that it was given last. */
  passwordGeneration: number | undefined;
}

/** What a service that is not there is created with. */
const NEW_SERVICE: LiveService = {
  image: undefined,
  traffics: [{ type: LATEST, percent: 100 }],
  passwordGeneration: undefined,
};

/**
 * Reads what serves now. `ignoreChanges` would re-send the image of Pulumi's state instead: the
 * placeholder.
 *
 * Only a service that is not there, or whose API is not enabled yet, counts as new; any other
 * failure stops.
 */
export function readLiveService(
  component: pulumi.Resource,
  location: Location,
): pulumi.Output<LiveService> {
  return read(component, location, "services", async (query) => {
    const live: Answer<gcp.cloudrunv2.GetServiceResult> = await gcp.cloudrunv2.getService(query, {
      parent: component,
    });
    const image = appImage(component, `service ${location.name}`, live.templates);
    if (image === undefined) return undefined;
    return { image, traffics: targets(live.traffics), ...generation(live.annotations) };
  }).apply((live) => live ?? NEW_SERVICE);
}

/** Reads the image that the last release gave the job; `undefined` when the job is not there. */
export function readLiveJobImage(
  component: pulumi.Resource,
  location: Location,
): pulumi.Output<string | undefined> {
  return read(component, location, "jobs", async (query) => {
    const live: Answer<gcp.cloudrunv2.GetJobResult> = await gcp.cloudrunv2.getJob(query, {
      parent: component,
    });
    return appImage(component, `job ${location.name}`, live.templates?.[0]?.templates);
  });
}

/**
 * Whether new revisions stay without traffic, as a release leaves it that stopped before promotion.
 */
export function isPinned({ traffics }: LiveService): boolean {
  return !traffics.some(({ type, percent }) => type === LATEST && percent === 100);
}

/** What `up` has to say about traffic that is pinned; `undefined` when nothing. */
export function pinnedWarning(service: string, live: LiveService): string | undefined {
  if (!isPinned(live)) return undefined;
  return [
    `traffic of service ${service} is pinned to ${servingRevisions(live)}:`,
    "changes of its template make a revision that serves nobody until a release is promoted,",
    `or until \`gcloud run services update-traffic ${service} --to-latest\` is run`,
  ].join(" ");
}

/**
 * Why new passwords must wait; `undefined` when they need not. The old revision would lose its
 * login.
 */
export function rotationRefusal(
  service: string,
  live: LiveService,
  wanted: number,
): string | undefined {
  if (!isPinned(live) || live.image === undefined || wanted === (live.passwordGeneration ?? 1)) {
    return undefined;
  }
  const given = live.passwordGeneration ?? 1;
  return formatViolation({
    path: "database.passwordGeneration",
    expected: `${given} while traffic of service ${service} is pinned to ${servingRevisions(live)}`,
    got: `${wanted}`,
    remedy: "the serving revision would lose its login: promote a release first",
  });
}

function servingRevisions({ traffics }: LiveService): string {
  const names = traffics.flatMap(({ revision, percent }) =>
    revision !== undefined && percent !== undefined ? [revision] : [],
  );
  return names.join(", ") || "no revision";
}

/** The provider answers with every member; mocks answer with what they like. */
type Answer<T> = Partial<T>;

interface Query {
  name: string;
  location: string;
  project?: string;
}

/**
 * Runs `ask` once region and project are known; a preview that does not know them yet knows no
 * answer either.
 */
function read<T>(
  component: pulumi.Resource,
  { name, project, region }: Location,
  collection: "services" | "jobs",
  ask: (query: Query) => Promise<T | undefined>,
): pulumi.Output<T | undefined> {
  return applyThrowing(pulumi.all([region, project]), ([location, projectId]) =>
    ask({ name, location, ...(projectId !== undefined && { project: projectId }) }).catch(
      (error: unknown) => {
        if (error instanceof Error && isNotThere(error.message, `${collection}/${name}`)) {
          return undefined;
        }
        if (pulumi.ResourceError.isInstance(error)) throw error;
        const message = error instanceof Error ? error.message : String(error);
        throw resourceError(
          `cannot read ${collection}/${name}, and without its image and traffic this deployment ` +
            `could undo a release: ${message}`,
          component,
        );
      },
    ),
  );
}

/**
 * The provider's words for an object that is not there, and Google's for a Run API that is not
 * enabled.
 */
function isNotThere(message: string, object: string): boolean {
  if (message.includes(`${object} not found`)) return true;
  const disabled = /SERVICE_DISABLED|API has not been used in project/.test(message);
  return disabled && /run\.googleapis\.com|Cloud Run/.test(message);
}

interface Template {
  containers?: { name: string; image: string }[];
}

/**
 * Image of the container `app`, wherever it stands; `undefined` for an answer without containers.
 */
function appImage(
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
      path: what,
      expected: `a container named ${APP_CONTAINER}`,
      got: names,
      remedy: "name it so, and releases find it",
    }),
    component,
  );
}

interface AnsweredTraffic {
  type: string;
  percent: number;
  revision: string;
  tag: string;
}

/** Drops the zero values that the provider writes for what is not there. */
function targets(answered: AnsweredTraffic[] | undefined): TrafficTarget[] {
  if (answered === undefined || answered.length === 0) return NEW_SERVICE.traffics;
  return answered.map(({ type, percent, revision, tag }) => ({
    type,
    ...(percent > 0 && { percent }),
    ...(revision !== "" && { revision }),
    ...(tag !== "" && { tag }),
  }));
}

function generation(annotations: Record<string, string> | undefined): {
  passwordGeneration: number | undefined;
} {
  const text = annotations?.[GENERATION_ANNOTATION];
  return { passwordGeneration: text === undefined ? undefined : Number(text) };
}
