import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { MigratedServiceArgs } from "../../components";
import { startJson } from "../rehearsal/start";
import { type App, HEAD, createApp, removeApps } from "./support/app";
import { ARGS, SEED, by } from "./support/args";

afterAll(removeApps);

/** `npm start` with the app's own arguments: three releases, a client asking all the while. */
async function rehearse(
  app: App,
  args: MigratedServiceArgs,
): Promise<Awaited<ReturnType<typeof startJson>>> {
  const file = join(app.folder, "..", "shop.yaml");
  writeFileSync(file, stringify(args));
  return startJson("--service", app.folder, "--args", file, "--endpoint", "/products");
}

const STEPS = {
  CloudRunJob: "guard build push prepare-roles migrate verify-roles deploy promote",
  BuildStep: "guard build push connect prepare-roles migrate verify-roles deploy promote",
  PrivatePool: "guard build push connect prepare-roles migrate verify-roles deploy promote",
} as const;

const CASES: [
  name: string,
  overlay: string | undefined,
  args: MigratedServiceArgs,
  steps: string,
][] = [
  ["in CloudRunJob", undefined, by("CloudRunJob"), STEPS.CloudRunJob],
  ["in BuildStep", undefined, by("BuildStep"), STEPS.BuildStep],
  [
    "in BuildStep without a password",
    undefined,
    { ...by("BuildStep"), database: { ...ARGS.database, login: "Iam" } },
    STEPS.BuildStep,
  ],
  ["in PrivatePool", undefined, by("PrivatePool"), STEPS.PrivatePool],
  ["as the article does", "seed", SEED, STEPS.BuildStep],
];

describe("npm start of a service with Alembic", () => {
  it.each(CASES)("releases, stops at a failing revision, releases: %s", async (...given) => {
    const [, overlay, args, steps] = given;
    const { exitCode, result, stderr } = await rehearse(createApp(overlay), args);
    expect(stderr).not.toContain(", but ");
    expect({ exitCode, ok: result.ok }).toEqual({ exitCode: 0, ok: true });
    expect(result.leftovers).toEqual({ processes: 0, folders: 0 });
    expect(result.requests.failed).toBe(0);
    expect(result.requests.served).toBeGreaterThanOrEqual(500);

    const [first, failing, corrected] = result.releases;
    expect(first).toMatchObject({ outcome: "released", failedStep: null, error: null });
    expect(first!.steps.map(({ id }) => id).join(" ")).toBe(steps);
    expect(first!.schema).toMatchObject({ before: { version: null }, after: { version: HEAD } });

    expect(failing).toMatchObject({ outcome: "failed", failedStep: "migrate" });
    expect(failing!.error).toContain("psycopg.errors.UniqueViolation");
    expect(failing!.serving).toEqual({
      before: first!.serving.after,
      after: first!.serving.after,
    });
    expect(failing!.schema).toEqual({ before: first!.schema.after, after: first!.schema.after });
    const ran = failing!.steps.filter(({ status }) => status !== "not-run").map(({ id }) => id);
    expect(ran.at(-1)).toBe("migrate");

    expect(corrected).toMatchObject({ outcome: "released", failedStep: null });
    expect(corrected!.schema.after.version).toBe("rehearsal_notes");
    expect(corrected!.serving.after).toBe(corrected!.revision);
    expect(corrected!.serving.after).not.toBe(first!.serving.after);
  });

  it("fails in the release when the image has no Alembic", async () => {
    const app = createApp();
    app.write(
      "Dockerfile",
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "x.py"]\n',
    );
    const args = by("BuildStep");
    args.migration!.command = ["alembick", "upgrade", "head"];
    const { exitCode, result } = await rehearse(app, args);
    expect(exitCode).toBe(1);
    expect(result.releases[0]).toMatchObject({ outcome: "failed", failedStep: "migrate" });
    expect(result.releases[0]!.error).toContain("alembick");
  });
});
