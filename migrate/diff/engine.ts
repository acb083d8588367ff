import type { ExtractResult } from "@supabase/pg-delta/extract" with {
  "resolution-mode": "import",
};
import type { Action } from "@supabase/pg-delta/plan" with { "resolution-mode": "import" };
import { Pool } from "pg";
import type { Change, ObjectId, Proposal } from "./change";
import { grantColumnsAgain } from "./columnGrants";
import { tidyDefaults } from "./tidyDefaults";
import { type Statistics, changeStatistics, readStatistics } from "./statistics";

// The only file that knows @supabase/pg-delta: an alpha, pinned to one version.

/** What a schema is at one moment, for `planChanges`. */
export interface Snapshot {
  facts: ExtractResult["factBase"];
  statistics: Statistics;
  /** The server's, PostgreSQL's own included. */
  roles: readonly string[];
}

/** What leads from one schema to another. */
export interface ChangePlan {
  /** In an order in which they can run. */
  changes: Change[];
  /** What may be a rename, and is drop and create as long as nobody says so. */
  proposals: Proposal[];
}

/** Reads a database, as its superuser. */
export async function readSnapshot(url: string): Promise<Snapshot> {
  const { extract } = await import("@supabase/pg-delta/extract");
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on("error", () => undefined);
  try {
    const { factBase } = await extract(pool);
    const { rows } = await pool.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
    const roles = rows.map(({ rolname }) => rolname);
    return { facts: factBase, statistics: await readStatistics(pool), roles };
  } finally {
    await pool.end();
  }
}

/**
 * Plans the way from one schema to another. `owner` owns everything, so that no owner is written. Renames
 * among `accepted` are done as such.
 */
export async function planChanges(
  from: Snapshot,
  to: Snapshot,
  owner: string,
  accepted: readonly Proposal[] = [],
): Promise<ChangePlan> {
  const { plan } = await import("@supabase/pg-delta/plan");
  const { actions, renameCandidates } = plan(from.facts, to.facts, {
    renames: "prompt",
    acceptRenames: accepted.map(({ from: old, to: renamed }) => ({
      from: old as Action["produces"][number],
      to: renamed as Action["produces"][number],
    })),
    // Roles are the server's, not the schema's.
    scope: "database",
    defaultOwner: owner,
    assumedRoles: [...to.roles],
  });
  const hasDefault = (column: ObjectId): boolean =>
    from.facts.has({ ...column, kind: "default" } as Action["produces"][number]);
  const changes = tidyDefaults(actions.map(toChange), hasDefault);
  return {
    changes: [
      ...changes,
      ...grantColumnsAgain(changes, to.facts),
      ...changeStatistics(from.statistics, to.statistics),
    ],
    proposals: renameCandidates.filter(({ status }) => status !== "nearMiss"),
  };
}

function toChange(action: Action): Change {
  const { sql, produces, consumes, destroys, releases, dataLoss } = action;
  return {
    // Views end with a semicolon of their own.
    sql: sql.trim().replace(/;$/, ""),
    produces: produces,
    touches: [...produces, ...consumes, ...destroys, ...releases] as ObjectId[],
    destroys: destroys,
    losesData: dataLoss === "destructive",
  };
}
