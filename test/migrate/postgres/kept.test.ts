import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRunning, startPostgres } from "../../../migrate/postgres";
import { chooseUnprivilegedUser } from "../../../migrate/postgres/unprivilegedUser";

let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kept-"));
  await chmod(folder, 0o755);
  const user = chooseUnprivilegedUser();
  if (user !== null) await chown(folder, user.uid, user.gid);
  data = join(folder, "data");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

describe("a kept cluster", () => {
  it("keeps its rows, its password and its port, and does not give up durability", async () => {
    const first = await startPostgres({ cluster: { data, password: "first secret", port: null } });
    await query(first.url(), "CREATE TABLE notes (text text)");
    await query(first.url(), "INSERT INTO notes VALUES ('kept')");
    await first.stop();
    expect(existsSync(first.folder)).toBe(false);
    const { port } = first;
    const second = await startPostgres({ cluster: { data, password: "first secret", port } });
    try {
      expect(second.port).toBe(port);
      expect(await query(second.url(), "SELECT text FROM notes")).toEqual([{ text: "kept" }]);
      expect(await query(second.url(), "SHOW fsync")).toEqual([{ fsync: "on" }]);
      await expect(query(second.url().replace("first", "second"), "SELECT")).rejects.toThrow(
        "password authentication failed",
      );
    } finally {
      await second.stop();
    }
  });

  it("takes another port when its own is taken", async () => {
    const other = await startPostgres();
    const { port } = other;
    const kept = await startPostgres({ cluster: { data, password: "first secret", port } });
    try {
      expect(kept.port).not.toBe(port);
      expect(await query(kept.url(), "SELECT text FROM notes")).toEqual([{ text: "kept" }]);
    } finally {
      await kept.stop();
      await other.stop();
    }
  });

  it("is made anew when its making was broken off", async () => {
    const begun = join(folder, "begun");
    const user = chooseUnprivilegedUser();
    await writeFile(join(folder, `begun.unfinished-${process.pid}`), "half");
    if (user !== null)
      await chown(join(folder, `begun.unfinished-${process.pid}`), user.uid, user.gid);
    const server = await startPostgres({ cluster: { data: begun, password: "p", port: null } });
    await server.stop();
    expect(await readFile(join(begun, "PG_VERSION"), "utf8")).toBe("18\n");
  });
});

describe("findRunning", () => {
  it("finds the server that runs on the data, and none after it has ended", async () => {
    expect(await findRunning(data)).toBeNull();
    const server = await startPostgres({ cluster: { data, password: "first secret", port: null } });
    const { pid, port } = server;
    expect(await findRunning(data)).toEqual({ pid, port });
    let hasEnded = false;
    void server.ended.then(() => (hasEnded = true));
    await server.stop();
    expect(hasEnded).toBe(true);
    expect(await findRunning(data)).toBeNull();
  });

  it.each([
    ["this one, which is no server", process.pid],
    ["none", 4_194_300],
  ])("removes the lock file of a server whose number is now that of %s", async (_, pid) => {
    const lockFile = join(data, "postmaster.pid");
    await writeFile(lockFile, `${pid}\n${data}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`);
    expect(await findRunning(data)).toBeNull();
    expect(existsSync(lockFile)).toBe(false);
    const server = await startPostgres({ cluster: { data, password: "first secret", port: null } });
    await server.stop();
  });
});
