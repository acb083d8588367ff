import { spawnSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { checkRelease } from "../../components/build/checkRelease";
import { checkReleaseOptions } from "../../components/build/checkReleaseOptions";
import { releaseProperties } from "../../components/build/compareRelease";
import type { BuildDocument, BuildStep } from "../../components/build/document";
import { formatDocument } from "../../components/build/formatDocument";
import { STEP_IMAGES } from "../../components/build/images";
import type { ReleaseOptions } from "../../components/build/options";
import { renderRelease } from "../../components/build/renderRelease";
import { rolesJobScript } from "../../components/build/roles";
import { seedReleaseOptions } from "../../components/build/seed";
import { ancestors } from "../../components/build/stepGraph";
import { seconds } from "../../components/build/timeouts";
import { stepArguments, substitute, substitutions } from "./helpers/cloudBuild";
import {
  backup,
  command,
  commandJobReach,
  everyCombination,
  iamLogin,
  jobReach,
  mailWorker,
  migrationImage,
  nodePgMigrate,
  passwordLogin,
  poolReach,
  releaseOptions,
  reportWorker,
  secretCommand,
  secrets,
  stepReach,
} from "./helpers/options";

const step = (document: BuildDocument, id: string): BuildStep =>
  document.steps.find((one) => one.id === id)!;
const ids = (options: ReleaseOptions): string[] => renderRelease(options).steps.map(({ id }) => id);

const build = {
  ...releaseOptions().build,
  buildArgs: { VITE_BACKEND_HOST: "", PRICE: "$5 ${X} $BRANCH_NAME $$" },
};

describe("goldens", () => {
  // A job keeps how it logs in to itself: the document is the same for a password and for IAM.
  it.each<[string, ReleaseOptions]>([
    ["cloud-run-job", releaseOptions()],
    ["cloud-run-job-command", releaseOptions({ migration: command, reach: commandJobReach })],
    ["build-step-password", releaseOptions({ reach: stepReach(passwordLogin), build })],
    [
      "build-step-iam",
      releaseOptions({
        reach: stepReach(iamLogin),
        migration: { ...nodePgMigrate, extensions: ["citext", "uuid-ossp"] },
      }),
    ],
    [
      "build-step-command-password",
      releaseOptions({ reach: stepReach(passwordLogin), migration: command }),
    ],
    [
      "build-step-command-iam",
      releaseOptions({
        reach: stepReach(iamLogin),
        migration: { ...command, extensions: ["citext"] },
      }),
    ],
    [
      "promotion-after-verification",
      releaseOptions({
        promotion: { promotion: "AfterProbe", verifyCommand: ["node", "verify.js", "$1"] },
      }),
    ],
    ["promotion-immediately", releaseOptions({ promotion: { promotion: "Immediately" } })],
    [
      "promotion-manual",
      releaseOptions({ promotion: { promotion: "Manual", verifyCommand: null } }),
    ],
    [
      "private-pool-password",
      releaseOptions({
        reach: poolReach(passwordLogin),
        migrationImage,
        migration: { ...nodePgMigrate, secrets, backup },
      }),
    ],
    [
      "private-pool-command-iam",
      releaseOptions({
        reach: poolReach(iamLogin),
        migration: { ...secretCommand, secrets },
        workers: [mailWorker],
      }),
    ],
    [
      "cloud-run-job-everything",
      releaseOptions({
        migrationImage,
        migration: { ...nodePgMigrate, backup },
        workers: [mailWorker, reportWorker],
      }),
    ],
    [
      "promotion-manual-workers",
      releaseOptions({
        promotion: { promotion: "Manual", verifyCommand: null },
        workers: [mailWorker, reportWorker],
      }),
    ],
    ["seed", seedReleaseOptions],
  ])("%s", async (name, options) => {
    await expect(formatDocument(renderRelease(options), "yaml")).toMatchFileSnapshot(
      `../golden/release/${name}.yaml`,
    );
  });
});

describe("steps", () => {
  it.each<[string, ReleaseOptions, string]>([
    ["a job", releaseOptions(), "guard build push check migrate deploy promote"],
    [
      "a job with a command",
      releaseOptions({ migration: command, reach: commandJobReach }),
      "guard build push prepare-roles migrate verify-roles deploy promote",
    ],
    [
      "a step",
      releaseOptions({ reach: stepReach(iamLogin) }),
      "guard build push check migrate deploy promote",
    ],
    [
      "a step with a command",
      releaseOptions({ reach: stepReach(iamLogin), migration: command }),
      "guard build push connect prepare-roles migrate verify-roles deploy promote",
    ],
    [
      "a verification",
      releaseOptions({ promotion: { promotion: "AfterProbe", verifyCommand: ["v"] } }),
      "guard build push check migrate deploy verify-revision promote",
    ],
    [
      "a private pool with a command",
      releaseOptions({ reach: poolReach(iamLogin), migration: command }),
      "guard build push connect prepare-roles migrate verify-roles deploy promote",
    ],
    [
      "an image that only migrates",
      releaseOptions({ migrationImage }),
      "guard build build-migration push check migrate deploy promote",
    ],
    [
      "workers",
      releaseOptions({ workers: [mailWorker] }),
      "guard build push check migrate deploy promote deploy-workers",
    ],
    [
      "workers of a release that somebody promotes by hand",
      releaseOptions({
        promotion: { promotion: "Manual", verifyCommand: null },
        workers: [mailWorker],
      }),
      "guard build push check migrate deploy promote",
    ],
  ])("for %s", (_, options, expected) => {
    expect(ids(options).join(" ")).toBe(expected);
  });
});

describe("every combination of options", () => {
  const all = everyCombination().map(({ name, options }) => ({
    name,
    options,
    document: renderRelease(options),
  }));

  it("has names of its own", () => {
    expect(all).toHaveLength(1070);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it("passes both checks", () => {
    for (const { name, options, document } of all) {
      expect({ name, violations: checkReleaseOptions(options) }).toEqual({ name, violations: [] });
      expect({ name, violations: checkRelease(document) }).toEqual({ name, violations: [] });
    }
  });

  it("holds what nobody may break: push, then migrate, then whatever releases", () => {
    for (const { name, document } of all) {
      const before = ancestors(document.steps);
      const at = (id: string): number => document.steps.findIndex((one) => one.id === id);
      const follows = (later: string, earlier: string): boolean =>
        before[at(later)]!.has(at(earlier));
      const releasing = ["deploy", "promote", "deploy-workers"].filter((id) => at(id) !== -1);
      expect({
        name,
        broken: [
          ...releasing.filter((id) => !follows(id, "migrate")),
          ...["build", "build-migration"].filter((id) => at(id) !== -1 && !follows("push", id)),
          ...(follows("migrate", "push") ? [] : ["migrate"]),
        ],
      }).toEqual({ name, broken: [] });
    }
  });

  it("has every property, but that which Immediately gives up", () => {
    // A verification is no part of any of them.
    for (const { name, options, document } of all.filter(({ name }) => !/verified/.test(name))) {
      const lacking = releaseProperties(document)
        .filter(({ holds }) => !holds)
        .map(({ id }) => id);
      const immediately = options.promotion.promotion === "Immediately";
      expect({ name, lacking }).toEqual({
        name,
        lacking: immediately ? ["no-traffic-before-ready"] : [],
      });
    }
  });

  it("gives every step the build's ID, a limit, a pinned image and no working directory but the image's", () => {
    for (const { document } of all) {
      for (const one of document.steps) {
        expect(one.env).toContain("BUILD_ID=$BUILD_ID");
        expect(seconds(one.timeout)).toBeGreaterThan(0);
        const own = document.images!.includes(one.name);
        expect(own || Object.values<string>(STEP_IMAGES).includes(one.name)).toBe(true);
        expect(one.dir).toBe(own ? "/app" : undefined);
      }
      expect(document.steps.map((one) => one.waitFor === undefined)).toEqual(
        document.steps.map((_, index) => index === 0),
      );
    }
  });

  it("keeps the migration's limit below the step's, and the step's below the build's", () => {
    for (const { options, document } of all) {
      const migrate = seconds(step(document, "migrate").timeout)!;
      expect(options.timeouts.migrationSeconds).toBeLessThan(migrate);
      expect(migrate).toBeLessThan(seconds(document.timeout)!);
      const sum = document.steps.reduce((total, one) => total + seconds(one.timeout)!, 0);
      expect(seconds(document.timeout)).toBe(sum);
    }
  });

  it("writes scripts that bash reads, without substitutions and checked environments", () => {
    const scripts = new Set(
      all.flatMap(({ document }) => document.steps.flatMap(({ script }) => script ?? [])),
    );
    scripts.add(rolesJobScript(command));
    for (const script of scripts) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(script.startsWith("#!/usr/bin/env bash\nset -euo pipefail\n")).toBe(true);
      expect(script).toContain(': "${BUILD_ID:?}"');
    }
    expect(scripts.size).toBeGreaterThan(15);
  });

  it("demands every variable that a script reads from its environment", () => {
    for (const { document } of all) {
      for (const { id, script, env = [], secretEnv = [] } of document.steps) {
        if (script === undefined) continue;
        const given = [...env.map((line) => line.split("=")[0]!), ...secretEnv];
        const read = new Set(
          [...script.matchAll(/\$\{?([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name!),
        );
        const shell = ["BASH_REMATCH", "LC_ALL", "SQL"];
        expect({
          id,
          unknown: [...read].filter((name) => !given.includes(name) && !shell.includes(name)),
        }).toEqual({ id, unknown: [] });
        // COMMIT_SHA may be empty, LOCATION has a fallback; both are checked where they are used.
        for (const name of read) {
          if (shell.includes(name)) continue;
          if (name === "COMMIT_SHA") expect(script).toContain('[[ "${COMMIT_SHA-}" =~');
          else if (name !== "LOCATION") expect(script).toContain(`: "\${${name}:?}"`);
        }
      }
    }
  });

  it("gives each step in an image the one that is for it", () => {
    for (const { options, document } of all) {
      const [serving, migrating = serving] = document.images!;
      const { length } = document.images!;
      expect(length).toBe(options.migrationImage === null ? 1 : 2);
      for (const { id, name, script } of document.steps) {
        if (id === "verify-revision") expect(name).toBe(serving);
        if (id === "check") expect(name).toBe(migrating);
        if (id !== "migrate") continue;
        if (options.reach.connectivity !== "CloudRunJob") expect(name).toBe(migrating);
        else expect(script!.includes(".release/migration-image")).toBe(length === 2);
      }
    }
  });

  it("gives secrets only to steps that use them, at numbered versions", () => {
    for (const { options, document } of all) {
      const secrets = document.availableSecrets?.secretManager ?? [];
      if (options.reach.connectivity === "CloudRunJob") expect(secrets).toEqual([]);
      for (const { versionName } of secrets) expect(versionName).toMatch(/\/versions\/\d+$/);
      for (const name of Object.keys(options.migration.secrets)) {
        expect(document.steps.filter(({ secretEnv = [] }) => secretEnv.includes(name))).toEqual([
          expect.objectContaining({ id: "migrate" }),
        ]);
      }
      for (const one of document.steps) {
        if (["migrate", "prepare-roles", "verify-roles"].includes(one.id)) continue;
        expect(one.secretEnv).toBeUndefined();
      }
    }
  });

  it("asks for provenance, an account of its own and its own logs, and sets no substitution option", () => {
    for (const { options, document } of all) {
      expect(document.images).toEqual(
        [options.image, options.migrationImage?.image]
          .filter((image) => image !== undefined)
          .map((image) => `${image}:$BUILD_ID`),
      );
      expect(document.serviceAccount).toBe(options.serviceAccount);
      expect(document.tags).toEqual(["release-shop"]);
      expect(document.queueTtl).toBe("3600s");
      const { machineType } = options.build;
      expect(document.options).toEqual({
        logging: "CLOUD_LOGGING_ONLY",
        requestedVerifyOption: "VERIFIED",
        ...(machineType === null ? {} : { machineType }),
        ...(options.reach.connectivity === "PrivatePool"
          ? { workerPool: options.reach.workerPool }
          : {}),
      });
      expect(JSON.stringify(document)).not.toMatch(/allowFailure|allowExitCodes/);
    }
  });

  it("is the same for the same options", () => {
    for (const { options, document } of all.slice(0, 20)) {
      expect(renderRelease(structuredClone(options))).toEqual(document);
    }
  });
});

describe("build", () => {
  it("hands build arguments through as they are: empty, with $ and with spaces", () => {
    const buildArgs = {
      EMPTY: "",
      A: "$5 ${X} $BRANCH_NAME $$",
      B: "two words",
      C: "a=b",
      D: "\n",
    };
    const document = renderRelease(releaseOptions({ build: { ...build, buildArgs } }));
    const args = stepArguments(step(document, "build"), {
      ...substitutions,
      BRANCH_NAME: "evil",
      X: "evil",
    });
    const given = args.filter((_, index) => args[index - 1] === "--build-arg");
    expect(given).toEqual([
      "BUILDKIT_INLINE_CACHE=1",
      "EMPTY=",
      "A=$5 ${X} $BRANCH_NAME $$",
      "B=two words",
      "C=a=b",
      "D=\n",
    ]);
  });

  it("uses the cache tag, labels the commit and tags by build", () => {
    const args = stepArguments(step(renderRelease(releaseOptions()), "build"), substitutions);
    const image = releaseOptions().image;
    expect(args.join(" ")).toBe(
      `build --file Dockerfile --cache-from ${image}:cache --build-arg BUILDKIT_INLINE_CACHE=1 --label org.opencontainers.image.revision=${substitutions["COMMIT_SHA"]!} --tag ${image}:${substitutions["BUILD_ID"]!} --tag ${image}:cache .`,
    );
  });
});

describe("an image that only migrates", () => {
  const document = renderRelease(releaseOptions({ migrationImage, build }));

  it("is built beside the other one, of the same context and arguments, with a cache of its own", () => {
    const [ours, theirs] = ["build", "build-migration"].map((id) => step(document, id));
    const { image } = releaseOptions();
    expect(theirs!.waitFor).toEqual(["guard"]);
    expect(theirs!.args).toEqual(
      ours!.args!.map((arg) =>
        arg === "Dockerfile"
          ? migrationImage.dockerfile
          : arg.replace(`${image}:`, `${migrationImage.image}:`),
      ),
    );
    expect(theirs!.args).toContain(`${migrationImage.image}:cache`);
  });

  it("changes nothing of the steps that do not migrate", () => {
    const plain = renderRelease(releaseOptions({ build }));
    for (const id of ["guard", "build", "deploy", "promote"]) {
      expect(step(document, id)).toEqual(step(plain, id));
    }
  });
});

describe("a backup before the migration", () => {
  it.each([
    ["a step", stepReach(iamLogin), ["up", "--backup-before"]],
    ["a pool", poolReach(iamLogin), ["up", "--backup-before"]],
  ])("is asked for by %s", (_, reach, expected) => {
    const args = (with_: boolean): string[] =>
      step(
        renderRelease(
          releaseOptions({
            reach,
            migration: { ...nodePgMigrate, backup: with_ ? backup : null },
          }),
        ),
        "migrate",
      ).args!;
    expect(args(true).filter((arg) => expected.includes(arg))).toEqual(expected);
    expect(args(true).filter((arg) => arg !== "--backup-before")).toEqual(args(false));
  });
});

describe("the address that connectors take", () => {
  it.each([
    ["BuildStep", stepReach(passwordLogin), "PUBLIC"],
    ["PrivatePool", poolReach(passwordLogin), "PRIVATE"],
  ])("in %s", (_, reach, expected) => {
    const { args = [] } = step(renderRelease(releaseOptions({ reach })), "migrate");
    expect(args[args.indexOf("--ip-type") + 1]).toBe(expected);
  });

  it("is all that a private pool changes in the steps", () => {
    for (const migration of [nodePgMigrate, command, secretCommand]) {
      for (const login of [passwordLogin, iamLogin]) {
        const [inPool, inBuild] = [poolReach(login), stepReach(login)].map((reach) =>
          JSON.stringify(renderRelease(releaseOptions({ migration, reach })).steps),
        );
        expect(inPool!.replaceAll(" --private-ip", "").replace('"PRIVATE"', '"PUBLIC"')).toBe(
          inBuild,
        );
        expect(inPool).not.toBe(inBuild);
      }
    }
  });
});

describe("the seed", () => {
  const document = renderRelease(seedReleaseOptions);

  it("passes both checks", () => {
    expect(checkReleaseOptions(seedReleaseOptions)).toEqual([]);
    expect(checkRelease(document)).toEqual([]);
  });

  it("runs the article's command in the just-built image with its five secrets", () => {
    const migrate = step(document, "migrate");
    expect(migrate).toMatchObject({
      name: document.images![0],
      entrypoint: "alembic",
      args: ["upgrade", "head"],
    });
    expect([...migrate.secretEnv!].sort()).toEqual([
      "POSTGRES_DATABASE_NAME",
      "POSTGRES_HOST",
      "POSTGRES_PASSWORD",
      "POSTGRES_PORT",
      "POSTGRES_USER",
    ]);
  });

  it("keeps the article's empty build argument and its promotion", () => {
    expect(step(document, "build").args).toContain("VITE_BACKEND_HOST=");
    expect(step(document, "deploy").script).not.toContain("--no-traffic");
    expect(step(document, "promote").script).toContain("--to-latest");
  });
});

describe("a command in a build step", () => {
  it("is told the address by variables of its own names and becomes the owner", () => {
    const options = releaseOptions({
      reach: stepReach(iamLogin),
      migration: {
        ...command,
        ownerRole: "app owner\\x",
        environment: {
          ...command.environment,
          names: { ...command.environment.names, host: "DB_HOST" },
        },
      },
    });
    const env = step(renderRelease(options), "migrate").env!.map((line) =>
      substitute(line, substitutions),
    );
    expect(env.slice(2)).toEqual([
      "DB_HOST=cloud-sql-proxy",
      "PGPORT=5432",
      "PGUSER=shop-migrator@example-project.iam",
      "PGDATABASE=shop",
      "PGOPTIONS=-c role=app\\ owner\\\\x -c lock_timeout=5s -c statement_timeout=15min",
    ]);
  });

  it("keeps the job's document free of the database's address", () => {
    const text = JSON.stringify(renderRelease(releaseOptions({ reach: jobReach })));
    expect(text).not.toMatch(/PGHOST|PGPASSWORD|INSTANCE_CONNECTION_NAME/);
  });
});
