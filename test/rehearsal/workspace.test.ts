import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findContext } from "../../rehearsal/contextSource";
import { commitOf, createWorkspace, createWorkspaces } from "../../rehearsal/workspace";

const NONE = { service: null, migrations: null, endpoint: null, document: null };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "workspace-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("createWorkspace", () => {
  it("copies the context and links its installed packages", async () => {
    const workspace = join(folder, "copy");
    await createWorkspace(findContext(NONE).source, workspace);
    expect(existsSync(join(workspace, "service", "server.ts"))).toBe(true);
    expect(existsSync(join(workspace, ".git"))).toBe(false);
    expect(lstatSync(join(workspace, "node_modules")).isSymbolicLink()).toBe(true);
    expect(existsSync(join(workspace, "node_modules", "pg", "package.json"))).toBe(true);
  });

  it("puts a plain service and other migrations in their places", async () => {
    const service = join(folder, "notes");
    mkdirSync(join(service, "node_modules", "left-pad"), { recursive: true });
    mkdirSync(join(service, ".git"));
    writeFileSync(join(service, "main.js"), "");
    writeFileSync(join(service, "package.json"), '{"scripts":{"start":"node main.js"}}');
    const migrations = join(folder, "sql");
    mkdirSync(migrations);
    writeFileSync(join(migrations, "1_notes.sql"), "");

    const workspace = join(folder, "copy");
    const { source } = findContext({ ...NONE, service, migrations });
    await createWorkspace(source, workspace);

    expect(readdirSync(join(workspace, "service")).sort()).toEqual([
      "main.js",
      "node_modules",
      "package.json",
    ]);
    expect(readdirSync(join(workspace, "migrations"))).toEqual(["1_notes.sql"]);
    const dockerfile = readFileSync(join(workspace, "Dockerfile"), "utf8");
    expect(dockerfile).toContain(
      "COPY service ./service\nCOPY --from=build /app/service/node_modules ./service/node_modules\n",
    );
    expect(dockerfile).toContain('CMD ["sh","-c","cd service && exec node main.js"]\n');
    expect(dockerfile).not.toContain("dist/service");
    expect(dockerfile).toContain("dist/migrate");
  });

  it("makes three of them: as they are, with a failing migration, with the corrected one", async () => {
    const workspaces = await createWorkspaces(findContext(NONE).source, folder);
    const last = "20260323090000000_validate_order_total";
    const added = "20260323090100000_rehearsal_notes";
    expect(workspaces.map(({ version }) => version)).toEqual([last, added, added]);
    expect(new Set(workspaces.map(({ commit }) => commit)).size).toBe(3);
    const [before, failing, corrected] = workspaces.map((workspace) => {
      const file = join(workspace.folder, "migrations", `${added}.sql`);
      return existsSync(file) ? readFileSync(file, "utf8") : null;
    });
    expect(before).toBeNull();
    expect(failing).toContain("(1), (1)");
    expect(corrected).toContain("(1), (2)");
  });

  it("names a workspace by its content", async () => {
    const make = async (name: string, text: string): Promise<string> => {
      mkdirSync(join(folder, name, "a"), { recursive: true });
      writeFileSync(join(folder, name, "a", "b"), text);
      return commitOf(join(folder, name));
    };
    const commit = await make("one", "x");
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(await make("two", "x")).toBe(commit);
    expect(await make("three", "y")).not.toBe(commit);
  });
});
