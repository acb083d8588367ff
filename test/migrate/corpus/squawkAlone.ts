import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Snippet } from "./snippet";

/**
 * Rules of squawk's, by snippet, as somebody has them who runs it by itself on a folder of node-pg-migrate:
 * with its default rules, told that a transaction is around each file. It reads no script.
 */
export function runSquawkAlone(
  snippets: readonly Snippet[],
): ReadonlyMap<Snippet, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "squawk-alone-"));
  try {
    const files = snippets.filter(({ file }) => file.extension === ".sql");
    for (const { id, file } of files) writeFileSync(join(folder, `${id}.sql`), file.text);
    writeFileSync(join(folder, ".squawk.toml"), "");
    const args = ["--reporter", "json", "--assume-in-transaction"];
    const names = files.map(({ id }) => `${id}.sql`);
    const run = spawnSync(findSquawk(), [...args, ...names], { cwd: folder, encoding: "utf8" });
    const rows = JSON.parse(run.stdout) as { file: string; rule_name: string }[];
    return new Map(
      snippets.map((snippet) => {
        const own = rows.filter(({ file }) => file === `${snippet.id}.sql`);
        return [snippet, [...new Set(own.map(({ rule_name: rule }) => rule))].sort()];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findSquawk(): string {
  const here = createRequire(createRequire(__filename).resolve("squawk-cli/package.json"));
  const manifest = here.resolve(`@squawk-cli/${process.platform}-${process.arch}/package.json`);
  return join(manifest, "..", "bin", process.platform === "win32" ? "squawk.exe" : "squawk");
}
