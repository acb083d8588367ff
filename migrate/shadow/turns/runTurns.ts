import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadMigrations } from "../../files/load";
import type { MigrationFile } from "../../files/migrationFile";
import { refuseUnrunnable } from "../../files/refuseUnrunnable";
import type { CommittedFolder } from "../../git/baseFolder";
import type { CommandContext } from "../../run/workspace";
import { findBeforehand } from "../extensions";
import type { Shadow, ShadowDatabase } from "../withShadow";
import { turnDown } from "./downToZero";
import { reportBeforehand } from "./findings";
import { turnFromZero } from "./fromZero";
import { turnOneByOne } from "./oneByOne";
import { turnPreviousRelease } from "./previousRelease";
import { type VerifyRun, type VerifySettings, skipTurn } from "./run";

/** What the turns are taken with. */
export interface TurnsInput {
  settings: VerifySettings;
  context: CommandContext;
  shadow: Shadow;
  files: readonly MigrationFile[];
  /** The previous release's folder; null for none. */
  base: CommittedFolder | null;
  /** A folder for what is needed meanwhile. */
  scratch: string;
}

/** Takes all turns, one after the other, each on a database of its own or on the one before it. */
export async function runTurns(input: TurnsInput): Promise<VerifyRun> {
  const { base, scratch } = input;
  const run = await prepare(input, await input.shadow.createDatabase());
  await turnFromZero(run);
  const steps = await turnOneByOne(run);
  if (steps === null) {
    for (const turn of ["down", "up-after-down"] as const) skipTurn(run, turn, "up failed");
  } else {
    await turnDown(run, steps);
  }
  if (base === null) skipTurn(run, "previous-release", "there is no --base");
  else if (run.catalogue === null) skipTurn(run, "previous-release", "up failed");
  else await turnPreviousRelease(run, base, scratch);
  return run;
}

async function prepare(input: TurnsInput, database: ShadowDatabase): Promise<VerifyRun> {
  const { settings, context, shadow, files, base, scratch } = input;
  // Scripts may connect when they are loaded: here to nobody's database.
  database.lead();
  const migrations = await loadMigrations(files);
  refuseUnrunnable(migrations, "up");
  const emptyFolder = join(scratch, "empty");
  await mkdir(emptyFolder);
  const run: VerifyRun = {
    ...{ settings, context, shadow, emptyFolder, migrations },
    old: new Set(base?.files.map(({ name }) => name)),
    ...{ beforehand: [], catalogue: null, wishes: null },
    ...{
      findings: [],
      faults: 0,
      turns: [],
      times: new Map(),
      notFilled: [],
      notReversibleFrom: null,
    },
  };
  const { superuserUrl } = database;
  const beforehand = await findBeforehand(settings.extensions, migrations, superuserUrl);
  for (const one of beforehand) reportBeforehand(run, one);
  return { ...run, beforehand };
}
