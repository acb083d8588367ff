import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";
import { withSession } from "../../../migrate/connection/session";
import { describeSession } from "../../../migrate/progress/blockers";
import { describeProgress } from "../../../migrate/progress/readProgress";
import { type WatchOptions, watchSession, watchTimes } from "../../../migrate/progress/watch";

let server: PostgresServer;
let admin: Client;

beforeAll(async () => {
  server = await startPostgres();
  admin = new Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(
    "CREATE TABLE big AS SELECT n, repeat('x', 50) AS t FROM generate_series(1, 200000) n",
  );
});

afterAll(async () => {
  await admin.end();
  await server.stop();
});

const TIMES = { pollMs: 20, firstMs: 40, everyMs: 40 };

/** Lines about a statement that runs until `isOver` says so. */
async function linesOf(
  sql: string,
  isOver: (lines: readonly string[]) => boolean,
  times: Omit<WatchOptions, "progress"> = TIMES,
): Promise<{ lines: string[]; blocker: string | null }> {
  const settings = { kind: "url", url: server.url() } as const;
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const options = { purpose: "up test", statementTimeoutMs: 60_000, lockTimeoutMs: 0 };
  return withSession(settings, options, context, async (session) => {
    const lines: string[] = [];
    const progress = (line: string): void => void lines.push(line);
    const watch = watchSession(session, { ...times, progress });
    const statement = session.client.query(sql).catch(() => undefined);
    const deadline = Date.now() + 20_000;
    while (!isOver(lines) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await admin.query("SELECT pg_cancel_backend($1)", [session.backendPid]);
    await statement;
    const blocker = watch.takeBlocker();
    await watch.stop();
    return { lines, blocker };
  });
}

describe("a long statement", () => {
  it("that builds an index says how far it is", async () => {
    // The sorting of a build in little memory takes long enough to be seen.
    const sql =
      "SET maintenance_work_mem = '1MB'; SET client_min_messages = error; DO $$ BEGIN LOOP CREATE INDEX seen ON big (t, n); DROP INDEX seen; END LOOP; END $$";
    const { lines } = await linesOf(sql, (all) =>
      all.some((line) => line.includes("builds an index on big")),
    );
    expect(lines.find((line) => line.includes("builds an index"))).toMatch(
      /^running for [\d.]+ m?s: builds an index on big: .+/,
    );
  });

  it("that waits for a lock says whom it waits for", async () => {
    const holder = new Client({
      connectionString: server.url(),
      application_name: "nightly export",
    });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE big IN ACCESS SHARE MODE");
    const { lines, blocker } = await linesOf(
      "ALTER TABLE big ADD COLUMN late int",
      (all) => all.length > 0,
    );
    await holder.query("ROLLBACK");
    await holder.end();
    expect(lines[0]).toMatch(
      /: waits for a lock that process \d+ \(nightly export, user postgres, .*idle in transaction for .*\) holds$/,
    );
    expect(blocker).toMatch(/^process \d+ \(nightly export/);
  });

  it("that reports nothing is still said to be at work", async () => {
    const { lines } = await linesOf("SELECT pg_sleep(30)", (all) => all.length > 0);
    expect(lines[0]).toMatch(/^running for [\d.]+ m?s: the statement is at work$/);
  });

  it("is followed at its interval, not at every look", async () => {
    const { lines } = await linesOf("SELECT pg_sleep(1)", () => false, {
      pollMs: 20,
      firstMs: 100,
      everyMs: 60_000,
    }).catch(() => ({ lines: [] }));
    expect(lines).toHaveLength(1);
  }, 40_000);
});

describe("a short run", () => {
  it("is asked about by nobody, and leaves no connection", async () => {
    const settings = { kind: "url", url: server.url() } as const;
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const options = { purpose: "up short", statementTimeoutMs: 60_000, lockTimeoutMs: 0 };
    await withSession(settings, options, context, async (session) => {
      const watch = watchSession(session, { ...watchTimes(5000), progress: () => undefined });
      await session.client.query("SELECT 1");
      const { rows } = await admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE '%up short'",
      );
      expect(rows).toHaveLength(1);
      await watch.stop();
    });
  });
});

it("asks often enough to see who holds a lock before its timeout", () => {
  expect([100, 400, 2000, 60_000].map((ms) => watchTimes(ms).pollMs)).toEqual([
    100, 100, 500, 1000,
  ]);
});

it.each([
  [
    {
      what: "builds an index on a",
      phase: "building index",
      done: 43,
      total: 100_000,
      unit: "blocks",
    },
    "builds an index on a: building index, 0 % of 100,000 blocks",
  ],
  [
    { what: "writes anew a", phase: "initializing", done: 0, total: 0, unit: "blocks" },
    "writes anew a: initializing",
  ],
] as const)("describes %j", (progress, line) => {
  expect(describeProgress(progress)).toBe(line);
});

it("says of a session what the login may see", () => {
  expect(
    describeSession({
      pid: 7,
      user: null,
      application: null,
      since: null,
      state: null,
      stateMs: null,
    }),
  ).toBe("process 7 (no application name, user unknown)");
});
