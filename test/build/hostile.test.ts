import { createServer, type AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { checkReleaseOptions } from "../../components/build/checkReleaseOptions";
import { gcloudList } from "../../components/build/gcloudList";
import type { BuildStep } from "../../components/build/document";
import type { ReleaseOptions } from "../../components/build/options";
import { renderRelease } from "../../components/build/renderRelease";
import { runScript } from "./helpers/bash";
import {
  DIGEST,
  stepArguments,
  stepEnvironment,
  substitute,
  substitutions,
} from "./helpers/cloudBuild";
import {
  backup,
  command,
  commandJobReach,
  mailWorker,
  migrationImage,
  nodePgMigrate,
  passwordLogin,
  releaseOptions,
  reportWorker,
  secretCommand,
  stepReach,
} from "./helpers/options";

// Each would leave the file PWNED in the working directory if any shell read it as text. The first
// ones are branch names that git accepts.
const CORPUS = [
  'x";touch${IFS}PWNED;"',
  "x';touch${IFS}PWNED;'",
  "a$(touch${IFS}PWNED)",
  "a`touch${IFS}PWNED`",
  "a|touch${IFS}PWNED",
  "a;touch${IFS}PWNED",
  "a&touch${IFS}PWNED",
  "a&&touch${IFS}PWNED",
  "a||touch${IFS}PWNED",
  "a>PWNED",
  "a>>PWNED",
  "$(touch PWNED)",
  "`touch PWNED`",
  "; touch PWNED",
  "\ntouch PWNED\n",
  "a\ntouch PWNED",
  "\r\ntouch PWNED\r\n",
  "| tee PWNED",
  "<(touch PWNED)",
  "a[$(touch PWNED)]",
  "a[`touch PWNED`]=1",
  "${x:=$(touch PWNED)}",
  "$((a[$(touch PWNED)]))",
  "}; touch PWNED; {",
  "); touch PWNED; (",
  "' ; touch PWNED ; '",
  '" ; touch PWNED ; "',
  '\\"; touch PWNED; \\"',
  "\\`touch PWNED\\`",
  "SQL\ntouch PWNED\n",
  "EOF\ntouch PWNED\n",
  "%s%n; touch PWNED",
  "--help; touch PWNED",
  "-n $(touch PWNED)",
  "() { :; }; touch PWNED",
  "*",
  "~root",
  "!!",
  "$BRANCH_NAME",
  "${_HOSTILE}",
  "$$(touch PWNED)",
  "\\",
  "\u0001touch PWNED",
  "é$(touch PWNED)é",
];

const FOREIGN = [
  "COMMIT_SHA",
  "SHORT_SHA",
  "REVISION_ID",
  "BRANCH_NAME",
  "TAG_NAME",
  "REF_NAME",
  "REPO_NAME",
  "TRIGGER_NAME",
  "_HOSTILE",
];

const documents: ReleaseOptions[] = [
  releaseOptions({ promotion: { promotion: "AfterProbe", verifyCommand: ["verify"] } }),
  releaseOptions({ promotion: { promotion: "Immediately" } }),
  releaseOptions({ promotion: { promotion: "Manual", verifyCommand: null } }),
  releaseOptions({ migration: command, reach: commandJobReach }),
  releaseOptions({ migration: secretCommand, reach: stepReach(passwordLogin) }),
  releaseOptions({
    migrationImage,
    migration: { ...nodePgMigrate, backup },
    workers: [mailWorker, reportWorker],
  }),
  releaseOptions({
    promotion: { promotion: "Manual", verifyCommand: null },
    workers: [mailWorker, reportWorker],
  }),
];

/** Scripts that differ, with the files that earlier steps would have left. */
const scripts: BuildStep[] = [
  ...new Map(
    documents
      .flatMap((options) => renderRelease(options).steps)
      .filter(({ script }) => script !== undefined)
      .map((step) => [step.script, step]),
  ).values(),
];

const files = {
  ".release/image": `${DIGEST}\n`,
  ".release/migration-image": `${DIGEST}\n`,
  ".release/revision": "shop-00002-abc\n",
  ".release/serving": "shop-00001-xyz=100\n",
};

// Where `connect` finds a database at once; hostile values must not keep it waiting here.
const database = createServer((socket) => socket.end());
let reachable: Record<string, string> = {};
beforeAll(async () => {
  await new Promise<void>((resolve) => database.listen(0, "127.0.0.1", resolve));
  const { port } = database.address() as AddressInfo;
  reachable = { PGHOST: "127.0.0.1", PGPORT: String(port) };
});
afterAll(() => {
  database.close();
});

const MUTATING =
  /^(?:run (?:services update|jobs (?:update|execute))|beta run worker-pools update)/;

describe("hostile values have no effect", () => {
  it("has a corpus of at least thirty", () => {
    expect(new Set(CORPUS).size).toBe(CORPUS.length);
    expect(CORPUS.length).toBeGreaterThanOrEqual(30);
    expect(scripts.length).toBeGreaterThanOrEqual(10);
  });

  it("is noticed by this test when a script is careless", async () => {
    const careless = { id: "x", name: "x", env: [`X=$BRANCH_NAME`], script: 'eval "echo $X"\n' };
    const outcome = await runScript(careless, [], {
      substitutions: { BRANCH_NAME: "$(touch PWNED)" },
    });
    expect(outcome.file("PWNED")).not.toBeNull();
  });

  it.each(scripts.map((step) => [step.id, step] as const))(
    "as substitutions of a build: %s",
    { timeout: 120_000 },
    async (_, step) => {
      for (const hostile of CORPUS) {
        const values = Object.fromEntries(FOREIGN.map((name) => [name, hostile]));
        // Most scripts are given nothing that whoever pushes can choose.
        const given = stepEnvironment(step, { ...substitutions, ...values });
        if (!step.env!.includes("COMMIT_SHA=$COMMIT_SHA")) {
          expect(given).toEqual(stepEnvironment(step, substitutions));
          continue;
        }
        const outcome = await runScript(
          step,
          [{ to: "gcloud " }, { to: "docker " }, { to: "psql " }],
          { substitutions: values, files, env: reachable },
        );
        expect({ hostile, pwned: outcome.file("PWNED") }).toEqual({ hostile, pwned: null });
        // It refuses the commit before it asks anything of the cloud.
        expect({ hostile, status: outcome.status }).toEqual({ hostile, status: 1 });
        expect(outcome.stderr).toBe(
          "error: COMMIT_SHA: expected up to 40 lower-case hexadecimal digits\n",
        );
        expect(outcome.calls).toEqual([]);
      }
    },
  );

  it.each(scripts.map((step) => [step.id, step] as const))(
    "as values of a script's environment: %s",
    { timeout: 240_000 },
    async (_, step) => {
      const names = (step.env ?? [])
        .map((line) => line.split("=")[0]!)
        .filter((name) => !["PGHOST", "PGPORT"].includes(name));
      for (const hostile of CORPUS) {
        const env = Object.fromEntries(
          names.map((name) => [name, ["BUILD_ID", "COMMIT_SHA"].includes(name) ? "abc0" : hostile]),
        );
        const outcome = await runScript(
          step,
          [
            { to: "builds describe", stdout: "2026-11-22T10:00:00Z,2026-11-22T10:00:01Z\n" },
            { to: "gcloud ", stdout: `${hostile}\n` },
            { to: "docker ", stdout: `${hostile}\n` },
            { to: "psql ", stdout: `${hostile}\n` },
          ],
          { files, env: { ...env, ...reachable } },
        );
        expect({ hostile, pwned: outcome.file("PWNED") }).toEqual({ hostile, pwned: null });
      }
    },
  );

  it("as a build's ID", async () => {
    for (const step of scripts) {
      const outcome = await runScript(step, [], { substitutions: { BUILD_ID: "$(touch PWNED)" } });
      expect(outcome.file("PWNED")).toBeNull();
      expect(outcome.stderr).toBe("error: BUILD_ID: expected a build ID\n");
    }
  });

  it("as build arguments: docker gets them as they are", () => {
    const buildArgs = Object.fromEntries(CORPUS.map((hostile, index) => [`ARG_${index}`, hostile]));
    const options = releaseOptions({ build: { ...releaseOptions().build, buildArgs } });
    expect(checkReleaseOptions(options)).toEqual([]);
    const step = renderRelease(options).steps.find(({ id }) => id === "build")!;
    expect(step.script).toBeUndefined();
    const args = stepArguments(step, { ...substitutions, _HOSTILE: "evil", BRANCH_NAME: "evil" });
    const given = args.filter((_, index) => args[index - 1] === "--build-arg").slice(1);
    expect(given).toEqual(CORPUS.map((hostile, index) => `ARG_${index}=${hostile}`));
  });

  it("as arguments of commands in the image", () => {
    for (const hostile of CORPUS) {
      const options = releaseOptions({
        reach: stepReach(passwordLogin),
        migration: { ...command, command: ["alembic", hostile] },
        promotion: { promotion: "AfterProbe", verifyCommand: ["verify", hostile] },
      });
      for (const step of renderRelease(options).steps) {
        if (step.id !== "migrate" && step.id !== "verify-revision") continue;
        expect(step.script).toBeUndefined();
        expect(stepArguments(step, substitutions)).toEqual([hostile]);
      }
    }
  });

  it("as a worker's command: gcloud gets it as it is", { timeout: 120_000 }, async () => {
    for (const hostile of CORPUS) {
      const worker = { ...mailWorker, command: [hostile, hostile, "a,b"] };
      const options = releaseOptions({ workers: [worker] });
      expect(checkReleaseOptions(options)).toEqual([]);
      const step = renderRelease(options).steps.at(-1)!;
      const outcome = await runScript(step, [{ to: "gcloud " }], { files });
      expect({ hostile, pwned: outcome.file("PWNED") }).toEqual({ hostile, pwned: null });
      const update = outcome.calls.find((call) => call.includes("update"))!;
      expect(update.slice(-4)).toEqual([
        "--command",
        gcloudList([hostile]),
        "--args",
        gcloudList([hostile, "a,b"]),
      ]);
    }
  });

  it("as names of roles and extensions: SQL quotes them, bash does not read them", async () => {
    for (const hostile of CORPUS.filter((text) => !/\n/.test(text))) {
      const options = releaseOptions({
        reach: stepReach(passwordLogin),
        migration: {
          ...command,
          ownerRole: hostile,
          runtimeRole: `${hostile}'`,
          extensions: [hostile],
        },
      });
      const step = renderRelease(options).steps.find(({ id }) => id === "prepare-roles")!;
      const outcome = await runScript(step, [{ to: "psql " }]);
      expect({ hostile, pwned: outcome.file("PWNED") }).toEqual({ hostile, pwned: null });
      expect(outcome.status).toBe(0);
      const quoted = hostile.replaceAll("'", "''");
      expect(outcome.file("../psql.sql")).toContain(`SET release.owner_role = '${quoted}';\n`);
      expect(outcome.file("../psql.sql")).toContain(`SET release.runtime_role = '${quoted}''';\n`);
    }
  });

  it("as names of a service, a region or a job: refused before they are rendered", () => {
    for (const hostile of CORPUS) {
      const options = releaseOptions({
        service: hostile,
        region: hostile,
        image: hostile,
        reach: { connectivity: "CloudRunJob", job: hostile, rolesJob: null },
      });
      expect(checkReleaseOptions(options).map(({ path }) => path)).toEqual([
        "region",
        "service",
        "image",
        "reach.job",
      ]);
    }
  });

  it("as names of revisions that serve", { timeout: 120_000 }, async () => {
    const deploy = renderRelease(releaseOptions()).steps.find(({ id }) => id === "deploy")!;
    for (const hostile of CORPUS.filter((text) => !/[\n,]/.test(text))) {
      const line = `${hostile},60\n${hostile},40\n`;
      const outcome = await runScript(
        deploy,
        [
          { to: "status.traffic.percent", stdout: line },
          { to: "status.latestCreatedRevisionName" },
        ],
        { files: { ".release/image": files[".release/image"] } },
      );
      expect({ hostile, pwned: outcome.file("PWNED") }).toEqual({ hostile, pwned: null });
      expect(outcome.file(".release/serving")).toBe(`${hostile}=100\n`);
    }
  });

  it("in what gcloud answers: nothing is changed by it", { timeout: 120_000 }, async () => {
    const promote = renderRelease(releaseOptions()).steps.at(-1)!;
    for (const hostile of CORPUS) {
      const outcome = await runScript(promote, [{ to: "gcloud ", stdout: `${hostile}\n` }], {
        files,
      });
      expect(outcome.file("PWNED")).toBeNull();
      expect(outcome.status).toBe(1);
      const lines = outcome.calls.map((call) => call.slice(1).join(" "));
      expect(lines.filter((line) => MUTATING.test(line))).toEqual([]);
    }
  });

  it("substitutes as Cloud Build does", () => {
    const values = { A: "1", _B: "2" };
    expect(substitute("$A ${A} $_B $$A $$$A $C ${C} $", values)).toBe("1 1 2 $A $1   $");
  });
});
