import { Client, escapeIdentifier } from "pg";
import { readCatalogueOf } from "../catalogue";
import { type Difference, compare } from "../shadow/compare";
import { withClient } from "../shadow/shadowServer";
import type { Shadow, ShadowDatabase } from "../shadow/withShadow";
import { type Segment, arrange } from "./arrange";
import type { Databases } from "./databases";
import { type Snapshot, planChanges, readSnapshot } from "./engine";
import { type BothSides, type Rename, renameStatements } from "./renames";
import { readPartitioned, readSchemas } from "./objects";
import { parseChanges } from "./ownStatements";
import { followRenames, suggestRenames } from "./suggestRenames";
import { toSteps } from "./toSteps";
import { toWayBack } from "./wayBack";

/** A file to be, and its way back. */
export interface PlannedFile extends Segment {
  down: string[];
}

/** What leads from the migrations to the schema. */
export interface MigrationPlan {
  files: PlannedFile[];
  /** What may have been meant as a rename, in the words of `--rename`. */
  suggestions: string[];
  /** What the files do not reach, by the lines of the catalogues. */
  left: Difference;
}

/** A statement of the plan failed on a copy of the database. */
export class PlanError extends Error {
  constructor(
    sql: string,
    cause: unknown,
    readonly remedy = "write this migration by hand, and report the schema: the plan is wrong",
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the planned statement fails: ${reason}\n  ${sql}`, { cause });
    this.name = "PlanError";
  }
}

/** Plans the files, each tried on a copy, and reads each one's way back off what it has changed. */
export async function planMigration(
  shadow: Shadow,
  { current, desired }: Databases,
  role: string,
  { renames, sides }: { renames: readonly Rename[]; sides: BothSides },
): Promise<MigrationPlan> {
  const work = await shadow.createDatabase(current);
  const renaming = renameStatements(renames, await withClient(work.superuserUrl, readSchemas));
  const before = await readSnapshot(work.superuserUrl);
  await runAll(work, role, renaming.up);
  const target = await readSnapshot(desired.superuserUrl);
  const start = renaming.up.length === 0 ? before : await readSnapshot(work.superuserUrl);
  const first = await planChanges(start, target, role);
  const follow = followRenames(first.proposals);
  const { changes } = follow.length === 0 ? first : await planChanges(start, target, role, follow);
  const partitioned = await withClient(work.superuserUrl, readPartitioned);
  const segments = arrange(toSteps(await parseChanges(changes, role), partitioned));
  const files = await tryFiles(work, role, withRenames(segments, renaming.up), {
    start,
    partitioned,
    renaming,
  });
  return {
    files,
    suggestions: suggestRenames(first.proposals, sides, renames),
    left: await findLeft(work, desired),
  };
}

/** Renames come first, in a transaction. */
function withRenames(segments: readonly Segment[], renaming: readonly string[]): Segment[] {
  if (renaming.length === 0) return [...segments];
  const [head, ...tail] = segments;
  return head?.mode === "transaction"
    ? [{ ...head, statements: [...renaming, ...head.statements] }, ...tail]
    : [{ mode: "transaction", statements: [...renaming], losses: [] }, ...segments];
}

interface TryOptions {
  /** After the renames, which are done already. */
  start: Snapshot;
  partitioned: ReadonlySet<string>;
  renaming: { up: readonly string[]; down: readonly string[] };
}

async function tryFiles(
  work: ShadowDatabase,
  role: string,
  segments: readonly Segment[],
  { start, partitioned, renaming }: TryOptions,
): Promise<PlannedFile[]> {
  const files: PlannedFile[] = [];
  let before = start;
  for (const [index, segment] of segments.entries()) {
    const isFirst = index === 0;
    const done = isFirst ? renaming.up.length : 0;
    await runAll(work, role, segment.statements.slice(done));
    const after = await readSnapshot(work.superuserUrl);
    const { changes } = await planChanges(after, before, role);
    const down = await toWayBack(changes, segment.mode, { partitioned, owner: role });
    files.push({ ...segment, down: isFirst ? [...down, ...renaming.down] : down });
    before = after;
  }
  return files;
}

async function runAll(
  { connection }: ShadowDatabase,
  role: string,
  statements: readonly string[],
): Promise<void> {
  const client = new Client({ connectionString: connection.url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(`SET ROLE ${escapeIdentifier(role)}`);
    await client.query("SET check_function_bodies = off");
    for (const sql of statements) {
      await client.query(sql).catch((error: unknown) => {
        throw new PlanError(sql, error);
      });
    }
  } finally {
    await client.end();
  }
}

async function findLeft(work: ShadowDatabase, desired: ShadowDatabase): Promise<Difference> {
  const [is, wanted] = [
    await withClient(work.superuserUrl, readCatalogueOf),
    await withClient(desired.superuserUrl, readCatalogueOf),
  ];
  return compare(is, wanted);
}
