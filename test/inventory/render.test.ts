import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { checkRelease, parseDocument, type BuildDocument } from "../../components";
import { evaluateService, evaluateStack, reveal, render } from "../../inventory";
import { SEED_ARGS, SEED_NAME } from "../../inventory/seedArgs";

async function documentFor(...words: string[]): Promise<BuildDocument> {
  return parse(await render(words)) as BuildDocument;
}

function stepOf({ steps }: BuildDocument, id: string): BuildDocument["steps"][number] {
  const step = steps.find((candidate) => candidate.id === id);
  expect(step, id).toBeDefined();
  return step!;
}

/** A document by the rules of a release, whose steps stand in this order before the deployment. */
function expectRelease(text: string, steps: string[]): void {
  expect(checkRelease(parseDocument(text))).toEqual([]);
  const ids = (parse(text) as BuildDocument).steps.map(({ id }) => id);
  expect(ids.filter((id) => [...steps, "deploy"].includes(id))).toEqual([...steps, "deploy"]);
}

describe("npm run render", () => {
  it("prints what the stack's trigger runs", async () => {
    const { outputs } = await evaluateStack({ stack: "dev" });
    expect(await render([])).toBe(reveal(outputs["cloudBuildYaml"]));
  });

  it("prints JSON of the REST API with the same content", async () => {
    const text = await render(["--format", "json"]);
    expect(JSON.parse(text)).toEqual(await documentFor());
    expect(text).toContain('"waitFor"');
  });

  it.each(
    ["CloudRunJob", "BuildStep", "PrivatePool"].flatMap((connectivity) =>
      ["Password", "Iam"].flatMap((auth) =>
        ["AfterProbe", "Immediately", "Manual"].map(
          (promotion) => [connectivity, auth, promotion] as const,
        ),
      ),
    ),
  )("migrates before it deploys with %s, %s and %s", async (connectivity, auth, promotion) => {
    const flags = ["--connectivity", connectivity, "--auth", auth, "--promotion", promotion];
    const isRefused = connectivity === "CloudRunJob" && auth === "Iam";
    const usesPassword = connectivity !== "CloudRunJob" && auth === "Password";

    const text = await render(flags);
    expectRelease(text, ["check", "migrate"]);
    expect(text.includes("secretEnv")).toBe(usesPassword);
    expect(text.includes("workerPool: projects/")).toBe(connectivity === "PrivatePool");

    const withCommand = render([...flags, "--command", "alembic upgrade head"]);
    if (isRefused) {
      await expect(withCommand).rejects.toThrow(
        "database.login: expected Password with migration.command in CloudRunJob",
      );
    } else {
      expectRelease(await withCommand, ["prepare-roles", "migrate", "verify-roles"]);
    }
  });

  it.each(["alembic upgrade head", '["alembic", "upgrade", "head"]'])(
    "takes the command %s",
    async (command) => {
      const document = await documentFor("--connectivity", "BuildStep", "--command", command);
      const { entrypoint, args } = stepOf(document, "migrate");
      expect([entrypoint, args]).toEqual(["alembic", ["upgrade", "head"]]);
    },
  );

  it("takes arguments from a file, and flags over them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "render-"));
    const file = join(folder, "args.json");
    const repository = "projects/p/locations/europe-west4/connections/c/repositories/r";
    writeFileSync(file, JSON.stringify({ region: "europe-west4", source: { repository } }));
    const document = await documentFor("--args", file, "--promotion", "Manual");
    rmSync(folder, { recursive: true });
    expect(stepOf(document, "guard").env).toContain("REGION=europe-west4");
    expect(document).not.toEqual(await documentFor());
  });

  it.each(["CloudRunJob", "BuildStep", "PrivatePool"])(
    "takes an instance that is there already, with %s",
    async (connectivity) => {
      const folder = mkdtempSync(join(tmpdir(), "render-"));
      const file = join(folder, "args.json");
      const existing = {
        region: "europe-west1",
        source: { github: { owner: "example", name: "shop" } },
        database: { existingInstance: "data-project:europe-west1:shared" },
        network: {
          network: "projects/net-project/global/networks/shared",
          subnetwork: "projects/net-project/regions/europe-west1/subnetworks/shared",
        },
      };
      writeFileSync(file, JSON.stringify(existing));
      const text = await render(["--args", file, "--connectivity", connectivity]);
      rmSync(folder, { recursive: true });
      expectRelease(text, ["check", "migrate"]);
    },
  );

  it("tells every unknown flag and bad value at once", async () => {
    await expect(
      render(["--auth", "None", "--conectivity", "x", "--format", "xml", "extra"]),
    ).rejects.toThrow(
      [
        "invalid args",
        "  --conectivity: expected a known flag, got an unknown one; did you mean --connectivity?",
        "  extra: expected flags only, got a word",
        '  --auth: expected Password or Iam, got "None"',
        '  --format: expected yaml or json, got "xml"',
      ].join("\n"),
    );
  });

  it.each([
    [
      "quotes",
      ["--command", "sh -c 'x y'", "--connectivity", "BuildStep"],
      "--command: expected words without quotes, or a JSON list of texts",
    ],
    [
      "a list of numbers",
      ["--command", "[1]", "--connectivity", "BuildStep"],
      "--command: expected words without quotes, or a JSON list of texts",
    ],
    [
      "both sources of arguments",
      ["--seed", "--args", "x.json"],
      "--seed: expected --seed or --args, got both",
    ],
    [
      "an unknown connectivity",
      ["--connectivity", "Proxy"],
      '--connectivity: expected CloudRunJob or BuildStep or PrivatePool, got "Proxy"',
    ],
  ])("refuses %s", async (_, words, message) => {
    await expect(render(words)).rejects.toThrow(message);
  });
});

describe("npm run render -- --seed", () => {
  it("renders the article's pipeline", async () => {
    const document = await documentFor("--seed");
    const migrate = stepOf(document, "migrate");
    expect(migrate.name).toMatch(/^us-central1-docker\.pkg\.dev\/example-project\/.*:\$BUILD_ID$/);
    expect([migrate.entrypoint, migrate.args]).toEqual(["alembic", ["upgrade", "head"]]);
    const secrets = [
      "POSTGRES_USER",
      "POSTGRES_PASSWORD",
      "POSTGRES_HOST",
      "POSTGRES_PORT",
      "POSTGRES_DATABASE_NAME",
    ];
    expect([...(migrate.secretEnv ?? [])].sort()).toEqual([...secrets].sort());
    const available = document.availableSecrets?.secretManager ?? [];
    for (const name of secrets) {
      const version = available.find(({ env }) => env === name)?.versionName;
      expect(version).toMatch(/^projects\/example-project\/secrets\/[\w-]+\/versions\/\d+$/);
    }
    expect(stepOf(document, "build").args).toContain("VITE_BACKEND_HOST=");
    expect(document.steps.map(({ id }) => id)).toEqual([
      "guard",
      "build",
      "push",
      "connect",
      "prepare-roles",
      "migrate",
      "verify-roles",
      "deploy",
      "promote",
    ]);
    expect(stepOf(document, "deploy").script).not.toContain("--no-traffic");
    expect(checkRelease(document)).toEqual([]);
  });

  it("sets the article's environment variable on the service, not at each deployment", async () => {
    const { resources } = await evaluateService(SEED_ARGS, { name: SEED_NAME });
    const service = resources.find(({ type }) => type === "gcp:cloudrunv2/service:Service");
    const { containers } = service?.inputs["template"] as { containers: { envs: unknown[] }[] };
    expect(containers[0]?.envs).toContainEqual({ name: "ENVIRONMENT", value: "PRODUCTION" });
    const names = (containers[0]?.envs as { name: string; valueSource?: unknown }[])
      .filter(({ valueSource }) => valueSource !== undefined)
      .map(({ name }) => name);
    expect(names.sort()).toEqual([
      "POSTGRES_DATABASE_NAME",
      "POSTGRES_HOST",
      "POSTGRES_PASSWORD",
      "POSTGRES_PORT",
      "POSTGRES_USER",
    ]);
  });
});

// Needs `npm run build` before, as `npm test` does it.
describe.runIf(existsSync(join(__dirname, "../../dist/inventory/renderCommand.js")))(
  "compiled command",
  () => {
    const command = join(__dirname, "../../dist/inventory/renderCommand.js");

    it("writes the document to stdout, and nothing else", () => {
      const text = execFileSync(process.execPath, [command], { encoding: "utf8" });
      expect((parse(text) as BuildDocument).steps.length).toBeGreaterThan(5);
    });

    it("writes mistakes to stderr and exits with 1", () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, "--sed"], {
        encoding: "utf8",
      });
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toBe(
        "invalid args\n  --sed: expected a known flag, got an unknown one; did you mean --seed?\n",
      );
    });
  },
);
