import { expect } from "vitest";
import { mutating } from "./cloud";
import { idsIn, type Engine, type Run, type State } from "./engine";

/** Fails with what the run says about its failure. */
export function succeeded(run: Run): void {
  const text = said(run);
  const diagnostics = text.indexOf("Diagnostics:");
  const words = diagnostics < 0 ? text.slice(-4000) : text.slice(diagnostics, diagnostics + 4000);
  expect(run.ok ? "done" : words).toBe("done");
}

/** What the engine counted: `{ create: 41 }`; what stays the same is left out. */
export function changes({ events }: Run): Record<string, number> {
  const counts = events.flatMap(({ summaryEvent }) => summaryEvent?.resourceChanges ?? []).at(-1);
  return Object.fromEntries(Object.entries(counts ?? {}).filter(([kind]) => kind !== "same"));
}

/** Nothing was sent to the cloud, and the engine saw nothing to do. */
export function changedNothing(run: Run): void {
  succeeded(run);
  expect(mutating(run.calls).map(({ method, urn }) => `${method} ${urn}`)).toEqual([]);
  expect(changes(run)).toEqual({});
}

/** What is in the cloud is what Pulumi knows: nothing twice, nothing without an owner. */
export async function holdsTogether(engine: Engine): Promise<void> {
  const state = await engine.state();
  expect(pendingIn(state)).toEqual([]);
  expect(idsIn(state)).toEqual(engine.cloud.owned());
}

/** What was going on when somebody interrupted: `creating shop-dev`. */
export function pendingIn({ pending_operations: pending = [] }: State): string[] {
  return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1) ?? ""}`);
}

/** All that a user reads. */
export function said({ stdout, stderr }: Run): string {
  return `${stdout}\n${stderr}`;
}

/** Only what is left alone on purpose is still there: enabled APIs, and what is on `others`' objects. */
export async function isGone(engine: Engine, others: string[] = []): Promise<void> {
  expect((await engine.state()).resources ?? []).toEqual([]);
  expect(engine.cloud.owned()).toEqual([]);
  const left = Object.entries(engine.cloud.objects()).filter(
    ([id, { type }]) =>
      type !== "gcp:projects/service:Service" && !others.some((other) => id.startsWith(other)),
  );
  expect(left.map(([id]) => id)).toEqual([]);
}
