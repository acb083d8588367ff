import { rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { performance } from "node:perf_hooks";
import { readCommand } from "../child/readCommand";
import { type ChildCommand, runChild } from "../child/runChild";
import type { CommandDefinition, CommandResult } from "../command";
import { type DevServer, openDevServer } from "../dev/devServer";
import { migrateDev } from "../dev/migrateDev";
import { findPlace, makePlace } from "../dev/place";
import type { Allowances } from "../history/refuse";
import { findRunning } from "../postgres";
import { type RunOutcome, toErrorLines, toLines } from "../run/outcome";
import type { CommandContext } from "../run/workspace";
import type { Environment } from "../settings/environment";
import { ALLOWANCE_FLAGS, COMMON_FLAGS, type Flags } from "../settings/flags";
import { type Settings, parseWith, readAllowances } from "../settings/parse";
import { withoutTarget, withoutTargetInProcess } from "../shadow/environment";
import {
  OWN_SERVER_FLAGS,
  type OwnServerSettings,
  readOwnServer,
  refuseConnection,
} from "../shadow/settings";
import { ShadowError } from "../shadow/shadowServer";
import { variablesOf } from "../shadow/withShadow";

export interface DevSettings extends OwnServerSettings, Allowances {
  command: ChildCommand;
  /** Folder of the data, absolute; null for the project's own place. */
  data: string | null;
  /** Whether to begin with an empty database. */
  isFresh: boolean;
  cwd: string;
  env: Environment;
  /** Whether stdout belongs to the document, not to the child. */
  isJson: boolean;
}

export interface DevReport {
  /** Of the migrations, before the program. */
  outcome: RunOutcome;
  /** Of the program; null when it was not run. */
  childCode: number | null;
  durationMs: number;
}

const FLAGS = {
  fresh: {
    type: "boolean",
    describe: "remove the database that was kept and begin with an empty one",
  },
  data: {
    type: "string",
    describe: "folder that the database is kept in",
    defaultDescription: "one for this project in ~/.local/state",
  },
  ...OWN_SERVER_FLAGS,
  "runtime-role": {
    type: "string",
    describe: "login of the service: it is made, and the program logs in as it",
  },
  ...ALLOWANCE_FLAGS,
} satisfies Flags;

/** Runs a program with a migrated database of the project's own. Trusts its input. */
export async function _dev(settings: DevSettings, context: CommandContext): Promise<DevReport> {
  const begin = performance.now();
  const place = await findData(settings);
  const server = await openDevServer(place, settings, context);
  try {
    context.progress(announce(server, place));
    const { outcome, env } = await withoutTargetInProcess(async (lead) => {
      lead(variablesOf(server.url(server.migrator)));
      return {
        outcome: await migrateDev(server, settings, context),
        env: {
          ...withoutTarget(settings.env),
          ...variablesOf(server.url(loginOf(settings, server))),
        },
      };
    });
    if (outcome.error === null) toLines(outcome).forEach(context.progress);
    const childCode =
      outcome.error === null ? await runChild(settings.command, env, settings) : null;
    return { outcome, childCode, durationMs: Math.round(performance.now() - begin) };
  } finally {
    await server.close();
  }
}

/** Runs a program with a migrated database of the project's own. */
export async function dev(settings: Settings, context: CommandContext): Promise<DevReport> {
  return _dev(parseDev(settings), context);
}

export const devCommand: CommandDefinition = {
  name: "dev",
  usage: "[command..]",
  describe:
    "Runs a program with a local database, kept between runs and migrated; ends with its exit code: dev -- COMMAND",
  flags: FLAGS,
  examples: [
    ["dev -- npm start", "the service, with DATABASE_URL and PGHOST and the others set"],
    ["dev --runtime-role shop_runtime -- npm start", "as the login that it has in production"],
    ["dev -- psql", "a prompt, also beside a dev that runs"],
    ["dev --fresh -- npm run seed", "on an empty database"],
  ],
  emptyDocument: { applied: [], version: null, exitCode: null, durationMs: null },
  run: async (settings, context): Promise<CommandResult> => {
    const { outcome, childCode, durationMs } = await dev(settings, context);
    const { committed, version, error, next } = outcome;
    const applied = committed.map(({ name }) => name);
    return {
      document: {
        ...{ formatVersion: 1, command: "dev", applied, version },
        ...{ exitCode: childCode, durationMs, error, next },
      },
      lines: [],
      errorLines: toErrorLines({ ...outcome, command: "dev" }),
      exitCode: childCode ?? outcome.exitCode,
    };
  },
};

function parseDev(settings: Settings): DevSettings {
  const { cwd, env } = settings;
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "some", (reader) => {
    refuseConnection(reader, "dev has a database of its own");
    const data = reader.text("data");
    return {
      command: readCommand(reader, settings, "dev", "npm start"),
      ...readOwnServer(reader, settings),
      ...readAllowances(reader),
      data: data === null || isAbsolute(data) ? data : join(cwd, data),
      isFresh: reader.flag("fresh"),
      isJson: reader.flag("json"),
      ...{ cwd, env },
    };
  });
}

/** The folder that the database is kept in, empty where it is to be. */
async function findData({ data, isFresh, cwd, env }: DevSettings): Promise<string> {
  if (data !== null && !makePlace(data)) {
    const remedy = "name another folder, or run this as an ordinary user";
    throw new ShadowError(`the server, which does not run as root, may not enter ${data}`, remedy);
  }
  const place = data ?? findPlace(cwd, env);
  if (!isFresh) return place;
  const running = await findRunning(join(place, "data"));
  if (running !== null) {
    throw new ShadowError(
      `another dev, whose server is process ${running.pid}, uses the database in ${place}`,
      "end it first",
    );
  }
  await rm(join(place, "data"), { recursive: true, force: true });
  return place;
}

function loginOf({ runtimeRole }: DevSettings, { migrator }: DevServer): DevServer["migrator"] {
  return runtimeRole === null ? migrator : { user: runtimeRole, password: migrator.password };
}

function announce({ version, port, sharedPid }: DevServer, place: string): string {
  const whose = sharedPid === null ? "" : `, of another dev (process ${sharedPid}), which ends it`;
  return `PostgreSQL ${version} on 127.0.0.1:${port}${whose}; its data are in ${place}`;
}
