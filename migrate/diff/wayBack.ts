import { type Change, isSameId } from "./change";
import type { Segment } from "./arrange";
import { parseChanges } from "./ownStatements";
import { toSteps } from "./toSteps";

/** The way back of one file, by the changes that lead from what it leaves to what it found. */
export async function toWayBack(
  changes: readonly Change[],
  mode: Segment["mode"],
  { partitioned, owner }: { partitioned: ReadonlySet<string>; owner: string },
): Promise<string[]> {
  const parsed = await parseChanges(
    changes.filter((change) => !isValidation(change, changes)),
    owner,
  );
  // Within a transaction nothing can be done by steps.
  if (mode === "transaction") return parsed.map(({ change }) => change.sql);
  return toSteps(parsed, partitioned).flatMap(({ steps }) => steps.map(({ sql }) => sql));
}

/** That a constraint was not validated need not come back: dropped, and added NOT VALID. */
function isValidation(change: Change, changes: readonly Change[]): boolean {
  const ids = constraintsOf(change);
  return ids.some((id) => {
    const about = changes.filter((other) => constraintsOf(other).some((it) => isSameId(it, id)));
    const added = about.find(({ produces }) => produces.length > 0);
    return about.length > 1 && added?.sql.endsWith(" NOT VALID") === true;
  });
}

function constraintsOf({ produces, destroys }: Change): Change["produces"] {
  return [...produces, ...destroys].filter(({ kind }) => kind === "constraint");
}
