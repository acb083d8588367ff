import * as pulumi from "@pulumi/pulumi";

import { applyThrowing, resourceError } from "../resourceError";

/** Where a service, a worker or a job is found. */
export interface Location {
  project: pulumi.Input<string> | undefined;
  region: pulumi.Input<string>;
  name: string;
}

/** Who asks. */
export interface Asker {
  /** Blamed for an answer that never comes; its provider is asked. */
  component: pulumi.Resource;
  /** Its parent: what the parts of one parent have asked is not asked again. Nothing stands alone. */
  whole: pulumi.Resource | undefined;
}

/** The location as the provider takes it. */
export interface Query {
  name: string;
  location: string;
  project?: string;
}

/** Google's name for all objects of a kind. */
type Collection = "services" | "workerPools" | "jobs";

/** What the parts of one whole have asked so far. */
interface Asked {
  answers: {
    provider: pulumi.ProviderResource | undefined;
    path: string;
    answer: Promise<unknown>;
  }[];
  /** Why there was no answer, and what was said about it. */
  refusals: Map<string, Error>;
}

const ASKED = new WeakMap<pulumi.Resource, Asked>();

/**
 * Asks what an object looks like now, once region and project are known; a preview that does not
 * know them yet knows no answer either. `undefined` when it is not there, or its API not yet enabled;
 * any other failure stops.
 *
 * Each object is asked for once, and a reason that keeps several from being read is told once:
 * Pulumi prints an error as often as there are different ones.
 */
export function askOnce<T>(
  { component, whole }: Asker,
  { name, project, region }: Location,
  collection: Collection,
  ask: (query: Query) => Promise<T | undefined>,
): pulumi.Output<T | undefined> {
  const asked = askedBy(whole ?? component);
  const provider = component.getProvider("gcp:cloudrunv2/service:Service");
  return applyThrowing(pulumi.all([region, project]), ([location, projectId]) => {
    const path = `${projectId ?? ""}/${location}/${collection}/${name}`;
    const known = asked.answers.find((other) => other.provider === provider && other.path === path);
    if (known !== undefined) return known.answer as Promise<T | undefined>;
    const query = { name, location, ...(projectId !== undefined && { project: projectId }) };
    const answer = ask(query).catch((error: unknown) => {
      if (error instanceof Error && isNotThere(error.message, `${collection}/${name}`)) {
        return undefined;
      }
      throw refusal(asked, error, `${collection}/${name}`, component);
    });
    asked.answers.push({ provider, path, answer });
    return answer;
  });
}

function askedBy(whole: pulumi.Resource): Asked {
  const asked = ASKED.get(whole) ?? { answers: [], refusals: new Map<string, Error>() };
  ASKED.set(whole, asked);
  return asked;
}

/** The error to stop with: the same one for every object behind the same closed door. */
function refusal(
  { refusals }: Asked,
  error: unknown,
  object: string,
  component: pulumi.Resource,
): Error {
  if (pulumi.ResourceError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(message, object);
  const told =
    refusals.get(reason) ??
    resourceError(
      `cannot read ${object}, and without its image and traffic this deployment ` +
        `could undo a release: ${message}`,
      component,
    );
  refusals.set(reason, told);
  return told;
}

/** What is left of the provider's message without the names of what was asked for. */
function reasonOf(message: string, object: string): string {
  const googles = message.indexOf("googleapi: Error ");
  return message
    .slice(Math.max(googles, 0))
    .replaceAll(/gcp:cloudrunv2\/get\w+:get\w+/g, "")
    .replaceAll(object, "");
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
