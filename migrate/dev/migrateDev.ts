import { _up } from "../commands/up";
import { loadMigrations } from "../files/load";
import { listFolder } from "../files/migrationFile";
import type { Allowances } from "../history/refuse";
import type { RunOutcome } from "../run/outcome";
import type { CommandContext } from "../run/workspace";
import { findBeforehand } from "../shadow/extensions";
import { remedyOf } from "../shadow/remedies";
import { withScratch } from "../shadow/scratch";
import { setUpDatabase, toRunSettings } from "../shadow/setUpDatabase";
import type { OwnServerSettings } from "../shadow/settings";
import { withClient } from "../shadow/shadowServer";
import type { DevServer } from "./devServer";

/** Applies what is pending on the project's database. A failure is in the outcome. */
export async function migrateDev(
  server: DevServer,
  settings: OwnServerSettings & Allowances,
  context: CommandContext,
): Promise<RunOutcome> {
  const connection = { kind: "url", url: server.url(server.migrator) } as const;
  const superuserUrl = server.url(server.superuser);
  const run = toRunSettings(settings, connection, "run cloud-run-migrations dev again");
  const migrations = await loadMigrations((await listFolder(settings)).files);
  const beforehand = await findBeforehand(settings.extensions, migrations, superuserUrl);
  if (beforehand.length > 0) {
    await withScratch((emptyFolder) =>
      withClient(superuserUrl, (client) =>
        setUpDatabase(
          { run, client, emptyFolder, beforehand },
          { ...context, progress: () => undefined },
        ),
      ),
    );
  }
  const isBeforehand = (name: string): boolean => beforehand.some((one) => one.name === name);
  const extensions = run.extensions.filter((name) => !isBeforehand(name));
  const outcome = await _up(
    { ...settings, ...run, extensions, ...{ to: null, backup: null } },
    context,
  );
  return { ...outcome, next: nextOf(outcome) };
}

function nextOf({ error, exitCode, failure, next }: RunOutcome): string | null {
  if (failure !== null) return `${remedyOf(failure)}; then run cloud-run-migrations dev again`;
  // Whoever ended it has no reason to give the data up.
  if (exitCode > 1) return next ?? "run cloud-run-migrations dev again";
  return error === null ? next : (next ?? "to begin with an empty database: dev --fresh");
}
