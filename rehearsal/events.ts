import type { ReleaseResult, StepResult } from "./result";

/** What happens in a rehearsal, as it happens. */
export type RehearsalEvent =
  | { type: "starting" }
  /** `steps`: the IDs of the document, in its order. */
  | { type: "preparing"; releases: { number: number; title: string }[]; steps: string[] }
  | { type: "release-started"; release: number; workspace: string }
  | { type: "step-started"; release: number; id: string }
  | ({ type: "step-ended"; release: number } & StepResult)
  /** The build is over and left traffic alone; what it printed is done now. */
  | { type: "promoting"; release: number }
  | { type: "release-ended"; release: ReleaseResult; deviations: string[] }
  /** A revision's process listens. */
  | { type: "revision-started"; revision: string; pid: number }
  | { type: "traffic-changed"; serving: string | null }
  | { type: "client-started"; pid: number }
  | { type: "cleaning-up" }
  /** Always the last one. */
  | { type: "finished"; ok: boolean };

/** Shows events to a person. */
export interface View {
  show(event: RehearsalEvent): void;
  /** Waits until everything is shown, and gives the terminal back. */
  close(): Promise<void>;
}
