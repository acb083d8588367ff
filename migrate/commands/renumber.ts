import { access, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CommandDefinition, CommandResult } from "../command";
import { compareNames } from "../files/fileName";
import { type MigrationFile, listFolder } from "../files/migrationFile";
import { nextPrefix } from "../files/nameMigration";
import { readBase } from "../git/baseFolder";
import type { CommandContext } from "../run/workspace";
import type { ConnectionSettings } from "../settings/connection";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import {
  type FolderSettings,
  type Settings,
  type TableSettings,
  namesDatabase,
  parseWith,
  readConnectionOf,
  readFolder,
  readTables,
} from "../settings/parse";
import { InvalidArgsError, type Violation, quote } from "../violations";
import { _status } from "./status";

export interface RenumberSettings extends FolderSettings, TableSettings {
  /** As the user wrote them: names, file names or paths. */
  names: readonly string[];
  /** What is released; null when only the database tells. */
  base: string | null;
  /** Null when no database is named. */
  connection: ConnectionSettings | null;
}

/** A file and its new name. */
export interface Renumbered {
  from: string;
  to: string;
}

const FLAGS = {
  base: {
    type: "string",
    describe: "branch or commit that is released: what it holds is not renamed",
  },
} satisfies Flags;

/** Gives files numbers after all others. Trusts its input; renames nothing when one must stay. */
export async function _renumber(
  settings: RenumberSettings,
  context: CommandContext,
): Promise<Renumbered[]> {
  const { files } = await listFolder(settings);
  const found = findFiles(files, settings.names);
  const released = await listReleased(settings);
  await refuseFixed(found, released, settings, context);
  const others = [
    ...files.filter((file) => !found.includes(file)).map(({ name }) => name),
    // What the other branch has got is not here before the merge.
    ...released,
  ];
  const renumbered: Renumbered[] = [];
  for (const file of found) {
    const prefix = nextPrefix([...others].sort(compareNames), Date.now());
    const name = basename(file.path).replace(/^\d+/, prefix);
    others.push(name);
    const path = join(dirname(file.path), name);
    if (await exists(path)) throw new Error(`${name}: is there already; nothing was renamed`);
    renumbered.push({ from: file.shownPath, to: join(dirname(file.shownPath), name) });
  }
  for (const [index, file] of found.entries()) {
    const target = renumbered[index];
    if (target !== undefined) {
      await rename(file.path, join(dirname(file.path), basename(target.to)));
    }
  }
  return renumbered;
}

/** Gives files numbers after all others. */
export async function renumber(settings: Settings, context: CommandContext): Promise<Renumbered[]> {
  return _renumber(parseRenumber(settings), context);
}

export const renumberCommand: CommandDefinition = {
  name: "renumber",
  usage: "[name..]",
  describe: "Renames migrations that are not applied so that they run last, in their order",
  flags: FLAGS,
  examples: [
    ["renumber 1735689600000_add-orders", "after another branch has added a newer one"],
    ["renumber migrations/*_add-orders.sql --base origin/main", "unless main has it already"],
  ],
  emptyDocument: { renumbered: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const renumbered = await renumber(settings, context);
    return {
      document: { formatVersion: 1, command: "renumber", renumbered, error: null },
      lines: renumbered.map(({ from, to }) => `${from} → ${to}`),
      exitCode: 0,
    };
  },
};

function parseRenumber(settings: Settings): RenumberSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "some", (reader) => {
    if (settings.words.length === 0) {
      const remedy = "for example: renumber 1735689600000_add-orders";
      reader.violations.push({
        path: "name",
        expected: "the migrations to rename",
        got: "none",
        remedy,
      });
    }
    return {
      ...readFolder(reader, settings),
      ...readTables(reader),
      names: settings.words,
      base: reader.text("base"),
      connection: namesDatabase(settings) ? readConnectionOf(reader, settings) : null,
    };
  });
}

/** In the order in which they run. */
function findFiles(files: readonly MigrationFile[], names: readonly string[]): MigrationFile[] {
  const wanted = new Set(names.map((name) => basename(name)));
  const isWanted = ({ name, path }: MigrationFile): boolean =>
    wanted.has(name) || wanted.has(basename(path));
  const unknown = [...wanted].filter(
    (name) => !files.some((file) => file.name === name || basename(file.path) === name),
  );
  if (unknown.length > 0) {
    throw new InvalidArgsError(
      unknown.map((name) => ({
        path: "name",
        expected: "a migration of the folder",
        got: quote(name),
        remedy: "give its name, file name or path",
      })),
    );
  }
  return files.filter(isWanted);
}

async function listReleased(settings: RenumberSettings): Promise<Set<string>> {
  const { base } = settings;
  if (base === null) return new Set();
  const { tip } = await readBase(settings, base, "--base");
  return new Set(tip.files.map(({ name }) => name));
}

/** A database that has applied a file under one name would take it for another under the next. */
async function refuseFixed(
  files: readonly MigrationFile[],
  released: ReadonlySet<string>,
  settings: RenumberSettings,
  context: CommandContext,
): Promise<void> {
  const { base, connection } = settings;
  const applied =
    connection === null
      ? new Set<string>()
      : new Set(
          (await _status({ ...settings, connection }, context)).migrations
            .filter(({ appliedAt }) => appliedAt !== null)
            .map(({ name }) => name),
        );
  const violations = files.flatMap(({ name }): Violation[] => {
    const where = applied.has(name) ? "the database" : released.has(name) ? (base ?? "") : null;
    if (where === null) return [];
    const remedy = "write what is missing as a new migration";
    return [
      {
        path: "name",
        expected: "one that is not released",
        got: `${quote(name)}, which ${where} has`,
        remedy,
      },
    ];
  });
  if (violations.length > 0) throw new InvalidArgsError(violations);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
