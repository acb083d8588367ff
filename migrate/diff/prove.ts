import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readCatalogueOf } from "../catalogue";
import { _down } from "../commands/down";
import { _up } from "../commands/up";
import { historyTables } from "../history/tables";
import type { RunOutcome } from "../run/outcome";
import type { CommandContext } from "../run/workspace";
import { type Difference, compare, describe, isSame } from "../shadow/compare";
import { type NotFilled, fillRows } from "../shadow/fill/fillRows";
import { ANYTHING, toRunSettings } from "../shadow/setUpDatabase";
import type { OwnServerSettings } from "../shadow/settings";
import { withClient } from "../shadow/shadowServer";
import type { Shadow, ShadowDatabase } from "../shadow/withShadow";
import { AGAIN, type Databases } from "./databases";

/** A file with its final name. */
export interface NewFile {
  fileName: string;
  text: string;
}

/** What was proved, and how long it took. */
export interface Proof {
  upMs: number;
  downMs: number;
  /** Null when the tables were empty. */
  rows: number | null;
  /** Tables that stayed empty. */
  notFilled: NotFilled[];
}

/** The files do not do what they are for; nothing was written. */
export class ProofError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = "ProofError";
  }
}

/**
 * Runs the files up, as a release would, and down again, on a copy of the current schema: what they
 * leave must be the desired one but for what is known to be `left`, and what was there before.
 */
export async function prove(
  shadow: Shadow,
  { current, desired }: Databases,
  files: readonly NewFile[],
  options: {
    settings: OwnServerSettings;
    rows: number | null;
    left: Difference;
    scratch: string;
    context: CommandContext;
  },
): Promise<Proof> {
  const { settings, rows, left, scratch, context } = options;
  const folder = join(scratch, "new");
  await mkdir(folder);
  for (const { fileName, text } of files) await writeFile(join(folder, fileName), text);
  const database = await shadow.createDatabase(current);
  const before = await read(database);
  const notFilled = rows === null ? [] : await fill(database, rows, options);
  database.lead();
  const run = {
    ...toRunSettings(settings, database.connection, AGAIN),
    // They are there already.
    extensions: [],
    folder,
  };
  const quiet = { ...context, progress: () => undefined };
  const up = await _up({ ...run, ...ANYTHING, to: null, backup: null }, quiet);
  if (up.error !== null) throw explainUp(up, rows);
  const missing = compare(await read(database), await read(desired));
  if (!isDeepStrictEqual(missing, left)) {
    throw unlike("what the files lead to is not the desired schema", missing);
  }
  const target = { steps: files.length };
  const down = await _down({ ...run, target, isAgreed: true }, quiet);
  if (down.error !== null) throw new ProofError(`down fails: ${down.error}`, REPORT);
  const kept = compare(before, await read(database));
  if (!isSame(kept)) throw unlike("down does not lead back", kept);
  return { upMs: up.durationMs, downMs: down.durationMs, rows, notFilled };
}

function read({ superuserUrl }: ShadowDatabase): Promise<string[]> {
  return withClient(superuserUrl, readCatalogueOf);
}

function fill(
  { superuserUrl }: ShadowDatabase,
  rows: number,
  { settings, context }: { settings: OwnServerSettings; context: CommandContext },
): Promise<NotFilled[]> {
  const tables = historyTables(settings);
  const except = [tables.migrations, tables.runs];
  const { schemas } = settings;
  return withClient(superuserUrl, (client) =>
    fillRows(client, { rows, except, schemas, wishes: null, filled: new Map(), ...context }),
  );
}

const REPORT = "write this migration by hand, and report the schema: the plan is wrong";

function explainUp({ error }: RunOutcome, rows: number | null): ProofError {
  return rows === null
    ? new ProofError(`up fails: ${error ?? ""}`, REPORT)
    : new ProofError(
        `up fails on tables with ${rows} rows: ${error ?? ""}`,
        "fill or mend the rows by a migration before this one; leave --rows out to write it all the same",
      );
}

function unlike(message: string, difference: Difference): ProofError {
  return new ProofError([message, ...describe(difference)].join("\n  "), REPORT);
}
