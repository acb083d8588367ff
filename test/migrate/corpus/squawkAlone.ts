import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Snippet } from "./snippet";

export interface SquawkAlone {
  version: string;
  rules: ReadonlyMap<Snippet, readonly string[]>;
}

/**
 * Rules of squawk's, by snippet, as somebody has them who runs it by itself on a folder of node-pg-migrate:
 * with its default rules, told that a transaction is around each file. It reads no script.
 */
export function runSquawkAlone(snippets: readonly Snippet[]): SquawkAlone {
  const { program, version } = findSquawk();
  const folder = mkdtempSync(join(tmpdir(), "squawk-alone-"));
  try {
    const files = snippets.filter(({ file }) => file.extension === ".sql");
    for (const { id, file } of files) {
      // In its own words.
      const text = file.text.replace(/^-- cloud-run-migrations: accept ([a-z-]+):.*/gm, IGNORE);
      writeFileSync(join(folder, `${id}.sql`), text);
    }
    writeFileSync(join(folder, ".squawk.toml"), "");
    const args = ["--reporter", "json", "--assume-in-transaction"];
    const names = files.map(({ id }) => `${id}.sql`);
    const run = spawnSync(program, [...args, ...names], { cwd: folder, encoding: "utf8" });
    const rows = JSON.parse(run.stdout) as { file: string; rule_name: string }[];
    const rulesOf = ({ id }: Snippet): string[] =>
      rows.filter(({ file }) => file === `${id}.sql`).map(({ rule_name: rule }) => rule);
    const rules = new Map(
      snippets.map((snippet) => [snippet, [...new Set(rulesOf(snippet))].sort()]),
    );
    return { version, rules };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const IGNORE = "-- squawk-ignore $1";

function findSquawk(): { program: string; version: string } {
  const here = createRequire(createRequire(__filename).resolve("squawk-cli/package.json"));
  const manifest = here.resolve(`@squawk-cli/${process.platform}-${process.arch}/package.json`);
  const { version } = here(manifest) as { version: string };
  const file = process.platform === "win32" ? "squawk.exe" : "squawk";
  return { program: join(manifest, "..", "bin", file), version };
}
