import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import {
  ContainerService,
  MigratedService,
  MigrationJob,
  PostgresInstance,
  ReleasePipeline,
  ServiceAccounts,
} from "../../components";
import { evaluate } from "../../inventory";

const REGION = "europe-west1";
const REPOSITORY = `projects/p/locations/${REGION}/connections/github/repositories/shop`;
const RUN = {
  region: REGION,
  serviceAccount: "run@p.iam.gserviceaccount.com",
  connection: { connectionName: "p:europe-west1:i", database: "app", user: "u" },
};
const WHOLE = { region: REGION, source: { repository: REPOSITORY } };
const BUILD_STEP = { connectivity: "BuildStep" };

/** What a program is refused with; arguments are as JavaScript may give them. */
async function refusal(
  Component: new (name: string, args: never) => pulumi.Resource,
  args?: unknown,
): Promise<string> {
  const found = evaluate(() => {
    new Component("shop", args as never);
  });
  return found.then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
}

/** The paths that a refusal names. */
async function paths(
  Component: new (name: string, args: never) => pulumi.Resource,
  args?: unknown,
): Promise<string[]> {
  const [head, ...lines] = (await refusal(Component, args)).split("\n");
  expect(head).toBe("invalid args");
  return lines.map((line) => line.trim().split(": ")[0] ?? "");
}

describe("a component by itself", () => {
  it("takes secrets that another component made", async () => {
    const reference = pulumi.output("s");
    const pinned = { secret: reference, version: pulumi.output("3"), versionName: reference };
    expect(await refusal(ContainerService, { ...RUN, secrets: { A: pinned } })).toBe("");
  });

  it("refuses what MigratedService refuses: a service", async () => {
    const pinned = { secret: "s", version: "1" };
    const args = {
      ...RUN,
      ...{ cpu: "3", memory: "lots", startupPath: "health", placeholderImage: "", prot: 1 },
      env: { PGUSER: "z" },
      secrets: { A: { secret: "s", version: "latest" }, PORT: pinned, PGUSER: pinned },
    };
    const expected = ["prot", "cpu", "memory", "startupPath", "placeholderImage", "env.PGUSER"];
    const secrets = ["secrets.A.version", "secrets.PORT", "secrets.PGUSER"];
    expect((await paths(ContainerService, args)).sort()).toEqual([...expected, ...secrets].sort());
  });

  it("refuses what MigratedService refuses: a job", async () => {
    const args = {
      ...RUN,
      ...{ runtimeRole: "r", ownerRole: "r", directory: "/../etc", extensions: ['"; drop'] },
      connection: { ...RUN.connection, password: { secret: "s", version: "latest" } },
      secrets: { PGUSER: { secret: "s", version: "1" }, IMAGE: { secret: "s", version: "1" } },
    };
    expect((await paths(MigrationJob, args)).sort()).toEqual([
      "connection.password.version",
      "directory",
      "extensions[0]",
      "ownerRole",
      "secrets.IMAGE",
      "secrets.PGUSER",
    ]);
  });

  it("refuses roles that meet once they are known", async () => {
    const args = { ...RUN, ownerRole: "owner", runtimeRole: pulumi.output("owner") };
    expect(await paths(MigrationJob, args)).toEqual(["ownerRole"]);
  });

  it("refuses unknown arguments, and none at all", async () => {
    expect(await paths(ServiceAccounts)).toEqual(["args"]);
    expect(await paths(ServiceAccounts, { typo: 1 })).toEqual(["typo"]);
    expect(await paths(MigrationJob)).toContain("args");
    expect(await paths(ContainerService)).toContain("args");
    expect(await paths(PostgresInstance)).toContain("args");
    const user = { serviceAccount: "a@p.iam.gserviceaccount.com", password: "p" };
    const database = { region: REGION, privateNetwork: "n", migrator: user, runtime: user };
    expect(await paths(PostgresInstance, { ...database, typo: 1, preset: "x" })).toEqual([
      "typo",
      "preset",
    ]);
  });

  it.each([
    ["steps: [", "document"],
    ["null", "document"],
    ["steps: [null]", "steps[0]"],
  ])("refuses the document %s", async (document, path) => {
    const args = { ...WHOLE, serviceAccount: "projects/p/serviceAccounts/a@b", document };
    expect(await paths(ReleasePipeline, args)).toEqual([path]);
  });
});

describe("what is known at construction", () => {
  const command = (words: string[]) => ({
    ...WHOLE,
    network: { publicIp: true },
    migration: { ...BUILD_STEP, command: words },
  });

  async function preview(args: object): Promise<string> {
    let message = "";
    await evaluate(() => {
      try {
        new MigratedService("shop", args as typeof WHOLE);
      } catch (error) {
        message = (error as Error).message;
      }
    });
    return message;
  }

  it("is refused before anything is made", async () => {
    expect(await preview(command(["true"]))).toMatch(/\n {2}migration\.command: /);
    const role = (ownerRole: string) => preview({ ...WHOLE, migration: { ownerRole } });
    expect(await role("shop_runtime")).toMatch(/^invalid args\n {2}migration\.ownerRole: [^\n]+$/);
    expect(await role("shop_migrator")).toMatch(/^invalid args\n {2}migration\.ownerRole: [^\n]+$/);
    expect(await role("checked_runtime")).toBe("");
    const migration = { command: ["alembic", "upgrade", "head"] };
    expect(await preview({ ...WHOLE, migration })).toBe("");
    const iam = { ...WHOLE, migration, database: { login: "Iam" } };
    expect(await preview(iam)).toMatch(/^invalid args\n {2}database\.login: [^\n]+$/);
  });

  it.each(["BUILD_ID", "COMMIT_SHA", "IMAGE", "PGOPTIONS"])(
    "a release sets %s, so no secret may",
    async (name) => {
      const secrets = { [name]: { value: "v", toMigration: true } };
      expect(await preview({ ...WHOLE, secrets })).toContain(`\n  secrets.${name}: `);
    },
  );

  it("never shows what may be a secret", async () => {
    const secrets = { A: { existingSecret: "s", version: "CANARY" } };
    const message = await preview({ ...WHOLE, secrets });
    expect(message).toContain("secrets.A.version: ");
    expect(message).not.toContain("CANARY");
    const repository = pulumi.secret(REPOSITORY.replace("europe-west1", "CANARY"));
    const late = await refusal(MigratedService, { region: REGION, source: { repository } });
    expect(late).toContain("source.repository: ");
    expect(late).not.toContain("CANARY");
    const buildArgs = { JWT: pulumi.secret("x"), API_TOKEN: pulumi.output("x") };
    const build = await preview({ ...WHOLE, build: { buildArgs } });
    expect(build).toContain("build.buildArgs.JWT: ");
    expect(build).toContain("build.buildArgs.API_TOKEN: ");
  });

  it.each([
    [{ service: { env: new Map([["A", "b"]]) } }, "service.env"],
    [{ labels: new Date() }, "labels"],
    [{ service: { env: { A: 10n } } }, "service.env.A"],
    [{ service: { env: { A: Symbol("x") } } }, "service.env.A"],
    [{ database: { backups: { retainedBackups: null } } }, "database.backups.retainedBackups"],
    [
      { database: { backups: { transactionLogDays: null } } },
      "database.backups.transactionLogDays",
    ],
  ])("odd values are refused %#", async (args, path) => {
    expect(await preview({ ...WHOLE, ...args })).toContain(`\n  ${path}: `);
  });

  it("keeps the migration's connection only for a command", async () => {
    const kept = async (args: object) => {
      const { resources } = await evaluate(() => {
        new MigratedService("shop", args as typeof WHOLE);
      });
      return resources.some(({ name }) => name === "shop-connection-migrator-user");
    };
    const database = { environmentAsSecrets: true };
    expect(await kept({ ...WHOLE, database })).toBe(false);
    expect(await kept({ ...command(["alembic", "upgrade", "head"]), database })).toBe(true);
  });
});
