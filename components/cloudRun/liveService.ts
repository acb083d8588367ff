import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

import { askOnce, type Location } from "./askOnce";
import { appImage, type Answer } from "./liveImage";
import {
  CONNECTION_ANNOTATION,
  parseConnection,
  type ServiceConnection,
} from "./serviceConnection";

/** Service annotation that says which generation of passwords the service was given. */
export const GENERATION_ANNOTATION = "cloud-run-migrations/password-generation";

/** The provider's word for a share of the traffic that follows each new revision. */
export const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";

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
  /** Connection that it was given last; nothing where no annotation says so. */
  connection: ServiceConnection | undefined;
}

/** What a service that is not there is created with. */
const NEW_SERVICE: LiveService = {
  image: undefined,
  traffics: [{ type: LATEST, percent: 100 }],
  passwordGeneration: undefined,
  connection: undefined,
};

/**
 * Reads what serves now. `ignoreChanges` would re-send the image of Pulumi's state instead: the
 * placeholder. The parts of one `whole` share the answer: see `askOnce`.
 */
export function readLiveService(
  component: pulumi.Resource,
  location: Location,
  whole?: pulumi.Resource,
): pulumi.Output<LiveService> {
  return askOnce({ component, whole }, location, "services", (query) =>
    gcp.cloudrunv2
      .getService(query, { parent: component })
      .then((live: Answer<gcp.cloudrunv2.GetServiceResult>) => {
        const image = appImage(component, `service ${location.name}`, live.templates);
        if (image === undefined) return undefined;
        return { image, traffics: targets(live.traffics), ...annotated(live.annotations) };
      }),
  ).apply((live) => live ?? NEW_SERVICE);
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

function annotated(
  annotations: Record<string, string> | undefined,
): Pick<LiveService, "passwordGeneration" | "connection"> {
  const text = annotations?.[GENERATION_ANNOTATION];
  return {
    passwordGeneration: text === undefined ? undefined : Number(text),
    connection: parseConnection(annotations?.[CONNECTION_ANNOTATION]),
  };
}
