import { blockedBy } from "../../../migrate/sql/locks/modes";
import type { Proof } from "./snippet";

/**
 * What is wrong with what a migration was seen to do, beside what its safe neighbour was; nothing when
 * it is safe. So a label is no matter of taste.
 */
export function harmOf(proof: Proof, neighbour: Proof | null): string[] {
  const { holdsUp, fails, breaks, again, endsTransaction, writes, trial } = proof;
  return [
    ...(holdsUp === undefined ? [] : ["somebody waits while it works"]),
    ...(fails === undefined ? [] : ["it fails"]),
    ...(breaks === undefined ? [] : ["the serving revision gets another answer"]),
    ...(again === undefined ? [] : ["it fails when it is run again"]),
    ...(endsTransaction === undefined ? [] : ["it ends the tool's transaction"]),
    ...(writes === undefined ? [] : ["it keeps the locks of many rows"]),
    ...(neighbour !== null && blocksMore(proof, neighbour)
      ? ["its neighbour lets them go on"]
      : []),
    ...(neighbour?.trial !== undefined &&
    trial !== undefined &&
    trial.gives !== neighbour.trial.gives
      ? [`it gives ${trial.gives}, its neighbour ${neighbour.trial.gives}`]
      : []),
  ];
}

/** Whether somebody waits at a table, if only for a moment, where nobody does at the neighbour's. */
function blocksMore({ locks = {} }: Proof, { locks: others = {} }: Proof): boolean {
  return Object.entries(locks).some(([table, mode]) => {
    const other = others[table];
    return other !== undefined && blockedBy(mode) !== "nobody" && blockedBy(other) === "nobody";
  });
}
