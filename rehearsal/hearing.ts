import type { CloudEvent } from "./cloud";
import type { Environment } from "./environment";
import type { Run } from "./run";

/** Who hears the environment's events. */
export interface Hearing {
  hear: (event: CloudEvent) => void;
  /** The release that runs. */
  release: ((event: CloudEvent) => void) | null;
  environment: Environment | null;
  /** Revisions that were there before the release that runs. */
  known: Set<string>;
}

/** Starts the client at the first promotion, and passes on what people and tests want to hear. */
export function createHearing({ source, requests, onEvent }: Run): Hearing {
  const hearing: Hearing = {
    release: null,
    environment: null,
    known: new Set(),
    hear(event) {
      hearing.release?.(event);
      if (event.type === "revision-started") {
        const { revision, pid } = event;
        // What Pulumi made before the first release serves no table.
        if (hearing.release === null) hearing.known.add(revision);
        onEvent({ type: "revision-started", revision, pid });
      }
      if (event.type !== "traffic-changed" || hearing.environment === null) return;
      const { cloud, service } = hearing.environment;
      const serving = cloud.serving(service);
      onEvent({ type: "traffic-changed", serving });
      if (hearing.release === null || serving === null) return;
      const client = requests.start(new URL(source.endpoint, cloud.routerUrl).href);
      if (client !== null) onEvent({ type: "client-started", pid: client.pid });
    },
  };
  return hearing;
}
