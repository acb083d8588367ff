import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { classifyApiFault, createAdminApi } from "../../../migrate/backup/adminApi";
import { recoveryLines } from "../../../migrate/backup/recovery";
import { BackupError, takeBackup } from "../../../migrate/backup/takeBackup";
import { InterruptedError } from "../../../migrate/interrupt";
import type { InstanceConnection } from "../../../migrate/settings/connection";
import {
  type ApiAnswer,
  BACKUP_ID,
  ENDED,
  STARTED,
  SUCCESSFUL,
  type TestAdminApi,
  refusal,
  run,
  startAdminApi,
} from "../support/adminApi";

const INSTANCE = "example.com:example-project:europe-west1:shop";
const RUNS = "/v1/projects/example.com%3Aexample-project/instances/shop/backupRuns";
const FORBIDDEN = refusal(403, "The client is not authorized to make this request.");

let server: TestAdminApi;
let lines: string[] = [];
let started: string[] = [];
let asked: boolean[] = [];
let checkLock = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  server = await startAdminApi();
});

beforeEach(() => {
  lines = [];
  started = [];
  asked = [];
  checkLock = () => Promise.resolve();
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await server.stop();
});

function connectionOf(host: string): InstanceConnection {
  return {
    ...{ kind: "instance", instance: INSTANCE, ipType: "PUBLIC", iam: true, impersonate: null },
    ...{ user: "u", password: null, database: "d" },
    emulator: { api: `http://${host}`, host: "127.0.0.1", port: 5432 },
  };
}

/** Takes a backup from the server; its pauses take no time, but the clock goes on. */
async function take(
  insert: readonly ApiAnswer[],
  get: readonly ApiAnswer[],
  { timeoutMs = 1_800_000, host = server.host, signal = new AbortController().signal } = {},
): Promise<unknown> {
  server.answer(insert, get);
  const request = {
    ...{ instance: INSTANCE, description: "cloud-run-migrations build 7", timeoutMs },
    ...{ again: "release again", onStarted: (id: string) => void started.push(id) },
    ...{ onAsked: (mayHaveBegun: boolean) => void asked.push(mayHaveBegun), checkLock },
  };
  const context = { signal, progress: (line: string) => void lines.push(line) };
  const pause = (ms: number): Promise<void> => {
    signal.throwIfAborted();
    vi.setSystemTime(Date.now() + ms);
    return Promise.resolve();
  };
  return takeBackup(request, context, createAdminApi(connectionOf(host), signal), pause);
}

async function failureOf(promise: Promise<unknown>): Promise<BackupError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BackupError)) throw new Error(`no BackupError: ${String(error)}`);
  return error;
}

const counts = (): { POST: number; GET: number } => ({
  POST: server.requests.filter(({ method }) => method === "POST").length,
  GET: server.requests.filter(({ method }) => method === "GET").length,
});

describe("takeBackup", () => {
  it("asks for a backup and waits until it is done", async () => {
    expect(await take([STARTED], [run("ENQUEUED"), run("RUNNING"), SUCCESSFUL])).toEqual({
      ...{ id: BACKUP_ID, instance: INSTANCE },
      ...{ startedAt: "2026-11-23T02:00:01.000Z", endedAt: ENDED },
    });
    expect(started).toEqual([BACKUP_ID]);
    expect(server.requests).toEqual([
      {
        ...{ method: "POST", path: RUNS, authorization: undefined },
        body: { description: "cloud-run-migrations build 7" },
      },
      ...Array.from({ length: 3 }, () => ({
        ...{ method: "GET", path: `${RUNS}/${BACKUP_ID}`, body: null, authorization: undefined },
      })),
    ]);
    expect(lines).toEqual([
      `backup ${BACKUP_ID}: ENQUEUED, 1.0 s`,
      `backup ${BACKUP_ID}: RUNNING, 3.0 s`,
    ]);
  });

  it("reports a long one twice a minute, and gives it up after its time", async () => {
    const error = await failureOf(take([STARTED], [run("RUNNING")], { timeoutMs: 125_000 }));
    expect(error.message).toBe(
      `the backup ${BACKUP_ID} of ${INSTANCE} was not done after 2 min 5 s; nothing was applied`,
    );
    expect(error.remedy).toBe(
      `it goes on by itself, see gcloud sql backups describe ${BACKUP_ID} --instance=shop --project=example.com:example-project; give more time with --backup-timeout, then release again`,
    );
    expect(lines).toHaveLength(5);
  });

  it("fails when the backup does", async () => {
    const failed = run("FAILED", { error: { kind: "sql#operationError", message: "disk" } });
    const error = await failureOf(take([STARTED], [run("RUNNING"), failed]));
    expect(error.message).toBe(
      `the backup ${BACKUP_ID} of ${INSTANCE} ended as FAILED: disk; nothing was applied`,
    );
    expect((await failureOf(take([STARTED], [run("DELETED")]))).message).toContain("as DELETED;");
  });

  it("waits up to 120 s for a permission that is on its way, for either call", async () => {
    expect(await take([FORBIDDEN, FORBIDDEN, STARTED], [FORBIDDEN, SUCCESSFUL])).toMatchObject({
      id: BACKUP_ID,
    });
    expect(counts()).toEqual({ POST: 3, GET: 2 });
    const begin = Date.now();
    const error = await failureOf(take([FORBIDDEN], []));
    expect(Date.now() - begin).toBe(120_000);
    expect(error.message).toBe(
      `cannot start a backup of ${INSTANCE}: The client is not authorized to make this request. (403); nothing was applied`,
    );
    expect(error.remedy).toContain("cloudsql.backupRuns.create and cloudsql.backupRuns.get");
    expect((await failureOf(take([STARTED], [FORBIDDEN]))).message).toContain(
      `cannot see the backup ${BACKUP_ID} of ${INSTANCE}`,
    );
  });

  it("waits as long as it may for another operation to end", async () => {
    const busy = refusal(
      409,
      "Operation failed because another operation was already in progress.",
    );
    const long = Array.from({ length: 100 }, () => busy);
    // A fault after another one has its own time.
    expect(await take([...long, FORBIDDEN, STARTED], [SUCCESSFUL])).toMatchObject({
      id: BACKUP_ID,
    });
    const error = await failureOf(take([busy], []));
    expect(error.remedy).toContain("gcloud sql operations list --instance=shop");
  });

  it("survives an answer that is an error of the server's, none, or no JSON", async () => {
    const broken: ApiAnswer = { status: 503, body: "<html>try later</html>" };
    expect(
      await take([broken, "drop", refusal(429, "slow down"), STARTED], ["drop", SUCCESSFUL]),
    ).toMatchObject({ id: BACKUP_ID });
    expect(counts()).toEqual({ POST: 4, GET: 2 });
    expect(lines[0]).toContain("Service Unavailable (503); trying again in 1.0 s");
    expect(lines[1]).toContain("; it may have begun; trying again in 15.0 s");
    // From the answer that was lost on, until one tells of a backup.
    expect(asked).toEqual([true, false, true, true, true, true, true].slice(0, asked.length));
    const error = await failureOf(take([STARTED], [broken]));
    expect(error.message).toContain("(503); nothing was applied");
  });

  it("fails when nobody listens", async () => {
    const gone = await startAdminApi();
    await gone.stop();
    const error = await failureOf(take([], [], { host: gone.host }));
    expect(error.message).toContain("ECONNREFUSED");
    expect(lines.length).toBeGreaterThan(20);
  });

  it.each([
    ["an instance that is not there", refusal(404, "not found"), "not found (404)"],
    ["a bad request", refusal(400, "Invalid request\nDetails"), "Invalid request (400)"],
  ])("does not try %s twice", async (_, answer, text) => {
    const { message } = await failureOf(take([answer], []));
    expect(message).toContain(`${text}; nothing was applied`);
    expect(counts()).toEqual({ POST: 1, GET: 0 });
  });

  it("takes a new backup's 404 for a server that does not know it yet, for a while", async () => {
    const unknown = refusal(404, "not found");
    expect(await take([STARTED], [unknown, unknown, SUCCESSFUL])).toMatchObject({ id: BACKUP_ID });
    const { message } = await failureOf(take([STARTED], [unknown]));
    expect(message).toContain("not found (404); nothing was applied");
    expect(counts().GET).toBeLessThan(15);
  });

  it("ends when the lock is lost, before it asks again", async () => {
    checkLock = () => Promise.reject(new Error("lost"));
    await expect(take([STARTED], [SUCCESSFUL])).rejects.toThrow("lost");
    expect(counts()).toEqual({ POST: 1, GET: 0 });
    await expect(take([FORBIDDEN], [])).rejects.toThrow("lost");
    expect(counts()).toEqual({ POST: 1, GET: 0 });
  });

  it("does not take an answer without an ID for a backup", async () => {
    const { message } = await failureOf(take([{ status: 200, body: {} }], []));
    expect(message).toContain("it answered without a backup's ID");
  });

  it("ends at a signal, even while nothing answers", async () => {
    const controller = new AbortController();
    const taking = take([STARTED], ["hang"], { signal: controller.signal });
    const stop = setInterval(() => {
      if (counts().GET > 0) controller.abort(new InterruptedError("SIGTERM"));
    }, 20);
    await expect(taking).rejects.toThrow("interrupted by SIGTERM");
    clearInterval(stop);
    expect(started).toEqual([BACKUP_ID]);
  });
});

describe("createAdminApi", () => {
  it("logs in at Google with the machine's account, and gives the token to nobody else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "migrate-test-"));
    const file = join(folder, "credentials.json");
    const login = { client_id: "id", client_secret: "none", refresh_token: "none" };
    writeFileSync(file, JSON.stringify({ type: "authorized_user", ...login }));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    const asked: { url: string; authorization: string | null; redirect: unknown }[] = [];
    vi.stubGlobal("fetch", (url: string | URL | Request, init?: RequestInit) => {
      const request = url instanceof Request ? url.url : String(url);
      const authorization = new Headers(init?.headers).get("authorization");
      asked.push({ url: request, authorization, redirect: init?.redirect });
      return Promise.resolve(Response.json({ backupContext: { backupId: "9" } }));
    });
    const { GoogleAuth } = await import("google-auth-library");
    const headers = vi
      .spyOn(GoogleAuth.prototype, "getRequestHeaders")
      .mockResolvedValue(new Headers({ authorization: "Bearer t" }));
    headers.mockRejectedValueOnce(Object.assign(new Error("no token"), { status: 403 }));
    const connection = { ...connectionOf(""), emulator: null };
    const api = createAdminApi(connection, new AbortController().signal);
    const refused: unknown = await api.insert("d").catch((error: unknown) => error);
    expect(classifyApiFault(refused)).toBe("propagating");
    // Impersonation needs the machine's own account first, whose server may be late.
    const client = vi.spyOn(GoogleAuth.prototype, "getClient");
    client.mockRejectedValueOnce(Object.assign(new Error("late"), { code: "ECONNREFUSED" }));
    const impersonate = "m@example-project.iam.gserviceaccount.com";
    const other = createAdminApi({ ...connection, impersonate }, new AbortController().signal);
    await expect(other.insert("d")).rejects.toThrow("late");
    expect(await other.insert("d")).toBe("9");
    asked.length = 0;
    expect(await api.insert("d")).toBe("9");
    const url = `https://sqladmin.googleapis.com${RUNS}`;
    expect(asked).toEqual([{ url, authorization: "Bearer t", redirect: "error" }]);
    expect(headers).toHaveBeenCalledWith(url);
    client.mockRestore();
    headers.mockRestore();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
});

it("classifyApiFault takes a login that fails for good as final", () => {
  expect(classifyApiFault(new Error("Could not load the default credentials."))).toBe("final");
  expect(classifyApiFault(Object.assign(new Error("no"), { status: 403 }))).toBe("propagating");
  expect(classifyApiFault(Object.assign(new Error("no"), { code: "ECONNRESET" }))).toBe("passing");
  expect(classifyApiFault(new DOMException("late", "TimeoutError"))).toBe("passing");
});

it("recoveryLines gives both ways back", () => {
  const times = { startedAt: null, endedAt: null, recoveryTime: ENDED };
  expect(recoveryLines({ id: "7", instance: INSTANCE, ...times })).toEqual([
    `backup 7 of ${INSTANCE}, recovery time ${ENDED}: the state before anything was applied. What was rolled back needs no recovery; else`,
    "  to have that state beside this instance, from its write-ahead log:",
    `    gcloud sql instances clone shop shop-recovered --point-in-time=${ENDED} --project=example.com:example-project`,
    "  to put this instance back, which loses everything written since, in all of its databases:",
    "    gcloud sql backups restore 7 --restore-instance=shop --project=example.com:example-project",
  ]);
});
