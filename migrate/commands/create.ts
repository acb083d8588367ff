import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandDefinition, CommandResult } from "../command";
import { listFolder } from "../files/migrationFile";
import { findNameFault, nextPrefix, toSlug } from "../files/nameMigration";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type FolderSettings, type Settings, parseWith, readFolder } from "../settings/parse";
import { quote } from "../violations";

type Language = "sql" | "ts" | "js";

export interface CreateSettings extends FolderSettings {
  slug: string;
  language: Language;
}

const FLAGS = {
  sql: { type: "boolean", describe: "an SQL file (the default)" },
  ts: { type: "boolean", describe: "a TypeScript file" },
  js: { type: "boolean", describe: "a JavaScript file: for what runs outside a transaction" },
} satisfies Flags;

// As node-pg-migrate's own templates.
const TEMPLATES: Readonly<Record<Language, string>> = {
  sql: "-- Up Migration\n\n-- Down Migration\n",
  ts: `import type { MigrationBuilder } from "node-pg-migrate";

export async function up(pgm: MigrationBuilder): Promise<void> {}

export async function down(pgm: MigrationBuilder): Promise<void> {}
`,
  js: `/** @param pgm {import("node-pg-migrate").MigrationBuilder} */
export const up = (pgm) => {};

/** @param pgm {import("node-pg-migrate").MigrationBuilder} */
export const down = (pgm) => {};
`,
};

/** Writes an empty migration and gives its path. Trusts its input. */
export async function _create(settings: CreateSettings): Promise<string> {
  const { folder, shownFolder, slug, language } = settings;
  await mkdir(folder, { recursive: true });
  const { files } = await listFolder(settings);
  const prefix = nextPrefix(
    files.map(({ name }) => name),
    Date.now(),
  );
  const fileName = `${prefix}_${slug}.${language}`;
  await writeFile(join(folder, fileName), TEMPLATES[language], { flag: "wx" });
  return join(shownFolder, fileName);
}

/** Writes an empty migration and gives its path. */
export async function create(settings: Settings): Promise<string> {
  return _create(parseCreate(settings));
}

export const createCommand: CommandDefinition = {
  name: "create",
  usage: "[name..]",
  describe: "Writes an empty migration file",
  flags: FLAGS,
  examples: [
    ["create add orders", "migrations/<timestamp>_add-orders.sql"],
    ["create index orders by customer --js", "a script, which may call pgm.noTransaction()"],
  ],
  emptyDocument: { file: null },
  run: async (settings): Promise<CommandResult> => {
    const file = await create(settings);
    return {
      document: { formatVersion: 1, command: "create", file, error: null },
      lines: [file],
      exitCode: 0,
    };
  },
};

function parseCreate(settings: Settings): CreateSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "some", (reader) => {
    const { slug, extension } = readName(settings.words);
    const fault = findNameFault(slug);
    if (fault !== null) {
      reader.violations.push({
        path: "name",
        expected: "a few words that say what the migration does",
        got: `${quote(settings.words.join(" "))}, which ${fault}`,
        remedy: "for example: create add orders",
      });
    }
    const languages = (["sql", "ts", "js"] as const).filter((language) => reader.flag(language));
    if (languages.length > 1) {
      const got = languages.map((language) => `--${language}`).join(" and ");
      reader.violations.push({
        path: "--sql",
        expected: "one of --sql, --ts and --js",
        got,
        remedy: "leave all but one out",
      });
    }
    return { ...readFolder(reader, settings), slug, language: languages[0] ?? extension ?? "sql" };
  });
}

/** The name in the form that files have; somebody may have written its extension too. */
function readName(words: readonly string[]): { slug: string; extension: Language | null } {
  const text = words.join(" ");
  const extension = /\.(sql|ts|js)$/.exec(text)?.[1] as Language | undefined;
  const name = extension === undefined ? text : text.slice(0, -extension.length - 1);
  return { slug: toSlug([name]), extension: extension ?? null };
}
