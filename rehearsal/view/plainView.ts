import type { RehearsalEvent, View } from "../events";
import { seconds } from "./durations";

/** The first line: what it names takes some seconds. */
export const STARTING = "starting PostgreSQL and evaluating the stack";

/** One line per event, for logs and pipes: no colour, nothing is overwritten. */
export function plainView(write: (line: string) => void): View {
  const started = performance.now();
  return {
    show(event) {
      const text = describe(event);
      if (text === null) return;
      write(`[${seconds(performance.now() - started).padStart(7)}] ${text}`);
    },
    close: () => Promise.resolve(),
  };
}

function describe(event: RehearsalEvent): string | null {
  switch (event.type) {
    case "starting":
      return STARTING;
    case "preparing":
      return `steps: ${event.steps.join(" ")}`;
    case "release-started":
      return `release ${event.release}: started`;
    case "step-started":
      return null;
    case "step-ended":
      return `release ${event.release}: ${event.id} ${event.status}${
        event.status === "not-run" ? "" : ` in ${seconds(event.durationMs)}`
      }`;
    case "promoting":
      return `release ${event.release}: ready, serving as before; doing by hand what it printed`;
    case "release-ended":
      return `release ${event.release.number}: ${event.release.outcome}, ${
        event.deviations.length === 0 ? "as announced" : `but ${event.deviations.join("; ")}`
      }`;
    case "revision-started":
      return `revision ${event.revision} started, process ${event.pid}`;
    case "traffic-changed":
      return `traffic goes to ${event.serving ?? "nothing"}`;
    case "client-started":
      return `client started, process ${event.pid}`;
    case "cleaning-up":
      return "cleaning up";
    case "finished":
      return event.ok ? "done" : "done, but not as it should be: see the summary";
  }
}
